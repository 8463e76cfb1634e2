/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the SQLite engine. */
#pragma once

#include <sqlite3.h>

#include "edge/db_cache.h"
#include "edge/db_ops.h"

struct sqlite_db {
	struct vdc_db db;
	sqlite3 *sqlite;
	struct vdc_db_cache cache;
	bool snapshot;
	bool watching;
	int64_t seen_version; /* commits of others, as of the last wait */
	int64_t seen_changes; /* own ones */
};

int vdc_sqlite_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err);
void vdc_sqlite_close(struct vdc_db *db);
void vdc_sqlite_finalize(void *ctx, struct vdc_db_statement *statement);

/* SQLite's last error as ours. */
int vdc_sqlite_error(const struct sqlite_db *db, struct vdc_err *err);
