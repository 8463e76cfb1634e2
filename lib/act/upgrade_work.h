/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/upgrade_*.c: a run of an upgrade, and a host of it. */
#pragma once

#include "act/upgrade_run.h"
#include "base/child.h"
#include "model/cluster.h"
#include "model/host.h"

struct upgrade_run;

struct upgrade_host {
	struct upgrade_run *run;
	const struct vdc_upgrade_host_row *row; /* of the plan */
	const struct vdc_host *host;		/* as it was read last; NULL: it is gone */
	int64_t number;				/* of its first step */
	bool image;				/* it gets one, else its packages are updated */
	struct vdc_job_step steps[VDC_UPGRADE_N_PHASES]; /* [0]: all of it */
	enum vdc_upgrade_phase at; /* the next; VDC_UPGRADE_N_PHASES: none is left */
	bool settled;		   /* upgraded, or failed for good */
	bool failed;
	int64_t tries;	    /* of all of it */
	int64_t not_before; /* monotonic: of a host that is tried again */
	/* What the present phase came to. */
	const char *failure; /* NULL: it worked */
	bool lasting;	     /* trying again cannot help */
	bool interrupted;    /* somebody asked to stop before it was over */
	bool busy;	     /* a child is at work for it */
	bool rolling_back;   /* it gets its former image, and may be older than it was */
	bool resumed;	     /* the phase was begun by an owner before us */
	/* Of a host that is waited for. */
	bool returned, heard;
	bool refused_key;    /* it lets us not in, or shows another ssh key than before */
	const char *silence; /* why it is not back */
};

struct upgrade_run {
	struct vdc_db *db;
	struct vdc_arena *arena;
	struct vdc_job_lease *lease;
	const struct vdc_upgrade_control *control;
	struct vdc_upgrade_options options;
	struct vdc_job *job;
	struct vdc_cluster *cluster;
	struct vdc_upgrade_rows rows;
	struct upgrade_host *hosts; /* those of the plan's waves, by wave */
	size_t n_hosts;
	struct vdc_job_step *steps; /* of the whole cluster, by number; see enum upgrade_step */
	/* How somebody asked to stop. */
	int wake;	     /* epoll: readable when somebody may have */
	int bell;	     /* eventfd: a request stands in the database */
	int stop;	     /* 0; 1: to the next safe point; 2: migrations are aborted */
	int64_t request;     /* enum vdc_job_request that it was; 0: a signal */
	int64_t polled;	     /* monotonic: when the database was asked last */
	int64_t waits_since; /* monotonic; 0: nothing is waited for */
	int64_t waits_said;
	const char *(*waits)(const struct upgrade_run *run); /* for whom the pool works */
	struct vdc_pool *pool;
	bool ticking;
	/* How it ends. */
	enum vdc_job_status was; /* before it was opened again */
	const char *left_behind; /* what could not be put back, mended or refreshed; NULL */
	const char *ending;	 /* why it cannot go on; NULL: it can */
	bool closing;		 /* it was aborted, and what was begun is ended */
};

/* Steps of the whole cluster; the numbers are those in the database. */
enum upgrade_step {
	UPGRADE_POLICY = 1,
	UPGRADE_POLICY_RESET,
	UPGRADE_REFRESH,
	UPGRADE_AFFINITY,
	UPGRADE_RAISE,
	UPGRADE_N_STEPS,
	UPGRADE_MOVES = 100, /* of UPGRADE_REFRESH and UPGRADE_AFFINITY: from here on */
	UPGRADE_AFFINITY_MOVES = 10000,
};
enum { UPGRADE_N_MOVES = UPGRADE_AFFINITY_MOVES - UPGRADE_MOVES };  /* at most, of each */
enum { UPGRADE_DRAIN_STEPS = 100, UPGRADE_ACTIVATE_STEPS = 10000 }; /* of a host */

/* upgrade_options.c: as the lines of the job's state. */
char *upgrade_options_text(const struct vdc_upgrade_options *options, struct vdc_arena *arena);
void upgrade_options_parse(const char *text, struct vdc_arena *arena,
			   struct vdc_upgrade_options *ret);

/* upgrade_begin.c: a new job, made before a transaction and stored in it. */
struct upgrade_beginning {
	struct vdc_job *job;
	struct vdc_arena *arena;
};
int upgrade_beginning(const struct vdc_upgrade_rows *rows,
		      const struct vdc_upgrade_options *options, struct vdc_arena *arena,
		      struct upgrade_beginning *ret, struct vdc_err *err);
/* -EBUSY as vdc_upgrade_begin. The job gets its id. */
int upgrade_begin_in(struct vdc_db *db, const struct upgrade_beginning *beginning,
		     struct vdc_err *err);

/* upgrade_open.c: the job as ours, opened again where it was over; and its end, with the exit code. */
int upgrade_open(struct upgrade_run *run, struct vdc_err *err);
int upgrade_close(struct upgrade_run *run, enum vdc_job_status status, struct vdc_err *err);

/* upgrade_load.c */
int upgrade_load(struct upgrade_run *run, struct vdc_err *err);
/* Reads HOST anew. */
int upgrade_reload(struct upgrade_host *host, struct vdc_err *err);

/* upgrade_note.c: what is written and told. */
void upgrade_tell(struct upgrade_run *run, const struct vdc_work_news *news);
void upgrade_say(struct upgrade_run *run, const char *host, const char *fmt, ...) vdc_printf(3, 4);
int upgrade_begin_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase,
			struct vdc_err *err);
int upgrade_skip_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase,
		       struct vdc_err *err); /* it is nothing to this host */
