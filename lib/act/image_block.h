/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block domain where it lies: a volume group whose tags describe it, a logical volume for each volume,
 * whose tags say image, parent and slot, the slots of "metadata", the leases (vdsm, storage/blockSD.py
 * and blockVolume.py).
 */
#pragma once

#include "doc/image_dump.h"

/*
 * GROUP for SINK. DEEP: with the headers of the images. LVM is asked without a lock, and what lies on the
 * devices is read without activating a volume; a slot that seems wrong is read again until it stays
 * the same. It hangs as long as the storage does. It takes root.
 */
int vdc_image_block_read(const char *group, bool deep, int64_t limit_us,
			 const struct vdc_image_dump_sink *sink, struct vdc_err *err);
