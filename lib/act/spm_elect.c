/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_elect.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "act/spm_elect_part.h"
#include "base/time.h"

#define SAY_AGAIN (10 * VDC_SECOND)

/* sanlock lets go of a dead host's lease after 8 I/O time-outs and 60 s; then it is tried once. */
#define EXPIRY(timeout) ((16 * (timeout) + 60 + 10) * VDC_SECOND)

struct vdc_spm_elect_options vdc_spm_elect_options(void)
{
	return (struct vdc_spm_elect_options){
		.survey = vdc_spm_survey_options(),
		.pause_us = VDC_SECOND / 2,
		.stop_fd = -1,
	};
}

void spm_say(struct spm_round *round, enum vdc_work_kind kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vdc_work_say(round->options->told, round->options->ctx, kind,
		     round->survey.data_center->name, fmt, args);
	va_end(args);
}

void spm_end(struct spm_round *round, enum vdc_spm_step end, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	round->ended = true;
	round->election->end = end;
	round->election->text = vdc_arena_strdup(round->arena, text);
}

static bool stop_is_asked(const struct spm_round *round)
{
	struct pollfd fd = { .fd = round->options->stop_fd, .events = POLLIN };

	return fd.fd >= 0 && poll(&fd, 1, 0) > 0;
}

/* Until the pause is over, or somebody asks to stop. */
static void pause_between(const struct spm_round *round)
{
	struct pollfd fd = { .fd = round->options->stop_fd, .events = POLLIN };

	if (fd.fd < 0)
		vdc_sleep(round->options->pause_us);
	else
		poll(&fd, 1, (int)(round->options->pause_us / 1000));
}

static int64_t limit_of(const struct spm_round *round)
{
	int64_t timeout = round->survey.master->io_timeout;

	if (round->options->limit_us)
		return round->options->limit_us;
	return EXPIRY(timeout > 0 ? timeout : 10);
}

void spm_wait(struct spm_round *round)
{
	int64_t now = vdc_time_monotonic();
	char waited[VDC_TIME_LEN + 1];

	if (!round->waits_since)
		round->waits_since = round->told_at = now;
	if (now - round->waits_since >= limit_of(round)) {
		spm_end(round, VDC_SPM_WAIT, "%s; waited %s for it", round->next.reason,
			vdc_duration_format((now - round->waits_since) / VDC_SECOND * VDC_SECOND,
					    waited));
		return;
	}
	if (now - round->told_at >= SAY_AGAIN) {
		round->told_at = now;
		spm_say(round, VDC_WORK_WAITS, "%s", round->next.reason);
	}
	pause_between(round);
}

static void keep(struct spm_round *round)
{
	const struct vdc_host *host = round->next.host;

	round->election->host = vdc_object_copy(&vdc_host_kind, host, round->arena);
	round->election->lver = round->survey.input.lease.lver;
	round->election->elected = round->started && strcmp(round->started, host->id) == 0;
	spm_end(round, VDC_SPM_KEEP, "%s", round->next.reason);
}

static int do_step(struct spm_round *round, struct vdc_err *err)
{
	int r = 0;

	switch (round->next.step) {
	case VDC_SPM_KEEP:
		keep(round);
		return 0;
	case VDC_SPM_WAIT:
		spm_wait(round);
		return 0;
	case VDC_SPM_FENCE:
		r = spm_do_fence(round, err);
		break;
	case VDC_SPM_FREE_LEASES:
		r = spm_do_free(round, err);
		break;
	case VDC_SPM_STOP:
		r = spm_do_stop(round, err);
		break;
	case VDC_SPM_START:
		r = spm_do_start(round, err);
		break;
	case VDC_SPM_REFUSE:
		round->manager_lives = round->next.host;
		spm_end(round, VDC_SPM_REFUSE, "%s", round->next.reason);
		break;
	case VDC_SPM_CONFIRM:
	case VDC_SPM_NOBODY:
		spm_end(round, round->next.step, "%s", round->next.reason);
		break;
	case VDC_SPM_BLIND:
		spm_end(round, VDC_SPM_BLIND, "%s (%s)", round->next.reason,
			round->survey.blind ?: "no host says why");
		break;
	}
	return r;
}

static void fill_input(struct spm_round *round, struct vdc_spm_survey *survey)
{
	const struct vdc_spm_election *election = round->election;
	struct vdc_spm_input *input = &survey->input;

	input->prefer = election->prefer;
	input->force = election->force;
	input->leave = election->leave;
	input->wait_lease = input->wait_lease || election->wait_lease;
	input->seed = election->seed;
	for (size_t i = 0; i < round->n; i++) {
		const struct spm_past *past = &round->past[i];
		struct vdc_spm_candidate *one = vdc_spm_survey_candidate(survey, past->id);

		if (!one)
			continue;
		one->fence_failed = past->fence_failed;
		one->failed = past->failed;
		one->former = past->former;
	}
}

static int look(struct spm_round *round, struct vdc_err *err)
{
	int r = vdc_spm_survey(round->db, round->election->data_center, &round->options->survey,
			       round->look, &round->survey, err);

	if (!r && !round->survey.master)
		r = vdc_err_set(
			err, -ENOENT,
			"data center %s has no master domain: spm-elect init --master makes "
			"one",
			round->survey.data_center->name);
	if (r)
		return r;
	fill_input(round, &round->survey);
	vdc_spm_next(&round->survey.input, round->look, &round->next);
	/* Of a bad end the reason is the error of the whole. */
	if (vdc_spm_ends_badly(round->next.step))
		return 0;
	if (!round->said || strcmp(round->said, round->next.reason) != 0) {
		round->said = vdc_arena_strdup(round->arena, round->next.reason);
		spm_say(round, VDC_WORK_NOTE, "%s", round->said);
	}
	return 0;
}

static int next_step(struct spm_round *round, struct vdc_err *err)
{
	int r;

	round->look = vdc_arena_new();
	r = look(round, err);
	if (!r)
		r = do_step(round, err);
	if (!r && !round->ended && stop_is_asked(round))
		spm_end(round, 0, "somebody asked to stop");
	if (!r && round->ended)
		r = spm_power_on(round, err);
	if (!r && round->ended)
		r = spm_note_end(round, err);
	vdc_arena_free(round->look);
	return r;
}

/* Never 0, which stands for none. */
static uint64_t draw(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
		seed = (uint64_t)vdc_time_now();
	return (seed >> 1) | 1;
}

int vdc_spm_elect(struct vdc_db *db, struct vdc_job_lease *lease,
		  const struct vdc_spm_elect_options *options, struct vdc_spm_election *election,
		  struct vdc_arena *arena, struct vdc_err *err)
{
	struct spm_round round = {
		.db = db,
		.lease = lease,
		.options = options,
		.election = election,
		.arena = arena,
		.begun = vdc_time_now(),
	};
	int r = spm_take_over(&round, err);

	election->seed = election->seed ? election->seed : draw();
	election->lver = VDC_UNSET;
	while (!r && !round.ended)
		r = next_step(&round, err);
	return r;
}

int vdc_spm_elect_preview(struct vdc_db *db, const struct vdc_spm_elect_options *options,
			  struct vdc_spm_election *election, struct vdc_arena *arena,
			  struct vdc_spm_next *ret, struct vdc_err *err)
{
	struct spm_round round = {
		.db = db,
		.options = options,
		.election = election,
		.arena = arena,
		.look = arena,
	};
	int r;

	election->seed = election->seed ? election->seed : draw();
	r = look(&round, err);
	if (!r)
		*ret = round.next;
	return r;
}
