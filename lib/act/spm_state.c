/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/spm_part.h"
#include "base/buf.h"
#include "base/number.h"
#include "base/setting.h"
#include "base/words.h"

enum { MOST = 4096 };

char *spm_path(const char *domain, const char *ending)
{
	return vdc_format("%s/%s%s", vdc_setting_text(VDC_SETTING_SPM_DIRECTORY), domain, ending);
}

int spm_make_folder(struct vdc_err *err)
{
	vdc_autofree char *path = vdc_strdup(vdc_setting_text(VDC_SETTING_SPM_DIRECTORY));

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	return mkdir(path, 0755) && errno != EEXIST ? vdc_err_set(err, -errno, "%s: %m", path) : 0;
}

/* Of /proc/PID/stat, the 22nd word: another process of the same number began at another time. */
int64_t spm_start_of(int pid)
{
	vdc_autofree char *path = vdc_format("/proc/%d/stat", pid);
	char text[1024] = "", *at;
	FILE *in = fopen(path, "re");
	size_t n = in ? fread(text, 1, sizeof(text) - 1, in) : 0;

	if (in)
		fclose(in);
	text[n] = '\0';
	at = strrchr(text, ')'); /* the name may have blanks */
	for (int word = 2; at && word < 22; word++)
		at = strchr(at + 1, ' ');
	return at ? strtoll(at, NULL, 10) : -1;
}

static char *read_file(const char *path, struct vdc_arena *arena)
{
	char text[MOST];
	FILE *in = fopen(path, "re");
	size_t n = in ? fread(text, 1, sizeof(text) - 1, in) : 0;

	if (!in)
		return NULL;
	fclose(in);
	return vdc_arena_strndup(arena, text, n);
}

static int64_t number(const char *lines, const char *name, struct vdc_arena *arena)
{
	const char *text = vdc_line_value(lines, name, arena);
	int64_t value;

	return text && vdc_int_parse(text, &value, NULL) == 0 ? value : VDC_UNSET;
}

int vdc_spm_state_read(const char *domain, struct vdc_arena *arena, struct vdc_spm_state *ret,
		       struct vdc_err *err vdc_unused)
{
	vdc_autofree char *path = spm_path(domain, "");
	const char *lines = read_file(path, arena);
	int64_t pid = number(lines, "pid", arena);
	const char *role = vdc_line_value(lines, "role", arena);

	*ret = (struct vdc_spm_state){ .role = VDC_SPM_ROLE_FREE, .lver = VDC_UNSET };
	if (pid <= 0 || pid > INT32_MAX || !role ||
	    number(lines, "start", arena) != spm_start_of((int)pid))
		return 0;
	ret->role = (enum vdc_spm_role)vdc_enum_find(&vdc_spm_role_values, role);
	ret->pid = (int)pid;
	ret->lver = number(lines, "lver", arena);
	ret->since = number(lines, "since", arena);
	ret->stopping = number(lines, "stopping", arena) == 1;
	ret->refusal = vdc_line_value(lines, "refusal", arena);
	if ((int)ret->role <= 0)
		ret->role = VDC_SPM_ROLE_FREE;
	return 0;
}

int vdc_spm_state_write(const char *domain, const struct vdc_spm_state *state, struct vdc_err *err)
{
	vdc_autofree char *path = spm_path(domain, "");
	vdc_autofree char *new = spm_path(domain, ".new");
	FILE *out;
	int r = spm_make_folder(err);

	if (r)
		return r;
	out = fopen(new, "we");
	if (!out)
		return vdc_err_set(err, -errno, "%s: %m", new);
	fprintf(out, "role=%s\npid=%d\nstart=%" PRId64 "\nsince=%" PRId64 "\n",
		vdc_enum_word(&vdc_spm_role_values, state->role), (int)getpid(),
		spm_start_of(getpid()), state->since);
	if (state->lver != VDC_UNSET)
		fprintf(out, "lver=%" PRId64 "\n", state->lver);
	if (state->stopping)
		fprintf(out, "stopping=1\n");
	if (state->refusal)
		fprintf(out, "refusal=%s\n", state->refusal);
	if (fclose(out) || rename(new, path)) {
		r = vdc_err_set(err, -errno, "%s: %m", path);
		unlink(new);
	}
	return r;
}

void vdc_spm_state_remove(const char *domain)
{
	vdc_autofree char *path = spm_path(domain, "");

	unlink(path);
}
