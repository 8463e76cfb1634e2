/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files image_damage*.c. */
#pragma once

#include <string.h>

#include "image_damage.h"

struct damage_topic {
	const struct damage *all;
	size_t n;
};

extern const struct damage_topic damage_row, damage_chain, damage_volume, damage_domain,
	damage_storage, damage_file;

#define MIB (INT64_C(1) << 20)

#define DAMAGE(name) static void name(struct image_world *w, int i)
#define IMAGE (&w->images[i])
#define TOP (IMAGE->n - 1)
#define VOLUME(v) (IMAGE->volumes[v])
#define ROW(v) (IMAGE->rows[v])

static inline int any(struct image_world *w, int i)
{
	return (int)(image_random(w) % (uint64_t)IMAGE->n);
}

static inline char *text(const char *s)
{
	return (char *)(uintptr_t)s;
}
