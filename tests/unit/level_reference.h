/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of compatibility levels once more, slow and obvious: no sets, no indices that are kept,
 * nothing remembered. Written from what the man pages say, to compare lib/plan with.
 */
#pragma once

#include "level_world.h"
#include "plan/level_check.h"

/* The family that the levels of CLUSTER are of. */
const struct vdc_level_family *ref_family(const struct test_world *w,
					  const struct vdc_cluster *cluster);
/* By what is known of it, and whether that counts. */
bool ref_host_can(const struct vdc_level_family *family, const struct vdc_host *host, size_t level);
bool ref_host_counts(const struct vdc_host *host);
/* Whether the level stands in its supported_versions. */
bool ref_cluster_offers(const struct test_world *w, const struct vdc_cluster *cluster,
			size_t level);
bool ref_data_center_offers(const struct test_world *w, const struct vdc_data_center *dc,
			    const struct vdc_level_family *family, size_t level);

/* "CODE:id" of all findings of a question about a cluster, in any order; at most MOST. */
size_t ref_findings(const struct test_world *w, const struct vdc_level_question *question,
		    const char **found, size_t most);

/* VM as it is after the cluster of the question was raised or lowered. */
enum vdc_vm_level_effect ref_vm_after(const struct test_world *w,
				      const struct vdc_level_question *question,
				      const struct vdc_vm *vm, struct vdc_vm *after);
