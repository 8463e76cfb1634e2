/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "edge/db.h"
#include "store/migrations.h"

/* vdc_store_migrate() with another list, for its test; the first makes the table schema_version. */
int vdc_migrate(struct vdc_db *db, const struct vdc_migration *migrations, struct vdc_err *err);

/* The version of the schema in DB, 0 when there is none. */
int vdc_schema_version(struct vdc_db *db, int64_t *ret, struct vdc_err *err);

int vdc_schema_too_new(const struct vdc_db *db, int64_t found, int64_t newest, struct vdc_err *err);
