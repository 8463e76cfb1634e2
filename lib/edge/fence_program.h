/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fence agents that are installed here: programs fence_* in the folder fence.agent-directory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct vdc_fence_file {
	const char *name;	/* "fence_ipmilan" */
	int64_t mtime_ns, size; /* of what a link leads to */
};

/* Whether that can be the name of an agent: fence_ and letters, digits, '_' or '-'. */
bool vdc_fence_program_named(const char *name);
const char *vdc_fence_program_path(const char *name, struct vdc_arena *arena);

/* All of them by name; daemons and tools of other fencing systems are not among them. */
int vdc_fence_files(struct vdc_arena *arena, struct vdc_fence_file **ret, size_t *n,
		    struct vdc_err *err);
/* One. -ENOENT: it is not installed. */
int vdc_fence_file(const char *name, struct vdc_arena *arena, struct vdc_fence_file *ret,
		   struct vdc_err *err);

/* What matters of it wherever an agent runs: what it says can be read, and Python is quiet. */
#define VDC_FENCE_LOCALE "LC_ALL=C.UTF-8"
#define VDC_FENCE_QUIET "PYTHONWARNINGS=ignore"

/* The environment of an agent, the same whoever calls: nothing of ours goes along. */
const char *const *vdc_fence_surroundings(struct vdc_arena *arena);

/*
 * What an agent prints about itself, its metadata. -EBADMSG: it printed nothing or ended with a failure;
 * -EFBIG: far too much; -ETIMEDOUT: it was killed.
 */
int vdc_fence_describe(const char *name, struct vdc_buf *ret, struct vdc_err *err);
