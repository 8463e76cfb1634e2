/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out what plan/upgrade_fix.h offers. */
#pragma once

#include "plan/upgrade_fix.h"
#include "store/store.h"

/*
 * One fix, in a transaction of its own, with an event that keeps what was there before. -EAGAIN: the
 * field is not as it was when the fix was offered. A host that cannot be read is -EHOSTUNREACH.
 */
int vdc_upgrade_fix(struct vdc_db *db, const struct vdc_upgrade_fix *fix, struct vdc_arena *arena,
		    struct vdc_err *err);
