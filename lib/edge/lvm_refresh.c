/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/lvm_refresh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"
#include "base/time.h"
#include "edge/lvm_volume.h"
#include "edge/shell.h"

enum { COMPLAINT_LEN = 300 };

static int spawn(const char *const *argv, struct vdc_lvm_refresh *refresh)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int said = memfd_create("said", MFD_CLOEXEC);
	const int fds[] = { null, null, said };
	int r = null < 0 || said < 0 ? -errno : 0;

	if (!r)
		r = vdc_spawn(&(struct vdc_spawn){ argv, NULL, fds, VDC_COUNT(fds) }, &refresh->pid,
			      &refresh->pidfd);
	if (null >= 0)
		close(null);
	if (r && said >= 0)
		close(said);
	refresh->said = said;
	return r;
}

/* OBJECT: the last word; NULL: none. */
static int begin(enum vdc_setting setting, const char *object, int64_t limit_us,
		 struct vdc_lvm_refresh *ret, struct vdc_err *err)
{
	struct vdc_lvm_refresh refresh = { .until = vdc_time_monotonic() + limit_us };
	const char *argv[VDC_SHELL_WORDS + 2];
	vdc_autoarena *arena = vdc_arena_new();
	size_t n;
	int r = vdc_shell_split(setting, vdc_setting_text(setting), arena, argv, &n, err);

	if (r)
		return r;
	argv[n] = object;
	argv[n + 1] = NULL;
	r = spawn(argv, &refresh);
	if (r)
		return vdc_err_set(err, r, "cannot run %s: %s", argv[0], strerror(-r));
	*ret = refresh;
	return 0;
}

int vdc_lvm_refresh_begin(const char *group, const char *volume, int64_t limit_us,
			  struct vdc_lvm_refresh *ret, struct vdc_err *err)
{
	vdc_autofree char *name = vdc_format("%s/%s", group, volume);

	if (!vdc_lvm_name_valid(group) || !vdc_lvm_name_valid(volume))
		return vdc_err_set(err, -EINVAL, "'%.130s/%.130s' is no logical volume", group,
				   volume);
	return begin(VDC_SETTING_REFRESH_COMMAND, name, limit_us, ret, err);
}

int vdc_lvm_rescan_begin(struct vdc_lvm_refresh *ret, struct vdc_err *err)
{
	return begin(VDC_SETTING_RESCAN_COMMAND, NULL,
		     vdc_setting_number(VDC_SETTING_RESCAN_TIMEOUT), ret, err);
}

/* The first line. */
static void complain(int said, char complaint[COMPLAINT_LEN + 1])
{
	ssize_t n = pread(said, complaint, COMPLAINT_LEN, 0);

	complaint[n > 0 ? n : 0] = '\0';
	complaint[strcspn(complaint, "\n")] = '\0';
}

int vdc_lvm_refresh_end(struct vdc_lvm_refresh *refresh, struct vdc_err *err)
{
	bool late = vdc_time_monotonic() >= refresh->until;
	char complaint[COMPLAINT_LEN + 1];
	int status = 0;
	pid_t ended;

	if (late)
		kill(refresh->pid, SIGKILL);
	/* One that hangs in the kernel dies when that lets go of it, and is not waited for. */
	do
		ended = waitpid(refresh->pid, &status, WNOHANG);
	while (ended < 0 && errno == EINTR);
	if (ended == 0 && !late)
		return 1;
	complain(refresh->said, complaint);
	close(refresh->said);
	close(refresh->pidfd);
	if (ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (late)
		return vdc_err_set(err, -ETIMEDOUT, "it was killed at its time limit");
	return vdc_err_set(err, -EIO, "it ended with %s %d: %s",
			   WIFSIGNALED(status) ? "signal" : "code",
			   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
			   complaint + strspn(complaint, " "));
}
