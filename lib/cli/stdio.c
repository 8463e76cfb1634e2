/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/exit_code.h"

/* In the wrong direction, so that using it is an error and not silence. */
static void fill(int fd, int flags)
{
	if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
		return;
	if (open("/dev/null", flags) != fd)
		_exit(VDC_EXIT_FINDINGS);
}

void vdc_stdio_open(void)
{
	fill(STDIN_FILENO, O_WRONLY);
	fill(STDOUT_FILENO, O_RDONLY);
	fill(STDERR_FILENO, O_WRONLY);
	signal(SIGPIPE, SIG_IGN); /* a fence agent that dies early must not end us */
}

_Bool vdc_stdout_broken(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

_Bool vdc_stdout_failed(void)
{
	return ferror(stdout);
}

void vdc_stdout_forget(void)
{
	__fpurge(stdout);
	clearerr(stdout);
}

static void end_by_sigpipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

int vdc_stdio_close(int code)
{
	int failed = ferror(stdout), error = 0;

	if (fflush(stdout)) {
		failed = 1;
		error = errno;
	}
	if (!failed)
		return code;
	if (vdc_stdout_broken())
		end_by_sigpipe();
	vdc_log(VDC_LOG_ERROR, "standard output: %s", error ? strerror(error) : "write error");
	return code ? code : VDC_EXIT_FINDINGS;
}
