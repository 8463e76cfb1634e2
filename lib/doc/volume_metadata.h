/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The metadata of a volume and of a storage domain as they lie on the storage: lines KEY=value, to an
 * EOF or the end (vdsm, storage/volumemetadata.py and storage/persistent.py). A volume's is a .meta file
 * or a slot of 512 bytes, of the formats V1 to V4 (SIZE in sectors) and V5 (CAP in bytes).
 */
#pragma once

#include "base/mem.h"
#include "model/storage_volume.h"

enum { VDC_VOLUME_METADATA_MAX = 8192 };

/*
 * Fills what TEXT, LEN bytes, says into VOLUME, whose id is set; its description lives in ARENA.
 * VDC_STORAGE_VOLUME_INVALID: a key is missing that every volume has, a number is none, or the
 * metadata was cleared. DOMAIN is the one that it should name.
 */
void vdc_volume_metadata_read(const char *text, size_t len, struct vdc_uuid domain,
			      struct vdc_arena *arena, struct vdc_storage_volume *volume);

/* The metadata of a domain (dom_md/metadata); texts live in ARENA. What it does not say is no value. */
void vdc_domain_metadata_read(const char *text, size_t len, struct vdc_arena *arena,
			      struct vdc_storage_self *ret);
