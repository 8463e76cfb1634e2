/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs of `cluster-upgrade` share. */
#pragma once

#include <stdio.h>

#include "act/work_news.h"
#include "base/buf.h"
#include "cli/command.h"
#include "model/data_center.h"
#include "plan/upgrade_rows.h"

int cluster_upgrade_check(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_plan(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_updates(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_approve(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_status(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_list(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_history(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_policy_show(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_policy_set(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_policy_reset(struct vdc_call *call, struct vdc_err *err);

/* A cluster of one moment, and what was asked about it. All in the call's arena. */
struct upgrade_scene {
	struct vdc_call *call;
	struct vdc_arena *arena;
	const char *name; /* of the cluster, or its id */
	bool checks;	  /* all is read that a check asks about */
	const struct vdc_catalogue *catalogue;
	struct vdc_upgrade_choice choice;
	struct vdc_world *world;
	struct vdc_buf samples; /* what was measured of the hosts */
	struct vdc_upgrade_snapshot snapshot;
};

/* "10%" of --OPTION into *PERCENT, "3" into *NUMBER; the other one stays as it is. */
int cluster_upgrade_part(const char *option, const char *text, int64_t *percent, int64_t *number,
			 struct vdc_err *err);
/* What --OPTION lists, "h1,h2", however often it is given; returns how many. */
size_t cluster_upgrade_names(struct vdc_call *call, const char *option, const char *const **ret);

/* The choice of the command line's options. */
int cluster_upgrade_choice(struct upgrade_scene *scene, struct vdc_err *err);

/* What the options ask whether anything stands against it. */
struct vdc_upgrade_question;
void cluster_upgrade_question(const struct upgrade_scene *scene, struct vdc_upgrade_question *ret);

/* The world of NAME in a snapshot of the database; CHOICE gets the cluster's id. */
int cluster_upgrade_read(struct upgrade_scene *scene, struct vdc_err *err);

/* The snapshot of CHOICE; scene_close afterwards, whether it worked or not. */
int cluster_upgrade_snapshot(struct upgrade_scene *scene, struct vdc_err *err);
void cluster_upgrade_close(struct upgrade_scene *scene);

/* Whether any host of the snapshot is to be upgraded. */
bool cluster_upgrade_any_selected(const struct upgrade_scene *scene);
/* -EPERM names VMs that block the drain. */
int cluster_upgrade_unblocked(const struct upgrade_scene *scene, struct vdc_err *err);

/* The plan that the options ask for, after FIRST (may be NULL), which is called when they are read. */
int cluster_upgrade_make(struct upgrade_scene *scene,
			 int (*first)(struct upgrade_scene *scene, struct vdc_err *err),
			 struct vdc_upgrade_plan *plan, struct vdc_err *err);

/* A plan for people: a sentence, hosts by wave, moves. */
int cluster_upgrade_tables(struct vdc_call *call, const struct vdc_upgrade_snapshot *snapshot,
			   const struct vdc_upgrade_plan *plan, struct vdc_err *err);
/* Its summary alone. */
void cluster_upgrade_summary(const struct vdc_upgrade *upgrade, FILE *out);
/* What happens when. */
void cluster_upgrade_timeline(const struct vdc_upgrade_snapshot *snapshot,
			      const struct vdc_upgrade_plan *plan);

/*
 * The plan in the file PATH, or "-", held against the cluster as it is now: the scene's NAME, or the
 * plan's own when that is NULL. FIRST (may be NULL) is called when the cluster is known. -EPERM says
 * what has changed, or which step is not safe. To be closed as any scene.
 */
int cluster_upgrade_hold(struct upgrade_scene *scene, const char *path,
			 int (*first)(struct upgrade_scene *scene, struct vdc_err *err),
			 struct vdc_upgrade_rows *rows, struct vdc_upgrade_plan *plan,
			 struct vdc_err *err);

/* The same, against what the database has by now. */
int cluster_upgrade_hold_again(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows,
			       struct vdc_upgrade_plan *plan, struct vdc_err *err);

/* A plan in the file that --verify names, held against the cluster. */
int cluster_upgrade_verify(struct vdc_call *call, struct vdc_err *err);

/* The id of the run that WORD means: its id or the beginning of it, the newest of a cluster, else of a
 * data centre; NULL: the newest that is not a part of another one. */
int cluster_upgrade_find(struct vdc_call *call, const char *word, const char **ret,
			 struct vdc_err *err);

enum cluster_upgrade_attach_flags {
	CLUSTER_UPGRADE_FROM_START = 1 << 0, /* tell also what was done so far */
	CLUSTER_UPGRADE_CTRL_C = 1 << 1, /* asks the run to stop; else it only ends the following */
};

/*
 * Follows the run until it is over, on the screen or, where there is none or --no-view or --json is
 * given, by lines. The exit code of the run: 5 when it is paused, 1 when nobody goes on with it; 0
 * also when the screen was closed and the run goes on.
 */
int cluster_upgrade_attach(struct vdc_call *call, const char *job, unsigned flags,
			   struct vdc_err *err);

bool cluster_upgrade_is_of_data_center(const struct vdc_job *job);

/* The cluster that WORD names, else *DATA_CENTER; -ENOENT names both. */
int cluster_upgrade_object(struct vdc_call *call, const char *word,
			   struct vdc_data_center **data_center, struct vdc_err *err);

/*
 * News of a run on standard output, as lines or, with --json, as a stream (cluster-upgrade(8)):
 *
 *	printer = cluster_upgrade_printer_new(call, job, kind, name);    of what is upgraded
 *	control.told = cluster_upgrade_told, control.ctx = printer;
 */
struct cluster_upgrade_printer;
struct cluster_upgrade_printer *cluster_upgrade_printer_new(struct vdc_call *call, const char *job,
							    const struct vdc_kind *kind,
							    const char *name);
void cluster_upgrade_printer_free(struct cluster_upgrade_printer *printer); /* NULL is fine */
void cluster_upgrade_told(void *ctx, const struct vdc_work_news *news);
/* A step of a data centre's job: what is told from now on is of that cluster. */
void cluster_upgrade_told_turn(struct cluster_upgrade_printer *printer,
			       const struct vdc_job_step *step);
/* The last line. */
int cluster_upgrade_printer_end(struct cluster_upgrade_printer *printer, enum vdc_job_status status,
				int code, const char *text, struct vdc_err *err);
/* What went wrong with standard output so far. */
int cluster_upgrade_printer_error(const struct cluster_upgrade_printer *printer,
				  struct vdc_err *err);

/* News as a line for people, in ARENA; NULL: not worth one. */
const char *cluster_upgrade_line(const struct vdc_work_news *news, struct vdc_arena *arena);
