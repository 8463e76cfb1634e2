/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file domain where it is mounted: dom_md/metadata, images/IMAGE/VOLUME and VOLUME.meta. */
#pragma once

#include "doc/image_dump.h"

/*
 * FOLDER, an open folder, for SINK; it should be the domain ID, if that is not blank. DEEP: with the headers of the images, a read of 4 KiB for each. No
 * link is followed, and what is no volume is passed over; what cannot be read is an error, because a
 * volume that is passed over would look like one that is lost. It hangs as long as the storage does.
 */
int vdc_image_folder_read(int folder, struct vdc_uuid id, bool deep,
			  const struct vdc_image_dump_sink *sink, struct vdc_err *err);

/* Whether one of the bitmaps of the image FD, whose HEADER was read, is in use. What cannot be read is not. */
void vdc_image_bitmaps_read(int fd, struct vdc_arena *arena, struct vdc_storage_header *header);
