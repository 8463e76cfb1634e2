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

static _Noreturn void fail(volatile int *why)
{
	*why = errno;
	_exit(127);
}

/* A handler of ours would run in memory that is not the child's. */
static void forget_handlers(void)
{
	for (int signal = 1; signal < NSIG; signal++) {
		struct sigaction action;

		if (sigaction(signal, NULL, &action))
			continue;
		if (signal != SIGPIPE &&
		    (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN))
			continue;
		action = (struct sigaction){ .sa_handler = SIG_DFL };
		sigaction(signal, &action, NULL);
	}
}

/* None may lie where another one is to come. */
static void place(const struct vdc_spawn *spawn, volatile int *why)
{
	const int n = (int)spawn->n_fds;
	int moved[8];

	for (int i = 0; i < n; i++)
		moved[i] = fcntl(spawn->fds[i], F_DUPFD_CLOEXEC, n);
	for (int i = 0; i < n; i++)
		if (dup2(moved[i], i) < 0)
			fail(why);
	close_range((unsigned)n, ~0U, CLOSE_RANGE_CLOEXEC);
}

/* In the child, up to exec: it has its parent's memory, and changes nothing there but WHY. */
static _Noreturn void become(const struct vdc_spawn *spawn, pid_t parent, volatile int *why)
{
	sigset_t none;

	if (!vdc_is_child())
		setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	forget_handlers();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	place(spawn, why);
	execvpe(spawn->argv[0], (char *const *)spawn->argv,
		spawn->env ? (char *const *)spawn->env : environ);
	fail(why);
}

/* The parent waits in here until the program runs: what fork() would copy of it is for nothing. */
static pid_t start(const struct vdc_spawn *spawn, volatile int *why)
{
	const pid_t parent = getpid();
	const pid_t child = vfork();

	if (child < 0)
		*why = errno;
	if (child == 0)
		become(spawn, parent, why);
	return child;
}

int vdc_spawn(const struct vdc_spawn *spawn, pid_t *pid, int *pidfd)
{
	volatile int why = 0;
	sigset_t all, before;
	pid_t child;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	child = start(spawn, &why);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (why && child > 0)
		waitpid(child, NULL, 0);
	if (why)
		return -why;
	*pid = child;
	*pidfd = pidfd_open(child, 0);
	return 0;
}
