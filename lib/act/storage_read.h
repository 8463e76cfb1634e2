/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading storage domains on this machine, past every cache, all at once: of a file domain its
 * metadata (ID/dom_md/metadata below the mount, else the lockspace beside it; of a directory that is no
 * domain of oVirt's making its entries), of a block domain the first sectors of the volume "metadata",
 * or of a disk of the volume group where that volume is not active. No database.
 *
 * Each reading is a child that is killed at its limit. One that the kernel does not let go of, because
 * the storage hangs, keeps a lock on its domain: later ones wait for that until their own limit, and
 * processes do not pile up on a host whose storage is away for a day.
 */
#pragma once

#include <stdio.h>

#include "model/domain_reading.h"

struct vdc_domain_readings {
	struct vdc_domain_reading **all;
	size_t n;
};

/* A document of them, called NAME; in ARENA. */
int vdc_domain_readings_load(FILE *in, const char *name, struct vdc_arena *arena,
			     struct vdc_domain_readings *ret, struct vdc_err *err);

/* Fills in what is observed. A domain that cannot be read is no error; -EINVAL: one that has no place,
 * or two. */
int vdc_storage_read(const struct vdc_domain_readings *readings, int64_t limit_us,
		     struct vdc_arena *arena, struct vdc_err *err);
