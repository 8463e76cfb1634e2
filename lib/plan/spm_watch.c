/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/spm_watch.h"

#include <string.h>

#include "plan/spm_election_part.h"

#define SECOND INT64_C(1000000)

const struct vdc_spm_watch_figures vdc_spm_watch_preset = {
	.every = 10 * SECOND,
	.attempts = 3,
	.back_off = 10 * SECOND,
	.longest = 180 * SECOND,
};

/* What one look found wrong. */
struct trouble {
	enum vdc_spm_cause cause; /* 0: nothing */
	bool at_once;		  /* waiting would not make it surer */
	bool leave;
	const struct vdc_host *prefer;
	const char *reason;
};

/* N times in a row: doubled each time, up to the longest. */
static int64_t pause_of(const struct vdc_spm_watch_figures *figures, int64_t first, unsigned n)
{
	int64_t us = first;

	while (n-- > 1 && us < figures->longest)
		us *= 2;
	return us < figures->longest ? us : figures->longest;
}

void vdc_spm_watch_begin(struct vdc_spm_watch *watch, const struct vdc_spm_watch_figures *figures,
			 unsigned failed, int64_t last)
{
	*watch = (struct vdc_spm_watch){ .figures = *figures, .failed = failed };
	if (failed)
		watch->not_before = last + pause_of(figures, figures->back_off, failed);
}

void vdc_spm_watch_ended(struct vdc_spm_watch *watch, int64_t now, bool elected)
{
	vdc_spm_watch_begin(watch, &watch->figures, elected ? 0 : watch->failed + 1, now);
}

static bool anybody_answers(const struct vdc_spm_input *input)
{
	for (size_t i = 0; i < input->n; i++)
		if (input->hosts[i].answer != VDC_SPM_ANSWER_NONE)
			return true;
	return false;
}

/* Of those that said anything about it, nobody: and somebody said so. */
static bool master_is_lost(const struct vdc_spm_sight *sight)
{
	bool missed = false;

	for (size_t i = 0; i < sight->input->n; i++) {
		if (sight->views[i].master == VDC_SPM_REACH_YES)
			return false;
		missed = missed || sight->views[i].master == VDC_SPM_REACH_NO;
	}
	return missed;
}

static bool may_have_one(const struct vdc_data_center *data_center)
{
	return data_center->status != VDC_DATA_CENTER_MAINTENANCE &&
	       data_center->status != VDC_DATA_CENTER_UNINITIALIZED;
}

/* Who could do better than the manager: of those that reach the master, who misses the fewest. */
static const struct vdc_spm_view *best_other(const struct vdc_spm_sight *sight,
					     const struct vdc_spm_candidate *manager,
					     struct vdc_arena *arena)
{
	const struct vdc_spm_view *best = NULL;

	for (size_t i = 0; i < sight->input->n; i++) {
		const struct vdc_spm_view *view = &sight->views[i];

		if (view->candidate != manager && view->master == VDC_SPM_REACH_YES &&
		    !spm_unfit(view->candidate, arena) && (!best || view->misses < best->misses))
			best = view;
	}
	return best;
}

static const struct vdc_spm_view *view_of(const struct vdc_spm_sight *sight,
					  const struct vdc_spm_candidate *one)
{
	return &sight->views[one - sight->input->hosts];
}

static bool cannot_renew(const struct vdc_spm_sight *sight, const struct vdc_spm_view *view)
{
	return sight->renewal == VDC_SPM_RENEWAL_LATE || sight->renewal == VDC_SPM_RENEWAL_FULL ||
	       spm_liveness(&sight->input->lease) == VDC_SPM_LIVENESS_FAIL ||
	       view->master == VDC_SPM_REACH_NO;
}

/* It answers as the manager and has the lease: whether it can do its duty. */
static struct trouble judge_manager(const struct vdc_spm_sight *sight,
				    const struct vdc_spm_candidate *manager,
				    struct vdc_arena *arena)
{
	const struct vdc_spm_view *view = view_of(sight, manager);
	const struct vdc_spm_view *other = best_other(sight, manager, arena);
	const char *name = manager->host->name;
	struct trouble trouble = { .leave = true, .prefer = other ? other->candidate->host : NULL };

