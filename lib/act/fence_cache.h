/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file with what fence agents said of themselves: fence-agents in the folder cache-directory, else
 * in /var/cache/vdc for root and $XDG_CACHE_HOME/vdc for others. It can be missing at any time. One that
 * somebody else could have written, that is cut, damaged or of another version is as good as none.
 */
#pragma once

#include "act/fence_catalogue.h"

/* What it says about the agents in the folder that is set; nothing is a possible answer. */
void vdc_fence_cache_load(struct vdc_arena *arena, struct vdc_fence_catalogue *ret);

/* Puts a new one in its place, whole or not at all. Without it everything works, only slower. */
void vdc_fence_cache_save(const struct vdc_fence_catalogue *catalogue);
