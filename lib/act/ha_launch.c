/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ha-restart(8), the command beside this one, begun and left alone. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/host_down.h"
#include "base/session.h"

#define LIMIT (5 * VDC_SECOND) /* for a process to begin */

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
static void become_runner(struct vdc_session *session, const char *program, const char *job)
{
	const char *const argv[] = { "ha-restart", "resume", job, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		execv(program, (char *const *)(uintptr_t)argv);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	}
	if (pid <= 0)
		vdc_session_report(session, -errno, strerror(errno));
	_exit(0);
}

int vdc_ha_launch(const char *job, struct vdc_err *err)
{
	vdc_autofree char *program = NULL;
	char folder[4096];
	struct vdc_session session;
	int r;

	find_folder(folder, sizeof(folder));
	program = vdc_format("%sha-restart", folder);
	r = vdc_session_start("ha-restart", &session, err);
	if (r)
		return r;
	if (session.is_runner)
		become_runner(&session, program, job);
	r = vdc_session_begun(&session, LIMIT, err);
	waitpid(session.pid, NULL, 0);
	vdc_session_close(&session);
	return r ? vdc_err_prefix(err, "ha-restart resume %s: ", job) : 0;
}
