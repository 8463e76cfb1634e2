/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `qemu-img check` for each qcow2 volume of a file domain in place that nobody writes to. */
#pragma once

#include "act/image_read.h"

struct vdc_image_verify {
	int64_t limit_us; /* for one image */
	/* Told before each volume; may be NULL. */
	void (*step)(void *ctx, const char *volume);
	void *ctx;
	size_t open;	/* out: that somebody writes to, which were not checked */
	size_t skipped; /* out: that could not be checked, which was logged */
};

/*
 * The volumes of SOURCE, which CHECK read last. Sources that are no folder here: nothing, and all of
 * them are `skipped`. -ENOENT: there is no qemu-img.
 */
int vdc_image_verify(struct vdc_image_check *check, const struct vdc_image_source *source,
		     struct vdc_image_verify *verify, struct vdc_err *err);
