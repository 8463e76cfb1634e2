/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child_part.h"
#include "base/time.h"

enum { MOST_MESSAGE = 256 * 1024 * 1024, CHUNK = 64 * 1024, DIES_WITHIN_MS = 100 };

enum state { WAITING, RUNNING, OVER };

struct job {
	struct job *next;
	struct vdc_task task;
	enum state state;
	pid_t pid;
	int fd;
	int64_t started, heard;
	struct vdc_buf in;
	bool told; /* the child said how it ended */
	bool cancelled;
	struct vdc_err end;
};

struct vdc_pool {
	unsigned at_once;
	unsigned running;
	unsigned burst; /* running ones beyond which another begins every PACE_US only */
	int64_t pace_us;
	int64_t last_start;
	struct job *jobs;
	struct vdc_buf undead; /* pid_t each: killed, and the kernel does not let go of them */
};

static int start(struct vdc_pool *pool, struct job *job, struct vdc_err *err)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return vdc_err_set(err, -errno, "cannot make a pipe: %m");
	job->pid = fork();
	if (job->pid < 0) {
		int r = vdc_err_set(err, -errno, "cannot start a process: %m");

		close(fds[0]);
		close(fds[1]);
		return r;
	}
	if (job->pid == 0)
		child_live(&job->task, parent, fds[1]);
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	job->fd = fds[0];
	job->started = job->heard = pool->last_start = vdc_time_monotonic();
	job->state = RUNNING;
	pool->running++;
	return 0;
}

/* Who waits for a disk that hangs cannot be killed before it answers, and is not waited for. */
static int bury(struct vdc_pool *pool, pid_t pid)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int status = 0;
	pid_t r;

	if (end.fd >= 0) {
		poll(&end, 1, DIES_WITHIN_MS);
		close(end.fd);
	}
	do
		r = waitpid(pid, &status, end.fd < 0 ? 0 : WNOHANG);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		vdc_buf_add(&pool->undead, &pid, sizeof(pid));
	return status;
}

static void bury_undead(struct vdc_pool *pool)
{
	pid_t *pids = (pid_t *)(void *)pool->undead.data;
	size_t n = pool->undead.len / sizeof(*pids), left = 0;

	for (size_t i = 0; i < n; i++)
		if (waitpid(pids[i], NULL, WNOHANG) == 0)
			pids[left++] = pids[i];
	pool->undead.len = left * sizeof(*pids);
}

/* Ends the process whatever it does, and takes its slot back. */
static int put_away(struct vdc_pool *pool, struct job *job)
{
	int status;

	kill(-job->pid, SIGKILL); /* fails as long as it has not made its session */
	kill(job->pid, SIGKILL);
	status = bury(pool, job->pid);
	close(job->fd);
	vdc_buf_free(&job->in);
	job->state = OVER;
	pool->running--;
	return status;
}

