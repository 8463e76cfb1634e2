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
#include "edge/secret_file.h"

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

int vdc_password_read(const char *path, struct vdc_secret *ret, struct vdc_err *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : vdc_secret_file_open(path, S_IRWXG | S_IRWXO, err), r;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (standard && isatty(fd))
		return vdc_err_set(
			err, -EPERM,
			"--password-file -: standard input is a terminal, which would show "
			"the password; leave the option away to be asked");
	n = vdc_secret_file_read(fd, true, vdc_setting_number(VDC_SETTING_LOGIN_TIMEOUT), ret);
	if (!standard)
		close(fd);
	if (n < 0)
		return vdc_err_set(err, (int)n, "password file %s: %s", path, strerror((int)-n));
	r = take_line(ret, (size_t)n, path, err);
	if (r == 0 && !ret->len)
		r = vdc_err_set(err, -EINVAL, "password file %s: its first line is empty", path);
	return r;
}
