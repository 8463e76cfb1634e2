/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading real hosts into the database: many at once, each in a process of its own, so that dead,
 * frozen and slow ones hold up nobody.
 */
#pragma once

#include "act/apply.h"

struct vdc_sync_report {
	const char *host; /* name */
	/* Why it was not read; NULL: it was. What the database says about it may have changed all
	 * the same. */
	const struct vdc_err *failure;
	const struct vdc_applied *applied; /* NULL: the failure says nothing about the host */
	int64_t took;			   /* microseconds */
};
typedef void vdc_sync_told_fn(void *ctx, const struct vdc_sync_report *report);

/* The database cannot be reached, for WHY, since WAITED microseconds; WHY NULL: it is back. */
typedef void vdc_sync_away_fn(void *ctx, int64_t waited, const struct vdc_err *why);

struct vdc_sync_options {
	unsigned jobs;	    /* hosts at once */
	int64_t connect_us; /* to the first answer of a host */
	int64_t limit_us;   /* for all of it */
	int64_t quiet_us;   /* of a host that has begun to answer; 0: as long as LIMIT_US */
	int64_t refresh_us; /* watch: between two complete readings */
	struct vdc_grace grace;
	const struct vdc_catalogue *catalogue; /* NULL: levels of hosts are not judged */
	vdc_sync_told_fn *told;	    /* may be NULL */
	vdc_sync_away_fn *away;	    /* watch; may be NULL */
	void *ctx;
};

/* What vdc.conf(5) says. */
struct vdc_sync_options vdc_sync_options(void);

struct vdc_sync_summary {
	size_t hosts;
	size_t read;
	size_t failed; /* and ought to have answered */
};

/* Ids of hosts. A host that cannot be read is no error; one of the database is. */
int vdc_sync(struct vdc_db *db, const struct vdc_sync_options *options, const char *const *hosts,
	     size_t n, struct vdc_sync_summary *ret, struct vdc_err *err);

/*
 * The same, then follows what happens on the hosts until STOP_FD can be read: VMs that are started,
 * moved and stopped, hosts that go and come back. Hosts that are lost are tried again, after 1 s, 2 s
 * and so on up to 30 s. A database that is lost is waited for, with pauses of up to 5 s; the hosts
 * are followed meanwhile, and all are read anew when it is back. DB does not wait for it by itself
 * from then on.
 */
int vdc_sync_watch(struct vdc_db *db, const struct vdc_sync_options *options,
		   const char *const *hosts, size_t n, int stop_fd, struct vdc_err *err);

/* Shared by act/sync*.c: one host of a run. */
struct vdc_sync_host {
	struct vdc_sync_run *run;
	struct vdc_target target;
	struct vdc_look look;
	struct vdc_err garbled; /* what was wrong with a message */
	int64_t started;	/* monotonic */
	int64_t heard;		/* wall clock of the last message; VDC_UNSET: none */
	int64_t delay;		/* watch: until the next attempt */
	const char *cluster_id;
	bool may_be_away; /* it is down or in maintenance */
	bool answered;
	bool again; /* it must be read once more, to decide about a claim */
};

struct vdc_sync_run {
	struct vdc_db *db;
	const struct vdc_sync_options *options;
	struct vdc_apply_options apply;
	struct vdc_arena *arena;
	struct vdc_pool *pool;
	struct vdc_claims claims;
	struct vdc_sync_host *hosts;
	size_t n;
	int64_t away_since; /* watch: the database cannot be reached; 0: it can */
	int64_t away_delay;
};

int vdc_sync_begin(struct vdc_sync_run *run, struct vdc_db *db,
		   const struct vdc_sync_options *options, const char *const *hosts, size_t n,
		   struct vdc_err *err);
void vdc_sync_end(struct vdc_sync_run *run);

/* Puts what was read, or that it was not, into the database, tells it, and begins a new look. */
int vdc_sync_apply(struct vdc_sync_host *host, const struct vdc_err *failure, struct vdc_err *err);
