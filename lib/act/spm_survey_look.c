/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the hosts say, and what of it can be believed of the lease. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/spm_survey_part.h"

struct look {
	struct vdc_spm_survey *survey;
	const struct vdc_spm_survey_options *options;
	struct vdc_arena *arena;
	struct vdc_spm_seen *first; /* of those that read the lease: who answered first */
	bool differs;
};

static bool read_lease(const struct vdc_lockspace *space)
{
	return space && space->lver != VDC_UNSET && space->owner_id != VDC_UNSET;
}

static bool same_lease(const struct vdc_lockspace *a, const struct vdc_lockspace *b)
{
	return a->lver == b->lver && a->owner_id == b->owner_id &&
	       (a->owner_id == 0 || a->owner_generation == b->owner_generation);
}

/* A host may say anything: numbers that no lease has are no answer. */
static const char *nonsense(const struct vdc_lockspace *space)
{
	if (space->lver != VDC_UNSET && space->lver < 0)
		return "it reads a lease with a version below 0";
	if (space->owner_id != VDC_UNSET && (space->owner_id < 0 || space->owner_id > 2000))
		return "it reads a lease whose owner has no host id";
	return NULL;
}

static void take(struct look *look, struct vdc_spm_seen *seen, const struct vdc_spm_word *word)
{
	const struct vdc_lockspace *master;

	*seen = (struct vdc_spm_seen){
		.host = word->host,
		.asked = true,
		.failure = word->failure,
		.spaces = word->spaces,
		.took_us = word->took_us,
	};
	if (seen->failure)
		return;
	master = vdc_spm_word_of(word, look->survey->master->id);
	if (master && !vdc_is_true(master->master))
		master = NULL;
	seen->failure = master ? nonsense(master) : NULL;
	if (seen->failure)
		return;
	seen->master = master;
	look->survey->answered++;
	if (read_lease(master) && (!look->first || seen->took_us < look->first->took_us))
		look->first = seen;
}

typedef bool wanted_fn(const struct look *look, const struct vdc_spm_seen *seen);

static int ask(struct look *look, wanted_fn *wanted, struct vdc_err *err)
{
	struct vdc_spm_survey *survey = look->survey;
	struct vdc_spm_word *words = vdc_arena_alloc(look->arena, (survey->n + 1) * sizeof(*words));
	struct vdc_spm_seen **seen =
		vdc_arena_alloc(look->arena, (survey->n + 1) * sizeof(struct vdc_spm_seen *));
	size_t n = 0;
	int r;

	for (size_t i = 0; i < survey->n; i++) {
		if (!wanted(look, &survey->seen[i]))
			continue;
		seen[n] = &survey->seen[i];
		words[n++].host = survey->seen[i].host;
	}
	r = vdc_spm_ask(words, n, look->options->jobs, look->options->limit_us, look->arena, err);
	for (size_t i = 0; i < n && !r; i++)
		take(look, seen[i], &words[i]);
	return r;
}

static bool is_up(const struct look *look vdc_unused, const struct vdc_spm_seen *seen)
{
	return seen->host->status == VDC_HOST_UP;
}

/* Whose power is off says nothing, and waiting for it would be the time in which there is no manager. */
static bool is_silent_owner(const struct look *look, const struct vdc_spm_seen *seen)
{
	const struct vdc_spm_candidate *one = &look->survey->candidates[seen - look->survey->seen];

	return look->first && seen->host->spm_id == look->first->master->owner_id && !seen->asked &&
	       seen->host->status != VDC_HOST_DOWN && one->proof != VDC_SPM_PROOF_POWER_OFF;
}

/* The lease once more, now that all have answered. */
static int read_again(struct look *look, struct vdc_err *err)
{
	struct vdc_spm_word word = { .host = look->first->host };
	const struct vdc_lockspace *again;
	int r = vdc_spm_ask(&word, 1, 1, look->options->limit_us, look->arena, err);

	if (r)
		return r;
	again = word.failure ? NULL : vdc_spm_word_of(&word, look->survey->master->id);
	look->differs = !read_lease(again) || !same_lease(again, look->first->master);
	if (look->differs)
		look->survey->blind = vdc_arena_format(
			look->arena,
			"its lease could not be read twice with the same outcome by "
			"host %s",
			look->first->host->name);
	return 0;
}

static void compare(struct look *look)
{
	const struct vdc_lockspace *first = look->first->master, *other;

	for (size_t i = 0; i < look->survey->n && !look->differs; i++) {
		other = look->survey->seen[i].master;
		if (!read_lease(other) || same_lease(first, other))
			continue;
		look->differs = true;
		look->survey->blind = vdc_arena_format(
			look->arena,
			"host %s reads version %" PRId64 " of its lease, owner %" PRId64
			", and host %s version %" PRId64 ", owner %" PRId64,
			look->first->host->name, first->lver, first->owner_id,
			look->survey->seen[i].host->name, other->lver, other->owner_id);
	}
}

static const enum vdc_spm_liveness liveness[] = {
	[VDC_LIVENESS_UNKNOWN] = VDC_SPM_LIVENESS_UNKNOWN,
	[VDC_LIVENESS_FREE] = VDC_SPM_LIVENESS_FREE,
	[VDC_LIVENESS_LIVE] = VDC_SPM_LIVENESS_LIVE,
	[VDC_LIVENESS_FAIL] = VDC_SPM_LIVENESS_FAIL,
	[VDC_LIVENESS_DEAD] = VDC_SPM_LIVENESS_DEAD,
};

