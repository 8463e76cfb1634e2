/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The chains of some disks as they lie on the storage, base first. A chain goes straight down in one
 * lane; where several volumes are based on one, all but the last of them begin a lane of their own.
 */
#pragma once

#include "plan/image_check.h"

struct vdc_image_tree_node {
	struct vdc_uuid id;
	struct vdc_uuid below; /* what it is based on and is not drawn above it; blank: nothing */
	uint32_t lane;	       /* lanes left of it that go on */
	bool goes_on;	       /* another volume follows in its lane */
	bool missing;	       /* what it is based on is not there */
	bool loop;	       /* what it is based on stands above it */
	bool removed;	       /* renamed for its removal */
	bool active;	       /* the database writes to it */
	uint8_t format;	       /* enum vdc_disk_format */
	uint8_t voltype;       /* enum vdc_voltype */
	int64_t capacity;      /* VDC_UNSET */
};

/* The volumes of one disk on one domain. */
struct vdc_image_tree {
	struct vdc_uuid image;
	uint32_t domain; /* index in the result of the check */
	struct vdc_image_tree_node *nodes;
	size_t n;
};

/*
 * Of the disks that options.wanted named, by disk, then by domain, after vdc_image_check_end(); in the
 * arena of the check.
 */
void vdc_image_trees(struct vdc_image_check *check, struct vdc_image_tree **ret, size_t *n);
