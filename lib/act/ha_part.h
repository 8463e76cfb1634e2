/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/ha_restart.c, ha_round.c, ha_start.c, ha_write.c and ha_rows.c. */
#pragma once

#include "act/apply.h"
#include "act/ha_restart.h"
#include "act/place.h"
#include "act/vm_tour.h"
#include "plan/ha_queue.h"
#include "plan/host_status.h"

enum { HA_BANS = 8 };

struct ha_run;

/* A host that failed, and its job. */
struct ha_job {
	struct vdc_job_lease *lease; /* NULL: only looked at */
	const char *id;		     /* NULL: it has no job */
	const char *host_id;
	const struct vdc_host *host;   /* of this round; NULL: it is gone */
	const struct vdc_host **hosts; /* of its cluster, of this round */
	size_t n_hosts;
	int64_t asked; /* monotonic: when it was asked though it is known to be down; 0: never */
	bool over;
};

struct ha_vm {
	struct ha_run *run;
	struct ha_job *job;
	struct vdc_job_step *step; /* ours; without id: it was never stored */
	struct vdc_ha_memory memory;
	struct vdc_vm *vm; /* of this round, without long fields; NULL: it is gone, or over */
	int64_t priority;
	const char *unsafe; /* why a host may be running it, of this round; NULL: none does */
	bool lease;	    /* it has one, as far as is known */
	int64_t locked;	    /* wall clock: when another host had it; 0: none did in the last try */
	bool runs;	    /* its start is under way */
	bool goes_on;	    /* where a start was begun before */
	bool touched;	    /* by this run */
	bool over;
	struct vdc_ha_verdict verdict;

	struct vdc_tour tour;
	struct vdc_tour_host to, *others;
	struct vdc_errand_call call;
	struct vdc_tour_end end;
	struct vdc_place_ban bans[HA_BANS]; /* hosts where it did not start */
	size_t n_bans;
	int64_t told; /* monotonic: when it was said what it waits for */
	int64_t began;
};

struct ha_run {
	struct vdc_db *db;
	const struct vdc_ha_options *options;
	struct vdc_arena *arena; /* of all of it */
	struct vdc_arena *round; /* of one round */
	struct ha_job *jobs;
	size_t n_jobs;
	struct ha_vm **vms;
	size_t n, size;
	int64_t foreign; /* highest priority of VMs that others start, of this round */
	struct vdc_scene scene;
	struct vdc_pool *pool;
	size_t running;
	int64_t began; /* monotonic */
	bool ticking, stopping;
};

/* ha_round.c: reads all anew, and judges; what ended without us is written. */
int ha_look(struct ha_run *run, struct vdc_err *err);
struct ha_vm *ha_find(const struct ha_run *run, const struct ha_job *job, const char *vm_id);
void ha_add(struct ha_run *run, struct ha_job *job, const struct vdc_job_step *step);
void ha_judge(struct ha_run *run);
bool ha_answers(const struct vdc_host *host);
/* Whether HOST, of its cluster, is one that must say that it does not run the VM. */
bool ha_is_asked(const struct ha_vm *one, const struct vdc_host *host);
/* What it waits for that is VDC_HA_BEHIND. */
const char *ha_behind(const struct ha_vm *one);
/* By priority, then as they were queued. */
void ha_sort(struct ha_run *run);

/* ha_start.c: begins those whose turn it is. */
int ha_begin_next(struct ha_run *run, struct vdc_err *err);
int ha_choose(struct ha_vm *one, const struct vdc_host **ret, struct vdc_err *err);
int ha_open_scene(struct ha_run *run, struct vdc_err *err);

/* ha_write.c: each in a transaction that looks at the lease first. */
/* Looks once more: *REFUSAL, in the arena of the run, when it is not to be begun after all. */
int ha_write_begin(struct ha_vm *one, const char **refusal, struct vdc_err *err);
int ha_write_started(struct ha_vm *one, const char *host_id, struct vdc_err *err);
/* It is off, and is tried again at MEMORY.next. LAST: it was the last of the short pauses. */
int ha_write_failed(struct ha_vm *one, const char *failure, bool last, struct vdc_err *err);
/* Nobody has to start it. */
int ha_write_over(struct ha_vm *one, enum vdc_job_status status, const char *text,
		  struct vdc_err *err);
/* Closes the job when all its VMs are over; *OPEN: there are others after all. */
int ha_write_end(struct ha_run *run, struct ha_job *job, bool *open, struct vdc_err *err);

void ha_tell(const struct ha_vm *one, enum vdc_work_kind kind, enum vdc_job_status status,
	     const char *text);

/* ha_rows.c */
void ha_rows(struct ha_run *run, bool all, struct vdc_arena *arena, struct vdc_ha_rows *ret);