static int finish(struct vdc_pool *pool, struct job *job, struct vdc_err *err)
{
	int status = put_away(pool, job);

	if (!job->told && !job->end.code)
		vdc_err_set(&job->end, -EIO, "the reading process ended by %s %d",
			    WIFSIGNALED(status) ? "signal" : "exit code",
			    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return job->task.ended ? job->task.ended(job->task.ctx, &job->end, err) : 0;
}

static int deliver(struct job *job, struct frame frame, const char *data, struct vdc_err *err)
{
	if (frame.kind == FRAME_MESSAGE)
		return job->task.got ? job->task.got(job->task.ctx, data, frame.len, err) : 0;
	if (frame.len == sizeof(job->end)) {
		memcpy(&job->end, data, sizeof(job->end));
		job->told = true;
	}
	return 0;
}

/* Hands over the complete messages and keeps the begun one. */
static int unpack(struct job *job, struct vdc_err *err)
{
	size_t at = 0;
	int r = 0;

	while (!r && job->in.len - at >= sizeof(struct frame)) {
		struct frame frame;

		memcpy(&frame, job->in.data + at, sizeof(frame));
		if (frame.len > MOST_MESSAGE) {
			job->end.code = -EBADMSG;
			return 0;
		}
		if (job->in.len - at - sizeof(frame) < frame.len)
			break;
		r = deliver(job, frame, job->in.data + at + sizeof(frame), err);
		at += sizeof(frame) + frame.len;
	}
	if (at) {
		memmove(job->in.data, job->in.data + at, job->in.len - at);
		job->in.len -= at;
	}
	return r;
}

/* What has arrived; ends the job at its last word or at the end of the pipe. */
static int hear(struct vdc_pool *pool, struct job *job, struct vdc_err *err)
{
	char chunk[CHUNK];
	ssize_t n = read(job->fd, chunk, sizeof(chunk));
	int r;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return finish(pool, job, err);
	job->heard = vdc_time_monotonic();
	vdc_buf_add(&job->in, chunk, (size_t)n);
	r = unpack(job, err);
	return r || !(job->told || job->end.code) ? r : finish(pool, job, err);
}

/* When the job will have to be killed; INT64_MAX: never. */
static int64_t deadline(const struct job *job)
{
	int64_t whole = job->task.limit_us ? job->started + job->task.limit_us : INT64_MAX;
	int64_t quiet = job->task.quiet_us ? job->heard + job->task.quiet_us : INT64_MAX;
	bool mute = job->task.first_us && job->heard == job->started;
	int64_t first = mute ? job->started + job->task.first_us : INT64_MAX;

	quiet = quiet < first ? quiet : first;
	if (job->cancelled)
		return job->started;
	return whole < quiet ? whole : quiet;
}

static int kill_late(struct vdc_pool *pool, struct job *job, int64_t now, struct vdc_err *err)
{
	char since[VDC_TIME_LEN + 1];

	if (now < deadline(job))
		return 0;
	if (job->cancelled) {
		vdc_err_set(&job->end, -ECANCELED, "it was ended");
		return finish(pool, job, err);
	}
	vdc_err_set(&job->end, -ETIMEDOUT, "no answer within %s",
		    vdc_duration_format(now - job->heard, since));
	return finish(pool, job, err);
}

/* When a job that waits may begin, as far as time tells. */
static int64_t not_before(const struct vdc_pool *pool, const struct job *job)
{
	int64_t paced = pool->running < pool->burst ? 0 : pool->last_start + pool->pace_us;

	return paced > job->task.not_before ? paced : job->task.not_before;
}

/* Starts what may start, and says when something has to be done at the latest. */
static int start_due(struct vdc_pool *pool, int64_t *next, struct vdc_err *err)
{
	int64_t now = vdc_time_monotonic();

	*next = INT64_MAX;
	for (struct job *job = pool->jobs; job; job = job->next) {
		int64_t due = INT64_MAX;

		if (job->state == WAITING && pool->running < pool->at_once) {
			due = not_before(pool, job);
			if (due <= now) {
				int r = start(pool, job, err);

				if (r)
					return r;
			}
		}
		if (job->state == RUNNING)
			due = deadline(job);
		*next = due < *next ? due : *next;
	}
	return 0;
}

/* Takes ended jobs from the list; returns how many are left. */
static size_t sweep(struct vdc_pool *pool)
{
	size_t left = 0;

	for (struct job **at = &pool->jobs; *at;) {
		struct job *job = *at;

		if (job->state == OVER) {
			*at = job->next;
			free(job);
			continue;
		}
		at = &job->next;
		left++;
	}
	return left;
}

static int wait_ms(int64_t next)
{
	int64_t left = next == INT64_MAX ? -1 : (next - vdc_time_monotonic()) / 1000 + 1;

	if (next == INT64_MAX)
		return -1;
	return left < 0 ? 0 : left > 3600 * 1000 ? 3600 * 1000 : (int)left;
}

/* Waits for one thing to happen and deals with it. 1: asked to stop. */
static int turn(struct vdc_pool *pool, struct pollfd *fds, int stop_fd, int64_t next,
		struct vdc_err *err)
{
	nfds_t n = 1;
	size_t i = 1;
	int r = 0;

	fds[0] = (struct pollfd){ .fd = stop_fd, .events = POLLIN };
	for (struct job *job = pool->jobs; job; job = job->next)
		if (job->state == RUNNING)
			fds[n++] = (struct pollfd){ .fd = job->fd, .events = POLLIN };
	if (poll(fds, n, wait_ms(next)) < 0)
		return errno == EINTR ? 0 : vdc_err_set(err, -errno, "poll: %m");
	if (fds[0].revents)
		return 1;
	/* Callbacks add jobs in front of the list: i counts only those that were asked. */
	for (struct job *job = pool->jobs; !r && job && i < n; job = job->next) {
		if (job->state != RUNNING || job->fd != fds[i].fd)
			continue;
		if (fds[i++].revents)
			r = hear(pool, job, err);
		if (!r && job->state == RUNNING)
			r = kill_late(pool, job, vdc_time_monotonic(), err);
	}
	return r;
}

unsigned vdc_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

int vdc_task_text(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct vdc_buf *text = ctx;

	vdc_buf_add(text, data, len);
	return 0;
}

struct vdc_pool *vdc_pool_new(unsigned at_once)
{
	struct vdc_pool *pool = vdc_alloc(sizeof(*pool));

	pool->at_once = at_once ? at_once : 1;
	return pool;
}

void vdc_pool_pace(struct vdc_pool *pool, unsigned burst, int64_t every_us)
{
	pool->burst = burst;
	pool->pace_us = every_us;
}

void vdc_pool_free(struct vdc_pool *pool)
{
	if (!pool)
		return;
	for (struct job *job = pool->jobs; job; job = job->next) {
		if (job->state == RUNNING)
			put_away(pool, job);
		job->state = OVER;
	}
	sweep(pool);
	vdc_buf_free(&pool->undead);
	free(pool);
}

void vdc_pool_add(struct vdc_pool *pool, const struct vdc_task *task)
{
	struct job *job = vdc_alloc(sizeof(*job)), **last = &pool->jobs;

	job->task = *task;
	job->fd = -1;
	while (*last)
		last = &(*last)->next;
	*last = job;
}

static int nothing(void *ctx vdc_unused, struct vdc_sender *sender vdc_unused,
		   struct vdc_err *err vdc_unused)
{
	return 0;
}

void vdc_pool_later(struct vdc_pool *pool, void *ctx,
		    int (*then)(void *ctx, const struct vdc_err *failure, struct vdc_err *err),
		    int64_t delay_us)
{
	vdc_pool_add(pool, &(struct vdc_task){
				   .ctx = ctx,
				   .work = nothing,
				   .ended = then,
				   .not_before = vdc_time_monotonic() + delay_us,
			   });
}

void vdc_pool_drop(struct vdc_pool *pool, const void *ctx)
{
	for (struct job *job = pool->jobs; job; job = job->next) {
		if (job->task.ctx != ctx)
			continue;
		if (job->state == RUNNING)
			put_away(pool, job);
		job->state = OVER;
	}
}

void vdc_pool_cancel(struct vdc_pool *pool, const void *ctx)
{
	for (struct job *job = pool->jobs; job; job = job->next) {
		if (job->task.ctx != ctx)
			continue;
		if (job->state == WAITING)
			job->state = OVER;
		job->cancelled = true;
	}
}

int vdc_pool_run(struct vdc_pool *pool, int stop_fd, struct vdc_err *err)
{
	size_t left;
	int r = 0;

	while (!r && (left = sweep(pool)) > 0) {
		vdc_autofree struct pollfd *fds = vdc_alloc((left + 1) * sizeof(*fds));
		int64_t next;

		bury_undead(pool);
		r = start_due(pool, &next, err);
		if (!r)
			r = turn(pool, fds, stop_fd, next, err);
	}
	return r > 0 ? 0 : r;
}
