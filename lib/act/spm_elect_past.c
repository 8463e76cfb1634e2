/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is remembered of a round, and what an owner of its job before us left behind. */
#include <string.h>

#include "act/apply.h"
#include "act/fence_power.h"
#include "act/spm_elect_part.h"

static struct spm_past *past_of(struct spm_round *round, const char *id, const char *name)
{
	struct spm_past *bigger;

	for (size_t i = 0; i < round->n; i++)
		if (strcmp(round->past[i].id, id) == 0)
			return &round->past[i];
	bigger = vdc_arena_alloc(round->arena, (round->n + 1) * sizeof(*bigger));
	if (round->n)
		memcpy(bigger, round->past, round->n * sizeof(*bigger));
	bigger[round->n].id = vdc_arena_strdup(round->arena, id);
	bigger[round->n].name = vdc_arena_strdup(round->arena, name);
	round->past = bigger;
	return &bigger[round->n++];
}

struct spm_past *spm_past_of(struct spm_round *round, const struct vdc_host *host)
{
	return past_of(round, host->id, host->name);
}

static bool is_step(const struct vdc_job_step *step, const char *action)
{
	return step->action && step->object_id && strcmp(step->action, action) == 0;
}

/* A host that was switched off by an owner before us, and not on again. */
static void remember_power(struct spm_round *round, const struct vdc_objects *steps)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct vdc_job_step *step = steps->objects[i];

		if (is_step(step, VDC_FENCE_STEP_OFF) && step->status == VDC_JOB_FINISHED)
			past_of(round, step->object_id, step->object_name ?: step->object_id)
				->switched_off = true;
	}
	for (size_t i = 0; i < steps->n; i++) {
		const struct vdc_job_step *step = steps->objects[i];

		if (is_step(step, VDC_FENCE_STEP_ON) && step->status == VDC_JOB_FINISHED)
			past_of(round, step->object_id, step->object_name ?: step->object_id)
				->switched_off = false;
	}
}

/* What an owner of the job before us began is over, however it went: a new look shows it. */
int spm_take_over(struct spm_round *round, struct vdc_err *err)
{
	struct vdc_objects steps = { 0 };
	int r = vdc_gather(round->db, &vdc_job_step_kind, "job", vdc_job_lease_id(round->lease),
			   round->arena, &steps, err);

	round->number = 1;
	for (size_t i = 0; i < steps.n && !r; i++) {
		struct vdc_job_step *step = steps.objects[i];

		if (step->number >= round->number)
			round->number = step->number + 1;
		if (step->status == VDC_JOB_STARTED && step->action &&
		    strncmp(step->action, "spm_", 4) == 0)
			r = vdc_job_step_end(round->lease, round->db, step, VDC_JOB_UNKNOWN,
					     "its owner died", round->arena, err);
	}
	if (!r)
		remember_power(round, &steps);
	return r;
}
