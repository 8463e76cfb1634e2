/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices of a volume group, read where its volumes lie: nothing is activated, locked or written. */
#pragma once

#include "edge/lvm_layout.h"

struct vdc_image_group;

/* Of the layout, which must live as long. Opens nothing yet. */
struct vdc_image_group *vdc_image_group_new(const struct vdc_lvm_layout *layout);
void vdc_image_group_free(struct vdc_image_group *group); /* NULL is fine */

/* NULL: it has none of that name. */
const struct vdc_lvm_part *vdc_image_group_part(const struct vdc_image_group *group,
						const char *name);

/*
 * LEN bytes of PART at OFFSET, both whole VDC_DIRECT_UNIT, past every cache. -ENODATA: it ends before;
 * -ENODEV: it lies on a device that is missing, or in a way that is not read here.
 */
int vdc_image_group_read(struct vdc_image_group *group, const struct vdc_lvm_part *part,
			 int64_t offset, void *data, size_t len, struct vdc_err *err);
