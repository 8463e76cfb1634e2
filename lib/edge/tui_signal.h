/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals while a screen is drawn on: they are read, and interrupt nothing. */
#pragma once

#include <signal.h>

enum { TUI_TAKEN = 4 };

struct tui_signals {
	int fd;
	sigset_t mask;			 /* as it was */
	struct sigaction was[TUI_TAKEN]; /* of those that ncurses takes for itself */
};

void tui_signals_take(struct tui_signals *signals); /* fd is -1 when that fails */
void tui_signals_give_back(struct tui_signals *signals);

int tui_signals_read(const struct tui_signals *signals); /* 0: none */

/* As Ctrl-Z without a handler; returns when the process goes on. */
void tui_signals_stop(void);