/* Of two words about one life of a host the livelier one counts: a host that cannot read sees nobody. */
static int weight(const struct vdc_lockspace *space)
{
	static const int weights[] = {
		[VDC_LIVENESS_UNKNOWN] = 0, [VDC_LIVENESS_FREE] = 1, [VDC_LIVENESS_DEAD] = 2,
		[VDC_LIVENESS_FAIL] = 3,    [VDC_LIVENESS_LIVE] = 4,
	};

	return space->owner_state ? weights[space->owner_state] : 0;
}

/* Who has seen a later life of the owner knows more. */
static bool knows_better(const struct vdc_lockspace *space, const struct vdc_lockspace *than)
{
	if (!than)
		return true;
	if (space->owner_generation_now != than->owner_generation_now)
		return space->owner_generation_now > than->owner_generation_now;
	return weight(space) > weight(than);
}

static void find_reader(struct look *look)
{
	struct vdc_spm_survey *survey = look->survey;

	survey->reader = NULL;
	for (size_t i = 0; i < survey->n; i++) {
		const struct vdc_lockspace *space = survey->seen[i].master;

		if (read_lease(space) && space->state == VDC_LOCKSPACE_JOINED &&
		    space->owner_generation_now != VDC_UNSET &&
		    knows_better(space, survey->reader ? survey->reader->master : NULL))
			survey->reader = &survey->seen[i];
	}
}

static void fill_lease(struct look *look)
{
	struct vdc_spm_survey *survey = look->survey;
	struct vdc_spm_lease *lease = &survey->input.lease;
	const struct vdc_lockspace *first = look->first->master, *best;

	*lease = (struct vdc_spm_lease){
		.known = true,
		.owner_id = first->owner_id,
		.generation = first->owner_generation,
		.lver = first->lver,
		.liveness = first->owner_id ? VDC_SPM_LIVENESS_UNKNOWN : VDC_SPM_LIVENESS_FREE,
	};
	find_reader(look);
	if (!first->owner_id || !survey->reader)
		return;
	best = survey->reader->master;
	lease->liveness = liveness[best->owner_state ?: VDC_LIVENESS_UNKNOWN];
	lease->live_generation = best->owner_generation_now;
}

static const enum vdc_spm_answer answers[] = {
	[VDC_SPM_ROLE_FREE] = VDC_SPM_ANSWER_FREE,
	[VDC_SPM_ROLE_CONTEND] = VDC_SPM_ANSWER_CONTEND,
	[VDC_SPM_ROLE_SPM] = VDC_SPM_ANSWER_SPM,
};

/* One that does not know the master domain cannot be its manager, but it is there: it is not silent. */
static void fill_answers(const struct look *look)
{
	for (size_t i = 0; i < look->survey->n; i++) {
		const struct vdc_spm_seen *seen = &look->survey->seen[i];
		struct vdc_spm_candidate *one = &look->survey->candidates[i];
		const struct vdc_lockspace *master = seen->master;

		one->answer = VDC_SPM_ANSWER_NONE;
		one->lver = VDC_UNSET;
		one->outside = false;
		if (!seen->asked || seen->failure)
			continue;
		one->answer = master && master->role ? answers[master->role] : VDC_SPM_ANSWER_FREE;
		one->lver = master ? master->held : VDC_UNSET;
		one->outside = !master || master->state != VDC_LOCKSPACE_JOINED;
	}
}

static const char *why_blind(const struct look *look)
{
	const struct vdc_spm_survey *survey = look->survey;
	const char *name = survey->master->name;

	for (size_t i = 0; i < survey->n; i++) {
		const struct vdc_spm_seen *seen = &survey->seen[i];
		const char *why = seen->failure ?: seen->master ? seen->master->problem : NULL;

		if (why)
			return vdc_arena_format(look->arena, "host %s: %s", seen->host->name, why);
	}
	return survey->answered
		       ? vdc_arena_format(look->arena,
					  "no host knows domain %s as the master: spm-elect join "
					  "tells them",
					  name)
		       : vdc_arena_format(look->arena, "no host of data center %s is up",
					  survey->data_center->name);
}

int spm_look(struct vdc_spm_survey *survey, const struct vdc_spm_survey_options *options,
	     struct vdc_arena *arena, bool *settled, struct vdc_err *err)
{
	struct look look = { .survey = survey, .options = options, .arena = arena };
	int r;

	for (size_t i = 0; i < survey->n; i++)
		survey->seen[i] = (struct vdc_spm_seen){ .host = survey->seen[i].host };
	survey->answered = 0;
	survey->blind = NULL;
	survey->input.lease = (struct vdc_spm_lease){ 0 };
	r = ask(&look, is_up, err);
	if (!r)
		r = ask(&look, is_silent_owner, err);
	if (!r && look.first)
		r = read_again(&look, err);
	if (r)
		return r;
	fill_answers(&look);
	if (!look.first)
		survey->blind = why_blind(&look);
	else
		compare(&look);
	if (look.first && !look.differs)
		fill_lease(&look);
	*settled = !look.differs;
	return 0;
}