int upgrade_end_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase,
		      enum vdc_job_status status, const char *message, struct vdc_err *err);
/* Keeps what a phase has to remember, while it goes on. */
int upgrade_keep(struct upgrade_host *host, enum vdc_upgrade_phase phase, const char *state,
		 struct vdc_err *err);
/* A step of any kind, whose members are set. */
int upgrade_put_step(struct upgrade_run *run, struct vdc_job_step *step, struct vdc_err *err);
/* Begins and ends a step of the whole cluster. */
int upgrade_begin_step(struct upgrade_run *run, enum upgrade_step number, struct vdc_err *err);
int upgrade_end_step(struct upgrade_run *run, enum upgrade_step number, const char *failure,
		     struct vdc_err *err);
/* STATUS of the host in the database, with a reason; guarded. */
int upgrade_set_status(struct upgrade_host *host, enum vdc_host_status status, const char *detail,
		       struct vdc_err *err);
/* The updates of the host that may go are this job's now, until all of it is over. */
int upgrade_begin_updates(struct upgrade_host *host, struct vdc_err *err);
/* All of it is over: the host is upgraded, or failed for FAILURE. */
int upgrade_settle(struct upgrade_host *host, const char *failure, struct vdc_err *err);
int upgrade_note_percent(struct upgrade_run *run, struct vdc_err *err);

/* upgrade_control.c */
int upgrade_control_open(struct upgrade_run *run, struct vdc_err *err);
void upgrade_control_close(struct upgrade_run *run);
/* Looks whether somebody asked for something: run->stop. */
int upgrade_poll(struct upgrade_run *run, struct vdc_err *err);
/* The same while migrations run, which hear the signals then: they are told of a request. */
int upgrade_listen(struct upgrade_run *run, struct vdc_err *err);
int upgrade_stop_taken(void *ctx); /* for struct vdc_migrate_options */
/* Until the pool is empty. Names who is waited for through TEXT; a stop is noted and waited out. */
typedef const char *upgrade_waits_fn(const struct upgrade_run *run);
int upgrade_wait_pool(struct upgrade_run *run, upgrade_waits_fn *waits, struct vdc_err *err);
/* So long, or until somebody asks to stop. */
int upgrade_pause(struct upgrade_run *run, int64_t us, struct vdc_err *err);
/* Tells what is waited for when that has lasted ten seconds, and every minute from then on. */
void upgrade_waits(struct upgrade_run *run, const char *host, const char *fmt, ...)
	vdc_printf(3, 4);

/* The phases; each for all of HOSTS at once. Negative: the run cannot go on. */
typedef int upgrade_phase_fn(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
			     struct vdc_err *err);
upgrade_phase_fn upgrade_check, upgrade_drain, upgrade_update, upgrade_reboot, upgrade_return,
	upgrade_enrol, upgrade_activate, upgrade_roll_back;

/* Reads hosts really, into the database. */
int upgrade_look(struct upgrade_run *run, const char *const *ids, size_t n, struct vdc_err *err);
struct vdc_drain_options upgrade_drain_options(struct upgrade_run *run);

/* upgrade_memory.c: what is remembered from before the update; NULL: nothing of that name. */
const char *upgrade_memory(const struct upgrade_host *host, const char *name);
int64_t upgrade_attempt(const struct upgrade_host *host);
/* A new attempt; SANLOCK_ID may be NULL. */
int upgrade_keep_before(struct upgrade_host *host, const char *sanlock_id, struct vdc_err *err);
int upgrade_keep_output(struct upgrade_host *host, const char *output, struct vdc_err *err);

/* The host runs what it was to get; else why not, in the arena. */
const char *upgrade_lacks(const struct upgrade_host *host);
/* Learns the new ssh key of a host that has a new image, where the one that is known is refused. What
 * fails is told, and tried again by whoever waits for the host. */
void upgrade_enrol_key(struct upgrade_host *host);
bool upgrade_answers(const struct upgrade_host *host); /* by its remote shell */
/* What an image takes from a host, kept before it gets one: definitions of VMs, its host id. */
int upgrade_keep_identity(struct upgrade_host *host, const char **sanlock_id, struct vdc_err *err);

/* upgrade_moves.c: moves for the sake of the whole cluster, whose steps have numbers from FIRST on.
 * What an owner before us began of them is gone on with; *NEXT: the first number that is free. */
int upgrade_adopt_moves(struct upgrade_run *run, enum upgrade_step first, int64_t *next,
			struct vdc_err *err);
/* *FAILURE, in the arena, is left alone where all have moved. The moves change their order. */
int upgrade_move_vms(struct upgrade_run *run, struct vdc_move *moves, size_t n,
		     const char **failure, struct vdc_err *err);
const char *upgrade_name_vms(const struct vdc_move *moves, size_t n, struct vdc_arena *arena);

/* upgrade_affinity.c: nothing, where all of it holds. */
int upgrade_mend_affinity(struct upgrade_run *run, struct vdc_err *err);

/* upgrade_finish.c: what is switched for the run, and put back. */
int upgrade_switch(struct upgrade_run *run, struct vdc_err *err);
int upgrade_restore(struct upgrade_run *run, struct vdc_err *err);
/* WHAT, in the arena, is told at the end; it is no failure of the run. */
void upgrade_leave(struct upgrade_run *run, const char *what);
int upgrade_refresh(struct upgrade_run *run, struct vdc_err *err);
int upgrade_raise(struct upgrade_run *run, struct vdc_err *err);
int upgrade_restart_vms(struct upgrade_run *run, struct vdc_move *moves, size_t n,
			const char **failure, struct vdc_err *err);
