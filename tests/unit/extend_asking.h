/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whoever asks for space, in tests: the next answer, waited for. */
#pragma once

#include <poll.h>

#include "act/extend_ask.h"
#include "unit.h"

enum { ANSWER_LIMIT_MS = 30000 };

static inline struct vdc_extend_answer wait_answer(struct vdc_extend_ask *ask)
{
	struct pollfd fd = { .fd = vdc_extend_ask_fd(ask), .events = POLLIN };
	struct vdc_extend_answer answer;
	struct vdc_err err = { 0 };
	int r = 0;

	while (!r) {
		assert_int_equal(poll(&fd, 1, ANSWER_LIMIT_MS), 1);
		r = vdc_extend_ask_answer(ask, &answer, &err);
	}
	if (r < 0)
		fail_msg("%s", vdc_err_text(&err));
	return answer;
}
