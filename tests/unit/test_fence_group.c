/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the agents of a host do together: courses by table, then random ones under a checker that
 * knows only what was asked and answered. The checker itself is tried with devices that the sequence
 * is lied to about.
 */
#include "plan/fence_group.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

static const struct vdc_fence_rules rules = {
	.delay_us = 5,
	.interval_us = 10,
	.tries = 3,
	.unknown = 1,
	.on_retries = 1,
};

/*
 * Answers: a letter per agent, a word per round: d done, 1 on, 0 off, - none, ! never, ~ none in the end,
 * after the round was hurried for it. Course: the rounds (? asked, + asked beside those, * shot, each
 * with its agents) and pauses, then what it came to.
 */
struct row {
	const char *name;
	enum vdc_fence_action action;
	const char *orders; /* a digit per agent */
	const char *answers;
	const char *course;
};

static const struct row rows[] = {
	{ "on", VDC_FENCE_STATUS, "1", "1", "?0 on" },
	{ "off takes two looks", VDC_FENCE_STATUS, "1", "0 0", "?0 ?0 off" },
	{ "a lie is found out", VDC_FENCE_STATUS, "1", "0 1", "?0 ?0 on" },
	{ "off and then silence", VDC_FENCE_STATUS, "1", "0 -", "?0 ?0 no_answer unknown" },
	{ "silence", VDC_FENCE_STATUS, "1", "-", "?0 no_answer unknown" },
	{ "the second is asked", VDC_FENCE_STATUS, "12", "- 1", "?0 ?1 on" },
	{ "any on is on", VDC_FENCE_STATUS, "11", "01", "?01 on" },
	{ "on beside silence", VDC_FENCE_STATUS, "11", "1-", "?01 on" },
	{ "off beside silence", VDC_FENCE_STATUS, "11", "0-", "?01 no_answer unknown" },
	{ "off and off", VDC_FENCE_STATUS, "11", "00 00", "?01 ?01 off" },
	{ "nobody waits for the dead", VDC_FENCE_STATUS, "12", "~ 1", "?0 +1 on" },
	{ "one after another", VDC_FENCE_STATUS, "123", "~ ~ 1", "?0 +1 +2 on" },
	{ "off waits for the first", VDC_FENCE_STATUS, "12", "~ 0 0", "?0 +1 ?1 off" },
	{ "and is not certain", VDC_FENCE_STATUS, "12", "~ 0 1", "?0 +1 ?1 on" },
	{ "pairs behind it", VDC_FENCE_STATUS, "1223", "~ 0- 1", "?0 +12 +3 on" },
	{ "all are dead", VDC_FENCE_STATUS, "12", "~ ~", "?0 +1 no_answer unknown" },
	{ "half a pair is on", VDC_FENCE_STATUS, "112", "1~", "?01 on" },
	{ "half a pair is off", VDC_FENCE_STATUS, "112", "0~ 1", "?01 +2 on" },
	{ "the second look is slow", VDC_FENCE_STATUS, "12", "0 ~ 1", "?0 ?0 +1 on" },
	{ "who switches is patient", VDC_FENCE_OFF, "12", "~ 1 d 0", "?0 ?1 *1 5 ?1 off" },
	{ "no agents", VDC_FENCE_STATUS, "", "", "no_answer unknown" },

	{ "off", VDC_FENCE_OFF, "1", "1 d 0", "?0 *0 5 ?0 off" },
	{ "off takes a while", VDC_FENCE_OFF, "1", "1 d 1 1 0", "?0 *0 5 ?0 10 ?0 10 ?0 off" },
	{ "off already", VDC_FENCE_OFF, "1", "0 0", "?0 ?0 off" },
	{ "off is not certain", VDC_FENCE_OFF, "1", "0 1 d 0", "?0 ?0 *0 5 ?0 off" },
	{ "on for ever", VDC_FENCE_OFF, "1", "1 d 1 1 1",
	  "?0 *0 5 ?0 10 ?0 10 ?0 not_followed on" },
	{ "an unclear answer", VDC_FENCE_OFF, "1", "1 d - 0", "?0 *0 5 ?0 10 ?0 off" },
	{ "too many of them", VDC_FENCE_OFF, "1", "1 d - -", "?0 *0 5 ?0 10 ?0 no_answer unknown" },
	{ "shot blindly", VDC_FENCE_OFF, "1", "- d 0", "?0 *0 5 ?0 off" },
	{ "not with a wrong password", VDC_FENCE_OFF, "1", "!", "?0 no_answer unknown" },
	{ "it did it and says no", VDC_FENCE_OFF, "1", "1 - 0 0", "?0 *0 ?0 ?0 off" },
	{ "it did nothing", VDC_FENCE_OFF, "1", "1 - 1", "?0 *0 ?0 not_done on" },
	{ "it is not let", VDC_FENCE_OFF, "1", "1 !", "?0 *0 not_done unknown" },
	{ "both plugs", VDC_FENCE_OFF, "11", "11 dd 00", "?01 *01 5 ?01 off" },
	{ "one plug is off", VDC_FENCE_OFF, "11", "10 dd 00", "?01 *01 5 ?01 off" },
	{ "one plug stays on", VDC_FENCE_OFF, "11", "11 dd 10 01 10",
	  "?01 *01 5 ?01 10 ?01 10 ?01 not_followed on" },
	{ "one plug fails", VDC_FENCE_OFF, "11", "11 d- 01", "?01 *01 ?01 not_done on" },
	{ "the other device", VDC_FENCE_OFF, "12", "- 1 d 0", "?0 ?1 *1 5 ?1 off" },
	{ "the other one after a shot", VDC_FENCE_OFF, "12", "1 - - 1 d 0",
	  "?0 *0 ?0 ?1 *1 5 ?1 off" },
	{ "the other one is a pair", VDC_FENCE_OFF, "122", "1 d 1 1 1 11 dd 00",
	  "?0 *0 5 ?0 10 ?0 10 ?0 ?12 *12 5 ?12 off" },
	{ "half a pair proves nothing", VDC_FENCE_OFF, "112", "11 dd 0- 0- 1 d 0",
	  "?01 *01 5 ?01 10 ?01 ?2 *2 5 ?2 off" },

	{ "on", VDC_FENCE_ON, "1", "0 d 1", "?0 *0 5 ?0 on" },
	{ "on already", VDC_FENCE_ON, "1", "1", "?0 on" },
	{ "one suffices", VDC_FENCE_ON, "11", "00 d- 1-", "?01 *01 5 ?01 on" },
	{ "the second plug too", VDC_FENCE_ON, "11", "10 dd 11", "?01 *01 5 ?01 on" },
	{ "it is tried again", VDC_FENCE_ON, "1", "0 - 0 d 1", "?0 *0 ?0 *0 5 ?0 on" },
	{ "twice is enough", VDC_FENCE_ON, "1", "0 - 0 - 0", "?0 *0 ?0 *0 ?0 not_done unknown" },
	{ "it stays off", VDC_FENCE_ON, "1", "0 d 0 0 0 d 0 0 0",
	  "?0 *0 5 ?0 10 ?0 10 ?0 *0 5 ?0 10 ?0 10 ?0 not_followed off" },
	{ "on by the other", VDC_FENCE_ON, "12", "0 ! 0 d 1", "?0 *0 ?1 *1 5 ?1 on" },
	{ "one is not let", VDC_FENCE_ON, "11", "00 !d 01", "?01 *01 5 ?01 on" },
};

