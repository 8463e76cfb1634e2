/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files lockspace*.c. Called in a child (base/child.h): they hang as long as the storage. */
#pragma once

#include "act/lockspace.h"

/* lockspace_area.c: the files and folders of a file domain that are missing, with vdsm's names. */
int vdc_lockspace_make_files(const struct vdc_lockspace *space, struct vdc_err *err);

/*
 * lockspace_volume.c: the logical volumes of a block domain that are missing, with zeros where that
 * means something, and active here. -EPERM: one of another size is there, or the domain is in use;
 * -ENOSPC: nothing was made.
 */
int vdc_lockspace_make_volumes(const struct vdc_lockspace *space, struct vdc_err *err);
/* Of a block domain: active on this host; of others nothing. */
int vdc_lockspace_activate(const struct vdc_lockspace *space, struct vdc_err *err);
