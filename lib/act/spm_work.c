/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work under the lease. Who works holds a shared lock on DOMAIN.work and has a file DOMAIN.work.PID;
 * who releases the lease takes the lock for itself first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "act/spm_part.h"
#include "act/spm_state.h"
#include "base/buf.h"
#include "base/setting.h"
#include "base/time.h"

enum { TRIES = 3 };

#define CHECK_TIME VDC_SECOND
#define PAUSE (VDC_SECOND / 20)
#define BUSY_PAUSE (VDC_SECOND / 500)

struct vdc_spm_work {
	const struct vdc_lockspace *space;
	int64_t lver;
	int lock;
	int holder;
	int64_t checked; /* when it was last sure, by the monotonic clock; 0: never */
	char *path;
};

static int open_lock(const char *domain, struct vdc_err *err)
{
	vdc_autofree char *path = spm_path(domain, ".work");
	int r = spm_make_folder(err), fd;

	if (r)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? vdc_err_set(err, -errno, "%s: %m", path) : fd;
}

static int register_worker(struct vdc_spm_work *work, struct vdc_err *err)
{
	vdc_autofree char *ending = vdc_format(".work.%d", (int)getpid());
	FILE *out;

	work->path = spm_path(work->space->id, ending);
	out = fopen(work->path, "we");
	if (!out)
		return vdc_err_set(err, -errno, "%s: %m", work->path);
	fprintf(out, "%" PRId64 "\n", spm_start_of(getpid()));
	return fclose(out) ? vdc_err_set(err, -errno, "%s: %m", work->path) : 0;
}

int vdc_spm_work_check(struct vdc_spm_work *work, struct vdc_err *err)
{
	const int64_t now = vdc_time_monotonic(), until = now + TRIES * CHECK_TIME;
	/* After a pause of all that runs here sanlock may not have seen yet that it lost the lease. */
	const bool thorough = now - work->checked > work->space->io_timeout * VDC_SECOND;
	int64_t lver = VDC_UNSET;
	int r = -ETIMEDOUT;

	/* sanlock answers one process at a time about a holder: others are told that it is busy. */
	while ((r == -ETIMEDOUT || r == -EBUSY) && vdc_time_monotonic() < until) {
		if (r == -EBUSY)
			vdc_sleep(BUSY_PAUSE);
		r = spm_ask(work->space, work->holder, thorough, CHECK_TIME, &lver, err);
	}
	if (!r && lver == work->lver) {
		work->checked = now;
		return 0;
	}
	if (!r)
		return vdc_err_set(err, -EPERM,
				   "domain %s: this host holds the lease with lver %" PRId64
				   ", and this work was begun with %" PRId64,
				   work->space->name, lver, work->lver);
	vdc_err_prefix(err, "domain %s: this host may not be its storage pool manager any more: ",
		       work->space->name);
	return r == -ENOENT ? -EPERM : r;
}

static int join_work(struct vdc_spm_work *work, int64_t lver, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_spm_state state;
	int r;

	if (flock(work->lock, LOCK_SH | LOCK_NB))
		return vdc_err_set(err, -EPERM,
				   "domain %s: its storage pool manager is about to stop",
				   work->space->name);
	r = vdc_spm_state_read(work->space->id, arena, &state, err);
	if (r)
		return r;
	if (state.role != VDC_SPM_ROLE_SPM || state.stopping)
		return vdc_err_set(err, -EPERM,
				   "domain %s: this host is not its storage pool manager (%s); "
				   "spm-elect start makes it that",
				   work->space->name,
				   vdc_enum_word(&vdc_spm_role_values, state.role));
	work->holder = state.pid;
	work->lver = lver == VDC_UNSET ? state.lver : lver;
	return register_worker(work, err) ?: vdc_spm_work_check(work, err);
}

int vdc_spm_work_begin(const struct vdc_lockspace *space, int64_t lver, struct vdc_spm_work **ret,
		       struct vdc_err *err)
{
	struct vdc_spm_work *work = vdc_alloc(sizeof(*work));
	int r;

	*work = (struct vdc_spm_work){ .space = space, .lock = open_lock(space->id, err) };
	r = work->lock < 0 ? work->lock : join_work(work, lver, err);
	if (r) {
		vdc_spm_work_end(work);
		return r;
	}
	*ret = work;
	return 0;
}

int64_t vdc_spm_work_lver(const struct vdc_spm_work *work)
{
	return work->lver;
}

void vdc_spm_work_end(struct vdc_spm_work *work)
{
	if (!work)
		return;
	if (work->path)
		unlink(work->path);
	if (work->lock >= 0)
		close(work->lock);
	free(work->path);
	free(work);
}

/* FN for each process that says it works there, as long as it lives. */
static void each_worker(const char *domain, void (*fn)(void *ctx, int pid), void *ctx)
{
	const char *folder = vdc_setting_text(VDC_SETTING_SPM_DIRECTORY);
	vdc_autofree char *prefix = vdc_format("%s.work.", domain);
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		vdc_autofree char *path = vdc_format("%s/%s", folder, entry->d_name);
		int64_t start = -1;
		FILE *in;
		int pid;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		pid = (int)strtol(entry->d_name + strlen(prefix), NULL, 10);
		in = fopen(path, "re");
		if (!in)
			continue;
		if (pid > 1 && fscanf(in, "%" SCNd64, &start) == 1 && start == spm_start_of(pid))
			fn(ctx, pid);
		else
			unlink(path);
		fclose(in);
	}
	if (dir)
		closedir(dir);
}

static void signal_worker(void *ctx, int pid)
{
	const int *number = ctx;

	kill(-pid, *number); /* with what it started, if it leads a group */
	kill(pid, *number);
}

void vdc_spm_work_kill(const char *domain)
{
	each_worker(domain, signal_worker, &(int){ SIGKILL });
}

void vdc_spm_work_ask_to_end(const char *domain)
{
	each_worker(domain, signal_worker, &(int){ SIGTERM });
}

static void name_worker(void *ctx, int pid)
{
	struct vdc_buf *names = ctx;

	vdc_buf_printf(names, "%s%d", names->len ? ", " : "", pid);
}

int vdc_spm_work_drain(const char *domain, int64_t limit_us, int stop_fd, int *lock,
		       struct vdc_err *err)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
	const int64_t until = vdc_time_monotonic() + limit_us;
	vdc_autobuf names = { 0 };
	int fd = open_lock(domain, err);

	if (fd < 0)
		return fd;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (vdc_time_monotonic() >= until) {
			each_worker(domain, name_worker, &names);
			close(fd);
			return vdc_err_set(err, -ETIMEDOUT,
					   "work under the lease has not ended (process %s)",
					   names.len ? vdc_buf_str(&names) : "unknown");
		}
		if (poll(&stop, 1, (int)(PAUSE / 1000)) > 0) {
			close(fd);
			return vdc_err_set(err, -ECANCELED, "something else is asked for");
		}
	}
	*lock = fd;
	return 0;
}
