/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/aide.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child_part.h"

enum { DIES_WITHIN_MS = 100 };

int vdc_aide_start(struct vdc_aide *aide, vdc_aide_fn *life, void *ctx, struct vdc_err *err)
{
	const pid_t parent = getpid();
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return vdc_err_set(err, -errno, "cannot make a pair of sockets: %m");
	pid = fork();
	if (pid < 0) {
		int r = vdc_err_set(err, -errno, "cannot start a process: %m");

		close(fds[0]);
		close(fds[1]);
		return r;
	}
	if (pid == 0) {
		close(fds[0]);
		child_become(parent);
		life(ctx, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	*aide = (struct vdc_aide){ .pid = pid, .fd = fds[0] };
	return 0;
}

/* One that waits for a disk is killed and left alone: it ends when that answers, or with this process. */
void vdc_aide_end(struct vdc_aide *aide, int64_t limit_us)
{
	struct pollfd end = { .fd = -1, .events = POLLIN };

	if (!aide->pid)
		return;
	end.fd = pidfd_open(aide->pid, 0);
	shutdown(aide->fd, SHUT_RDWR);
	if (limit_us && end.fd >= 0)
		poll(&end, 1, (int)(limit_us / 1000));
	kill(-aide->pid, SIGKILL);
	kill(aide->pid, SIGKILL);
	if (end.fd >= 0) {
		poll(&end, 1, DIES_WITHIN_MS);
		close(end.fd);
	}
	waitpid(aide->pid, NULL, WNOHANG);
	close(aide->fd);
	*aide = (struct vdc_aide){ .fd = -1 };
}

int vdc_aide_send(int fd, const void *data, size_t len)
{
	ssize_t n;

	do
		n = send(fd, data, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
}

int vdc_aide_take_any(int fd, void *data, size_t most, size_t *len)
{
	ssize_t n;

	do
		n = recv(fd, data, most, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -EPIPE;
	*len = (size_t)n;
	return n == 0 ? -EPIPE : *len <= most ? 1 : -EBADMSG;
}

int vdc_aide_take(int fd, void *data, size_t len)
{
	size_t n = 0;
	int r = vdc_aide_take_any(fd, data, len, &n);

	return r > 0 && n != len ? -EBADMSG : r;
}