static enum vdc_fence_answer answer_of(char letter)
{
	static const char letters[] = " d10-!";

	return (enum vdc_fence_answer)(strchr(letters, letter) - letters);
}

static bool is_over(const struct vdc_fence_sequence *seq)
{
	return seq->next == VDC_FENCE_PROVEN || seq->next == VDC_FENCE_GIVEN_UP;
}

static void note_end(struct vdc_buf *course, const struct vdc_fence_sequence *seq)
{
	static const char *const failures[] = { "", "no_answer", "not_done", "not_followed" };

	if (seq->next == VDC_FENCE_GIVEN_UP)
		vdc_buf_printf(course, "%s ", failures[seq->failure]);
	vdc_buf_printf(course, "%s", vdc_enum_word(&vdc_power_status_values, seq->power));
}

static void note_round(struct vdc_buf *course, const struct vdc_fence_sequence *seq, char how)
{
	if (seq->ask == seq->ask_end)
		return;
	vdc_buf_putc(course, how);
	for (size_t i = seq->ask; i < seq->ask_end; i++)
		vdc_buf_printf(course, "%zu", i);
	vdc_buf_putc(course, ' ');
}

/* A round, and what is asked beside it while its answers take long. The answers that are left. */
static const char *answer_round(const struct row *row, struct vdc_fence_sequence *seq,
				const char *at, struct vdc_buf *course)
{
	bool late = false, more;

	note_round(course, seq, seq->next == VDC_FENCE_ASK ? '?' : '*');
	do {
		if (!*at && seq->ask < seq->ask_end)
			fail_msg("%s: goes on: %s", row->name, vdc_buf_str(course));
		for (size_t k = seq->ask; k < seq->ask_end; k++) {
			late = late || *at == '~';
			if (*at == '~')
				at++;
			else
				vdc_fence_sequence_take(seq, k, answer_of(*at++));
		}
		at += *at == ' ';
		more = late && vdc_fence_sequence_hurry(seq) == VDC_FENCE_ASK_MORE;
		if (more)
			note_round(course, seq, '+');
	} while (more);
	return at;
}

