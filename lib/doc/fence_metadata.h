/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a fence agent says of itself (`fence_x -o metadata`, metadata.rng of fence-agents): the actions it
 * has and the options it takes.
 */
#pragma once

#include "model/fence_device.h"

/*
 * TEXT, all that the agent printed, LEN bytes; what stands before the document is passed over. -EBADMSG:
 * not metadata of an agent. Options without a name, or with one that no line can have, are left out.
 */
int vdc_fence_metadata_read(const char *text, size_t len, struct vdc_arena *arena,
			    struct vdc_fence_metadata *ret, struct vdc_err *err);
