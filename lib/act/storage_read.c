/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/storage_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "act/storage_read_part.h"
#include "base/child.h"
#include "base/folder.h"
#include "base/time.h"
#include "doc/doc.h"

enum { AT_ONCE = 64 };

static const struct vdc_folder locks = {
	.setting = VDC_SETTING_CACHE_DIRECTORY,
	.root = "/var/cache/vdc",
	.variable = "XDG_CACHE_HOME",
	.home = ".cache",
};

struct reading {
	struct vdc_domain_reading *of;
	struct storage_sight sight;
	char *lock, *program_lock; /* paths: its own, and that of programs which it starts */
	bool heard;
	struct vdc_arena *arena;
};

/* Waits for readings before this one that hang. Where there is no room for locks there are none. */
static void take_turn(const char *lock)
{
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
}

/* Whoever waits for our last words, the remote shell, does not wait for a process that hangs. */
static void let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDERR_FILENO);
}

/* In the child. That it was read is told before its space is looked at, which may hang, too. */
static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct reading *reading = ctx;
	struct storage_sight *sight = &reading->sight;
	int64_t began = vdc_time_monotonic();
	int r;

	let_go();
	take_turn(reading->lock);
	r = reading->of->volume_group ? storage_read_block(reading->of, reading->program_lock, err)
				      : storage_read_files(reading->of, err);
	if (r)
		return r;
	sight->latency = vdc_time_monotonic() - began;
	r = vdc_send(sender, sight, sizeof(*sight));
	if (r)
		return r;
	if (reading->of->volume_group)
		storage_space_block(reading->of, reading->program_lock, sight);
	else
		storage_space_files(reading->of, sight);
	return vdc_send(sender, sight, sizeof(*sight));
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct reading *reading = ctx;

	if (len != sizeof(reading->sight))
		return 0;
	memcpy(&reading->sight, data, len);
	reading->heard = true;
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct reading *reading = ctx;
	struct vdc_domain_reading *of = reading->of;

	if (!reading->heard) {
		of->problem = vdc_arena_strdup(reading->arena, failure->code ? vdc_err_text(failure)
									     : "it said nothing");
		return 0;
	}
	of->latency = reading->sight.latency;
	of->available = reading->sight.available;
	of->used = reading->sight.used;
	return 0;
}

static int check(const struct vdc_domain_reading *reading, struct vdc_err *err)
{
	if (!reading->path == !reading->volume_group)
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s: either a path or a volume group",
				   reading->name);
	if (reading->path && reading->path[0] != '/')
		return vdc_err_set(err, -EINVAL, "storage domain %s: its path must begin with /",
				   reading->name);
	if (reading->volume_group && !storage_is_group(reading->volume_group))
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s: no volume group is called \"%.80s\"",
				   reading->name, reading->volume_group);
	return 0;
}

static void add(struct vdc_pool *pool, struct vdc_domain_reading *of, const char *folder,
		int64_t limit_us, struct vdc_arena *arena)
{
	struct reading *reading = vdc_arena_alloc(arena, sizeof(*reading));

	of->latency = of->available = of->used = VDC_UNSET;
	of->problem = NULL;
	*reading = (struct reading){
		.of = of,
		.sight = { VDC_UNSET, VDC_UNSET, VDC_UNSET },
		.lock = vdc_arena_format(arena, "%s%s", folder, of->id),
		.program_lock = vdc_arena_format(arena, "%s%s.lvm", folder, of->id),
		.arena = arena,
	};
	vdc_pool_add(pool, &(struct vdc_task){
				   .ctx = reading,
				   .work = work,
				   .got = got,
				   .ended = ended,
				   .limit_us = limit_us,
			   });
}

int vdc_storage_read(const struct vdc_domain_readings *readings, int64_t limit_us,
		     struct vdc_arena *arena, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(AT_ONCE);
	vdc_autofree char *cache = vdc_folder_path(&locks);
	vdc_autofree char *folder = vdc_format("%s/reads/", cache);
	int r = 0;

	vdc_folder_make(folder);
	for (size_t i = 0; i < readings->n && !r; i++) {
		r = check(readings->all[i], err);
		if (!r)
			add(pool, readings->all[i], folder, limit_us, arena);
	}
	return r ? r : vdc_pool_run(pool, -1, err);
}

static int is_named(const void *object, struct vdc_err *err)
{
	const struct vdc_domain_reading *reading = object;

	return reading->id && reading->name
		       ? 0
		       : vdc_err_set(err, -EINVAL, "a storage domain without id or name");
}

int vdc_domain_readings_load(FILE *in, const char *name, struct vdc_arena *arena,
			     struct vdc_domain_readings *ret, struct vdc_err *err)
{
	return vdc_doc_gather(in, name, &vdc_domain_reading_kind, is_named, arena, &ret->all,
			      &ret->n, err);
}
