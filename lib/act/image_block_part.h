/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files image_block*.c. */
#pragma once

#include "act/image_block.h"
#include "act/image_group.h"
#include "base/buf.h"
#include "base/time.h"
#include "model/disk.h"
#include "model/storage_domain.h"

struct image_block {
	const struct vdc_image_dump_sink *sink;
	struct vdc_arena *arena; /* of one volume */
	struct vdc_arena *kept;
	struct vdc_image_group *group;
	const struct vdc_lvm_part *metadata;
	struct vdc_storage_self self;
	bool deep;
	struct vdc_err *err;
};

/* image_block_tags.c: what the tags of a logical volume say. */
struct image_tags {
	struct vdc_uuid image, parent;
	int64_t slot; /* VDC_UNSET: they do not say */
	bool has_image, has_parent;
	bool removed, creating;
};

struct image_tags image_tags_read(const char *tags);

/* The tags of the group as the text that a file domain has in dom_md/metadata. False: it is no domain. */
bool image_tags_of_domain(const char *tags, struct vdc_buf *out);

/* image_block_lease.c: leases of volumes and of VMs, for the sink. */
int image_block_leases(struct image_block *block);
