/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/migrate*.c: a run of migrations, and one of them. */
#pragma once

#include "act/migrate.h"
#include "act/migrate_child.h"
#include "plan/migration_watch.h"

struct migrate_one;

/* A process of a migration; its address is the context of the pool's task. */
struct migrate_child {
	struct migrate_one *one;
	struct vdc_migrate_task task;
	bool runs;
};

enum migrate_state {
	MIGRATE_WAITS,
	MIGRATE_OPENS, /* its mover looks */
	MIGRATE_MOVES,
	MIGRATE_FINDS, /* who has it now? */
	MIGRATE_OVER,
};

enum { MIGRATE_BANS = 8, MIGRATE_PLACES = 64 };

struct migrate_one {
	struct migrate_run *run;
	struct vdc_move *move;
	struct vdc_job_step step;
	enum migrate_state state;
	bool claimed; /* the step is being done, by us or by an owner before us */
	bool resumed; /* that one: it may have been begun */
	bool begun;   /* libvirt was asked, or had a job running */
	bool adopted;
	bool gave_up; /* it was aborted for a reason that another host does not change */
	bool paused;  /* it stands still where it is, and did not before */
	bool told_late, told_waits;
	int64_t not_before, started; /* monotonic */
	int64_t noted;		     /* its progress in the database, monotonic */
	int64_t cpu;		     /* that the VM uses */
	const struct vdc_vm *vm;     /* as it was when its turn came */
	const struct vdc_host *from, *to;
	struct migrate_child mover, watcher, finder;
	struct vdc_migration_watch watch;
	unsigned silent; /* times that the watcher could not ask, one after another */
	unsigned idle;	 /* times that it saw no job */
	const char *failure;
	struct vdc_place_ban bans[MIGRATE_BANS];
	size_t n_bans, tries;
	/* the finder's */
	struct vdc_migrate_host asked[MIGRATE_PLACES];
	struct vdc_migrate_place places[MIGRATE_PLACES];
	size_t n_asked, n_places;
	unsigned finds;
};

struct migrate_run {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_migrate_options *options;
	struct vdc_arena *arena;
	struct vdc_scene scene;
	struct vdc_pool *pool;
	struct migrate_one *ones; /* in the order in which they begin */
	size_t n;
	int stopping; /* 1: nothing more is begun, 2: what runs is aborted */
	bool ticking, beginning;
};

/* migrate.c */
int migrate_begin_next(struct migrate_run *run, struct vdc_err *err);
void migrate_tell(struct migrate_one *one, enum vdc_move_news news, const char *text);
void migrate_place_all(struct migrate_run *run); /* what runs takes room in a new scene */

/* migrate_choose.c: 0 and `to` set; 1: not now; 2: it is over (end and reason are set). */
int migrate_prepare(struct migrate_one *one, struct vdc_err *err);
int migrate_choose(struct migrate_one *one, struct vdc_err *err);
int64_t migrate_most(const struct migrate_run *run, const struct vdc_host *host, bool out);
struct vdc_migration_limits migrate_limits(const struct migrate_one *one);
struct vdc_virt_migration migrate_settings(const struct migrate_one *one);

/* migrate_move.c */
int migrate_open(struct migrate_one *one, struct vdc_err *err);
void migrate_stop_child(struct migrate_child *child);
void migrate_word(struct migrate_child *child, char word);

/* migrate_find.c */
int migrate_find(struct migrate_one *one, struct vdc_err *err);

/* migrate_end.c: what is written; each a transaction of its own. */
int migrate_note_begun(struct migrate_one *one, struct vdc_err *err);
int migrate_end(struct migrate_one *one, enum vdc_move_end end, const char *reason,
		struct vdc_err *err);
