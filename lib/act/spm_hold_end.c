/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a holder ends: asked to stop, or because its lease is about to be lost. Then whoever works under
 * it is asked to end, then killed; sanlock asks for that through a program that it runs (its killpath),
 * the dead-man by a signal.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "act/spm_part.h"
#include "base/log.h"
#include "base/time.h"

/* A process that was killed is gone within that time, unless the kernel holds it. */
#define KILLED VDC_SECOND

void spm_ask_for_grace(int fd, const struct vdc_lockspace *space)
{
	vdc_autofree char *args =
		vdc_format("stop --local --timeout=%ds --lost", (int)space->io_timeout);
	struct vdc_err err = { 0 };
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[len > 0 ? len : 0] = '\0';
	/* Without it sanlock kills at once, and the dead-man asks before. */
	if (vdc_sanlock_killpath(fd, program, args, &err))
		vdc_log(VDC_LOG_WARNING, "domain %s: %s; sanlock kills the holder without asking",
			space->name, vdc_err_text(&err));
}

int spm_end_work(const char *domain, int64_t limit_us, int *lock)
{
	vdc_spm_work_ask_to_end(domain);
	if (vdc_spm_work_drain(domain, limit_us, -1, lock, NULL) == 0)
		return 0;
	vdc_spm_work_kill(domain);
	return vdc_spm_work_drain(domain, KILLED, -1, lock, NULL);
}

/* sanlock's word is what it goes by; by a slip of the keyboard no other process is killed. */
static bool is_holder(int pid)
{
	vdc_autofree char *path = vdc_format("/proc/%d/comm", pid);
	char name[32] = "";
	FILE *in = fopen(path, "re");
	const char *read = in ? fgets(name, sizeof(name), in) : NULL;

	if (in)
		fclose(in);
	return read && strcmp(name, "spm-elect\n") == 0;
}

int vdc_spm_hold_lose(int pid, int64_t limit_us, struct vdc_err *err)
{
	struct pollfd fd = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int r = fd.fd < 0 && errno != ESRCH ? vdc_err_set(err, -errno, "process %d: %m", pid) : 0;

	if (fd.fd < 0)
		return r;
	if (!is_holder(pid)) {
		r = vdc_err_set(err, -EINVAL, "process %d is no holder of a lease", pid);
	} else if (pidfd_send_signal(fd.fd, SPM_LOSING, NULL, 0) ||
		   poll(&fd, 1, (int)(limit_us / 1000)) <= 0) {
		kill(-pid, SIGKILL);
		pidfd_send_signal(fd.fd, SIGKILL, NULL, 0);
	}
	close(fd.fd);
	return r;
}

int vdc_spm_hold_stop(const struct vdc_lockspace *space, int64_t limit_us, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_spm_state state;
	bool seen_stopping = false;
	int r = vdc_spm_state_read(space->id, arena, &state, err), pid = state.pid;

	if (r || state.role == VDC_SPM_ROLE_FREE)
		return r;
	if (kill(pid, SIGTERM))
		return vdc_err_set(err, -errno, "the holder of domain %s, process %d: %m",
				   space->name, pid);
	while (vdc_time_monotonic() < until) {
		vdc_sleep(VDC_SECOND / 50);
		r = vdc_spm_state_read(space->id, arena, &state, err);
		if (r || state.role == VDC_SPM_ROLE_FREE || state.pid != pid)
			return r;
		seen_stopping = seen_stopping || state.stopping;
		if (seen_stopping && !state.stopping)
			return vdc_err_set(err, -EBUSY, "domain %s: it was not stopped: %s",
					   space->name, state.refusal ?: "it says nothing");
	}
	return vdc_err_set(err, -ETIMEDOUT,
			   "the holder of domain %s, process %d, does not stop in time",
			   space->name, pid);
}
