/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An upgrade of a VM that is being carried out: shared by the files act/vm_upgrade*.c. */
#pragma once

#include "act/look.h"
#include "act/spm_token.h"
#include "act/vm_power.h"
#include "act/vm_upgrade.h"
#include "base/time.h"

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

	struct vdc_spm_token *token; /* while the structure of storage changes; NULL: nobody's */

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

/* A way to the host. RUN is what VDC_VM_UPGRADE_TRIP makes of a function; *TEXT (may be NULL) is what it
 * told, NULL for nothing. */
struct vdc_vm_upgrade_trip {
	struct vdc_vm_upgrade_work *up;
	char *text; /* what the child told */
};
#define VDC_VM_UPGRADE_TRIP(name)                                                           \
	static int name##_trip(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, \
			       struct vdc_err *err)                                         \
	{                                                                                   \
		return name(((struct vdc_vm_upgrade_trip *)ctx)->up, errand, virt, err);    \
	}

typedef int vdc_vm_upgrade_trip_fn(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
				   struct vdc_err *err);
int vdc_vm_upgrade_trip(struct vdc_vm_upgrade_work *up, int64_t limit_us,
			vdc_vm_upgrade_trip_fn *run, char **text, struct vdc_err *err);
