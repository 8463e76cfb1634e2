/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Groups and logical volumes through the shell of edge/lvm.h, whose errors they have. Sizes in bytes.
 * What only reads takes no lock, so that it does not wait for whoever changes the group, and what it
 * says may be older than that.
 */
#pragma once

#include <stdbool.h>

#include "edge/lvm.h"

/* LVM's own rule (lvm(8), VALID NAMES), for groups and volumes. */
bool vdc_lvm_name_valid(const char *name);

struct vdc_lvm_group {
	const char *id; /* LVM's UUID of it */
	int64_t extent, size, free;
	int64_t missing;  /* physical volumes that are not there */
	const char *tags; /* separated by commas; "" */
};
int vdc_lvm_group(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		  struct vdc_lvm_group *ret, struct vdc_err *err);

/* WHAT: "--addtag" or "--deltag". */
int vdc_lvm_tag_group(struct vdc_lvm *lvm, const char *group, const char *what, const char *tag,
		      struct vdc_err *err);

/* Paths of its physical volumes, ends with NULL: for vdc_lvm_new(). */
int vdc_lvm_group_devices(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
			  const char *const **ret, struct vdc_err *err);

/* A physical volume with what its device has beyond it. */
struct vdc_lvm_device {
	const char *path;
	int64_t device; /* size of the device */
	int64_t size;	/* of the physical volume, in extents of the group, behind its start */
	int64_t start;
};
int vdc_lvm_devices(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		    struct vdc_lvm_device **ret, size_t *n, struct vdc_err *err);

/* The physical volume at PATH takes all of its device. Changes metadata. */
int vdc_lvm_take_device(struct vdc_lvm *lvm, const char *path, struct vdc_err *err);

struct vdc_lvm_volume {
	const char *name;
	int64_t size;
	const char *tags; /* separated by commas; "" */
};
/* All of a group, the hidden parts of others not. */
int vdc_lvm_volumes(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		    struct vdc_lvm_volume **ret, size_t *n, struct vdc_err *err);

/* One of them. -ENOENT: there is none of that name. */
int vdc_lvm_volume(struct vdc_lvm *lvm, const char *group, const char *name,
		   struct vdc_arena *arena, struct vdc_lvm_volume *ret, struct vdc_err *err);

/* A new one with TAG (NULL: none), with whatever lay in its place; not active anywhere. */
int vdc_lvm_create(struct vdc_lvm *lvm, const char *group, const char *name, int64_t size,
		   const char *tag, struct vdc_err *err);
int vdc_lvm_remove_tag(struct vdc_lvm *lvm, const char *group, const char *name, const char *tag,
		       struct vdc_err *err);
/* To SIZE, rounded up to whole extents. -EALREADY: it is as large or larger. */
int vdc_lvm_extend(struct vdc_lvm *lvm, const char *group, const char *name, int64_t size,
		   struct vdc_err *err);
