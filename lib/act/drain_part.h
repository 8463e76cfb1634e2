/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/drain*.c: hosts that are drained or brought back, and what happens to their VMs. */
#pragma once

#include "act/drain.h"
#include "act/sync.h"
#include "act/vm_tour.h"
#include "plan/reasons.h"

/* Steps of a host; those of VMs are "migrate", "restart", "stop" and "start". */
#define DRAIN_ENTER VDC_DRAIN_STEP
#define DRAIN_LEAVE "leave_maintenance"

struct drain_run;

struct drain_host {
	struct drain_run *run;
	const struct vdc_host *host; /* as it was read last */
	const struct vdc_drain_wish *wishes;
	size_t n_wishes;
	int64_t first, next; /* numbers of steps: its own, the next that is free */
	int64_t before;	     /* its status before all this, and the reason of that */
	const char *before_detail;
	bool ours; /* its status is what we made it */
	bool over;
	const char *unread; /* why it could not be read just now; NULL: it was */
	struct vdc_reasons reasons; /* what went wrong; none: nothing */
	struct vdc_job_step *step;
	bool unfit;			/* it answers and does not reach its storage */
	bool restore;			/* its VMs come home */
	bool taken_back;		/* its drain was for nothing: all that it stopped starts */
	size_t started, returned, left; /* VMs */
};

enum drain_how {
	DRAIN_BY_MOVE = 1,
	DRAIN_BY_RESTART,
	DRAIN_BY_STOP,
	DRAIN_BY_START,
};
extern const char *const drain_actions[]; /* of steps, by enum drain_how */

struct drain_vm {
	struct drain_host *host;
	const struct vdc_vm *vm;
	enum drain_how how;
	const char *from_id, *to_id; /* NULL: none, or not chosen yet */
	bool may_only;		     /* to TO_ID and to no other host */
	bool comes_back;
	int64_t number; /* of its step */
	bool begun;	/* by us or by an owner before us */
	bool good;	/* it is done */
	bool unknown;	/* nobody knows whether it runs at TO_ID */
	const char *failure;
};

struct drain_run {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_drain_options *options;
	struct vdc_arena *arena;
	struct drain_host *hosts;
	size_t n;
	struct vdc_objects steps; /* of the job, as it was found */
	int stopping;
};

/* drain_step.c: the steps of the job, and what is told. */
int drain_run_begin(struct drain_run *run, struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_drain_options *options, size_t n, struct vdc_arena *arena,
		    struct vdc_err *err);
int drain_read_steps(struct drain_run *run, struct vdc_err *err);
void drain_number_host(struct drain_host *host, int64_t first, const char *action);
int64_t drain_number(struct drain_host *host, const char *object_id, const char *action);
/* What a step was begun for that did not end, as far as anybody knows; NULL at the end. AT: 0 at
 * first. */
const struct vdc_job_step *drain_unfinished(const struct drain_host *host, size_t *at);
void drain_tell(struct drain_run *run, const struct vdc_work_news *news);
void drain_say(struct drain_host *host, const char *fmt, ...) vdc_printf(2, 3);
void drain_fail(struct drain_host *host, const char *fmt, ...) vdc_printf(2, 3);
/* TEXT is about something of that name. */
void drain_fail_about(struct drain_host *host, const char *name, const char *text);
/* What went wrong, all of it; NULL: nothing. */
const char *drain_failure(const struct drain_host *host);
bool drain_stops(struct drain_run *run); /* somebody asked to */
int drain_take_stop(void *ctx);		 /* CTX: struct drain_run */

/* drain_look.c: reads the hosts that are not over, and HOST->host anew. */
int drain_look(struct drain_run *run, struct vdc_err *err);

/* drain_plan.c: plan/maintenance.h asked about hosts of SCENE. */
int drain_plan(struct vdc_db *db, const struct vdc_drain_options *options, const char *job,
	       struct vdc_scene *scene, const char *const *ids, size_t n,
	       const struct vdc_drain_wish *wishes, size_t n_wishes, struct vdc_arena *arena,
	       struct vdc_maintenance *ret, struct vdc_err *err);

/* drain_write.c: a transaction about a host, and its parts. */
struct drain_writing {
	struct drain_host *host;
	struct vdc_arena *arena; /* gone after it */
	const struct vdc_host *before;
	struct vdc_host *after;
	enum vdc_drain_end end;
	const char *refusal;
	int64_t was; /* its status before all this */
	bool insisted;
};
int drain_write(struct drain_writing *w, vdc_db_fn *fn, struct vdc_err *err);
int drain_load(struct vdc_db *db, struct drain_writing *w, struct vdc_err *err); /* the first */
int drain_write_status(struct vdc_db *db, struct drain_writing *w, enum vdc_host_status status,
		       int64_t reason, const char *detail, struct vdc_err *err);
int drain_write_step(struct vdc_db *db, struct drain_writing *w, enum vdc_job_status status,
		     struct vdc_err *err);
/* What the step remembers; 0: nothing. */
int64_t drain_status_before(const struct drain_writing *w);

/* drain_host.c: each a transaction of its own. */
int drain_enter(struct drain_host *host, const char **refusal, struct vdc_err *err);
int drain_insist(struct drain_host *host, struct vdc_err *err);
int drain_leave(struct drain_host *host, enum vdc_drain_end end, struct vdc_err *err);

/* drain_role.c: a storage pool manager hands over; one that cannot has failed. */
int drain_roles(struct drain_run *run, struct vdc_err *err);

/* drain_move.c: all that move, in one run of migrations. */
int drain_move(struct drain_run *run, struct drain_vm *vms, size_t n, struct vdc_err *err);

/* drain_power.c: all others, many at once. */
int drain_power(struct drain_run *run, struct drain_vm *vms, size_t n, struct vdc_err *err);

/* drain_note.c: what became of a VM whose power was switched, with its step; a transaction. */
int drain_note_power(struct drain_run *run, struct drain_vm *one, struct vdc_job_step *step,
		     const char *runs_on, struct vdc_err *err);

/* drain_home.c: where VMs belong. Those that are off for the sake of hosts that are up again start;
 * those of hosts with RESTORE come back. */
int drain_note_homes(struct drain_run *run, const struct drain_vm *vms, size_t n,
		     struct vdc_err *err);
int drain_start_homes(struct drain_run *run, struct vdc_err *err);
int drain_return_homes(struct drain_run *run, struct vdc_err *err);
enum drain_forget {
	DRAIN_FORGET_THERE = 1, /* of those that are at home */
	DRAIN_FORGET_OFF,	/* and of those that are off and not to be started with it */
	DRAIN_FORGET_AWAY,	/* and of those that run elsewhere */
};
int drain_forget_homes(struct vdc_db *db, const char *host_id, enum drain_forget which,
		       struct vdc_arena *arena, struct vdc_err *err);

/* drain_storage.c: the first storage domain that the host does not reach, and why; NULL: none. */
int drain_check_storage(struct drain_host *host, const char **ret, struct vdc_err *err);
