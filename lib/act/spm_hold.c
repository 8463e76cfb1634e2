/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_hold.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/spm_part.h"
#include "base/log.h"
#include "base/time.h"

/* A holder that said that it ended is gone within that time. */
#define LOCK_TIME (2 * VDC_SECOND)

struct holding {
	const struct vdc_spm_hold *hold;
	struct vdc_sanlock_lease lease;
	struct vdc_spm_state state;
	int lock;    /* of a host there is one holder, or process that wants to be one */
	int sanlock; /* the connection that holds it */
	int signals;
	int dead_man, dead_man_fd;
};

static int write_state(struct holding *h, struct vdc_err *err)
{
	return vdc_spm_state_write(h->hold->space->id, &h->state, err);
}

static int take_signals(struct holding *h, struct vdc_err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SPM_LOSING);
	sigprocmask(SIG_BLOCK, &set, NULL);
	h->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return h->signals < 0 ? vdc_err_set(err, -errno, "signals: %m") : 0;
}

/* Two of them would write the same state, and the one that fails would take away the other's. */
static int take_lock(struct holding *h, struct vdc_err *err)
{
	const char *name = h->hold->space->name;
	vdc_autofree char *path = spm_path(h->hold->space->id, ".holder");
	const int64_t until = vdc_time_monotonic() + LOCK_TIME;
	int r = spm_make_folder(err);

	if (r)
		return r;
	h->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->lock < 0)
		return vdc_err_set(err, -errno, "%s: %m", path);
	while (flock(h->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return vdc_err_set(err, -errno, "%s: %m", path);
		if (vdc_time_monotonic() > until)
			return vdc_err_set(err, -EBUSY,
					   "domain %s: another process of this host holds its "
					   "lease, or contends for it",
					   name);
		vdc_sleep(VDC_SECOND / 50);
	}
	return 0;
}

/* The signal by which it was asked to stop, 0: none; waits for one at most so long. */
static int asked_to_stop(struct holding *h, int64_t us)
{
	struct pollfd fd = { .fd = h->signals, .events = POLLIN };
	struct signalfd_siginfo info;

	return poll(&fd, 1, (int)(us / 1000)) > 0 &&
			       read(h->signals, &info, sizeof(info)) == sizeof(info)
		       ? (int)info.ssi_signo
		       : 0;
}

/* In a session of its own: whoever stops or kills the holder's group does not reach it. */
static int fork_dead_man(struct holding *h, struct vdc_err *err)
{
	int holder = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return vdc_err_set(err, -errno, "cannot start a process: %m");
	if (pid == 0) {
		setsid();
		close(h->sanlock); /* or the lease would live as long as this process */
		close(h->signals);
		close(h->lock);
		spm_be_dead_man(h->hold->space, holder,
				6 * h->hold->space->io_timeout * VDC_SECOND);
	}
	h->dead_man = pid;
	h->dead_man_fd = pidfd_open(pid, 0);
	return h->dead_man_fd < 0 ? vdc_err_set(err, -errno, "cannot watch a process: %m") : 0;
}

/* What the area says before: the lease that we get must be newer. */
static int read_lver(struct holding *h, int64_t *ret, struct vdc_err *err)
{
	struct vdc_sanlock_owner owner;
	int r = vdc_sanlock_owner(&h->lease, &owner, err);

	if (r)
		return r;
	if (h->hold->least_lver != VDC_UNSET && owner.lver < h->hold->least_lver)
		return vdc_err_set(err, -EPERM,
				   "domain %s: its lease has lver %" PRId64 ", and it had %" PRId64
				   " before: somebody made it anew; whatever was written under "
				   "the old ones must be looked at first",
				   h->hold->space->name, owner.lver, h->hold->least_lver);
	if (h->hold->expected_lver != VDC_UNSET && owner.lver != h->hold->expected_lver)
		return vdc_err_set(err, -EAGAIN,
				   "domain %s: its lease has lver %" PRId64 " by now, not %" PRId64
				   ": somebody was faster",
				   h->hold->space->name, owner.lver, h->hold->expected_lver);
	*ret = owner.lver;
	return 0;
}

static int contend(struct holding *h, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + h->hold->acquire_us;
	const int64_t pause = h->hold->space->io_timeout * VDC_SECOND / 2;
	int64_t before = VDC_UNSET, lver = VDC_UNSET;
	int r = read_lver(h, &before, err), seen;

	while (!r) {
		r = vdc_sanlock_acquire(h->sanlock, &h->lease, &lver, err);
		if (r != -EAGAIN)
			break;
		/* Once another one has it, it is never again the version that was meant. */
		seen = h->hold->expected_lver == VDC_UNSET ? 0 : read_lver(h, &before, err);
		if (seen) {
			r = seen;
			break;
		}
		if (vdc_time_monotonic() + pause > until) {
			vdc_err_prefix(err,
				       "domain %s: its lease was not to be had in time, see "
				       "spm-elect status --local: ",
				       h->hold->space->name);
			break;
		}
		r = asked_to_stop(h, pause) ? vdc_err_set(err, -ECANCELED, "it was asked to stop")
					    : 0;
	}
	if (!r && h->hold->expected_lver != VDC_UNSET && lver != before + 1)
		r = vdc_err_set(err, -EAGAIN, "domain %s: somebody had the lease in between",
				h->hold->space->name);
	else if (!r && lver <= before)
		r = vdc_err_set(err, -EPERM,
				"domain %s: sanlock gave lver %" PRId64 " after %" PRId64,
				h->hold->space->name, lver, before);
	if (!r)
		h->state.lver = lver;
	return r;
}

