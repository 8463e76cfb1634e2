/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starting a program: no shell, nothing inherited but the streams it is given, and it dies with the
 * process that started it, also when that was killed. Its own session, except in a child of ours
 * (base/child.h): whoever ends that ends it too. base/proc.h runs one to its end.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct vdc_spawn {
	const char *const *argv; /* ends with NULL; without a slash argv[0] is looked up in PATH */
	const char *const *env;	 /* "NAME=VALUE", ends with NULL; NULL: what this process has */
	const int *fds;		 /* each becomes the one whose number is its place here */
	size_t n_fds;		 /* 3 at least */
};

/* Returns once the program runs, or a negative errno. PIDFD is the caller's to close, and PID to wait
 * for. */
int vdc_spawn(const struct vdc_spawn *spawn, pid_t *pid, int *pidfd);