static void courses(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		vdc_autoarena *arena = vdc_arena_new();
		vdc_autobuf course = { 0 };
		struct vdc_fence_sequence seq;
		const char *at = row->answers;
		int64_t orders[8];
		size_t n = strlen(row->orders);

		for (size_t k = 0; k < n; k++)
			orders[k] = row->orders[k];
		vdc_fence_sequence_begin(&seq, row->action, orders, n, &rules, arena);
		while (!is_over(&seq)) {
			if (seq.next == VDC_FENCE_PAUSE)
				vdc_buf_printf(&course, "%d ", (int)seq.pause_us);
			else
				at = answer_round(row, &seq, at, &course);
			vdc_fence_sequence_go_on(&seq);
		}
		note_end(&course, &seq);
		if (*at || strcmp(vdc_buf_str(&course), row->course) != 0)
			fail_msg("%s: %s, not %s; left \"%s\"", row->name, vdc_buf_str(&course),
				 row->course, at);
	}
}

static uint64_t seed;

static unsigned any(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

/* How the sequence is cheated, as if its code were wrong in one place. */
enum mutant {
	SOUND,
	SILENCE_IS_OFF,	 /* what is no answer counts as off */
	ONE_IS_ALL,	 /* an agent that says off speaks for its group */
	ONE_LOOK,	 /* a single look finds a host off that nobody switched */
	DONE_IS_OFF,	 /* nobody asks after a shot */
	ONE_DONE_IS_ALL, /* a shot that some agents missed counts */
	OLD_ANSWERS,	 /* an agent that was not heard of says what it said last */
	DEAF_BEHIND,	 /* what is asked beside the present group is not listened to */
	N_MUTANTS,
};

/* What was really asked and answered, and whether the rules were kept. */
struct checker {
	const int64_t *orders;
	size_t n;
	size_t first, end; /* agents of the last round */
	int off_rounds;	   /* running, in which all of the group said off */
	bool done;	   /* the last shot at the group was done by all of it */
	bool on;	   /* the last round had an agent that said on */
	bool asked;	   /* the last round was questions */
	bool on_behind;	   /* an agent said on that was asked beside the group */
	int rounds;
	const char *broken;
};

static void check_round(struct checker *c, const struct vdc_fence_sequence *seq,
			const enum vdc_fence_answer *answers)
{
	size_t off = 0, on = 0, done = 0, size = seq->end - seq->first;

	for (size_t i = seq->first; i < seq->end; i++) {
		off += answers[i] == VDC_FENCE_ANSWER_OFF;
		on += answers[i] == VDC_FENCE_ANSWER_ON;
		done += answers[i] == VDC_FENCE_ANSWER_DONE;
		if (c->orders[i] != c->orders[seq->first])
			c->broken = "agents of two groups act together";
	}
	if (seq->end < c->n && c->orders[seq->end] == c->orders[seq->first])
		c->broken = "an agent of the group is left out";
	if (c->rounds && seq->first < c->first)
		c->broken = "it goes back to a former group";
	if (c->first != seq->first)
		c->off_rounds = 0, c->done = false;
	if (seq->next == VDC_FENCE_SHOOT && seq->action == VDC_FENCE_OFF && c->off_rounds >= 2)
		c->broken = "a host that is certainly off is shot";
	c->first = seq->first;
	c->end = seq->end;
	c->asked = seq->next == VDC_FENCE_ASK;
	c->on = on > 0;
	c->off_rounds = c->asked && off == size ? c->off_rounds + 1 : 0;
	if (!c->asked)
		c->done = done == size;
	c->rounds++;
}

static void check_end(struct checker *c, const struct vdc_fence_sequence *seq)
{
	if (c->broken)
		return;
	if (seq->power == VDC_POWER_OFF && !(c->asked && c->off_rounds))
		c->broken = "off, and not all of a group said so in the last round";
	else if (seq->power == VDC_POWER_OFF && !c->done && c->off_rounds < 2)
		c->broken = "off after a single look";
	else if (seq->power == VDC_POWER_OFF && c->on_behind)
		c->broken = "off, and an agent behind the group said on";
	else if (seq->power == VDC_POWER_ON && !c->on && !c->on_behind)
		c->broken = "on, and nobody said so in the last round";
	else if (seq->next == VDC_FENCE_PROVEN && seq->power == VDC_POWER_UNKNOWN)
		c->broken = "unknown is no proof";
	else if (seq->next == VDC_FENCE_PROVEN && seq->action == VDC_FENCE_OFF &&
		 seq->power != VDC_POWER_OFF)
		c->broken = "it is to be off";
	else if (seq->next == VDC_FENCE_PROVEN && seq->action == VDC_FENCE_ON &&
		 seq->power != VDC_POWER_ON)
		c->broken = "it is to be on";
	else if (seq->next == VDC_FENCE_GIVEN_UP && c->n && c->end != c->n)
		c->broken = "a group was not tried";
}

static enum vdc_fence_answer any_answer(enum vdc_fence_next next)
{
	static const enum vdc_fence_answer asked[] = {
		VDC_FENCE_ANSWER_OFF,  VDC_FENCE_ANSWER_OFF,  VDC_FENCE_ANSWER_OFF,
		VDC_FENCE_ANSWER_ON,   VDC_FENCE_ANSWER_ON,   VDC_FENCE_ANSWER_NONE,
		VDC_FENCE_ANSWER_NONE, VDC_FENCE_ANSWER_NEVER
	};
	static const enum vdc_fence_answer shot[] = { VDC_FENCE_ANSWER_DONE, VDC_FENCE_ANSWER_DONE,
						      VDC_FENCE_ANSWER_DONE, VDC_FENCE_ANSWER_NONE,
						      VDC_FENCE_ANSWER_NEVER };

	return next == VDC_FENCE_ASK ? asked[any(VDC_COUNT(asked))] : shot[any(VDC_COUNT(shot))];
}

static enum vdc_fence_answer seen_as(enum mutant mutant, enum vdc_fence_answer answer,
				     enum vdc_fence_answer last, enum vdc_fence_next next,
				     bool any_off, bool any_done)
{
	bool none = answer == VDC_FENCE_ANSWER_NONE || answer == VDC_FENCE_ANSWER_NEVER;
	bool asked = next == VDC_FENCE_ASK;

	if (mutant == SILENCE_IS_OFF && asked && none)
		return VDC_FENCE_ANSWER_OFF;
	if (mutant == ONE_IS_ALL && asked && any_off)
		return VDC_FENCE_ANSWER_OFF;
	if (mutant == ONE_DONE_IS_ALL && !asked && any_done)
		return VDC_FENCE_ANSWER_DONE;
	if (mutant == OLD_ANSWERS && asked && none && last)
		return last;
	return answer;
}

static bool has(const enum vdc_fence_answer *answers, const struct vdc_fence_sequence *seq,
		enum vdc_fence_answer answer)
{
	for (size_t i = seq->first; i < seq->end; i++)
		if (answers[i] == answer)
			return true;
	return false;
}

/* Some answer late: those behind them are asked, too. */
static void hurry(struct vdc_fence_sequence *seq, struct checker *c, enum mutant mutant,
		  enum vdc_fence_answer *answers)
{
	if (any(2) || vdc_fence_sequence_hurry(seq) != VDC_FENCE_ASK_MORE)
		return;
	for (size_t i = seq->ask; i < seq->ask_end; i++) {
		answers[i] = any_answer(VDC_FENCE_ASK);
		c->on_behind = c->on_behind || answers[i] == VDC_FENCE_ANSWER_ON;
		vdc_fence_sequence_take(seq, i,
					mutant == DEAF_BEHIND ? VDC_FENCE_ANSWER_NONE : answers[i]);
	}
}

/* ANSWERS: also what was heard already of those that were asked beside a former group. */
static void play_round(struct vdc_fence_sequence *seq, struct checker *c, enum mutant mutant,
		       enum vdc_fence_answer *last, enum vdc_fence_answer *answers)
{
	bool off, done, asked = seq->next == VDC_FENCE_ASK;

	for (size_t i = seq->ask; i < seq->ask_end; i++)
		answers[i] = any_answer(seq->next);
	if (seq->ask < seq->ask_end)
		hurry(seq, c, mutant, answers);
	off = has(answers, seq, VDC_FENCE_ANSWER_OFF);
	done = has(answers, seq, VDC_FENCE_ANSWER_DONE);
	check_round(c, seq, answers);
	for (size_t i = seq->first; i < seq->end; i++) {
		enum vdc_fence_answer seen =
			seen_as(mutant, answers[i], last[i], seq->next, off, done);

		vdc_fence_sequence_take(seq, i, seen);
		if (asked)
			last[i] = seen;
	}
	vdc_fence_sequence_go_on(seq);
}

/* Rounds that the mutant does without, as if they had gone well. */
static void leave_out(struct vdc_fence_sequence *seq, enum mutant mutant, const struct checker *c)
{
	bool again = mutant == ONE_LOOK && c->off_rounds == 1 && !seq->shot;
	bool after =
		mutant == DONE_IS_OFF && seq->shot && !c->asked && seq->action == VDC_FENCE_OFF;

	if (seq->next != VDC_FENCE_ASK || !(again || after))
		return;
	for (size_t i = seq->first; i < seq->end; i++)
		vdc_fence_sequence_take(seq, i, VDC_FENCE_ANSWER_OFF);
	vdc_fence_sequence_go_on(seq);
}

static const char *walk(enum mutant mutant)
{
	static const enum vdc_fence_action actions[] = { VDC_FENCE_STATUS, VDC_FENCE_ON,
							 VDC_FENCE_OFF };
	vdc_autoarena *arena = vdc_arena_new();
	enum vdc_fence_answer last[8] = { 0 }, answers[8] = { 0 };
	int64_t orders[8] = { 1 };
	size_t n = any(8) ? 1 + any(6) : 0;
	struct checker c = { .orders = orders, .n = n };
	struct vdc_fence_rules some = rules;
	struct vdc_fence_sequence seq;

	for (size_t i = 1; i < n; i++)
		orders[i] = orders[i - 1] + any(2);
	some.off_retries = any(2);
	some.unknown = any(3);
	vdc_fence_sequence_begin(&seq, actions[any(3)], orders, n, &some, arena);
	for (int steps = 0; !is_over(&seq); steps++) {
		if (steps > 500)
			return "it never ends";
		if (seq.next == VDC_FENCE_PAUSE)
			vdc_fence_sequence_go_on(&seq);
		else
			play_round(&seq, &c, mutant, last, answers);
		leave_out(&seq, mutant, &c);
	}
	check_end(&c, &seq);
	return c.broken;
}

enum { WALKS = 20000 };

static void random_walks(void **state)
{
	(void)state;
	seed = 1;
	for (int i = 0; i < WALKS; i++) {
		uint64_t from = seed;
		const char *broken = walk(SOUND);

		if (broken)
			fail_msg("walk from %llu: %s", (unsigned long long)from, broken);
	}
}

static void mutants_are_caught(void **state)
{
	(void)state;
	for (enum mutant mutant = SOUND + 1; mutant < N_MUTANTS; mutant++) {
		const char *broken = NULL;

		seed = 1;
		for (int i = 0; i < WALKS && !broken; i++)
			broken = walk(mutant);
		if (!broken)
			fail_msg("mutant %d was not caught", (int)mutant);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(courses),
		cmocka_unit_test(random_walks),
		cmocka_unit_test(mutants_are_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
