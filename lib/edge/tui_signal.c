/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/tui_signal.h"

#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/attr.h"

static const int read_ones[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH };
static const int taken[TUI_TAKEN] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };

void tui_signals_take(struct tui_signals *signals)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < VDC_COUNT(read_ones); i++)
		sigaddset(&set, read_ones[i]);
	for (size_t i = 0; i < TUI_TAKEN; i++)
		sigaction(taken[i], NULL, &signals->was[i]);
	sigprocmask(SIG_BLOCK, &set, &signals->mask);
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void tui_signals_give_back(struct tui_signals *signals)
{
	for (size_t i = 0; i < TUI_TAKEN; i++)
		sigaction(taken[i], &signals->was[i], NULL);
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
	if (signals->fd >= 0)
		close(signals->fd);
}

int tui_signals_read(const struct tui_signals *signals)
{
	struct signalfd_siginfo info;

	return read(signals->fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

void tui_signals_stop(void)
{
	struct sigaction preset = { .sa_handler = SIG_DFL }, was;
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigaction(SIGTSTP, &preset, &was);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here it stops */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &was, NULL);
}
