/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structural work, for tests: writes a line "HOST LVER N" to the file WITNESS again and again under the
 * lease of the first master domain that this host knows, with the look before each that real work
 * takes. spm_worker HOST WITNESS COUNT [PAUSE-MS]
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/spm_state.h"
#include "base/time.h"

static int write_line(int fd, const char *host, int64_t lver, long n)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "%s %" PRId64 " %ld\n", host, lver, n);

	return write(fd, line, (size_t)len) == len ? 0 : -errno;
}

static int work(const struct vdc_lockspace *space, char **argv, struct vdc_err *err)
{
	int64_t pause = argv[4] ? strtol(argv[4], NULL, 10) * 1000 : 0;
	struct vdc_spm_work *work = NULL;
	int fd = open(argv[2], O_WRONLY | O_APPEND | O_CREAT | O_DSYNC | O_CLOEXEC, 0644);
	int r = fd < 0 ? vdc_err_set(err, -errno, "%s: %m", argv[2])
		       : vdc_spm_work_begin(space, VDC_UNSET, &work, err);

	for (long n = 0; n < strtol(argv[3], NULL, 10) && !r; n++) {
		r = vdc_spm_work_check(work, err);
		if (!r)
			r = write_line(fd, argv[1], vdc_spm_work_lver(work), n);
		if (pause)
			vdc_sleep(pause);
	}
	vdc_spm_work_end(work);
	close(fd);
	return r;
}

int main(int argc, char **argv)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lockspaces spaces;
	struct vdc_err err = { 0 };
	int r = argc < 4 ? vdc_err_set(&err, -EINVAL, "three arguments")
			 : vdc_lockspaces_load(arena, &spaces, &err);

	for (size_t i = 0; !r && i < spaces.n; i++) {
		if (!vdc_is_true(spaces.all[i]->master))
			continue;
		r = work(spaces.all[i], argv, &err);
		break;
	}
	if (r)
		fprintf(stderr, "spm_worker: %s\n", vdc_err_text(&err));
	return r ? 1 : 0;
}
