/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_group.h"

/* How often running a host that nobody switched must be found off. */
enum { OFF_ROUNDS = 2 };

static size_t count(const struct vdc_fence_sequence *seq, enum vdc_fence_answer answer)
{
	size_t n = 0;

	for (size_t i = seq->first; i < seq->end; i++)
		n += seq->answers[i] == answer;
	return n;
}

static size_t group_size(const struct vdc_fence_sequence *seq)
{
	return seq->end - seq->first;
}

static void call(struct vdc_fence_sequence *seq, enum vdc_fence_next next)
{
	for (size_t i = seq->first; i < seq->end; i++)
		seq->answers[i] = VDC_FENCE_ANSWER_NONE;
	seq->next = next;
	seq->ask = seq->first;
	seq->ask_end = seq->heard = seq->end;
	seq->enough = false;
}

static void ask(struct vdc_fence_sequence *seq, int phase)
{
	seq->phase = phase;
	call(seq, VDC_FENCE_ASK);
}

static void shoot(struct vdc_fence_sequence *seq)
{
	seq->phase = VDC_FENCE_SHOT;
	seq->shot = true;
	seq->shots++;
	seq->off_rounds = 0;
	call(seq, VDC_FENCE_SHOOT);
}

static void pause_for(struct vdc_fence_sequence *seq, int64_t time)
{
	seq->next = VDC_FENCE_PAUSE;
	seq->pause_us = time;
}

static void prove(struct vdc_fence_sequence *seq, enum vdc_power_status power)
{
	seq->next = VDC_FENCE_PROVEN;
	seq->power = power;
}

static size_t end_of_group(const struct vdc_fence_sequence *seq, size_t first)
{
	size_t end = first;

	while (end < seq->n && seq->orders[end] == seq->orders[first])
		end++;
	return end;
}

/* The group from agent FIRST on; false: there is none. */
static bool enter_group(struct vdc_fence_sequence *seq, size_t first)
{
	if (first >= seq->n)
		return false;
	seq->first = first;
	seq->end = end_of_group(seq, first);
	seq->shot = false;
	seq->asked = seq->unclear = seq->shots = seq->off_rounds = 0;
	if (seq->end > seq->heard) {
		ask(seq, VDC_FENCE_BEFORE);
	} else { /* it was asked beside the one in front */
		seq->next = VDC_FENCE_ASK;
		seq->ask = seq->ask_end = seq->end;
	}
	return true;
}

/* HEARD: what the last round of questions said. */
static void fail(struct vdc_fence_sequence *seq, enum vdc_fence_failure failure,
		 enum vdc_power_status heard)
{
	enum vdc_power_status power = heard;

	if (heard == VDC_POWER_OFF && seq->off_rounds < OFF_ROUNDS)
		power = VDC_POWER_UNKNOWN;
	seq->failure = failure;
	if (enter_group(seq, seq->end))
		return;
	seq->next = VDC_FENCE_GIVEN_UP;
	seq->power = power;
}

static enum vdc_power_status heard(struct vdc_fence_sequence *seq)
{
	if (count(seq, VDC_FENCE_ANSWER_OFF) == group_size(seq)) {
		seq->off_rounds++;
		return VDC_POWER_OFF;
	}
	seq->off_rounds = 0;
	return count(seq, VDC_FENCE_ANSWER_ON) ? VDC_POWER_ON : VDC_POWER_UNKNOWN;
}

/* Whether the group cannot do it, however often it is told. */
static bool is_hopeless(const struct vdc_fence_sequence *seq)
{
	size_t never = count(seq, VDC_FENCE_ANSWER_NEVER);

	return seq->action == VDC_FENCE_ON ? never == group_size(seq) : never > 0;
}

/* A second plug that is still off is switched on, too. */
static bool is_on_already(const struct vdc_fence_sequence *seq)
{
	return count(seq, VDC_FENCE_ANSWER_ON) == group_size(seq);
}

/* A status: the first group of which an agent said on. */
static bool enter_group_that_is_on(struct vdc_fence_sequence *seq)
{
	for (size_t i = seq->end; i < seq->heard; i++) {
		if (seq->answers[i] != VDC_FENCE_ANSWER_ON)
			continue;
		while (seq->end <= i)
			enter_group(seq, seq->end);
		return true;
	}
	return false;
}

static void judge_status(struct vdc_fence_sequence *seq, enum vdc_power_status power)
{
	if (power == VDC_POWER_ON || enter_group_that_is_on(seq))
		prove(seq, VDC_POWER_ON);
	else if (power != VDC_POWER_OFF)
		fail(seq, VDC_FENCE_NO_ANSWER, power);
	else if (seq->off_rounds < OFF_ROUNDS)
		ask(seq, VDC_FENCE_BEFORE);
	else
		prove(seq, power);
}

/* Asked before anything was switched. */
static void judge_before(struct vdc_fence_sequence *seq)
{
	enum vdc_power_status power = heard(seq);
	bool another = seq->end < seq->n;

	if (seq->action == VDC_FENCE_STATUS) {
		judge_status(seq, power);
	} else if (power == VDC_POWER_OFF && seq->action == VDC_FENCE_OFF) {
		if (seq->off_rounds < OFF_ROUNDS)
			ask(seq, VDC_FENCE_BEFORE);
		else
			prove(seq, power);
	} else if (power == VDC_POWER_UNKNOWN && (another || is_hopeless(seq))) {
		fail(seq, VDC_FENCE_NO_ANSWER, power);
	} else if (seq->action == VDC_FENCE_ON && is_on_already(seq)) {
		prove(seq, power);
	} else {
		shoot(seq);
	}
}

