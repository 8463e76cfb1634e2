/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the inventory check share. */
#pragma once

#include "plan/inventory_check.h"

enum inventory_code {
	CLUSTER_WITHOUT_LEVEL,
	DC_ABOVE_CLUSTER,
	DC_WITHOUT_MASTER,
	DC_SEVERAL_MASTERS,
	HOST_UNREACHABLE_BY_NAME,
	HOST_SAME_ADDRESS,
	HOST_SAME_HARDWARE,
	HOST_SAME_SPM_ID,
	HOST_PM_WITHOUT_AGENT,
	FENCE_AGENT_WITHOUT_SECRET,
	VM_WITHOUT_HOST,
	VM_DOWN_ON_HOST,
	VM_ON_DEAD_HOST,
	VM_IN_OTHER_CLUSTER,
	VM_LOST,
	VM_PINNED_ELSEWHERE,
	VM_HA_BUT_PINNED,
	VM_LEASE_DOMAIN_NOT_DATA,
	DISK_SEVERAL_LEAVES,
	DISK_WITHOUT_LEAF,
	DISK_LOST,
	VOLUME_PARENT_MISSING,
	VOLUME_PARENT_OF_OTHER_DISK,
};

void check_hosts(const struct vdc_world *world, struct vdc_findings *findings);
void check_data_centers(const struct vdc_world *world, struct vdc_findings *findings);
void check_vms(const struct vdc_world *world, struct vdc_findings *findings);
void check_disks(const struct vdc_world *world, struct vdc_findings *findings);

/*
 * Objects sorted by a text of theirs; those for which KEY gives NULL are left out. Returns how
 * many, in *RET, from the arena of the findings.
 */
typedef const char *text_key(const void *object);
size_t sorted_by(const struct vdc_world *world, const struct vdc_kind *kind, text_key *key,
		 struct vdc_arena *arena, void ***ret);
