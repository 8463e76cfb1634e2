/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/lvm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"
#include "base/time.h"
#include "edge/lvm_part.h"

enum { MOST_BYTES = VDC_OBJECT_MAX, CHUNK = 64 * 1024, REPORT_FD = 3 };

#define DEFAULT_LIMIT (60 * VDC_SECOND)
#define END_LIMIT VDC_SECOND

struct vdc_lvm {
	char *folder; /* its LVM_SYSTEM_DIR */
	int64_t limit_us;
	pid_t pid; /* 0: no shell runs */
	int pidfd, to, from, complaints;
	struct vdc_buf answer; /* what came of it so far */
	struct vdc_buf said;   /* on its standard error, since the command began */
};

int vdc_lvm_new(const struct vdc_lvm_options *options, struct vdc_lvm **ret, struct vdc_err *err)
{
	struct vdc_lvm *lvm;
	char *folder;
	int r = vdc_lvm_folder(options->devices, &folder, err);

	if (r)
		return r;
	lvm = vdc_alloc(sizeof(*lvm));
	lvm->folder = folder;
	lvm->limit_us = options->limit_us ?: DEFAULT_LIMIT;
	lvm->pidfd = lvm->to = lvm->from = lvm->complaints = -1;
	*ret = lvm;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Its exit status, 128 + the signal if there was one. One that has nothing to do ends with its input. */
static int end_shell(struct vdc_lvm *lvm, int64_t limit_us)
{
	int status = 0;

	if (!lvm->pid)
		return 0;
	close_fd(&lvm->to);
	if (!limit_us || poll(&(struct pollfd){ .fd = lvm->pidfd, .events = POLLIN }, 1,
			      (int)(limit_us / 1000)) <= 0)
		kill(lvm->pid, SIGKILL);
	while (waitpid(lvm->pid, &status, 0) < 0 && errno == EINTR)
		;
	lvm->pid = 0;
	close_fd(&lvm->pidfd);
	close_fd(&lvm->from);
	close_fd(&lvm->complaints);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void vdc_lvm_free(struct vdc_lvm *lvm)
{
	if (!lvm)
		return;
	end_shell(lvm, END_LIMIT);
	vdc_buf_free(&lvm->answer);
	vdc_buf_free(&lvm->said);
	free(lvm->folder);
	free(lvm);
}

static int start_with(struct vdc_lvm *lvm, const int fds[REPORT_FD + 1], struct vdc_err *err)
{
	static const char *const argv[] = { "lvm", NULL };
	vdc_autofree char *path = vdc_format("PATH=%s", getenv("PATH") ?: "/usr/sbin:/sbin");
	vdc_autofree char *system = vdc_format("LVM_SYSTEM_DIR=%s", lvm->folder);
	/* It keeps a history in its home, and complains about each file that it was left open. */
	vdc_autofree char *home = vdc_format("HOME=%s", lvm->folder);
	const char *const env[] = {
		path, system, home, "LC_ALL=C", "LVM_REPORT_FD=3", "LVM_SUPPRESS_FD_WARNINGS=1",
		NULL,
	};
	int r = vdc_spawn(&(struct vdc_spawn){ argv, env, fds, REPORT_FD + 1 }, &lvm->pid,
			  &lvm->pidfd);

	if (r)
		lvm->pid = 0;
	return r ? vdc_err_set(err, r, "cannot run lvm: %s%s", strerror(-r),
			       r == -ENOENT ? "; its package is lvm2" : "")
		 : 0;
}

static int start_shell(struct vdc_lvm *lvm, struct vdc_err *err)
{
	int in[2] = { -1, -1 }, report[2] = { -1, -1 }, complaints[2] = { -1, -1 };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), r;

	/* A pair of sockets: writing to one whose other end is closed need not end this process. */
	if (null < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) ||
	    pipe2(report, O_CLOEXEC) || pipe2(complaints, O_CLOEXEC))
		r = vdc_err_set(err, -errno, "cannot run lvm: %m");
	else
		r = start_with(lvm, (const int[]){ in[0], null, complaints[1], report[1] }, err);
	close_fd(&null);
	close_fd(&in[0]);
	close_fd(&report[1]);
	close_fd(&complaints[1]);
	lvm->to = in[1];
	lvm->from = report[0];
	lvm->complaints = complaints[0];
	if (r) {
		close_fd(&lvm->to);
		close_fd(&lvm->from);
		close_fd(&lvm->complaints);
	}
	return r;
}

