/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the operands are. Only a child looks at a path: the storage below it may hang. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "act/image_read.h"
#include "base/child.h"

/* "vg:GROUP" */
static bool take_group(struct vdc_image_source *source)
{
	if (strncmp(source->path, "vg:", 3) != 0)
		return false;
	source->kind = VDC_IMAGE_GROUP;
	source->path += 3;
	return true;
}

/* "HOST:PATH" as scp(1) takes it: a colon in front of any slash. */
static void take_host(struct vdc_image_source *source, struct vdc_arena *arena)
{
	const char *colon = strchr(source->path, ':'), *slash = strchr(source->path, '/');

	if (!colon || colon == source->path || !colon[1] || (slash && slash < colon))
		return;
	source->kind = VDC_IMAGE_REMOTE;
	source->host = vdc_arena_strndup(arena, source->path, (size_t)(colon - source->path));
	source->path = colon + 1;
}

static struct vdc_image_source source_of(const char *word, int64_t limit_us,
					 struct vdc_arena *arena)
{
	const char *equals = strchr(word, '=');
	struct vdc_image_source source = { .path = word, .limit_us = limit_us };
	char id[VDC_UUID_LEN + 1];

	if (equals == word + VDC_UUID_LEN) {
		memcpy(id, word, VDC_UUID_LEN);
		id[VDC_UUID_LEN] = '\0';
		if (vdc_uuid_read(id, &source.id))
			source.path = equals + 1;
	}
	source.label = source.path;
	if (!strcmp(source.path, "-")) {
		source.kind = VDC_IMAGE_STANDARD_INPUT;
		source.path = NULL;
		source.label = "standard input";
	} else if (!take_group(&source)) {
		take_host(&source, arena);
	}
	return source;
}

struct looking {
	struct vdc_image_source *sources;
	size_t n, at; /* the one that is looked at */
	bool silent;
};

static int look(void *ctx, struct vdc_sender *sender, struct vdc_err *err vdc_unused)
{
	const struct looking *looking = ctx;
	int r = 0;

	for (size_t i = looking->at; i < looking->n && !r; i++) {
		char kind = VDC_IMAGE_DUMP;
		struct stat st;

		if (looking->sources[i].kind)
			kind = (char)looking->sources[i].kind;
		else if (stat(looking->sources[i].path, &st) == 0 && S_ISDIR(st.st_mode))
			kind = VDC_IMAGE_FOLDER;
		r = vdc_send(sender, &kind, 1);
	}
	return r;
}

static int got_kind(void *ctx, const char *data, size_t len vdc_unused,
		    struct vdc_err *err vdc_unused)
{
	struct looking *looking = ctx;

	if (looking->at < looking->n)
		looking->sources[looking->at++].kind = (enum vdc_image_source_kind)data[0];
	return 0;
}

static int look_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct looking *looking = ctx;

	looking->silent = failure->code == -ETIMEDOUT;
	return failure->code && !looking->silent
		       ? vdc_err_set(err, failure->code, "%s", vdc_err_text(failure))
		       : 0;
}

int vdc_image_sources(const char *const *words, size_t n, int64_t limit_us, struct vdc_arena *arena,
		      struct vdc_image_source **ret, struct vdc_err *err)
{
	struct vdc_image_source *all = vdc_arena_alloc(arena, (n + 1) * sizeof(*all));
	vdc_autopool *pool = vdc_pool_new(1);
	struct looking looking = { all, n, 0, false };
	int r = 0;

	for (size_t i = 0; i < n; i++)
		all[i] = source_of(words[i], limit_us, arena);
	while (!r && looking.at < n) {
		vdc_pool_add(pool, &(struct vdc_task){ .ctx = &looking,
						       .work = look,
						       .got = got_kind,
						       .ended = look_ended,
						       .quiet_us = limit_us });
		r = vdc_pool_run(pool, -1, err);
		if (!r && looking.at < n && looking.silent)
			all[looking.at++].kind = VDC_IMAGE_SILENT;
	}
	if (!r)
		*ret = all;
	return r;
}

bool vdc_image_source_is_live(const struct vdc_image_source *source)
{
	return source->kind != VDC_IMAGE_DUMP && source->kind != VDC_IMAGE_STANDARD_INPUT;
}
