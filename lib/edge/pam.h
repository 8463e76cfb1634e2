/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system's own check of a user's password: PAM, service "vdc" (contrib/pam.d/vdc; where it is
 * not installed libpam takes "other"). libpam is behind it, opened at first use.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"

#define VDC_PAM_SERVICE "vdc"

/*
 * In a forked child (base/child.h: no other thread may run), because a module of PAM can hang, and
 * crash; it is killed after LIMIT_US. The password goes to prompts without echo only.
 * 0: it is USER's, and the account may be used. -EKEYREJECTED: it is not; -EACCES: the account is
 * expired, locked or unknown; -EHOSTUNREACH: what PAM asks does not answer; -ETIMEDOUT; -EIO.
 */
int vdc_pam_check(const char *user, const struct vdc_secret *password, int64_t limit_us,
		  struct vdc_err *err);

/* Only opens the module: -ENOTSUP when it is not installed. */
int vdc_pam_load(struct vdc_err *err);