/* Blank, quote and backslash would split or join words, and # begins a comment. */
static int check_words(const char *const *words, struct vdc_err *err)
{
	size_t n = 0;

	for (; words[n]; n++)
		if (!*words[n] || strcspn(words[n], " \t\r\n\v\f\"'\\#") != strlen(words[n]))
			return vdc_err_set(err, -EINVAL,
					   "'%.100s' is no word that LVM's shell takes", words[n]);
	if (!n || n > VDC_LVM_WORDS)
		return vdc_err_set(err, -EINVAL, "a command of %zu words for LVM", n);
	return 0;
}

static int ask(struct vdc_lvm *lvm, const struct vdc_buf *line)
{
	ssize_t n;

	do
		n = send(lvm->to, line->data, line->len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)line->len ? 0 : n < 0 ? -errno : -EIO;
}

/* One that died since the last command did nothing of this one. */
static int begin(struct vdc_lvm *lvm, const char *const *words, struct vdc_err *err)
{
	vdc_autobuf line = { 0 };
	int r = 0;

	for (size_t i = 0; words[i]; i++)
		vdc_buf_printf(&line, "%s%s", i ? " " : "", words[i]);
	vdc_buf_putc(&line, '\n');
	vdc_buf_clear(&lvm->answer);
	vdc_buf_clear(&lvm->said);
	if (lvm->pid && poll(&(struct pollfd){ .fd = lvm->pidfd, .events = POLLIN }, 1, 0) == 0 &&
	    ask(lvm, &line) == 0)
		return 0;
	end_shell(lvm, 0);
	r = start_shell(lvm, err);
	if (r)
		return r;
	r = ask(lvm, &line);
	return r ? vdc_err_set(err, r, "lvm: %s", strerror(-r)) : 0;
}

/* 1: there is more or there may be; 0: the end. */
static int take(int fd, struct vdc_buf *into, size_t most)
{
	char chunk[CHUNK];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (into->len < most)
		vdc_buf_add(into, chunk, (size_t)n);
	return n > 0;
}

static int ended(struct vdc_lvm *lvm, const char *command, struct vdc_err *err)
{
	const char *said = vdc_buf_str(&lvm->said);
	int status;

	fcntl(lvm->complaints, F_SETFL, O_NONBLOCK);
	take(lvm->complaints, &lvm->said, CHUNK);
	status = end_shell(lvm, 0);
	said = vdc_buf_str(&lvm->said);
	return vdc_err_set(err, -EIO, "%s: lvm ended in the middle of it, status %d%s%.*s", command,
			   status, *said ? ": " : "", (int)strcspn(said, "\r\n"), said);
}

static int listen_to(struct vdc_lvm *lvm, const char *command, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + lvm->limit_us;
	struct vdc_lvm_scan scan = { 0 };
	int r = 0;

	while (!r && !scan.whole) {
		struct pollfd fds[] = { { .fd = lvm->from, .events = POLLIN },
					{ .fd = lvm->complaints, .events = POLLIN } };
		int64_t left = until - vdc_time_monotonic();

		if (left <= 0)
			return vdc_err_set(err, -ETIMEDOUT, "%s: killed at its time limit",
					   command);
		if (poll(fds, VDC_COUNT(fds), (int)(left / 1000) + 1) < 0 && errno != EINTR)
			return vdc_err_set(err, -errno, "%s: poll: %m", command);
		if (fds[1].revents && !take(lvm->complaints, &lvm->said, CHUNK))
			close_fd(&lvm->complaints);
		if (fds[0].revents && !take(lvm->from, &lvm->answer, MOST_BYTES))
			return ended(lvm, command, err);
		if (lvm->answer.len >= MOST_BYTES)
			return vdc_err_set(err, -EFBIG, "%s: an answer of more than %d bytes",
					   command, MOST_BYTES);
		r = vdc_lvm_scan(&scan, lvm->answer.data, lvm->answer.len, err);
	}
	lvm->answer.len = r ? 0 : scan.at;
	return r;
}

int vdc_lvm_run(struct vdc_lvm *lvm, const char *const *words, struct vdc_arena *arena,
		struct vdc_lvm_rows *ret, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = check_words(words, err);

	if (r)
		return r;
	r = begin(lvm, words, &why);
	if (!r)
		r = listen_to(lvm, words[0], &why);
	if (!r)
		r = vdc_lvm_reply(words[0], lvm->answer.data, lvm->answer.len, arena, ret, &why);
	/* After these nobody knows what it would say next. */
	if (r == -ETIMEDOUT || r == -EBADMSG || r == -EFBIG)
		end_shell(lvm, 0);
	return r ? vdc_err_set(err, r, "%s", vdc_err_text(&why)) : 0;
}
