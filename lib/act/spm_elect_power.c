/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power of a manager that does not answer: off, what it held released, and on again. */
#include <errno.h>
#include <string.h>

#include "act/fence_power.h"
#include "act/spm_elect_part.h"
#include "act/spm_free.h"
#include "act/treat.h"
#include "base/time.h"

static const char *const why = "it owns the lease of the storage pool manager and does not answer";

static struct vdc_fence_power_options options_of(const struct spm_round *round)
{
	struct vdc_fence_power_options options = vdc_fence_power_options();

	options.reason = why;
	options.told = round->options->told;
	options.ctx = round->options->ctx;
	return options;
}

/* Numbers that the steps of one host may take. */
static int64_t take_numbers(struct spm_round *round)
{
	int64_t number = round->number;

	round->number += VDC_FENCE_NUMBERS;
	return number;
}

/* A monitor that treats the host restarts its daemon first, and waits for a kernel dump. */
static int is_treated(struct spm_round *round, bool *ret, struct vdc_err *err)
{
	char *job = NULL, *owner = NULL;
	int r = vdc_job_open_about(round->db, VDC_TREAT_ACTION, round->next.host->id, NULL,
				   round->look, &job, err);

	if (!r && job)
		r = vdc_job_owner(round->db, job, round->look, &owner, err);
	*ret = owner;
	if (!r && owner)
		round->next.reason = vdc_arena_format(
			round->look, "host %s owns the lease, and fence monitor treats it",
			round->next.host->name);
	return r;
}

int spm_do_fence(struct spm_round *round, struct vdc_err *err)
{
	const struct vdc_fence_power_options options = options_of(round);
	struct vdc_fence_wish wish = {
		.host_id = round->next.host->id,
		.action = VDC_FENCE_OFF,
		.frees_leases = true,
		.ha_vms = VDC_UNSET,
	};
	struct spm_past *past;
	bool treated;
	int r = is_treated(round, &treated, err);

	if (r)
		return r;
	if (treated) {
		spm_wait(round);
		return 0;
	}
	wish.number = take_numbers(round);
	r = vdc_fence_power(round->db, round->lease, &options, &wish, 1, round->arena, err);
	if (r)
		return r;
	if (wish.result == VDC_FENCE_SUCCESS && wish.power == VDC_POWER_OFF) {
		past = spm_past_of(round, round->next.host);
		past->switched_off = true;
		past->off_at = vdc_time_now();
		round->waits_since = 0;
	} else if (wish.code == -EBUSY) {
		round->next.reason =
			vdc_arena_format(round->look, "host %s: %s", round->next.host->name,
					 wish.reason ?: "its power is switched");
		spm_wait(round);
	} else {
		spm_past_of(round, round->next.host)->fence_failed = true;
		spm_say(round, VDC_WORK_NOTE, "host %s is not fenced: %s", round->next.host->name,
			wish.reason ?: "its power did not follow");
	}
	return 0;
}

/* Tried once, by whoever switched it off or by us: what is not free expires. */
int spm_do_free(struct spm_round *round, struct vdc_err *err)
{
	struct spm_past *past = spm_past_of(round, round->next.host);
	struct vdc_spm_free freeing = {
		.host_id = past->id,
		.number = round->number,
		.reason = why,
		.proven_at = past->off_at,
		.told = round->options->told,
		.told_ctx = round->options->ctx,
	};
	int r;

	if (past->freed) {
		spm_wait(round);
		return 0;
	}
	past->freed = true;
	take_numbers(round);
	r = vdc_spm_free_leases(round->db, round->lease, &freeing, round->arena, err);
	if (!r)
		spm_say(round, VDC_WORK_NOTE, "host %s: %s", past->name, freeing.text);
	return r;
}

/* As long as the lease is its own it stays off: it would take part in what is decided about it. */
static bool may_come_back(const struct spm_round *round, const struct spm_past *past)
{
	const struct vdc_spm_election *election = round->election;

	return past->switched_off && ((election->end == VDC_SPM_KEEP && election->host &&
				       strcmp(election->host->id, past->id) != 0) ||
				      election->end == VDC_SPM_NOBODY);
}

int spm_power_on(struct spm_round *round, struct vdc_err *err)
{
	const struct vdc_fence_power_options options = options_of(round);
	int r = 0;

	for (size_t i = 0; i < round->n && !r; i++) {
		const struct spm_past *past = &round->past[i];
		struct vdc_fence_wish wish = { .host_id = past->id, .action = VDC_FENCE_ON };

		if (!past->switched_off)
			continue;
		if (!may_come_back(round, past)) {
			spm_say(round, VDC_WORK_NOTE, "host %s stays off: fence on brings it back",
				past->name);
			continue;
		}
		/* That takes a while, in which the new manager is known already. */
		if (round->election->end == VDC_SPM_KEEP)
			r = spm_note_manager(round, err);
		if (r)
			break;
		wish.number = take_numbers(round);
		r = vdc_fence_power(round->db, round->lease, &options, &wish, 1, round->arena, err);
		if (!r && wish.result != VDC_FENCE_SUCCESS)
			spm_say(round, VDC_WORK_NOTE, "host %s stays off: %s", past->name,
				wish.reason ?: "its power did not follow");
	}
	return r;
}
