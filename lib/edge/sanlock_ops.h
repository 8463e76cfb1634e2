/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-sanlock exports: edge/sanlock.h as a table of functions. */
#pragma once

#include "edge/sanlock.h"

struct vdc_sanlock_ops {
	int (*spaces)(struct vdc_arena *arena, struct vdc_sanlock_joined **ret, size_t *n,
		      struct vdc_err *err);
	int (*join)(const struct vdc_sanlock_space *space, unsigned io_timeout,
		    struct vdc_err *err);
	int (*in)(const struct vdc_sanlock_space *space, struct vdc_err *err);
	int (*leave)(const struct vdc_sanlock_space *space, struct vdc_err *err);
	int (*hosts)(const char *space, int64_t host_id, struct vdc_arena *arena,
		     struct vdc_sanlock_host **ret, size_t *n, struct vdc_err *err);
	int (*write_space)(const struct vdc_sanlock_space *space, unsigned io_timeout,
			   struct vdc_err *err);
	int (*write_lease)(const struct vdc_sanlock_lease *lease, struct vdc_err *err);
	int (*owner)(const struct vdc_sanlock_lease *lease, struct vdc_sanlock_owner *ret,
		     struct vdc_err *err);
	int (*register_)(int *ret, struct vdc_err *err);
	int (*killpath)(int fd, const char *program, const char *args, struct vdc_err *err);
	int (*acquire)(int fd, const struct vdc_sanlock_lease *lease, int64_t *lver,
		       struct vdc_err *err);
	int (*held)(int pid, const struct vdc_sanlock_lease *lease, int64_t *lver,
		    struct vdc_err *err);
	int (*release)(int fd, const struct vdc_sanlock_lease *lease, struct vdc_err *err);
};

vdc_public extern const struct vdc_sanlock_ops vdc_sanlock_ops;
