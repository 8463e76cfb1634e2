/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/fence_program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "base/words.h"
#include "edge/fence_verdict.h"

enum { MOST_METADATA = 1024 * 1024 };

#define DESCRIBE_TIME (30 * VDC_SECOND)

/* They are beside the agents and would do other things when they are asked. */
static const char not_agents[] =
	"fence_ack_manual fence_check fence_node fence_sanlockd fence_tool "
	"fence_virtd";

bool vdc_fence_program_named(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-";

	return strncmp(name, "fence_", 6) == 0 && name[6] && !name[strspn(name, plain)];
}

const char *vdc_fence_program_path(const char *name, struct vdc_arena *arena)
{
	return vdc_arena_format(arena, "%s/%s", vdc_setting_text(VDC_SETTING_FENCE_AGENT_DIRECTORY),
				name);
}

/* Whether it is one, and when it came. */
static bool look_at(int directory, const char *name, struct vdc_fence_file *ret)
{
	struct stat st;

	if (!vdc_fence_program_named(name) || vdc_words_have(not_agents, name))
		return false;
	if (fstatat(directory, name, &st, 0) || !S_ISREG(st.st_mode) || !(st.st_mode & S_IXUSR))
		return false;
	ret->mtime_ns = st.st_mtim.tv_sec * 1000000000L + st.st_mtim.tv_nsec;
	ret->size = st.st_size;
	return true;
}

static int open_directory(struct vdc_err *err)
{
	const char *path = vdc_setting_text(VDC_SETTING_FENCE_AGENT_DIRECTORY);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fd
		       : vdc_err_set(err, -errno, "setting %s: %s: %m",
				     vdc_setting_name(VDC_SETTING_FENCE_AGENT_DIRECTORY), path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct vdc_fence_file *)a)->name,
		      ((const struct vdc_fence_file *)b)->name);
}

int vdc_fence_files(struct vdc_arena *arena, struct vdc_fence_file **ret, size_t *n,
		    struct vdc_err *err)
{
	int fd = open_directory(err);
	vdc_autobuf found = { 0 };
	const struct dirent *entry;
	DIR *directory;

	if (fd < 0)
		return fd;
	directory = fdopendir(fd);
	if (!directory)
		vdc_out_of_memory();
	while ((entry = readdir(directory))) {
		struct vdc_fence_file file = { 0 };

		if (!look_at(fd, entry->d_name, &file))
			continue;
		file.name = vdc_arena_strdup(arena, entry->d_name);
		vdc_buf_add(&found, &file, sizeof(file));
	}
	closedir(directory);
	*n = found.len / sizeof(**ret);
	*ret = vdc_arena_alloc(arena, found.len + 1);
	if (*n)
		memcpy(*ret, found.data, found.len);
	qsort(*ret, *n, sizeof(**ret), by_name);
	return 0;
}

int vdc_fence_file(const char *name, struct vdc_arena *arena, struct vdc_fence_file *ret,
		   struct vdc_err *err)
{
	struct vdc_fence_file file = { .name = vdc_arena_strdup(arena, name) };
	int fd = open_directory(err);
	bool is;

	if (fd < 0)
		return fd;
	is = look_at(fd, name, &file);
	close(fd);
	if (!is)
		return vdc_err_set(err, -ENOENT,
				   "the fence agent %s is not installed: there is no %s", name,
				   vdc_fence_program_path(name, arena));
	*ret = file;
	return 0;
}

const char *const *vdc_fence_surroundings(struct vdc_arena *arena)
{
	const char **env = vdc_arena_alloc(arena, 5 * sizeof(*env));
	const char *home = getenv("HOME");

	env[0] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	env[1] = VDC_FENCE_LOCALE;
	env[2] = VDC_FENCE_QUIET;
	env[3] = vdc_arena_format(arena, "HOME=%s", home ? home : "/");
	return env;
}

/* Whatever it makes of its arguments, what it reads is harmless too. */
int vdc_fence_describe(const char *name, struct vdc_buf *ret, struct vdc_err *err)
{
	static const char input[] = "action=metadata\n";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_proc proc = {
		.argv = (const char *const[]){ vdc_fence_program_path(name, arena), "-o",
					       "metadata", NULL },
		.env = vdc_fence_surroundings(arena),
		.input = input,
		.input_len = strlen(input),
		.limit_us = DESCRIBE_TIME,
		.most_output = MOST_METADATA,
	};
	vdc_autoend end = { 0 };
	int r = vdc_proc_run(&proc, &end, err);

	if (!r && end.out.len && !end.status) {
		vdc_buf_add(ret, end.out.data, end.out.len);
		return 0;
	}
	if (!r) {
		struct vdc_fence_output output = {
			.action = "metadata",
			.status = end.status ? end.status : 1,
			.out = end.out.data,
			.err = end.err.data,
		};

		r = vdc_err_set(err, -EBADMSG, "%s",
				end.status ? vdc_fence_verdict(&output, arena).message
					   : "it printed nothing");
	}
	return r;
}
