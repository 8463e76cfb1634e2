/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/setting.h"
#include "base/time.h"

#define LAUNCH_LIMIT (5 * VDC_SECOND) /* for a process to begin */

static const struct vdc_folder logs = {
	.setting = VDC_SETTING_LOG_DIRECTORY,
	.root = "/var/log/vdc",
	.variable = "XDG_STATE_HOME",
	.home = ".local/state",
};

static int open_log(const char *command, char **path)
{
	vdc_autofree char *folder = vdc_folder_path(&logs);
	int fd;

	vdc_folder_make(folder);
	*path = vdc_format("%s/%s.log", folder, command);
	fd = open(*path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd >= 0)
		return fd;
	vdc_log(VDC_LOG_WARNING, "%s: %s; nothing will be logged", *path, strerror(errno));
	free(vdc_steal(*path));
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static void leave_terminal(int log)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	close(null);
}

int vdc_session_start(const char *command, struct vdc_session *ret, struct vdc_err *err)
{
	struct vdc_session session = { .fd = -1 };
	int fds[2], log;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return vdc_err_set(err, -errno, "cannot make a pair of sockets: %m");
	log = open_log(command, &session.log);
	fflush(NULL);
	session.pid = fork();
	if (session.pid < 0) {
		int r = vdc_err_set(err, -errno, "cannot start a process: %m");

		close(fds[0]);
		close(fds[1]);
		close(log);
		free(session.log);
		return r;
	}
	session.is_runner = session.pid == 0;
	session.fd = fds[session.is_runner];
	close(fds[!session.is_runner]);
	if (session.is_runner) {
		leave_terminal(log);
		session.pid = getpid();
	}
	close(log);
	*ret = session;
	return 0;
}

void vdc_session_close(struct vdc_session *session)
{
	if (session->fd >= 0)
		close(session->fd);
	session->fd = -1;
	free(vdc_steal(session->log));
}

void vdc_session_report(struct vdc_session *session, int code, const char *text)
{
	vdc_autofree char *line = vdc_format("%d %s", code, text ? text : "");
	size_t sent = 0, len = strlen(line) + 1;

	while (session->fd >= 0 && sent < len) {
		ssize_t n = send(session->fd, line + sent, len - sent, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			break; /* nobody wants to know */
		sent += n > 0 ? (size_t)n : 0;
	}
	if (session->fd >= 0)
		close(session->fd);
	session->fd = -1;
}

/* Until the NUL at the end of the report; without one it ended, or is another program now. */
static int read_report(const struct vdc_session *session, int64_t limit_us, struct vdc_buf *report,
		       struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	char part[512];

	for (;;) {
		struct pollfd fd = { .fd = session->fd, .events = POLLIN };
		int64_t left = until - vdc_time_monotonic();
		ssize_t n;

		if (left <= 0)
			return vdc_err_set(err, -ETIMEDOUT,
					   "process %d does not say whether it has begun",
					   (int)session->pid);
		if (poll(&fd, 1, (int)(left / 1000 + 1)) <= 0)
			continue;
		n = read(session->fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		vdc_buf_add(report, part, (size_t)n);
		if (part[n - 1] == '\0')
			return 0;
	}
}

static int judge_report(const struct vdc_session *session, const char *report, const char **text,
			struct vdc_err *err)
{
	int code = atoi(report);

	*text = strchr(report, ' ');
	if (!*text || code > 0)
		return vdc_err_set(err, -EIO, "process %d reports what makes no sense",
				   (int)session->pid);
	++*text;
	return code < 0 ? vdc_err_set(err, code, "%s", *text) : 0;
}

int vdc_session_wait(struct vdc_session *session, int64_t limit_us, struct vdc_arena *arena,
		     char **ret, struct vdc_err *err)
{
	vdc_autobuf report = { 0 };
	const char *text;
	int r = read_report(session, limit_us, &report, err);

	if (!r && !report.len)
		r = vdc_err_set(err, -EIO, "process %d ended before it had begun; see %s",
				(int)session->pid, session->log ? session->log : "-");
	if (!r)
		r = judge_report(session, vdc_buf_str(&report), &text, err);
	if (!r)
		*ret = vdc_arena_strdup(arena, text);
	return r;
}

int vdc_session_begun(struct vdc_session *session, int64_t limit_us, struct vdc_err *err)
{
	vdc_autobuf report = { 0 };
	const char *text;
	int r = read_report(session, limit_us, &report, err);

	return r || !report.len ? r : judge_report(session, vdc_buf_str(&report), &text, err);
}

/* The folder of this program; "" when the commands are looked up in PATH. */
static void find_folder(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	path[slash ? slash + 1 - path : 0] = '\0';
}

/* Twice: whoever asks for it lives long and waits for no child. */
static void become_program(struct vdc_session *session, const char *program,
			   const char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		execv(program, (char *const *)(uintptr_t)argv);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	}
	if (pid <= 0)
		vdc_session_report(session, -errno, strerror(errno));
	_exit(0);
}

int vdc_session_launch(const char *const *argv, struct vdc_err *err)
{
	vdc_autofree char *program = NULL;
	char folder[4096];
	struct vdc_session session;
	int r;

	find_folder(folder, sizeof(folder));
	program = vdc_format("%s%s", folder, argv[0]);
	r = vdc_session_start(argv[0], &session, err);
	if (r)
		return r;
	if (session.is_runner)
		become_program(&session, program, argv);
	r = vdc_session_begun(&session, LAUNCH_LIMIT, err);
	waitpid(session.pid, NULL, 0);
	vdc_session_close(&session);
	return r;
}
