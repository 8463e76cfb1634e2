/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for passwords, and confirming by one what cannot be undone. */
#pragma once

#include "base/secret.h"
#include "cli/command.h"

/* A table to include: --as --password-file. */
extern const struct vdc_option vdc_login_options[];
/* --password-file only. */
extern const struct vdc_option vdc_password_options[];

/*
 * The caller's login password, or with --as that of an internal account, confirms WHAT ("upgrade of
 * vm web1", as events will say it). On the terminal the risk, FMT, is said first, and it may be
 * tried until the account is locked; --password-file is one try. The verb needs
 * VDC_NEEDS_DB_WRITE. Not while a job runs or another thread (act/login.h).
 *
 * 0, and nothing else means yes. -EACCES or -EKEYREJECTED (exit code 7): not confirmed, also when
 * there is neither terminal nor file; -EPERM: no password was typed.
 */
int vdc_confirm_login(struct vdc_call *call, const char *what, struct vdc_err *err, const char *fmt,
		      ...) vdc_printf(4, 5);

/* A password that is to be: typed twice, or of --password-file. */
int vdc_new_password(struct vdc_call *call, const char *account, struct vdc_secret *ret,
		     struct vdc_err *err);
