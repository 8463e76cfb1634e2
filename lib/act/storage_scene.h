/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The storage of a data centre as the database has it: domains, hosts, and who reaches what. */
#pragma once

#include "edge/db.h"
#include "plan/storage_reach.h"

/* Domains by their names, hosts by their names. All in ARENA. Of one moment in a transaction only. */
int vdc_storage_scene(struct vdc_db *db, const char *data_center_id, struct vdc_arena *arena,
		      struct vdc_storage_scene *ret, struct vdc_err *err);

struct vdc_spm_reach_row {
	const char *host_id;
	struct vdc_spm_reach_view view;
};

/*
 * For `spm-elect watch`: of each host of the data centre whether it reaches the master domain, and how
 * many other active data domains it has lost, by looks that are no older than the setting
 * storage.reach-age.
 */
int vdc_reach_of_data_center(struct vdc_db *db, const char *data_center_id, int64_t now,
			     struct vdc_arena *arena, struct vdc_spm_reach_row **ret, size_t *n,
			     struct vdc_err *err);
