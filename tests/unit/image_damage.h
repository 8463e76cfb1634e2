/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every damage that a dump and a database can show, one at a time. */
#pragma once

#include "../helpers/image_world.h"

/* What an image must be like to be damaged so. */
enum damage_needs {
	NEEDS_PLAIN = 1 << 0, /* no template */
	NEEDS_TEMPLATE = 1 << 1,
	NEEDS_TWO = 1 << 2, /* volumes at least */
	NEEDS_THREE = 1 << 3,
	NEEDS_BLOCK = 1 << 4,
	NEEDS_OWN_BASE = 1 << 5, /* not based on a template */
	NEEDS_ONE = 1 << 6,	 /* volume exactly */
	NEEDS_FILES = 1 << 7,	 /* on a file domain */
};

struct damage {
	void (*do_it)(struct image_world *world, int image);
	unsigned needs;
	const char *must; /* codes that are found, each; separated by spaces */
	const char *may;  /* that may be found besides: they follow from it */
	bool wide;	  /* other images suffer, too, or it is about no image */
};

size_t n_damages(void);
const struct damage *damage_at(size_t i);
