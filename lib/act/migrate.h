/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moving running VMs, many at once within the limits of their hosts, as steps of a job that the caller
 * owns. One VM never has two migrations, across all processes that use the database; one that is under
 * way on its host already is adopted. Killed at any moment, the same steps carried out again end with
 * every VM running in one place.
 */
#pragma once

#include "act/place.h"
#include "model/migration.h"
#include "store/job.h"

/* A job of nothing but moves, which `vm-migrate resume` goes on with; its plan may have a line "to=ID". */
#define VDC_MOVE_ACTION "vm-migrate"

struct vdc_move {
	const char *vm_id;
	const char *to_id;	/* host; NULL: the placement chooses when its turn comes */
	const char *cluster_id; /* where to choose; NULL: the VM's own */
	const char *qemu_from;	/* to hosts with at least this version of QEMU; NULL: any */
	int64_t number;		/* of its step in the job */
	/* What came of it, in the arena of the call. */
	enum vdc_move_end end; /* 0: not yet */
	const char *reason;
	const char *from_name, *to_name, *vm_name;
	int64_t took_us, downtime_ms; /* -1: unknown */
};

enum vdc_move_news {
	VDC_MOVE_BEGUN = 1,
	VDC_MOVE_ADOPTED, /* somebody began it before */
	VDC_MOVE_PROGRESS,
	VDC_MOVE_LATE, /* its time is up, and post-copy cannot be cancelled: it is waited for */
	VDC_MOVE_ENDED,
	VDC_MOVE_WAITS, /* hosts have as many migrations as they may */
};

struct vdc_move_report {
	enum vdc_move_news news;
	const struct vdc_move *move;
	int64_t done, total, rate; /* bytes, per second; -1: unknown */
	int64_t eta_us;		   /* -1: unknown */
	const char *text;	   /* VDC_MOVE_WAITS: what for; else NULL */
};
typedef void vdc_move_told_fn(void *ctx, const struct vdc_move_report *report);

/* VDC_UNSET: what cluster and VM say, else the preset. */
struct vdc_migrate_options {
	int64_t bandwidth;		/* bytes per second of one migration; 0: no limit */
	int64_t timeout_per_gib, stall; /* microseconds */
	int64_t outgoing, incoming;	/* at once, per host */
	int64_t downtime_ms;
	int64_t auto_converge, post_copy, compressed, encrypted; /* 0, 1 */
	int64_t unsafe;		/* 1: disks are shared, whatever libvirt thinks of them */
	int64_t accept_unknown; /* 1: filters that know nothing do not refuse */
	bool any_load;		/* over-loaded hosts, too */
	int64_t retries;	/* other hosts that are tried when one failed; VDC_UNSET: 1 */
	int stop_fd; /* readable: nothing more is begun; once more: what runs is aborted; -1 */
	int (*stop_taken)(void *ctx); /* takes the request off stop_fd */
	vdc_move_told_fn *told;	      /* may be NULL */
	void *ctx;
};

struct vdc_migrate_options vdc_migrate_options(void); /* nothing is said */

/*
 * Carries the moves out, those of the VMs with the least CPU use first. What becomes of each is in
 * MOVES, in the steps of the job and in the events. Errors are those of the database, or -EBUSY when
 * the lease is lost: then migrations that run are left to whoever adopts them.
 */
int vdc_move_vms(struct vdc_db *db, struct vdc_job_lease *lease,
		 const struct vdc_migrate_options *options, struct vdc_move *moves, size_t n,
		 struct vdc_arena *arena, struct vdc_err *err);

/*
 * A job with nothing but these moves as its steps; VM names and numbers must be set. ACTION: the
 * command; PLAN: whatever it wants to find again. *RET is its id.
 */
int vdc_move_job(struct vdc_db *db, const char *action, const char *plan,
		 const struct vdc_move *moves, size_t n, struct vdc_arena *arena, char **ret,
		 struct vdc_err *err);

/* Those of a job's moves that did not end yet, in the order of their steps; where they go is for the
 * caller to say. */
int vdc_moves_left(struct vdc_db *db, const char *job, struct vdc_arena *arena,
		   struct vdc_move **ret, size_t *n, struct vdc_err *err);

bool vdc_job_is_open(int64_t status); /* queued, started or paused */