/* Who works ends first; then nobody can write any more, and the lease goes. */
static int let_go(struct holding *h, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int lock = -1, r;

	h->state.stopping = true;
	h->state.refusal = NULL;
	write_state(h, NULL);
	r = vdc_spm_work_drain(h->hold->space->id, h->hold->drain_us, h->signals, &lock, &why);
	if (r == -ECANCELED)
		return -EBUSY;
	if (r) {
		h->state.stopping = false;
		h->state.refusal = vdc_err_text(&why);
		vdc_log(VDC_LOG_WARNING, "domain %s: it stays the storage pool manager: %s",
			h->hold->space->name, h->state.refusal);
		r = write_state(h, err);
		h->state.refusal = NULL;
		return r ? r : -EBUSY;
	}
	r = vdc_sanlock_release(h->sanlock, &h->lease, err);
	close(lock);
	return r;
}

/* Until all work ended nothing is released: whoever told us kills us in the end. */
static int lose(struct holding *h, struct vdc_err *err)
{
	const struct vdc_lockspace *space = h->hold->space;
	int lock = -1, r;

	vdc_log(VDC_LOG_ERROR, "domain %s: its lease is about to be lost; work under it is ended",
		space->name);
	h->state.stopping = true;
	write_state(h, NULL);
	r = spm_end_work(space->id, space->io_timeout * VDC_SECOND, &lock);
	if (r)
		return -EBUSY;
	r = vdc_sanlock_release(h->sanlock, &h->lease, err);
	close(lock);
	return r ? r
		 : vdc_err_set(err, -EIO,
			       "domain %s: its lease was about to be lost, and is given up",
			       space->name);
}

static void watch_again(struct holding *h)
{
	int status;

	while (waitpid(h->dead_man, &status, WNOHANG) < 0 && errno == EINTR)
		;
}

/* Nobody watches any more. The kernel may hold on to one that was killed: until it is gone nothing is
 * released, as little as under any other work. */
static int give_up(struct holding *h, const char *who, struct vdc_err *err)
{
	const struct vdc_lockspace *space = h->hold->space;
	int lock = -1;

	while (spm_end_work(space->id, 0, &lock))
		;
	close(lock);
	return vdc_err_set(err, -EIO, "domain %s: %s ended; the lease is given up", space->name,
			   who);
}

/* Until it is released. Without a dead-man nothing is held. */
static int keep(struct holding *h, struct vdc_err *err)
{
	struct pollfd fds[] = { { .fd = h->signals, .events = POLLIN },
				{ .fd = h->dead_man_fd, .events = POLLIN },
				{ .fd = h->sanlock, .events = 0 } }; /* POLLHUP: sanlock is gone */
	int r = -EBUSY, signal;

	while (r == -EBUSY) {
		if (poll(fds, VDC_COUNT(fds), -1) < 0)
			continue;
		if (fds[1].revents || fds[2].revents)
			return give_up(h, fds[1].revents ? "the dead-man" : "sanlock", err);
		signal = asked_to_stop(h, 0);
		if (signal)
			r = signal == SPM_LOSING ? lose(h, err) : let_go(h, err);
	}
	return r;
}

static int hold_it(struct holding *h, struct vdc_err *err)
{
	const struct vdc_spm_hold *hold = h->hold;
	int r = write_state(h, err);

	if (!r)
		r = contend(h, err);
	if (!r)
		r = fork_dead_man(h, err);
	if (!r) {
		h->state.role = VDC_SPM_ROLE_SPM;
		h->state.since = vdc_time_now();
		r = write_state(h, err);
	}
	if (r)
		return r;
	hold->told(hold->ctx, 0, NULL);
	return keep(h, err);
}

int vdc_spm_hold(const struct vdc_spm_hold *hold, struct vdc_err *err)
{
	struct holding h = {
		.hold = hold,
		.lease = vdc_lockspace_spm_lease(hold->space),
		.state = { .role = VDC_SPM_ROLE_CONTEND,
			   .lver = VDC_UNSET,
			   .since = vdc_time_now() },
		.lock = -1,
		.sanlock = -1,
		.signals = -1,
		.dead_man_fd = -1,
	};
	struct vdc_err why = { 0 };
	int r;

	err = err ?: &why;
	r = take_signals(&h, err);
	if (!r)
		r = take_lock(&h, err);
	if (r) {
		hold->told(hold->ctx, r, vdc_err_text(err));
		return r;
	}
	r = vdc_sanlock_register(&h.sanlock, err);
	if (!r)
		spm_ask_for_grace(h.sanlock, hold->space);
	if (!r)
		r = hold_it(&h, err);
	if (r)
		hold->told(hold->ctx, r, vdc_err_text(err));
	vdc_spm_state_remove(hold->space->id);
	if (h.sanlock >= 0)
		close(h.sanlock);
	/* It sees that the holder is gone. */
	if (h.dead_man)
		watch_again(&h);
	return r;
}