static void judge_shot(struct vdc_fence_sequence *seq)
{
	size_t done = count(seq, VDC_FENCE_ANSWER_DONE);

	if (seq->action == VDC_FENCE_ON ? done > 0 : done == group_size(seq)) {
		seq->phase = VDC_FENCE_AFTER;
		seq->asked = seq->unclear = 0;
		pause_for(seq, seq->rules.delay_us);
	} else if (is_hopeless(seq)) {
		fail(seq, VDC_FENCE_NOT_DONE, VDC_POWER_UNKNOWN);
	} else {
		ask(seq, VDC_FENCE_MISSED);
	}
}

static void shoot_again(struct vdc_fence_sequence *seq, enum vdc_fence_failure failure,
			enum vdc_power_status power)
{
	int64_t retries =
		seq->action == VDC_FENCE_ON ? seq->rules.on_retries : seq->rules.off_retries;

	if (seq->shots <= retries)
		shoot(seq);
	else
		fail(seq, failure, power);
}

/* An agent that failed may have switched all the same. */
static void judge_missed(struct vdc_fence_sequence *seq)
{
	enum vdc_power_status power = heard(seq);

	if (seq->action == VDC_FENCE_ON && power == VDC_POWER_ON)
		prove(seq, power);
	else if (seq->action == VDC_FENCE_ON || power != VDC_POWER_OFF)
		shoot_again(seq, VDC_FENCE_NOT_DONE, power);
	else if (seq->off_rounds < OFF_ROUNDS)
		ask(seq, VDC_FENCE_MISSED);
	else
		prove(seq, power);
}

/* The agents said that they did it: whether the power followed. */
static void judge_after(struct vdc_fence_sequence *seq)
{
	enum vdc_power_status power = heard(seq);
	enum vdc_power_status wanted = seq->action == VDC_FENCE_ON ? VDC_POWER_ON : VDC_POWER_OFF;

	seq->asked++;
	seq->unclear += power == VDC_POWER_UNKNOWN;
	if (power == wanted)
		prove(seq, power);
	else if (seq->unclear > seq->rules.unknown)
		fail(seq, VDC_FENCE_NO_ANSWER, power);
	else if (seq->asked >= seq->rules.tries)
		shoot_again(seq, VDC_FENCE_NOT_FOLLOWED, power);
	else
		pause_for(seq, seq->rules.interval_us);
}

void vdc_fence_sequence_begin(struct vdc_fence_sequence *seq, enum vdc_fence_action action,
			      const int64_t *orders, size_t n, const struct vdc_fence_rules *rules,
			      struct vdc_arena *arena)
{
	*seq = (struct vdc_fence_sequence){
		.action = action,
		.power = VDC_POWER_UNKNOWN,
		.rules = *rules,
		.orders = orders,
		.n = n,
		.answers = vdc_arena_alloc(arena, (n + 1) * sizeof(*seq->answers)),
	};
	if (!enter_group(seq, 0))
		fail(seq, VDC_FENCE_NO_ANSWER, VDC_POWER_UNKNOWN);
}

void vdc_fence_sequence_take(struct vdc_fence_sequence *seq, size_t agent,
			     enum vdc_fence_answer answer)
{
	bool fits = seq->next == VDC_FENCE_ASK
			    ? answer != VDC_FENCE_ANSWER_DONE
			    : answer != VDC_FENCE_ANSWER_ON && answer != VDC_FENCE_ANSWER_OFF;

	if (agent < seq->first || agent >= seq->heard)
		return;
	seq->answers[agent] = fits ? answer : VDC_FENCE_ANSWER_NONE;
	if (seq->action == VDC_FENCE_STATUS)
		seq->enough = seq->enough || seq->answers[agent] == VDC_FENCE_ANSWER_ON ||
			      count(seq, VDC_FENCE_ANSWER_OFF) == group_size(seq);
}

enum vdc_fence_hurry vdc_fence_sequence_hurry(struct vdc_fence_sequence *seq)
{
	if (seq->action != VDC_FENCE_STATUS || seq->next != VDC_FENCE_ASK)
		return VDC_FENCE_WAIT;
	if (seq->enough)
		return VDC_FENCE_ENOUGH;
	if (seq->heard >= seq->n)
		return VDC_FENCE_WAIT;
	seq->ask = seq->heard;
	seq->ask_end = seq->heard = end_of_group(seq, seq->ask);
	for (size_t i = seq->ask; i < seq->ask_end; i++)
		seq->answers[i] = VDC_FENCE_ANSWER_NONE;
	return VDC_FENCE_ASK_MORE;
}

void vdc_fence_sequence_go_on(struct vdc_fence_sequence *seq)
{
	if (seq->next == VDC_FENCE_PAUSE) {
		ask(seq, VDC_FENCE_AFTER);
		return;
	}
	if (seq->next != VDC_FENCE_ASK && seq->next != VDC_FENCE_SHOOT)
		return;
	switch (seq->phase) {
	case VDC_FENCE_BEFORE:
		judge_before(seq);
		break;
	case VDC_FENCE_SHOT:
		judge_shot(seq);
		break;
	case VDC_FENCE_MISSED:
		judge_missed(seq);
		break;
	case VDC_FENCE_AFTER:
		judge_after(seq);
		break;
	}
}
