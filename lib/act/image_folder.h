/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file domain where it is mounted: dom_md/metadata, images/IMAGE/VOLUME and VOLUME.meta. */
#pragma once

#include "plan/image_check.h"

/*
 * FOLDER, an open folder, into CHECK, whose source began. DEEP: with the headers of the images, a read
 * of 4 KiB for each. No link is followed, and what is no volume is passed over. SELF gets what the
 * domain says of itself, its texts in ARENA.
 */
int vdc_image_folder_read(int folder, bool deep, struct vdc_image_check *check,
			  struct vdc_arena *arena, struct vdc_storage_self *self,
			  struct vdc_err *err);
