/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command that is talked to, here or over the remote shell (edge/shell.h): a line to it, a line of it.
 * It learns that nobody talks to it any more by the end of its standard input, also when this process
 * was killed or the way to the host broke.
 */
#pragma once

#include "edge/shell.h"

struct vdc_talk;

/* ADDRESS NULL: this machine. ARGV ends with NULL. */
int vdc_talk_begin(const char *address, const char *const *argv, struct vdc_talk **ret,
		   struct vdc_err *err);

/*
 * Says LINE (NULL: nothing), and puts its next line into OUT, without its end. -EPIPE: it ended, and what it
 * complained about is the message; *STATUS (may be NULL) is its exit code then. -ETIMEDOUT.
 */
int vdc_talk_ask(struct vdc_talk *talk, const char *line, int64_t limit_us, struct vdc_buf *out,
		 int *status, struct vdc_err *err);

/* Ends it, by force if it is not over soon. NULL is fine. */
void vdc_talk_end(struct vdc_talk *talk);