	if (cannot_renew(sight, view)) {
		trouble.cause = VDC_SPM_CAUSE_RENEWAL;
		trouble.at_once = true;
		trouble.reason = vdc_arena_format(
			arena, "host %s is the manager and cannot renew its lease%s", name,
			sight->renewal == VDC_SPM_RENEWAL_FULL ? ": its volume is full" : "");
		return trouble;
	}
	if (!view->misses || view->master != VDC_SPM_REACH_YES || !other ||
	    other->misses >= view->misses)
		return (struct trouble){ 0 };
	trouble.cause = VDC_SPM_CAUSE_DOMAINS;
	trouble.reason = vdc_arena_format(arena,
					  "host %s is the manager and cannot reach %zu storage "
					  "domains; host %s misses %zu",
					  name, view->misses, trouble.prefer->name, other->misses);
	return trouble;
}

/* Who should be the manager: whoever has the lease, else whom the database names. */
static const struct vdc_spm_candidate *expected(const struct vdc_spm_input *input)
{
	const struct vdc_spm_candidate *owner = spm_owner(input);

	if (owner && !spm_released(&input->lease))
		return owner;
	for (size_t i = 0; input->recorded && i < input->n; i++)
		if (strcmp(input->hosts[i].host->id, input->recorded) == 0)
			return &input->hosts[i];
	return NULL;
}

static struct trouble judge(const struct vdc_spm_sight *sight, struct vdc_arena *arena)
{
	const struct vdc_spm_input *input = sight->input;
	const struct vdc_spm_candidate *manager = expected(input);
	bool gone =
		input->lease.known && (spm_released(&input->lease) || spm_expired(&input->lease));
	struct trouble trouble = { .cause = VDC_SPM_CAUSE_CRASHED };

	if (!manager)
		return (struct trouble){
			.cause = VDC_SPM_CAUSE_VACANT,
			.at_once = gone,
			.reason = "nobody is known to be the manager",
		};
	if (spm_is_manager(input, manager) ||
	    (!input->lease.known && manager->answer == VDC_SPM_ANSWER_SPM))
		return judge_manager(sight, manager, arena);
	if (manager->answer == VDC_SPM_ANSWER_NONE) {
		trouble.at_once = gone;
		trouble.reason = vdc_arena_format(
			arena, "host %s is the manager and does not answer", manager->host->name);
	} else {
		trouble.at_once = gone || (manager->answer == VDC_SPM_ANSWER_FREE && !input->tasks);
		trouble.reason = vdc_arena_format(arena, "host %s was the manager and is none now",
						  manager->host->name);
	}
	return trouble;
}

/* Nothing that an election could mend: none is started, and nobody is fenced. */
static bool is_hopeless(struct vdc_spm_watch *watch, const struct vdc_spm_sight *sight,
			struct vdc_spm_watch_verdict *ret)
{
	const struct vdc_spm_watch_figures *figures = &watch->figures;

	if (!anybody_answers(sight->input)) {
		ret->step = VDC_SPM_WATCH_ALL_AWAY;
		ret->again_at = sight->now + pause_of(figures, figures->every, ++watch->away);
		ret->reason = "no host answers";
		return true;
	}
	watch->away = 0;
	if (!master_is_lost(sight))
		return false;
	ret->step = VDC_SPM_WATCH_MASTER_LOST;
	ret->reason = "no host reaches the master domain";
	return true;
}

void vdc_spm_watch_look(struct vdc_spm_watch *watch, const struct vdc_spm_sight *sight,
			struct vdc_arena *arena, struct vdc_spm_watch_verdict *ret)
{
	const struct vdc_spm_watch_figures *figures = &watch->figures;
	struct trouble trouble;

	*ret = (struct vdc_spm_watch_verdict){
		.step = VDC_SPM_WATCH_REST,
		.again_at = sight->now + figures->every,
	};
	if (!may_have_one(sight->input->data_center) || is_hopeless(watch, sight, ret))
		return;
	trouble = judge(sight, arena);
	if (!trouble.cause && sight->unfinished)
		trouble = (struct trouble){
			.cause = VDC_SPM_CAUSE_UNFINISHED,
			.at_once = true,
			.reason = "an election died before it had done all",
		};
	watch->looks = trouble.cause == watch->cause ? watch->looks + 1 : 1;
	watch->cause = trouble.cause;
	if (!trouble.cause)
		return;
	ret->cause = trouble.cause;
	ret->leave = trouble.leave;
	ret->prefer = trouble.prefer;
	ret->reason = trouble.reason;
	if (!trouble.at_once && watch->looks < figures->attempts) {
		ret->step = VDC_SPM_WATCH_AGAIN;
	} else if (sight->now < watch->not_before) {
		ret->step = VDC_SPM_WATCH_BACK_OFF;
		ret->again_at = watch->not_before;
	} else {
		ret->step = VDC_SPM_WATCH_ELECT;
	}
}
