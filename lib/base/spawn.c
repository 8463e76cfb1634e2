/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"

static _Noreturn void fail(int report)
{
	int why = errno;

	while (write(report, &why, sizeof(why)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* None may lie where another one is to come. */
static void place(const struct vdc_spawn *spawn, int *report)
{
	const int n = (int)spawn->n_fds;
	int moved[8];

	*report = fcntl(*report, F_DUPFD_CLOEXEC, n);
	for (int i = 0; i < n; i++)
		moved[i] = fcntl(spawn->fds[i], F_DUPFD_CLOEXEC, n);
	for (int i = 0; i < n; i++)
		if (dup2(moved[i], i) < 0)
			fail(*report);
	close_range((unsigned)n, ~0U, CLOSE_RANGE_CLOEXEC);
}

/* In the forked child, up to exec: only what is safe after a fork of a process with threads. */
static _Noreturn void become(const struct vdc_spawn *spawn, pid_t parent, int report)
{
	struct sigaction ordinary = { .sa_handler = SIG_DFL };
	sigset_t none;

	if (!vdc_is_child())
		setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGPIPE, &ordinary, NULL);
	place(spawn, &report);
	execvpe(spawn->argv[0], (char *const *)spawn->argv,
		spawn->env ? (char *const *)spawn->env : environ);
	fail(report);
}

/* 0 once exec succeeded (the pipe closed by itself), else what exec said. */
static int exec_report(int fd)
{
	int why = 0;
	ssize_t n;

	do
		n = read(fd, &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	return n == sizeof(why) ? -why : 0;
}

int vdc_spawn(const struct vdc_spawn *spawn, pid_t *pid, int *pidfd)
{
	const pid_t parent = getpid();
	int report[2], r;
	pid_t child;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	child = fork();
	r = child < 0 ? -errno : 0;
	if (child == 0)
		become(spawn, parent, report[1]);
	close(report[1]);
	if (!r)
		r = exec_report(report[0]);
	close(report[0]);
	if (r && child > 0)
		waitpid(child, NULL, 0);
	if (r)
		return r;
	*pid = child;
	*pidfd = pidfd_open(child, 0);
	return 0;
}
