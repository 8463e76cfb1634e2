/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Emptying hosts, and bringing them back, as steps of a job that the caller owns. What becomes of a
 * VM is decided by plan/drain.h: it is moved, or shut down and started on another host, or shut down
 * until its host is back. Carried out again after a crash, the same call goes on where it was.
 *
 * A host is read before anything is done to it, and has the status preparing_for_maintenance while
 * it is drained, maintenance when it is empty by its own word. When that fails it gets the status
 * back that it had; VMs that moved meanwhile stay where they are, and those that were shut down are
 * started again.
 */
#pragma once

#include "act/work_news.h"
#include "plan/maintenance.h"

/* A job of nothing but this, which `host-maintenance resume` goes on with. */
#define VDC_MAINTENANCE_ACTION "host-maintenance"

/* Numbers that the steps of one host may take (store/job.h): from the one that the caller gives. */
enum { VDC_DRAIN_NUMBERS = 9000 };

enum vdc_drain_end {
	VDC_DRAIN_DONE = 1, /* empty, in maintenance */
	VDC_DRAIN_REFUSED,  /* nothing was done: REASON names all that stands against it */
	VDC_DRAIN_FAILED,   /* some VM could not leave, or the host does not answer */
	VDC_DRAIN_STOPPED,  /* somebody asked to stop */
};

#define VDC_DRAIN_STEP "enter_maintenance" /* about the host, beside those about VMs */

struct vdc_drain_host {
	const char *id;
	const struct vdc_drain_wish *wishes;
	size_t n_wishes;
	int64_t number; /* of its first step */
	/* What came of it, in the arena of the call. */
	enum vdc_drain_end end;
	const char *reason;
};

struct vdc_drain_options {
	struct vdc_migrate_options migrate; /* stop_fd and stop_taken too; its TOLD is not used */
	int64_t shutdown_us;		    /* how long a VM may take to shut down */
	bool force_off;			    /* then its plug is pulled */
	bool no_reserve;	/* HA VMs may be left without a host that could take them */
	bool keep_going;	/* the VMs of a host that cannot be emptied leave all the same */
	bool give_up;		/* nothing leaves any more: what was cut off is taken back */
	const char *reason;	/* for events; may be NULL */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
};

/* All of the hosts at once. Errors are those of the database, or -EBUSY when the lease is lost. */
int vdc_drain_hosts(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_drain_options *options, struct vdc_drain_host *hosts, size_t n,
		    struct vdc_arena *arena, struct vdc_err *err);

/*
 * What a drain of these hosts would do, and all that stands against it, by what the database knows.
 * SCENE is as if they were drained afterwards; RET lives as long as it and ARENA do. JOB (may be
 * NULL): one that counts as our own.
 */
int vdc_drain_preview(struct vdc_db *db, const struct vdc_drain_options *options, const char *job,
		      struct vdc_scene *scene, const char *const *ids, size_t n,
		      struct vdc_arena *arena, struct vdc_maintenance *ret, struct vdc_err *err);

enum vdc_activate_end {
	VDC_ACTIVATE_UP = 1,
	VDC_ACTIVATE_UNFIT, /* it answers and may not run VMs: non_operational */
	VDC_ACTIVATE_NO_ANSWER,
};

struct vdc_activate_host {
	const char *id;
	int64_t number; /* of its first step */
	bool restore;	/* VMs whose home it is come back */
	/* It went away for nothing: VMs that were shut down and are started by hand start, too. One
	 * that did not get as far as maintenance is taken back in any case. */
	bool taken_back;
	/* What came of it, in the arena of the call. */
	enum vdc_activate_end end;
	const char *reason;
	size_t started, returned; /* VMs */
	size_t left; /* VMs that could not be started or brought back: events say why */
};

/*
 * Takes hosts out of maintenance after a look at libvirt, storage and networks, starts the VMs that
 * are off for their sake, and brings VMs home where that is asked for.
 */
int vdc_activate_hosts(struct vdc_db *db, struct vdc_job_lease *lease,
		       const struct vdc_drain_options *options, struct vdc_activate_host *hosts,
		       size_t n, struct vdc_arena *arena, struct vdc_err *err);
