/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the fence agents of a host are to do, one after another, until its power is proven or nothing
 * is left to try. Agents with the same order are a group, used together; the next group is tried when
 * one fails (ovirt-engine's ConcurrentAgentsFenceActionExecutor). Pure: answers in, the next thing to
 * do out.
 *
 *	status	on when any agent says so; off when all of the group do, twice running
 *	on	one agent suffices
 *	off	all agents of the group must do it, and say off afterwards
 *
 * What is no clear answer is never off. Agents that did what they were told confirm it by their next
 * answer; a host that nobody switched just now has to be found off twice, for devices err.
 *
 *	vdc_fence_sequence_begin(&seq, VDC_FENCE_OFF, orders, n, &options, arena);
 *	while (seq.next is neither PROVEN nor GIVEN_UP) {
 *		ASK, SHOOT: have agents seq.ask .. seq.ask_end - 1 do it, and vdc_fence_sequence_take() of each
 *		PAUSE: let seq.pause_us go by
 *		vdc_fence_sequence_go_on(&seq);
 *	}
 *
 * A status need not wait for a device that is dead: when the answers of a round take long, say so with
 * vdc_fence_sequence_hurry(). What is found is the same as one after another, but that an agent that says
 * on is believed before those in front of it have answered.
 */
#pragma once

#include "model/fence_record.h"
#include "model/host.h"

enum vdc_fence_answer {
	VDC_FENCE_ANSWER_DONE = 1, /* to SHOOT: it did that, or found it done */
	VDC_FENCE_ANSWER_ON,	   /* to ASK */
	VDC_FENCE_ANSWER_OFF,
	VDC_FENCE_ANSWER_NONE,	/* it failed, or said neither */
	VDC_FENCE_ANSWER_NEVER, /* the same, and would again: a wrong password */
};

enum vdc_fence_next {
	VDC_FENCE_ASK = 1, /* for the power */
	VDC_FENCE_SHOOT,   /* do seq.action */
	VDC_FENCE_PAUSE,
	VDC_FENCE_PROVEN,   /* seq.power is what was wanted, or what was asked for */
	VDC_FENCE_GIVEN_UP, /* seq.failure says why */
};

enum vdc_fence_failure {
	VDC_FENCE_NO_ANSWER = 1, /* the agents do not say what the power is */
	VDC_FENCE_NOT_DONE,	 /* they do not switch it */
	VDC_FENCE_NOT_FOLLOWED,	 /* they did, and the power stayed as it was */
};

struct vdc_fence_rules {     /* vdc.conf(5): fence.* */
	int64_t delay_us;    /* from a shot to the first question */
	int64_t interval_us; /* between questions */
	int64_t tries;	     /* questions */
	int64_t unknown;     /* answers among them that are neither and are put up with */
	int64_t on_retries;  /* further shots, when one failed */
	int64_t off_retries;
};

struct vdc_fence_sequence {
	enum vdc_fence_next next;
	enum vdc_fence_action action; /* VDC_FENCE_STATUS, _ON or _OFF */
	size_t first, end;	      /* agents of the present group */
	size_t ask, ask_end; /* to be asked or told now; none: all of them have answered already */
	bool enough;	     /* what was heard suffices, whatever else is said */
	int64_t pause_us;
	enum vdc_power_status power;	/* at the end */
	enum vdc_fence_failure failure; /* of the group that failed last */
	bool shot;			/* the present group was told to switch */

	/* The rest is its own. */
	struct vdc_fence_rules rules;
	const int64_t *orders;
	size_t n;
	enum vdc_fence_answer *answers;
	enum { VDC_FENCE_BEFORE, VDC_FENCE_SHOT, VDC_FENCE_MISSED, VDC_FENCE_AFTER } phase;
	size_t heard; /* agents seq.first .. seq.heard - 1 were asked in this round */
	int64_t asked, unclear, shots, off_rounds;
};

/* ORDERS of the N agents, ascending; borrowed. Without agents it is given up at once. */
void vdc_fence_sequence_begin(struct vdc_fence_sequence *seq, enum vdc_fence_action action,
			      const int64_t *orders, size_t n, const struct vdc_fence_rules *rules,
			      struct vdc_arena *arena);

void vdc_fence_sequence_take(struct vdc_fence_sequence *seq, size_t agent,
			     enum vdc_fence_answer answer);

enum vdc_fence_hurry {
	VDC_FENCE_WAIT = 1, /* for those that were asked */
	VDC_FENCE_ASK_MORE, /* seq.ask .. seq.ask_end - 1, beside those */
	VDC_FENCE_ENOUGH,   /* leave those that have not answered, and go on */
};

/* The answers of this round take long. */
enum vdc_fence_hurry vdc_fence_sequence_hurry(struct vdc_fence_sequence *seq);

/* All have answered, or the pause is over. An agent that was not heard of has given no answer. */
void vdc_fence_sequence_go_on(struct vdc_fence_sequence *seq);
