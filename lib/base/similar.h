/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "Did you mean": the candidate nearest to a misspelt word, counting a letter added, left out,
 * replaced, or swapped with its neighbour as one step; case costs nothing. Nothing is nearest when all
 * are too far away to be a slip of the fingers.
 *
 *	struct vdc_similar similar = { .word = word };
 *	for (...)
 *		vdc_similar_try(&similar, candidate);
 *	if (similar.best[0]) ...
 */
#pragma once

#include <stddef.h>

enum { VDC_SIMILAR_LEN = 63 };

struct vdc_similar {
	const char *word;
	char best[VDC_SIMILAR_LEN + 1]; /* a copy; "" while there is none */
	size_t distance;
};

void vdc_similar_try(struct vdc_similar *similar, const char *candidate);

/* For the end of a message: "; did you mean NAME?", or "" when nothing is near. Returns OUT. */
enum { VDC_SIMILAR_HINT = VDC_SIMILAR_LEN + 24 };
const char *vdc_similar_hint(const struct vdc_similar *similar, char out[VDC_SIMILAR_HINT]);
