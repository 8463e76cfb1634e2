/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/setting.h"
#include "base/time.h"
#include "edge/user.h"

/* What would leave a terminal without echo. SIGTTIN and SIGTTOU come before it is changed. */
static const int signals[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGPIPE, SIGALRM,
			       SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2 };

static volatile sig_atomic_t caught;

static void remember(int signal)
{
	caught = signal;
}

/* Signals are held back but inside of ppoll(), so that none is missed. */
struct guard {
	struct sigaction before[VDC_COUNT(signals)];
	sigset_t mask;
};

static void guard(struct guard *guard)
{
	struct sigaction action = { .sa_handler = remember };
	sigset_t block;

	caught = 0;
	sigemptyset(&block);
	for (size_t i = 0; i < VDC_COUNT(signals); i++)
		sigaddset(&block, signals[i]);
	sigprocmask(SIG_BLOCK, &block, &guard->mask);
	for (size_t i = 0; i < VDC_COUNT(signals); i++) {
		sigaction(signals[i], &action, &guard->before[i]);
		if (guard->before[i].sa_handler == SIG_IGN)
			signal(signals[i], SIG_IGN);
	}
}

/* The signal that came has its effect here. */
static void unguard(const struct guard *guard)
{
	for (size_t i = 0; i < VDC_COUNT(signals); i++)
		sigaction(signals[i], &guard->before[i], NULL);
	if (caught)
		raise(caught);
	sigprocmask(SIG_SETMASK, &guard->mask, NULL);
}

/* One line; what does not fit is left to be flushed. */
static ssize_t read_line(int fd, const sigset_t *mask, struct vdc_secret *ret)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };

	if (ppoll(&input, 1, NULL, mask) < 0)
		return -errno;
	return read(fd, ret->text, sizeof(ret->text));
}

/* Length of the first line of N bytes; -EINVAL when it does not end within them. */
static int take_line(struct vdc_secret *secret, size_t n, const char *from, struct vdc_err *err)
{
	const char *end = memchr(secret->text, '\n', n);
	size_t len = end ? (size_t)(end - secret->text) : n;

	if (len && secret->text[len - 1] == '\r')
		len--;
	if (len >= sizeof(secret->text))
		return vdc_err_set(err, -EINVAL, "%s: the password is longer than %d bytes", from,
				   VDC_SECRET_SIZE - 1);
	if (memchr(secret->text, '\0', len))
		return vdc_err_set(err, -EINVAL, "%s: there is a zero byte in the password", from);
	explicit_bzero(secret->text + len, sizeof(secret->text) - len);
	secret->len = len;
	return 0;
}

/* 1 when it is to be asked again: the program was stopped, and goes on. */
static int ask_once(int fd, const char *prompt, struct vdc_secret *ret, struct vdc_err *err)
{
	struct termios before, silent;
	struct guard held;
	ssize_t n;

	if (tcgetattr(fd, &before))
		return vdc_err_set(err, -EACCES, "the terminal cannot be asked: %m");
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	silent.c_lflag |= ICANON | ISIG;
	guard(&held);
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s: ", prompt);
	n = read_line(fd, &held.mask, ret);
	tcsetattr(fd, TCSAFLUSH, &before);
	dprintf(fd, "\n");
	unguard(&held);
	if (caught == SIGTSTP)
		return 1;
	if (n < 0)
		return vdc_err_set(err, -EINTR, "interrupted while the password was typed");
	return take_line(ret, (size_t)n, "terminal", err);
}

static int open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int vdc_password_ask(struct vdc_secret *ret, struct vdc_err *err, const char *fmt, ...)
{
	int fd = open_terminal(), r;
	char prompt[128];
	va_list args;

	if (fd < 0)
		return vdc_err_set(err, -EACCES,
				   "there is no terminal to ask for the password on: give "
				   "--password-file");
	va_start(args, fmt);
	vsnprintf(prompt, sizeof(prompt), fmt, args);
	va_end(args);
	do
		r = ask_once(fd, prompt, ret, err);
	while (r > 0);
	close(fd);
	if (r == 0 && !ret->len)
		r = vdc_err_set(err, -EPERM, "no password was typed");
	return r;
}

void vdc_password_say(const char *text)
{
	int fd = open_terminal();

	if (fd < 0)
		return;
	dprintf(fd, "%s\n", text);
	close(fd);
}

static bool is_trusted(uid_t owner)
{
	return owner == 0 || owner == geteuid() || owner == vdc_user_caller_id();
}

/* Somebody else's link could name any file that root may read. */
static int check_link(const char *path, struct vdc_err *err)
{
	struct stat st;

	if (lstat(path, &st))
		return vdc_err_set(err, -errno, "password file %s: %m", path);
	if (S_ISLNK(st.st_mode) && !is_trusted(st.st_uid))
		return vdc_err_set(err, -EPERM,
				   "password file %s is a link of somebody else (uid %u)", path,
				   st.st_uid);
	return 0;
}

static int check_file(const char *path, int fd, struct vdc_err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return vdc_err_set(err, -errno, "password file %s: %m", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return vdc_err_set(err, -EINVAL, "password file %s is not a file", path);
	if (!is_trusted(st.st_uid))
		return vdc_err_set(err, -EPERM,
				   "password file %s belongs to somebody else (uid %u)", path,
				   st.st_uid);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return vdc_err_set(err, -EPERM,
				   "password file %s: others may read or write it (mode %04o); "
				   "chmod 600",
				   path, st.st_mode & 07777u);
	return 0;
}

static int open_file(const char *path, struct vdc_err *err)
{
	int fd, r = check_link(path, err);

	if (r)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return vdc_err_set(err, -errno, "password file %s: %m", path);
	r = check_file(path, fd, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	fcntl(fd, F_SETFL, 0);
	return fd;
}

/* Nobody may keep us waiting with a pipe. */
static int wait_for(int fd, int64_t limit)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int64_t left = limit - vdc_time_monotonic();
	int n = poll(&input, 1, left > 0 ? (int)(left / 1000) : 0);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n ? 0 : -ETIMEDOUT;
}

/* Up to the end of the line: what comes after it belongs to somebody else. */
static ssize_t read_whole_line(int fd, struct vdc_secret *ret)
{
	int64_t limit = vdc_time_monotonic() + vdc_setting_number(VDC_SETTING_LOGIN_TIMEOUT);
	size_t have = 0;

	while (have < sizeof(ret->text)) {
		int r = wait_for(fd, limit);
		ssize_t n = r ? r : read(fd, ret->text + have, 1);

		if (!r && n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return r ? r : -errno;
		if (!n)
			break;
		if (ret->text[have++] == '\n')
			break;
	}
	return (ssize_t)have;
}

int vdc_password_read(const char *path, struct vdc_secret *ret, struct vdc_err *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open_file(path, err), r;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (standard && isatty(fd))
		return vdc_err_set(
			err, -EPERM,
			"--password-file -: standard input is a terminal, which would show "
			"the password; leave the option away to be asked");
	n = read_whole_line(fd, ret);
	if (!standard)
		close(fd);
	if (n < 0)
		return vdc_err_set(err, (int)n, "password file %s: %s", path, strerror((int)-n));
	r = take_line(ret, (size_t)n, path, err);
	if (r == 0 && !ret->len)
		r = vdc_err_set(err, -EINVAL, "password file %s: its first line is empty", path);
	return r;
}
