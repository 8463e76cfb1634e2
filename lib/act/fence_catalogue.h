/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the fence agents that are installed say of themselves. Asking one takes a twentieth of a second
 * and there are a hundred, so the answers are kept in a file, for each agent as long as its time and
 * size stay the same (act/fence_cache.h). Those that changed are asked at once, as many together as
 * there are processors.
 */
#pragma once

#include "doc/fence_metadata.h"

struct vdc_fence_program {
	const char *name; /* "fence_ipmilan" */
	int64_t mtime_ns, size;
	const char *failure; /* why it has no metadata; NULL: it has */
	struct vdc_fence_metadata metadata;
};

struct vdc_fence_catalogue {
	struct vdc_fence_program *programs; /* by name */
	size_t n;
};

/* All of them. That one does not answer is no error. */
int vdc_fence_catalogue_read(struct vdc_arena *arena, struct vdc_fence_catalogue *ret,
			     struct vdc_err *err);

/* One by its name, without a word to the others. -ENOENT: it is not installed. */
int vdc_fence_catalogue_one(const char *name, struct vdc_arena *arena,
			    struct vdc_fence_program *ret, struct vdc_err *err);
