/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process of its own session, which goes on when the terminal is gone from which it was started:
 * it has no controlling terminal, reads nothing, and what it prints goes to a file.
 *
 *	r = vdc_session_start(&session, err);      before any thread and any connection
 *	if (session.is_runner)
 *		... vdc_session_report(&session, 0, job);  or, with an error, its text
 *	else
 *		r = vdc_session_wait(&session, limit, arena, &job, err);
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/mem.h"

struct vdc_session {
	pid_t pid; /* of the runner */
	bool is_runner;
	int fd;	   /* between the two */
	char *log; /* where it prints to; NULL: nowhere */
};

/*
 * Comes back twice: in the runner and in its parent. COMMAND names the log: COMMAND.log in
 * /var/log/vdc for root, else in $XDG_STATE_HOME/vdc (~/.local/state/vdc). Where that cannot be
 * written the runner prints nothing; that is said.
 */
int vdc_session_start(const char *command, struct vdc_session *ret, struct vdc_err *err);
void vdc_session_close(struct vdc_session *session);

/* In the runner, once: how the start went. TEXT for the parent, or for a CODE below 0 the error. */
void vdc_session_report(struct vdc_session *session, int code, const char *text);

/* In the parent: what was reported. -EIO when the runner ended without, -ETIMEDOUT after LIMIT_US. */
int vdc_session_wait(struct vdc_session *session, int64_t limit_us, struct vdc_arena *arena,
		     char **ret, struct vdc_err *err);

/* In the parent of a runner that becomes another program: 0 once it has, else what it reported. */
int vdc_session_begun(struct vdc_session *session, int64_t limit_us, struct vdc_err *err);

/*
 * ARGV, a command that is found beside this one or in PATH, as such a process, which nobody waits for
 * any more once it has begun. May be called beside threads and connections.
 */
int vdc_session_launch(const char *const *argv, struct vdc_err *err);
