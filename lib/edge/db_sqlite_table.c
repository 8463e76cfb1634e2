/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/db_sqlite_table.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

/* "immutable" is what keeps SQLite from locks, and from the journals of somebody else. */
static char *uri_of(const char *path)
{
	vdc_autobuf uri = { 0 };

	vdc_buf_puts(&uri, *path == '/' ? "file://" : "file:");
	for (; *path; path++) {
		if (strchr("?#%", *path))
			vdc_buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*path);
		else
			vdc_buf_putc(&uri, *path);
	}
	vdc_buf_puts(&uri, "?immutable=1");
	return vdc_strdup(vdc_buf_str(&uri));
}

static int failed(sqlite3 *sqlite, struct vdc_err *err)
{
	return vdc_err_set(err, -EBADMSG, "SQLite cannot read it: %s", sqlite3_errmsg(sqlite));
}

static int open_file(const char *path, sqlite3 **ret, struct vdc_err *err)
{
	vdc_autofree char *uri = uri_of(path);
	sqlite3 *sqlite = NULL;
	int r = 0;

	if (access(path, R_OK))
		return vdc_err_set(err, -errno, "%m");
	if (sqlite3_open_v2(uri, &sqlite,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL))
		r = failed(sqlite, err);
	if (r) {
		sqlite3_close(sqlite);
		return r;
	}
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	*ret = sqlite;
	return 0;
}

/* A view or a virtual table would run what its author likes. */
static int check_table(sqlite3 *sqlite, const char *table, struct vdc_err *err)
{
	static const char sql[] = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND "
				  "name = $1 AND substr(sql, 1, 12) = 'CREATE TABLE'";
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL);
	int r = 0;

	if (!code)
		sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
	code = code ? code : sqlite3_step(statement);
	if (code == SQLITE_DONE)
		r = vdc_err_set(err, -EBADMSG, "it has no table \"%s\"", table);
	else if (code != SQLITE_ROW)
		r = failed(sqlite, err);
	sqlite3_finalize(statement);
	return r;
}

static const struct vdc_node *row_of(sqlite3_stmt *statement, struct vdc_arena *arena)
{
	struct vdc_node *row = vdc_node_add(arena, NULL, "row");

	for (int i = 0; i < sqlite3_column_count(statement); i++) {
		const char *text = (const char *)sqlite3_column_text(statement, i);

		if (text)
			vdc_node_add(arena, row, sqlite3_column_name(statement, i))->text = text;
	}
	return row;
}

static int each_row(sqlite3 *sqlite, const char *sql, vdc_sqlite_row *row, void *ctx,
		    struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL);
	int r = code ? failed(sqlite, err) : 0;

	while (!r && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		vdc_arena_reset(arena);
		r = row(ctx, row_of(statement, arena), err);
	}
	if (!r && code != SQLITE_DONE)
		r = failed(sqlite, err);
	sqlite3_finalize(statement);
	return r;
}

int vdc_sqlite_table(const char *path, const char *table, vdc_sqlite_row *row, void *ctx,
		     struct vdc_err *err)
{
	vdc_autofree char *sql = vdc_format("SELECT * FROM main.\"%s\"", table);
	sqlite3 *sqlite;
	int r = open_file(path, &sqlite, err);

	if (r)
		return r;
	r = check_table(sqlite, table, err);
	if (!r)
		r = each_row(sqlite, sql, row, ctx, err);
	sqlite3_close(sqlite);
	return r;
}
