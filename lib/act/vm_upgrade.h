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

/* The rest is shared by the files act/vm_upgrade*.c. */

struct vdc_job_lease;
struct vdc_target;

/* One that is being carried out. Texts live in the arena. */
struct vdc_vm_upgrade_work {
	struct vdc_db *db;
	struct vdc_arena *arena;
	const struct vdc_vm_upgrade_options *options;
	struct vdc_job_lease *lease;
	struct vdc_job *job;
	struct vdc_vm *vm;
	struct vdc_host *host;
	const struct vdc_target *target;

	/* What the job remembers. */
	const char *machine; /* new type */
	bool chipset;	     /* it changes */
	bool ran, power_off, force_off, snapshot;
	struct vdc_level barrier;
	const char *definition; /* the old one, without secrets; NULL: not kept yet */

	const char *defined; /* the new one, when this process wrote it */
	int begun;	     /* the last step that was begun, also by owners before */
};

/* The steps; the numbers are those in the database. */
enum vdc_vm_upgrade_step {
	VDC_VM_UPGRADE_KEEP = 1,
	VDC_VM_UPGRADE_SPACE,
	VDC_VM_UPGRADE_PERSIST,
	VDC_VM_UPGRADE_POWER_OFF,
	VDC_VM_UPGRADE_SNAPSHOT,
	VDC_VM_UPGRADE_DEFINE,
	VDC_VM_UPGRADE_START,
	VDC_VM_UPGRADE_WATCH,
	VDC_VM_UPGRADE_RECORD,
	VDC_VM_UPGRADE_RESTORE, /* from here on it goes back */
	VDC_VM_UPGRADE_RESTART,
	VDC_VM_UPGRADE_REWATCH,
};

#define VDC_VM_UPGRADE_ACTION "vm-upgrade"

/*
 * Makes a job for WHAT, or finds one of the cluster that was cut off, takes it, and fills UP, whose db,
 * arena and options are set. To be given back with vdc_job_release.
 */
int vdc_vm_upgrade_open(struct vdc_vm_upgrade_work *up, const struct vdc_vm_upgrade_case *what,
			struct vdc_err *err);
/* Ends the job that did not do it, with an event about the VM. */
int vdc_vm_upgrade_fail(struct vdc_vm_upgrade_work *up, const char *message, struct vdc_err *err);
/* Remembers the old definition. */
int vdc_vm_upgrade_keep(struct vdc_vm_upgrade_work *up, const char *definition,
			struct vdc_err *err);
/* The snapshot that was made; the VM as it is after its upgrade, which ends the job. */
int vdc_vm_upgrade_note_snapshot(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_note_vm(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
const char *vdc_vm_upgrade_snapshot_name(struct vdc_vm_upgrade_work *up);

/* Each at the host; all look first and do nothing that is done already. */
int vdc_vm_upgrade_read(struct vdc_vm_upgrade_work *up, char **definition, struct vdc_err *err);
int vdc_vm_upgrade_persist(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_space(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_power_off(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_snapshot(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_define(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_start(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_watch(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
int vdc_vm_upgrade_restore(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
