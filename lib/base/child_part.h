/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/base/child*.c and aide.c. */
#pragma once

#include <sys/types.h>

#include "base/child.h"

/* In front of every message. Both ends are the same program: no byte order to think of. */
struct frame {
	enum { FRAME_MESSAGE, FRAME_END } kind;
	size_t len;
};

/* What a process that was just forked does first: it dies with PARENT, in a session of its own. */
void child_become(pid_t parent);
/* The life of a child of PARENT, which listens at the other end of FD. */
_Noreturn void child_live(const struct vdc_task *task, pid_t parent, int fd);
