/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking a VM out of compatibility mode, as plan/vm_upgrade.h decides: it is shut down if it runs and
 * may be, a snapshot is made if one is wanted, its definition gets the new machine type, it is started
 * and watched. A start that fails puts the old definition back and starts that.
 *
 * It is a job with steps (store/job.h), one at a time in a cluster. Killed at any point it is gone on
 * with by the next call for a VM of the cluster, and ends either upgraded or as it was before.
 */
#pragma once

#include "edge/db.h"
#include "plan/vm_upgrade.h"

struct vdc_vm_upgrade_options {
	const char *host;    /* name: where to start a VM that is off; NULL: where it is defined */
	const char *chipset; /* NULL: the one it has */
	bool power_off;	     /* it may be shut down */
	bool force_off;	     /* and its plug pulled, when it does not end by itself in time */
	bool snapshot;	     /* one is to be made, unless there is a backup */
	bool no_backup;	     /* it is to be done without */
	int64_t shutdown_us; /* how long it may take to shut down */
	int64_t watch_us;    /* how long it must have run to be believed */
	void (*told)(void *ctx, const char *what); /* a step begins; may be NULL */
	void *ctx;
};

struct vdc_vm_upgrade_case {
	struct vdc_vm *vm;
	struct vdc_cluster *cluster;
	struct vdc_host *host;	    /* where it runs, or will */
	struct vdc_vm_upgrade plan; /* with all that stands in the way */
	struct vdc_level barrier;   /* level that it may never go below again; major -1: unknown */
	const char *unfinished;	    /* name of a VM of the cluster whose upgrade was cut off and
					is ended first; NULL: none */
	bool goes_on;		    /* and that is this one */
};

/* Asks the database and the hosts; changes nothing. Texts live in ARENA. */
int vdc_vm_upgrade_look(struct vdc_db *db, const struct vdc_catalogue *catalogue, const char *vm_id,
			const struct vdc_vm_upgrade_options *options, struct vdc_arena *arena,
			struct vdc_vm_upgrade_case *ret, struct vdc_err *err);

/*
 * Does it, for a case without blockers. -EBUSY: another process is upgrading a VM of the cluster;
 * -EIO: it did not work, and the message says what became of the VM; -ETIMEDOUT and other codes for
 * what cannot be reached: it is to be called again.
 */
int vdc_vm_upgrade_run(struct vdc_db *db, const struct vdc_vm_upgrade_case *what,
		       const struct vdc_vm_upgrade_options *options, struct vdc_err *err);
