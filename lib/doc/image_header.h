/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header of an image: qcow2, versions 2 (compat 0.10) and 3 (1.1), or anything else, which is raw
 * (QEMU, docs/interop/qcow2.txt).
 */
#pragma once

#include <stddef.h>

#include "base/mem.h"
#include "model/storage_volume.h"

/* As much of its beginning as holds the header with the name of its backing file. */
enum { VDC_IMAGE_HEADER_MAX = 4096 };

/* As much of the directory of its bitmaps as is looked at. */
enum { VDC_IMAGE_BITMAPS_MAX = 65536 };

/*
 * BYTES, N of them, are the beginning of a volume that is SIZE bytes long. Names live in ARENA. False:
 * it says that it is qcow2 and cannot be.
 */
bool vdc_image_header_read(const void *bytes, size_t n, int64_t size, struct vdc_arena *arena,
			   struct vdc_storage_header *ret);

/*
 * Whether one of the bitmaps in the directory, N bytes at header->bitmaps_at, is in use: who has the image
 * open for writing marks them so, and a program that ends without having written them leaves it.
 */
bool vdc_image_bitmaps_in_use(const void *bytes, size_t n);
