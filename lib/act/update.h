/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing an object that was read and changed. */
#pragma once

#include "store/store.h"

/* Reads an object that is to be changed: as it is, and a copy to change. Both in ARENA. */
int vdc_update_read(struct vdc_db *db, const struct vdc_kind *kind, const char *id, unsigned flags,
		    struct vdc_arena *arena, const void **before, void **after,
		    struct vdc_err *err);

/*
 * Writes the fields in which AFTER differs from BEFORE, also those that lost their value; BEFORE
 * NULL: it is new. *CHANGED (may be NULL) says whether there was anything to write; it is left alone
 * when there was not. AFTER has its id then.
 */
int vdc_update(struct vdc_db *db, const struct vdc_kind *kind, const void *before, void *after,
	       struct vdc_arena *arena, bool *changed, struct vdc_err *err);
