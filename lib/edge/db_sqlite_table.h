/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A table of an SQLite file that somebody else wrote: read as it is, without any lock and without
 * trusting what its schema would have done.
 */
#pragma once

#include "base/mem.h"
#include "base/node.h"

/* NODE is a row: its columns are texts under their names, what is NULL is not there. Valid during the
 * call; a negative errno ends the reading. */
typedef int vdc_sqlite_row(void *ctx, const struct vdc_node *row, struct vdc_err *err);

/*
 * All rows of TABLE, which must be a plain table. -EBADMSG: it has none, or SQLite cannot read the file;
 * -ENOENT, -EACCES.
 */
int vdc_sqlite_table(const char *path, const char *table, vdc_sqlite_row *row, void *ctx,
		     struct vdc_err *err);
