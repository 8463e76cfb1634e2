/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings that all machines of one database share (those of one machine: base/setting.h). */
#pragma once

#include "base/mem.h"
#include "edge/db.h"

/* *RET is NULL when it was never set. */
int vdc_store_setting_get(struct vdc_db *db, const char *name, struct vdc_arena *arena, char **ret,
			  struct vdc_err *err);

/* VALUE NULL forgets it. */
int vdc_store_setting_set(struct vdc_db *db, const char *name, const char *value,
			  struct vdc_err *err);
