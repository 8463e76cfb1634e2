/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the module vdc-sanlock. */
#pragma once

/* It needs the integers and does not say so. */
#include <stddef.h>
#include <stdint.h>

#include <sanlock.h>

#include "edge/sanlock_ops.h"

/* A result of sanlock below 0 as an error about WHAT ("lockspace X", "lease X of Y"). */
int sanlock_failed(int result, struct vdc_err *err, const char *what, const char *name);

/* Its flags for such a place. */
uint32_t sanlock_place_flags(const struct vdc_sanlock_place *place);
int sanlock_fill_disk(struct sanlk_disk *disk, const struct vdc_sanlock_place *place,
		      struct vdc_err *err);
int sanlock_fill_space(struct sanlk_lockspace *space, const struct vdc_sanlock_space *from,
		       struct vdc_err *err);

/* One resource with one disk. */
struct sanlock_resource {
	struct sanlk_resource head;
	struct sanlk_disk disk;
};
int sanlock_fill_resource(struct sanlock_resource *resource, const struct vdc_sanlock_lease *lease,
			  struct vdc_err *err);

/* sanlock_holder.c */
int sanlock_register_holder(int *ret, struct vdc_err *err);
int sanlock_set_killpath(int fd, const char *program, const char *args, struct vdc_err *err);
int sanlock_acquire_lease(int fd, const struct vdc_sanlock_lease *lease, int64_t *lver,
			  struct vdc_err *err);
int sanlock_lease_held(int pid, const struct vdc_sanlock_lease *lease, int64_t *lver,
		       struct vdc_err *err);
int sanlock_release_lease(int fd, const struct vdc_sanlock_lease *lease, struct vdc_err *err);
