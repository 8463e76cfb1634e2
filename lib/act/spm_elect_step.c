/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that are told to take the lease, or to give it up. */
#include <errno.h>
#include <inttypes.h>

#include "act/spm_elect_part.h"
#include "base/time.h"

/* The holder gives up after 8 I/O time-outs; it looks at its state before and after. */
#define START_TIME(timeout) ((8 * (timeout) + 20) * VDC_SECOND)
/* Work under the lease is given a minute to end (spm-elect stop). */
#define STOP_TIME (60 * VDC_SECOND)
#define STOP_MARGIN (15 * VDC_SECOND)

/* A host that says that it stopped, and still holds on, is not asked for ever. */
enum { MOST_STOPS = 3 };

static int begin(struct spm_round *round, const char *action, struct vdc_job_step **ret,
		 struct vdc_err *err)
{
	const struct vdc_host *host = round->next.host;

	*ret = vdc_object_new(&vdc_job_step_kind, round->arena);
	(*ret)->number = round->number++;
	(*ret)->action = vdc_arena_strdup(round->arena, action);
	(*ret)->object_kind = vdc_arena_strdup(round->arena, vdc_host_kind.name);
	(*ret)->object_id = vdc_arena_strdup(round->arena, host->id);
	(*ret)->object_name = vdc_arena_strdup(round->arena, host->name);
	return vdc_job_step_begin(round->lease, round->db, *ret, round->arena, err);
}

static int end(struct spm_round *round, struct vdc_job_step *step, const struct vdc_spm_word *word,
	       struct vdc_err *err)
{
	int r = vdc_job_step_end(round->lease, round->db, step,
				 word->code ? VDC_JOB_FAILED : VDC_JOB_FINISHED, word->failure,
				 round->arena, err);

	if (!r && word->failure)
		spm_say(round, VDC_WORK_NOTE, "host %s: %s", word->host->name, word->failure);
	return r;
}

/* By its own answer, after it took the lease. */
static bool has_it(const struct spm_round *round, const struct vdc_spm_word *word, int64_t *lver)
{
	const struct vdc_lockspace *space = vdc_spm_word_of(word, round->survey.master->id);

	if (word->code || !space || space->role != VDC_SPM_ROLE_SPM || space->held < 0)
		return false;
	*lver = space->held;
	return true;
}

static void started(struct spm_round *round, const struct vdc_spm_word *word)
{
	struct vdc_spm_election *election = round->election;
	int64_t lver;

	if (has_it(round, word, &lver)) {
		election->host = vdc_object_copy(&vdc_host_kind, word->host, round->arena);
		election->lver = lver;
		election->elected = true;
		spm_end(round, VDC_SPM_KEEP, "host %s is the manager", word->host->name);
		return;
	}
	/* Another one was faster, or a lease is fresh: nobody failed. */
	if (word->code == -EAGAIN)
		round->next.reason =
			vdc_arena_format(round->look, "host %s did not get the lease: %s",
					 word->host->name, word->failure);
	else
		spm_past_of(round, word->host)->failed = true;
}

int spm_do_start(struct spm_round *round, struct vdc_err *err)
{
	const struct vdc_spm_input *input = &round->survey.input;
	const char *lver = vdc_arena_format(round->look, "%" PRId64, input->lease.lver);
	const char *least = vdc_arena_format(round->look, "%" PRId64,
					     input->last_lver == VDC_UNSET ? 0 : input->last_lver);
	const char *const argv[] = { "spm-elect",
				     "start",
				     "--local",
				     "--json",
				     "--lver",
				     lver,
				     "--least-lver",
				     least,
				     round->survey.master->id,
				     NULL };
	struct vdc_spm_word word = { .host = round->next.host };
	int64_t timeout = round->survey.master->io_timeout;
	struct vdc_job_step *step = NULL;
	int r = spm_note_contender(round, err);

	if (!r)
		r = begin(round, VDC_SPM_STEP_START, &step, err);
	if (r)
		return r;
	round->started = vdc_arena_strdup(round->arena, word.host->id);
	r = vdc_spm_tell(round->db, round->lease, &word, argv,
			 START_TIME(timeout > 0 ? timeout : 10), round->look, err);
	if (!r)
		r = end(round, step, &word, err);
	if (!r)
		started(round, &word);
	if (!r && word.code == -EAGAIN)
		spm_wait(round);
	return r;
}

/* Only the manager is asked to hand over; who has no lease and does not end is looked at again. */
static void not_stopped(struct spm_round *round, const struct vdc_spm_word *word, bool was_manager)
{
	struct spm_past *past = spm_past_of(round, word->host);

	past->stops++;
	round->manager_lives = was_manager;
	if (was_manager)
		spm_end(round, VDC_SPM_REFUSE, "host %s stays the manager: %s", word->host->name,
			word->failure);
	else if (past->stops >= MOST_STOPS)
		spm_end(round, VDC_SPM_REFUSE,
			"host %s says that it is the manager without having the lease, and does not "
			"end: %s; fence it",
			word->host->name, word->failure);
	else
		spm_wait(round);
}

/*
 * The lease is free by the word of who released it, and what the others said a moment ago is still what
 * they are chosen by: another look would only cost time. Whoever starts is told the version of the
 * lease, and takes no other.
 */
static bool next_without_look(struct spm_round *round, const struct vdc_spm_word *word)
{
	struct vdc_spm_survey *survey = &round->survey;
	const struct vdc_lockspace *space = vdc_spm_word_of(word, survey->master->id);
	struct vdc_spm_candidate *former = vdc_spm_survey_candidate(survey, word->host->id);

	if (!former || !space || space->role != VDC_SPM_ROLE_FREE || space->owner_id != 0 ||
	    space->lver != survey->input.lease.lver)
		return false;
	former->answer = VDC_SPM_ANSWER_FREE;
	former->lver = VDC_UNSET;
	former->former = true;
	survey->input.leave = false;
	survey->input.lease.owner_id = 0;
	survey->input.lease.liveness = VDC_SPM_LIVENESS_FREE;
	vdc_spm_next(&survey->input, round->look, &round->next);
	return round->next.step == VDC_SPM_START;
}

/* It handed over. That is done: whoever is the manager next stays. */
static int handed_over(struct spm_round *round, const struct vdc_spm_word *word,
		       struct vdc_err *err)
{
	spm_past_of(round, word->host)->former = true;
	round->waits_since = 0;
	round->election->leave = false;
	return next_without_look(round, word) ? spm_do_start(round, err) : 0;
}

int spm_do_stop(struct spm_round *round, struct vdc_err *err)
{
	const char *const argv[] = {
		"spm-elect", "stop", "--local", "--json", round->survey.master->id, NULL
	};
	const struct vdc_spm_input *input = &round->survey.input;
	struct vdc_spm_word word = { .host = round->next.host };
	bool was_manager =
		(input->leave || input->force) && word.host->spm_id == input->lease.owner_id;
	struct vdc_job_step *step = NULL;
	int r = begin(round, VDC_SPM_STEP_STOP, &step, err);

	if (!r)
		r = vdc_spm_tell(round->db, round->lease, &word, argv, STOP_TIME + STOP_MARGIN,
				 round->look, err);
	if (!r)
		r = end(round, step, &word, err);
	if (r)
		return r;
	if (word.code) {
		not_stopped(round, &word, was_manager);
	} else if (was_manager) {
		return handed_over(round, &word, err);
	} else if (++spm_past_of(round, word.host)->stops >= MOST_STOPS) {
		not_stopped(round, &word, false);
	}
	return 0;
}
