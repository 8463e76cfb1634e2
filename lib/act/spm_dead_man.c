/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The dead-man of a holder. It asks sanlock and the storage, with a time limit, and believes no other;
 * it has no other business, holds nothing and is reached by no signal to the holder's group.
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

/* Since when nothing is known to be well: sanlock's last word, or the last renewal if that is older. */
static int64_t well_at(int64_t confirmed, const struct spm_renewal *renewal)
{
	int64_t renewed = atomic_load(&renewal->last);

	return renewed != VDC_UNSET && renewed < confirmed ? renewed : confirmed;
}

_Noreturn void spm_be_dead_man(const struct vdc_lockspace *space, int holder, int64_t limit_us)
{
	const int64_t interval = space->io_timeout * VDC_SECOND / 2;
	const int64_t grace = space->io_timeout * VDC_SECOND;
	struct pollfd fd = { .fd = pidfd_open(holder, 0), .events = POLLIN };
	const struct spm_renewal *renewal;
	int64_t confirmed = vdc_time_monotonic();

	if (fd.fd < 0 || getppid() != holder)
		finish(space, 0);
	if (spm_renewal_watch(space, interval, &renewal))
		finish(space, holder);
	for (;;) {
		int64_t asked = vdc_time_monotonic();
		int64_t left = well_at(confirmed, renewal) + limit_us - asked, lver;
		int64_t wait = left > grace ? left - grace : left;
		struct vdc_err err = { 0 };
		int r;

		if (left <= 0)
			vdc_log(VDC_LOG_ERROR,
				"domain %s: the lease has not been renewed and confirmed for %d s: "
				"the holder and all work under it are killed",
				space->name, (int)(limit_us / VDC_SECOND));
		if (left <= 0 || atomic_load(&renewal->lost))
			finish(space, holder);
		if (left <= grace)
			kill(holder, SPM_LOSING);
		r = spm_ask(space, holder, true, wait < 4 * interval ? wait : 4 * interval, &lver,
			    &err);
		if (r == 0)
			confirmed = asked;
		else if (r == -ENOENT || r == -ECONNREFUSED)
			finish(space, holder);
		if (poll(&fd, 1, (int)(interval / 1000)) > 0)
			finish(space, 0); /* it ended: what still works goes with it */
	}
}
