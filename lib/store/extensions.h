/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests to grow thin volumes, where they go through the database: a row for each, which who asks adds
 * and the storage pool manager ends. Rows that ended stay for as long as events do.
 */
#pragma once

#include "model/extension.h"
#include "store/store.h"

/*
 * A new one, whose id it gets; those that the same host has waiting for the volume are superseded by it.
 * -ENOENT: the inventory has no such volume or domain.
 */
int vdc_extension_add(struct vdc_db *db, struct vdc_extension *extension, struct vdc_arena *arena,
		      struct vdc_err *err);

/* Takes it back, if it still waits. */
int vdc_extension_withdraw(struct vdc_db *db, const char *id, struct vdc_err *err);

/* How it stands. -ENOENT: it is not there any more. */
int vdc_extension_read(struct vdc_db *db, const char *id, struct vdc_arena *arena,
		       struct vdc_extension *ret, struct vdc_err *err);

/* Those that wait, the oldest first, with what the inventory says of their volumes. */
struct vdc_extension_wish {
	const char *id, *volume, *domain;
	int64_t size;
	int64_t capacity;   /* VDC_UNSET */
	int64_t allocation; /* enum vdc_allocation; 0 */
};
typedef int vdc_extension_fn(void *ctx, const struct vdc_extension_wish *wish, struct vdc_err *err);
int vdc_extension_each_waiting(struct vdc_db *db, vdc_extension_fn *fn, void *ctx,
			       struct vdc_err *err);

/* Ends those that still wait, in one transaction, with their STATUS, sizes, message, lver and time; the
 * sizes of the volumes are in the inventory then. */
int vdc_extensions_end(struct vdc_db *db, const struct vdc_extension *all, size_t n,
		       struct vdc_err *err);

/* Removes what ended before that time. */
int vdc_extension_purge(struct vdc_db *db, int64_t before, struct vdc_err *err);
