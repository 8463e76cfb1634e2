/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Accounts whose password confirms what cannot be undone. One with a hash is internal; one without
 * is a user of the system, whom PAM knows, and only counts wrong tries. They are in no document.
 */
#pragma once

#include "base/mem.h"
#include "edge/db.h"

struct vdc_account {
	char *name;
	char *hash;	      /* NULL: a user of the system */
	int64_t wrong_tries;  /* in a row */
	int64_t locked_until; /* VDC_UNSET: not locked */
	int64_t changed;      /* the password; VDC_UNSET: never */
};

typedef int vdc_account_fn(void *ctx, const struct vdc_account *account, struct vdc_err *err);

/* All of them by name. The account lives in ARENA. FN must not use DB. */
int vdc_account_each(struct vdc_db *db, struct vdc_arena *arena, vdc_account_fn *fn, void *ctx,
		     struct vdc_err *err);

/* *RET is NULL when there is none of that name. */
int vdc_account_get(struct vdc_db *db, const char *name, struct vdc_arena *arena,
		    struct vdc_account **ret, struct vdc_err *err);

/* Adds it, or gives it these values. */
int vdc_account_put(struct vdc_db *db, const struct vdc_account *account, struct vdc_err *err);

int vdc_account_remove(struct vdc_db *db, const char *name, struct vdc_err *err);
