/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/shell_talk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"
#include "base/time.h"

enum { MOST_LINE = 4096, CHUNK = 512 };

#define END_TIME (2 * VDC_SECOND)

struct vdc_talk {
	pid_t pid;
	int pidfd;
	int line;	/* its standard input and output */
	int complaints; /* its standard error */
	struct vdc_buf said, complained;
};

static int start(struct vdc_talk *talk, const char *const *argv, struct vdc_err *err)
{
	int line[2] = { -1, -1 }, complaints[2] = { -1, -1 }, r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line))
		return vdc_err_set(err, -errno, "cannot make a pair of sockets: %m");
	if (pipe2(complaints, O_CLOEXEC)) {
		r = vdc_err_set(err, -errno, "cannot make a pipe: %m");
	} else {
		const int fds[] = { line[0], line[0], complaints[1] };

		r = vdc_spawn(&(struct vdc_spawn){ argv, NULL, fds, VDC_COUNT(fds) }, &talk->pid,
			      &talk->pidfd);
		if (r)
			vdc_err_set(err, r, "cannot run %s: %s", argv[0], strerror(-r));
		close(complaints[1]);
	}
	close(line[0]);
	talk->line = line[1];
	talk->complaints = complaints[0];
	return r;
}

int vdc_talk_begin(const char *address, const char *const *argv, struct vdc_talk **ret,
		   struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *words[VDC_SHELL_WORDS + 3] = { 0 };
	struct vdc_talk *talk;
	int r = address ? vdc_shell_words(address, argv, arena, words, err) : 0;

	if (r)
		return r;
	talk = vdc_alloc(sizeof(*talk));
	*talk = (struct vdc_talk){ .pidfd = -1, .line = -1, .complaints = -1 };
	r = start(talk, address ? words : argv, err);
	if (r)
		vdc_talk_end(talk);
	else
		*ret = talk;
	return r;
}

/* False at the end. */
static bool take(int fd, struct vdc_buf *into)
{
	char chunk[CHUNK];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n > 0 && into->len < MOST_LINE)
		vdc_buf_add(into, chunk, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

static int end_of(struct vdc_talk *talk)
{
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)talk->pidfd, &info, WEXITED | WNOWAIT | WNOHANG) || !info.si_pid)
		return -1;
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

static int ended(struct vdc_talk *talk, int *status, struct vdc_err *err)
{
	struct pollfd fd = { .fd = talk->pidfd, .events = POLLIN };
	const char *text;

	shutdown(talk->line, SHUT_WR);
	poll(&fd, 1, (int)(END_TIME / 1000));
	if (talk->complaints >= 0) {
		fcntl(talk->complaints, F_SETFL, O_NONBLOCK);
		while (take(talk->complaints, &talk->complained))
			;
	}
	if (status)
		*status = end_of(talk);
	text = vdc_buf_str(&talk->complained);
	return vdc_err_set(err, -EPIPE, "%.*s", (int)strcspn(text, "\r\n"),
			   *text ? text : "it ended without a word");
}

static bool next_line(struct vdc_talk *talk, struct vdc_buf *out)
{
	const char *end = talk->said.len ? memchr(talk->said.data, '\n', talk->said.len) : NULL;
	size_t len = end ? (size_t)(end - talk->said.data) : 0;

	if (!end)
		return false;
	vdc_buf_clear(out);
	vdc_buf_add(out, talk->said.data, len);
	memmove(talk->said.data, talk->said.data + len + 1, talk->said.len - len - 1);
	talk->said.len -= len + 1;
	return true;
}

int vdc_talk_ask(struct vdc_talk *talk, const char *line, int64_t limit_us, struct vdc_buf *out,
		 int *status, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	vdc_autobuf text = { 0 };

	vdc_buf_printf(&text, "%s\n", line ?: "");
	if (line &&
	    send(talk->line, text.data, text.len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)text.len)
		return ended(talk, status, err);
	while (!next_line(talk, out)) {
		struct pollfd fds[] = { { .fd = talk->line, .events = POLLIN },
					{ .fd = talk->complaints, .events = POLLIN } };
		int64_t left = until - vdc_time_monotonic();

		if (left <= 0)
			return vdc_err_set(err, -ETIMEDOUT, "no answer in time");
		if (talk->said.len >= MOST_LINE)
			return vdc_err_set(err, -EBADMSG, "a line without an end");
		if (poll(fds, VDC_COUNT(fds), (int)(left / 1000) + 1) < 0)
			continue;
		if (fds[1].revents && !take(talk->complaints, &talk->complained)) {
			close(talk->complaints);
			talk->complaints = -1;
		}
		if (fds[0].revents && !take(talk->line, &talk->said))
			return ended(talk, status, err);
	}
	return 0;
}

void vdc_talk_end(struct vdc_talk *talk)
{
	struct pollfd fd;

	if (!talk)
		return;
	if (talk->line >= 0)
		close(talk->line);
	if (talk->pidfd >= 0) {
		fd = (struct pollfd){ .fd = talk->pidfd, .events = POLLIN };
		if (poll(&fd, 1, (int)(END_TIME / 1000)) <= 0) {
			kill(-talk->pid, SIGKILL);
			pidfd_send_signal(talk->pidfd, SIGKILL, NULL, 0);
		}
		waitid(P_PIDFD, (id_t)talk->pidfd, &(siginfo_t){ 0 }, WEXITED);
		close(talk->pidfd);
	}
	if (talk->complaints >= 0)
		close(talk->complaints);
	vdc_buf_free(&talk->said);
	vdc_buf_free(&talk->complained);
	free(talk);
}
