/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain in place, read by a child: storage hangs for as long as it likes. */
#pragma once

#include "act/image_read.h"

/* Of VDC_IMAGE_FOLDER and VDC_IMAGE_GROUP. -ETIMEDOUT: nothing was heard of it for source->limit_us;
 * -ETIME: source->until has come. */
int vdc_image_child_read(const struct vdc_image_source *source,
			 const struct vdc_image_dump_sink *sink, struct vdc_err *err);

/* Of VDC_IMAGE_REMOTE: by this command on that host. */
int vdc_image_remote_read(const struct vdc_image_source *source,
			  const struct vdc_image_dump_sink *sink, struct vdc_err *err);
