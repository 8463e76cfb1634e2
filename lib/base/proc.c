/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/spawn.h"
#include "base/time.h"

enum {
	DEFAULT_LIMIT = 60 * 1000 * 1000,
	DEFAULT_MOST = 16 * 1024 * 1024,
	CHUNK = 64 * 1024,
};

/* A program that runs, as the parent sees it. */
struct running {
	const char *name;
	pid_t pid;
	int pidfd;
	int out, err; /* the ends we read; -1 at end of file */
	int64_t until;
	size_t most;
	bool keep_end;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void put(int *fd, const char *data, size_t left)
{
	while (*fd >= 0 && left) {
		ssize_t n = write(*fd, data, left);

		if (n < 0) {
			close_fd(fd);
			break;
		}
		data += n;
		left -= (size_t)n;
	}
}

/* What the program reads: a file in memory never blocks us, whether it reads it or not. */
static int input_of(const struct vdc_proc *proc)
{
	size_t len = proc->input ? proc->input_len : 0;
	int fd;

	if (!len && !proc->secret)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("input", MFD_CLOEXEC);
	put(&fd, proc->input, len);
	if (proc->secret)
		put(&fd, proc->secret->text, proc->secret->len);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static int spawn(const struct vdc_proc *proc, struct running *run)
{
	int in = input_of(proc), out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int r = in < 0 || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) ? -errno : 0;

	if (!r) {
		const int fds[] = { in, proc->output_fd ? proc->output_fd : out[1], err[1] };

		r = vdc_spawn(&(struct vdc_spawn){ proc->argv, proc->env, fds, VDC_COUNT(fds) },
			      &run->pid, &run->pidfd);
	}
	close_fd(&in);
	close_fd(&out[1]);
	close_fd(&err[1]);
	run->out = out[0];
	run->err = err[0];
	if (r) {
		close_fd(&run->out);
		close_fd(&run->err);
	}
	return r;
}

/* Leaves half of what may be kept, so that most of it is moved seldom. */
static void drop_front(struct vdc_buf *buf, size_t most)
{
	size_t left = most / 2 < buf->len ? most / 2 : buf->len;

	memmove(buf->data, buf->data + (buf->len - left), left);
	buf->len = left;
}

/* One reading of a stream; closes it at its end. */
static int take(struct running *run, int *fd, struct vdc_buf *into, struct vdc_err *err)
{
	char chunk[CHUNK];
	ssize_t n = read(*fd, chunk, sizeof(chunk));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		close_fd(fd);
		return 0;
	}
	if (into->len + (size_t)n > run->most && run->keep_end)
		drop_front(into, run->most);
	else if (into->len + (size_t)n > run->most)
		return vdc_err_set(err, -EFBIG, "%s: more output than %zu bytes", run->name,
				   run->most);
	vdc_buf_add(into, chunk, (size_t)n);
	return 0;
}

/* Whatever still lies in the pipes when the program itself has gone; what it left behind in the
 * background may hold them open for ever and is not waited for. */
static int take_rest(struct running *run, struct vdc_proc_end *end, struct vdc_err *err)
{
	int *fds[] = { &run->out, &run->err };
	struct vdc_buf *bufs[] = { &end->out, &end->err };

	for (int i = 0; i < 2; i++) {
		if (*fds[i] >= 0)
			fcntl(*fds[i], F_SETFL, O_NONBLOCK);
		while (*fds[i] >= 0) {
			size_t before = bufs[i]->len;
			int r = take(run, fds[i], bufs[i], err);

			if (r)
				return r;
			if (bufs[i]->len == before)
				close_fd(fds[i]);
		}
	}
	return 0;
}

static int listen_to(struct running *run, struct vdc_proc_end *end, struct vdc_err *err)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = run->out, .events = POLLIN },
					{ .fd = run->err, .events = POLLIN },
					{ .fd = run->pidfd, .events = POLLIN } };
		int64_t left = run->until - vdc_time_monotonic();
		int r;

		if (left <= 0)
			return vdc_err_set(err, -ETIMEDOUT, "%s: killed at its time limit",
					   run->name);
		if (poll(fds, VDC_COUNT(fds), (int)(left / 1000) + 1) < 0 && errno != EINTR)
			return vdc_err_set(err, -errno, "%s: poll: %m", run->name);
		r = fds[0].revents ? take(run, &run->out, &end->out, err) : 0;
		if (!r && fds[1].revents)
			r = take(run, &run->err, &end->err, err);
		if (r)
			return r;
		if (fds[2].revents)
			return take_rest(run, end, err);
	}
}

static int reap(struct running *run, bool kill_first)
{
	int status = 0;

	if (kill_first)
		kill(vdc_is_child() ? run->pid : -run->pid, SIGKILL);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	close_fd(&run->pidfd);
	close_fd(&run->out);
	close_fd(&run->err);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int vdc_proc_run(const struct vdc_proc *proc, struct vdc_proc_end *ret, struct vdc_err *err)
{
	int64_t limit = proc->limit_us ? proc->limit_us : DEFAULT_LIMIT;
	struct running run = {
		.name = proc->argv[0],
		.pidfd = -1,
		.until = vdc_time_monotonic() + limit,
		.most = proc->most_output ? proc->most_output : DEFAULT_MOST,
		.keep_end = proc->keep_end,
	};
	vdc_autoend end = { 0 };
	int r = spawn(proc, &run);

	if (r)
		return vdc_err_set(err, r, "cannot run %s: %s", run.name, strerror(-r));
	r = listen_to(&run, &end, err);
	end.status = reap(&run, r != 0);
	if (r)
		return r;
	vdc_buf_add(&end.out, NULL, 0);
	vdc_buf_add(&end.err, NULL, 0);
	*ret = end;
	end = (struct vdc_proc_end){ 0 };
	return 0;
}

void vdc_proc_end_free(struct vdc_proc_end *end)
{
	vdc_buf_free(&end->out);
	vdc_buf_free(&end->err);
}

const char *vdc_proc_complaint(struct vdc_proc_end *end)
{
	if (!end->err.len)
		return "";
	end->err.data[strcspn(end->err.data, "\r\n")] = '\0';
	return end->err.data;
}
