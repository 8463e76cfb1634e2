/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The dead-man of a holder. It believes only sanlock's own word, asked with a time limit; it has no
 * other business, holds nothing and is reached by no signal to the holder's group.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "act/spm_part.h"
#include "base/log.h"
#include "base/time.h"

static _Noreturn void finish(const struct vdc_lockspace *space, int holder)
{
	if (holder > 1) {
		kill(-holder, SIGKILL);
		kill(holder, SIGKILL);
	}
	vdc_spm_work_kill(space->id);
	_exit(0);
}

_Noreturn void spm_be_dead_man(const struct vdc_lockspace *space, int holder, int64_t limit_us)
{
	const int64_t interval = space->io_timeout * VDC_SECOND / 2;
	struct pollfd fd = { .fd = pidfd_open(holder, 0), .events = POLLIN };
	int64_t confirmed = vdc_time_monotonic();

	if (fd.fd < 0 || getppid() != holder)
		finish(space, 0);
	for (;;) {
		int64_t began = vdc_time_monotonic(), left = confirmed + limit_us - began, lver;
		struct vdc_err err = { 0 };

		if (left <= 0) {
			vdc_log(VDC_LOG_ERROR,
				"domain %s: sanlock has not confirmed the lease for %d s: the "
				"holder and all work under it are killed",
				space->name, (int)(limit_us / VDC_SECOND));
			finish(space, holder);
		}
		if (spm_ask_lver(space, holder, left < interval ? left : interval, &lver, &err) ==
		    0)
			confirmed = began;
		else if (err.code == -ENOENT)
			finish(space, holder);
		if (poll(&fd, 1, (int)(interval / 1000)) > 0)
			finish(space, 0); /* it ended: what still works goes with it */
	}
}
