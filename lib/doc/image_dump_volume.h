/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record of a dump, for doc/image_dump.c. */
#pragma once

#include "base/node.h"
#include "model/storage_volume.h"

/* Words of "found", which our own dumps have, and the flags of enum vdc_storage_volume_flags. */
struct vdc_dump_found {
	const char *word;
	unsigned flag;
};

extern const struct vdc_dump_found vdc_dump_found[];
extern const size_t vdc_dump_n_found;
extern const unsigned vdc_dump_found_flags; /* all of them */

/* NULL for what the dumps write where there is nothing: null, "", "None"; and for what no document of
 * ours could hold. */
const char *vdc_dump_text(const struct vdc_node *node, const char *name);

bool vdc_dump_true(const struct vdc_node *node, const char *name);

/* VDC_UNSET where there is none, or none that makes sense: ODD is then true. */
int64_t vdc_dump_number(const struct vdc_node *node, const char *name, bool *odd);

/* The word of NODE as one of VALUES, 0 where there is none or an unknown one (ODD). */
uint8_t vdc_dump_word(const struct vdc_node *node, const char *name, const struct vdc_enum *values,
		      bool *odd);

/*
 * The volume ID. IMAGE is the name of the image that it stands under, NULL in dumps without images;
 * DOMAIN (may be blank) is the domain it should name, where it names one. What it points to lies in NODE
 * and in ARENA.
 */
struct vdc_storage_volume vdc_dump_volume(const struct vdc_node *node, struct vdc_uuid id,
					  const char *image, struct vdc_uuid domain,
					  struct vdc_arena *arena);
