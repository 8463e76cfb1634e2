/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole group: its volumes with their tags, and where on which device each of them lies, so that a
 * volume can be read without being active, as nobody has to be told of then. Takes no lock of LVM's.
 */
#pragma once

#include "edge/lvm.h"

struct vdc_lvm_segment {
	int64_t start, size; /* within the volume, bytes */
	const char *device;  /* NULL: it is missing, or the segment is not plainly linear */
	int64_t offset;	     /* there, bytes */
};

struct vdc_lvm_part {
	const char *name;
	int64_t size;
	int64_t created;  /* seconds since 1970; VDC_UNSET */
	const char *tags; /* separated by commas; "" */
	struct vdc_lvm_segment *segments;
	size_t n;
};

struct vdc_lvm_layout {
	const char *tags; /* of the group */
	int64_t extent;
	int64_t metadata_size, metadata_free; /* of LVM's own, on the device with the least */
	int64_t missing;		      /* physical volumes */
	int64_t areas; /* physical volumes with a copy of it that is used */
	struct vdc_lvm_part *parts; /* in the order of LVM, the hidden parts of others not */
	size_t n;
};

/* In ARENA. Errors as vdc_lvm_run(); -EBADMSG: LVM says something that makes no sense. */
int vdc_lvm_layout(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		   struct vdc_lvm_layout *ret, struct vdc_err *err);
/* The same with no part but VOLUME: none, -EBADMSG or LVM's error if it is not there. */
int vdc_lvm_layout_of(struct vdc_lvm *lvm, const char *group, const char *volume,
		      struct vdc_arena *arena, struct vdc_lvm_layout *ret, struct vdc_err *err);
