/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fnv.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/wire.h"
#include "config.h"

/* Another version of the program may have other members. */
#define MAGIC "vdc fence agents " PACKAGE_VERSION " 1\n"

enum { MOST_BYTES = 32 * 1024 * 1024, SUM_LEN = 8 };

static const struct vdc_folder caches = {
	.setting = VDC_SETTING_CACHE_DIRECTORY,
	.root = "/var/cache/vdc",
	.variable = "XDG_CACHE_HOME",
	.home = ".cache",
};

static void wire_chars(struct vdc_wire *wire, char **text)
{
	const char *at = *text;

	vdc_wire_text(wire, &at);
	*text = (char *)(uintptr_t)at;
}

static void wire_option(struct vdc_wire *wire, struct vdc_fence_option *option)
{
	wire_chars(wire, &option->name);
	vdc_wire_int(wire, &option->type);
	vdc_wire_int(wire, &option->required);
	vdc_wire_int(wire, &option->deprecated);
	wire_chars(wire, &option->preset);
	wire_chars(wire, &option->choices);
	wire_chars(wire, &option->older);
	wire_chars(wire, &option->description);
	option->id = option->name;
	if (!option->name)
		wire->bad = true;
}

static void wire_options(struct vdc_wire *wire, struct vdc_fence_metadata *metadata,
			 struct vdc_arena *arena)
{
	vdc_wire_count(wire, &metadata->n);
	if (metadata->n > VDC_FENCE_OPTIONS_MAX)
		wire->bad = true;
	if (!wire->out && !wire->bad)
		metadata->options =
			vdc_arena_alloc(arena, (metadata->n + 1) * sizeof(*metadata->options));
	for (size_t i = 0; i < metadata->n && !wire->bad; i++) {
		if (!wire->out)
			metadata->options[i] =
				vdc_arena_alloc(arena, sizeof(struct vdc_fence_option));
		wire_option(wire, metadata->options[i]);
	}
}

static void wire_program(struct vdc_wire *wire, struct vdc_fence_program *program,
			 struct vdc_arena *arena)
{
	vdc_wire_text(wire, &program->name);
	vdc_wire_int(wire, &program->mtime_ns);
	vdc_wire_int(wire, &program->size);
	vdc_wire_text(wire, &program->failure);
	vdc_wire_text(wire, &program->metadata.description);
	vdc_wire_text(wire, &program->metadata.actions);
	wire_options(wire, &program->metadata, arena);
	if (!program->name)
		wire->bad = true;
}

/* ARENA: for what is read. */
static void wire_all(struct vdc_wire *wire, const char **directory,
		     struct vdc_fence_catalogue *catalogue, struct vdc_arena *arena)
{
	vdc_wire_text(wire, directory);
	vdc_wire_count(wire, &catalogue->n);
	if (!wire->out && !wire->bad)
		catalogue->programs =
			vdc_arena_alloc(arena, (catalogue->n + 1) * sizeof(*catalogue->programs));
	for (size_t i = 0; i < catalogue->n && !wire->bad; i++)
		wire_program(wire, &catalogue->programs[i], arena);
}

/* Against accidents; against people there are permissions. */
static uint64_t sum_of(const char *data, size_t len)
{
	return vdc_fnv(VDC_FNV_START, data, len);
}

static bool is_ours(int fd, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) || st.st_size > MOST_BYTES)
		return false;
	*size = (size_t)st.st_size;
	return true;
}

/* The bytes behind the head of the file PATH, NULL when they are no use. */
static const char *read_payload(const char *path, struct vdc_arena *arena, size_t *len)
{
	const size_t head = strlen(MAGIC) + SUM_LEN;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t size = 0;
	uint64_t sum;
	char *data;
	ssize_t got;

	if (fd < 0)
		return NULL;
	if (!is_ours(fd, &size) || size < head) {
		close(fd);
		return NULL;
	}
	data = vdc_arena_alloc(arena, size);
	got = read(fd, data, size);
	close(fd);
	if (got != (ssize_t)size || memcmp(data, MAGIC, strlen(MAGIC)) != 0)
		return NULL;
	memcpy(&sum, data + strlen(MAGIC), SUM_LEN);
	*len = size - head;
	return sum == sum_of(data + head, *len) ? data + head : NULL;
}

static char *path_of(const char *name)
{
	vdc_autofree char *folder = vdc_folder_path(&caches);

	return vdc_format("%s/%s", folder, name);
}

void vdc_fence_cache_load(struct vdc_arena *arena, struct vdc_fence_catalogue *ret)
{
	vdc_autofree char *path = path_of("fence-agents");
	const char *directory = NULL, *data;
	struct vdc_fence_catalogue read = { 0 };
	struct vdc_wire wire;
	size_t len = 0;

	*ret = (struct vdc_fence_catalogue){ 0 };
	data = read_payload(path, arena, &len);
	if (!data)
		return;
	wire = vdc_wire_reader(data, len);
	wire_all(&wire, &directory, &read, arena);
	if (wire.bad || !directory ||
	    strcmp(directory, vdc_setting_text(VDC_SETTING_FENCE_AGENT_DIRECTORY)) != 0)
		return;
	*ret = read;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

void vdc_fence_cache_save(const struct vdc_fence_catalogue *catalogue)
{
	vdc_autofree char *folder = vdc_folder_path(&caches), *path = path_of("fence-agents");
	vdc_autofree char *fresh = path_of("fence-agents.XXXXXX");
	const char *directory = vdc_setting_text(VDC_SETTING_FENCE_AGENT_DIRECTORY);
	struct vdc_fence_catalogue all = *catalogue;
	vdc_autobuf payload = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&payload);
	uint64_t sum;
	int fd, r;

	vdc_folder_make(folder);
	wire_all(&wire, &directory, &all, NULL);
	sum = sum_of(payload.data, payload.len);
	fd = mkostemp(fresh, O_CLOEXEC);
	if (fd < 0) {
		vdc_debug("%s: %s; fence agents are asked anew each time", folder, strerror(errno));
		return;
	}
	r = write_all(fd, MAGIC, strlen(MAGIC));
	if (!r)
		r = write_all(fd, (const char *)&sum, SUM_LEN);
	if (!r)
		r = write_all(fd, payload.data, payload.len);
	close(fd);
	if (!r && rename(fresh, path))
		r = -errno;
	if (r) {
		vdc_debug("%s: %s", path, strerror(-r));
		unlink(fresh);
	}
}
