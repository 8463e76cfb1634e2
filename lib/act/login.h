/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Confirming by a login password what cannot be undone. Only administrators can: the users and
 * groups of the setting `administrators` by their own login, which PAM checks, and the internal
 * accounts (admin@internal), whose hashes are in the database.
 *
 * Every try is counted before the password is looked at, in a transaction of its own, and the count
 * is cleared by a right one: however many try at once, no more than `login-tries` are looked at
 * until the account is locked for `login-lock`. A try that nobody could decide counts as well. Each
 * is an event "login_tried", followed by "login_confirmed", "login_refused" or "login_locked"; an
 * attempt that was not let to a password is a "login_refused".
 *
 * PAM is asked in a forked child: no other thread may run, so confirm before a job is begun. None of
 * it may be called inside of a transaction.
 */
#pragma once

#include "base/mem.h"
#include "base/secret.h"
#include "edge/db.h"

#define VDC_LOGIN_ADMIN "admin@internal"
enum { VDC_LOGIN_SHORTEST = 8 };

/*
 * Whose password would confirm: ACCOUNT, an internal one, or NULL for the caller. *NAME lives in
 * ARENA. WHAT is what is to be confirmed, for the events: "upgrade of vm web1".
 * -EACCES: no administrator, or locked, which says until when; -ENOENT: no such internal account;
 * -EINVAL: ACCOUNT is not of that form.
 */
int vdc_login_may(struct vdc_db *db, const char *account, const char *what, struct vdc_arena *arena,
		  char **name, struct vdc_err *err);

/*
 * One try; asks vdc_login_may() first, and may be called without having done so. -EKEYREJECTED:
 * wrong, try again; -EACCES: may not, or wrong and now locked; else what vdc_pam_check() could not.
 */
int vdc_login_check(struct vdc_db *db, const char *account, const struct vdc_secret *password,
		    const char *what, struct vdc_err *err);

/*
 * Makes an internal account or changes its password, and takes its lock away. -EINVAL: not
 * NAME@internal, or a password of less than VDC_LOGIN_SHORTEST bytes. A dry run takes it all back.
 */
int vdc_login_set(struct vdc_db *db, const char *account, const struct vdc_secret *password,
		  bool dry_run, struct vdc_err *err);

/* Whether ACCOUNT could be an internal one by its name. */
int vdc_login_account(const char *account, struct vdc_err *err);

/* Whether it may be the password of an internal account: long enough. */
int vdc_login_acceptable(const struct vdc_secret *password, struct vdc_err *err);

/* Takes an internal account away, or a user's count of wrong tries. -ENOENT */
int vdc_login_remove(struct vdc_db *db, const char *account, bool dry_run, struct vdc_err *err);
