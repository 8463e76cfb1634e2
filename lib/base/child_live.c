/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The child's side: what it does, and what it tells. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/child_part.h"

struct vdc_sender {
	int fd;
};

static bool inside;

bool vdc_is_child(void)
{
	return inside;
}

static int send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int send_frame(struct vdc_sender *sender, struct frame frame, const void *data)
{
	int r = send_all(sender->fd, (const char *)&frame, sizeof(frame));

	return r ? r : send_all(sender->fd, data, frame.len);
}

int vdc_send(struct vdc_sender *sender, const void *data, size_t len)
{
	return send_frame(sender, (struct frame){ .kind = FRAME_MESSAGE, .len = len }, data);
}

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

void child_become(pid_t parent)
{
	sigset_t none;
	int null;

	inside = true;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	/* A crash ends the child, whatever the parent would do about one of its own. */
	for (size_t i = 0; i < VDC_COUNT(crashes); i++)
		signal(crashes[i], SIG_DFL);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
}

_Noreturn void child_live(const struct vdc_task *task, pid_t parent, int fd)
{
	struct vdc_sender sender = { .fd = fd };
	struct vdc_err err = { 0 };
	int r;

	child_become(parent);
	r = task->work(task->ctx, &sender, &err);
	if (r && !err.code)
		err.code = r;
	if (!r)
		err = (struct vdc_err){ 0 };
	send_frame(&sender, (struct frame){ .kind = FRAME_END, .len = sizeof(err) }, &err);
	_exit(r ? 1 : 0);
}
