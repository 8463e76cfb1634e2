/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/extend_*.c. */
#pragma once

#include "act/extend_ask.h"
#include "base/aide.h"

/* Lives of the aide of a handle, one for each transport: requests come in through FD, answers go out. */
void extend_mailbox_life(void *options, int fd);

/* Puts what came through FD into QUEUE, until LIMIT_US passed or something came. False: the end. */
bool extend_take_requests(int fd, int64_t limit_us, struct vdc_extend_queue *queue);

/* What an aide says about its way: nothing if it said the same before. */
struct extend_way {
	int fd;
	char said[VDC_EXTEND_TEXT];
};
void extend_way_is(struct extend_way *way, const char *trouble);
