/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of store/engine.h share. */
#pragma once

#include "store/engine.h"

/* What has come or may be away; engine.c has the names. */
enum engine_column {
	ENGINE_QCOW_COMPAT,
	ENGINE_SEQUENCE,
	ENGINE_CONTENT_TYPE,
	ENGINE_LEASE,
	ENGINE_COMMANDS,
	ENGINE_TASKS,
	ENGINE_TRANSFERS,
	ENGINE_MASTER_VERSION,
	ENGINE_SNAPSHOTS,
	ENGINE_N_OPTIONAL,
};

/* The columns of each statement are those that engine_row.c reads. */
char *vdc_engine_sql_domains(void);
char *vdc_engine_sql_disks(const bool has[ENGINE_N_OPTIONAL]);
char *vdc_engine_sql_vms(const bool has[ENGINE_N_OPTIONAL]);
char *vdc_engine_sql_attachments(void);
char *vdc_engine_sql_centers(const bool has[ENGINE_N_OPTIONAL]);
char *vdc_engine_sql_snapshots(const bool has[ENGINE_N_OPTIONAL]);
char *vdc_engine_sql_volumes(const bool has[ENGINE_N_OPTIONAL]);
extern const char vdc_engine_sql_copies[];

/* Fills an object of KIND, which has no values yet; what it points to is the row's or in ARENA. */
void vdc_engine_row(const struct vdc_kind *kind, const struct vdc_value *columns,
		    struct vdc_arena *arena, void *object);
