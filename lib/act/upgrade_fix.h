/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out what plan/upgrade_fix.h offers. */
#pragma once

#include "act/work_news.h"
#include "plan/upgrade_fix.h"
#include "store/store.h"

#define VDC_FIX_ACTION "upgrade-fix" /* of jobs */

struct vdc_upgrade_fix_options {
	int64_t shutdown_us;	/* how long a VM may take to shut down */
	bool accept_unknown;	/* as vdc_place_query has it */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
};

/*
 * One fix. A field is set in a transaction of its own, with an event that keeps what was there before;
 * -EAGAIN: it is not as it was when the fix was offered. A definition is changed after that, on every
 * host that has it. A migration and the return of a host are jobs
 * of vm-migrate and host-maintenance, whose `resume` goes on with one that was killed. A VM that is
 * resumed or shut down, and a host whose daemons are restarted, have a job VDC_FIX_ACTION; all that bears
 * to be done twice or half, and the next fix of the same object takes the job of one that was killed.
 * -EHOSTUNREACH, -ETIMEDOUT: somebody did not answer; -EBUSY: another one is at it; -EPERM: it may not
 * be; -EIO: it did not work, and the message says why.
 */
int vdc_upgrade_fix(struct vdc_db *db, const struct vdc_upgrade_fix *fix,
		    const struct vdc_upgrade_fix_options *options, struct vdc_arena *arena,
		    struct vdc_err *err);

/* Jobs VDC_FIX_ACTION that were cut off, and that nobody took: they are over. */
int vdc_upgrade_fix_close(struct vdc_db *db, struct vdc_arena *arena, struct vdc_err *err);

/*
 * The same for the machine type alone, and only in the definitions of VM, on the hosts of its cluster
 * that are up and have one; what they say afterwards is in the database. MACHINE has the chipset that
 * the VM has. -EHOSTUNREACH also where no host that is up has a definition of it.
 */
int vdc_define_machine(struct vdc_db *db, const struct vdc_vm *vm, const char *machine,
		       struct vdc_arena *arena, struct vdc_err *err);
