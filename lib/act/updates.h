/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Updates of hosts: looking for them, approving them, and what whoever carries them out has to know and
 * to write down. Which of them may go and what the others wait for is decided by plan/update_state.h.
 */
#pragma once

#include "model/update.h"
#include "plan/update_change.h"
#include "store/store.h"

struct vdc_updates_report {
	const char *host;			/* name */
	const struct vdc_err *failure;		/* why nobody knows; NULL: it was looked at */
	const struct vdc_update_change *change; /* NULL with a failure */
};
typedef void vdc_updates_told_fn(void *ctx, const struct vdc_updates_report *report);

struct vdc_updates_options {
	unsigned jobs;		   /* hosts at once */
	int64_t limit_us;	   /* for a host */
	const char *command;	   /* in place of the package manager; NULL: that */
	vdc_updates_told_fn *told; /* may be NULL */
	void *ctx;
};

/* What vdc.conf(5) says. */
struct vdc_updates_options vdc_updates_options(void);

struct vdc_updates_summary {
	size_t hosts;
	size_t failed; /* and ought to have answered */
	int code;      /* of all failures, -EIO where they differ */
};

/*
 * Looks at the hosts with these ids and records what they are offered, each in a transaction of its
 * own. A host that cannot be looked at is no error; one of the database is.
 */
int vdc_updates_look(struct vdc_db *db, const struct vdc_updates_options *options,
		     const char *const *hosts, size_t n, struct vdc_updates_summary *ret,
		     struct vdc_err *err);

/* Records what a host is offered, with events; *RET, in ARENA: what came of it. */
int vdc_updates_record(struct vdc_db *db, const char *host_id,
		       const struct vdc_update_offers *offers, struct vdc_arena *arena,
		       struct vdc_update_change *ret, struct vdc_err *err);

/*
 * In a transaction of the caller: approves the update as it was found, for the person behind this
 * process. -EPERM: it is over, or its channel does not lead there any more; the message names what is
 * offered in its place. *CHANGED: false when it was approved before.
 */
int vdc_update_approve(struct vdc_db *db, const char *id_or_name, struct vdc_arena *arena,
		       struct vdc_update **ret, bool *changed, struct vdc_err *err);

/* For who carries updates out (act/upgrade_run.h): what of a host's updates may go now, as one. Those that
 * are the job's already (JOB_ID may be NULL), running or failed, are among them. */
struct vdc_updates_expected {
	size_t n;	  /* updates that may go; 0: none */
	size_t n_waiting; /* others; WAITING says what the first of them waits for */
	const char *waiting;
	const char *blocked; /* none may go, and that is what a pending one waits for */
	bool needs_reboot;
	const char *packages; /* lines "name=version" of those that may go; NULL: nobody knows */
	bool exact;	      /* no other package may change: others wait, or these were approved */
	/* Afterwards; the host's own may have more numbers: hold them against each other with
	 * vdc_release_covers (base/release.h). NULL: nobody knows. */
	const char *libvirt_version;
	const char *qemu_version;
};
int vdc_updates_expected(struct vdc_db *db, const char *host_id, const char *job_id,
			 struct vdc_arena *arena, struct vdc_updates_expected *ret,
			 struct vdc_err *err);

/* A command for the host's shell which installs exactly these; NULL: the package manager may upgrade
 * all there is. */
char *vdc_updates_command(const struct vdc_updates_expected *expected, struct vdc_arena *arena);

/*
 * In a transaction of the caller, right after vdc_job_guard: the updates of the host that may go are
 * RUNNING as part of the job now, and those that failed in it are again; or those of the job are DONE,
 * and the host has none any more if no other is open; or FAILED for the reason in MESSAGE. Called
 * again it changes nothing.
 */
int vdc_updates_mark(struct vdc_db *db, const char *host_id, const char *job_id,
		     enum vdc_update_status status, const char *message, struct vdc_arena *arena,
		     struct vdc_err *err);

/* Shared by act/updates*.c: the host, its cluster, its updates and all releases, as a world. */
int vdc_updates_world(struct vdc_db *db, const char *host_id, struct vdc_world *world,
		      struct vdc_host **host, struct vdc_cluster **cluster, struct vdc_err *err);
