/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The upgrade of a data centre is followed: its clusters, one after another. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "act/data_center_upgrade.h"
#include "base/time.h"
#include "cli/progress.h"
#include "follow.h"

/* What was told of a step. */
struct told {
	int64_t status;
	char *child; /* the run that was followed; NULL: none */
};

struct trailing {
	struct following *f;
	struct cluster_upgrade_printer *printer;
	int signals;
	struct told *told; /* by the number of the step */
	size_t n_told;
	bool closed; /* somebody closed the view */
	int64_t away_said;
};

static struct told *told_of(struct trailing *t, const struct vdc_job_step *step)
{
	size_t number = (size_t)step->number, before = t->n_told;

	if (number >= t->n_told) {
		t->n_told = number + 1;
		t->told = vdc_realloc(t->told, t->n_told, sizeof(*t->told));
		memset(t->told + before, 0, (t->n_told - before) * sizeof(*t->told));
	}
	return &t->told[number];
}

static bool is_over(const struct vdc_job_step *step)
{
	return step->status != VDC_JOB_QUEUED && step->status != VDC_JOB_STARTED;
}

/* Ctrl-C asks the data centre's run, and counts on from one cluster to the next. */
static int follow_cluster(struct trailing *t, const char *child, struct vdc_err *err)
{
	struct following f = { .call = t->f->call,
			       .job = child,
			       .parent = t->f->job,
			       .flags = t->f->flags,
			       .asked = t->f->asked };
	int r = following_open(&f, err), code;

	if (r)
		return r;
	r = following_screen(&f, &code, err);
	if (r == -ENOTTY)
		r = following_lines(&f, t->printer, t->signals, err);
	else
		t->closed = !following_is_over(&f);
	t->f->asked = f.asked;
	following_close(&f);
	return r < 0 ? r : 0;
}

/* The run of a cluster is followed once, also where it was over before anybody looked. */
static int tell_run(struct trailing *t, const struct vdc_job_step *step, struct told *told,
		    struct vdc_err *err)
{
	const char *child = vdc_data_center_child(step);
	struct vdc_job_step begun = *step;

	if (!child || (told->child && strcmp(told->child, child) == 0))
		return 0;
	free(told->child);
	told->child = vdc_strdup(child);
	begun.status = VDC_JOB_STARTED;
	cluster_upgrade_told_turn(t->printer, &begun);
	return follow_cluster(t, told->child, err);
}

static int tell_step(struct trailing *t, const struct vdc_job_step *step, struct vdc_err *err)
{
	struct told *told = told_of(t, step);
	bool changed = told->status != step->status;
	int r;

	told->status = step->status;
	if (changed && !is_over(step) && !vdc_data_center_child(step))
		cluster_upgrade_told_turn(t->printer, step);
	r = step->status == VDC_JOB_QUEUED ? 0 : tell_run(t, step, told, err);
	if (!r && changed && is_over(step) && !t->closed)
		cluster_upgrade_told_turn(t->printer, step);
	return r;
}

static void forget_what_was(struct trailing *t)
{
	const struct vdc_upgrade_seen *seen = vdc_upgrade_watch_seen(t->f->watch);

	for (size_t i = 0; i < seen->n_steps; i++) {
		const char *child = vdc_data_center_child(seen->steps[i]);

		if (!is_over(seen->steps[i]))
			continue;
		told_of(t, seen->steps[i])->status = seen->steps[i]->status;
		told_of(t, seen->steps[i])->child = vdc_strdup(child);
	}
}

static int tell_steps(struct trailing *t, struct vdc_err *err)
{
	const struct vdc_upgrade_seen *seen = vdc_upgrade_watch_seen(t->f->watch);
	int r = cluster_upgrade_printer_error(t->printer, err);

	for (size_t i = 0; i < seen->n_steps && !r && !t->closed; i++)
		r = tell_step(t, seen->steps[i], err);
	return r;
}

static int trail(struct trailing *t, struct vdc_err *err)
{
	int r = tell_steps(t, err);

	while (!r && !t->closed && !following_is_over(t->f)) {
		if (t->f->away)
			vdc_wait_say_away(&t->away_said, vdc_call_db(t->f->call),
					  vdc_time_monotonic() - t->f->away);
		r = following_wait(t->f, t->signals, err);
		if (!r)
			r = following_look(t->f, err);
		if (r == 1)
			r = tell_steps(t, err);
	}
	return r;
}

int cluster_upgrade_attach_data_center(struct following *f, struct vdc_err *err)
{
	const struct vdc_job *job = vdc_upgrade_watch_seen(f->watch)->job;
	struct trailing t = {
		.f = f,
		.signals = f->flags & CLUSTER_UPGRADE_CTRL_C ? following_signals() : -1,
		.printer = cluster_upgrade_printer_new(f->call, job->id, &vdc_data_center_kind,
						       job->object_name),
	};
	int r;

	if (!(f->flags & CLUSTER_UPGRADE_FROM_START))
		forget_what_was(&t);
	r = trail(&t, err);
	if (!r && !t.closed)
		r = following_end(f, t.printer, err);
	cluster_upgrade_printer_free(t.printer);
	for (size_t i = 0; i < t.n_told; i++)
		free(t.told[i].child);
	free(t.told);
	if (t.signals >= 0)
		close(t.signals);
	return r;
}
