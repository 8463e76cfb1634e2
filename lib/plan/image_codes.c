/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/image_codes.h"

#include <stdlib.h>

#include "model/kind.h"
#include "plan/image_codes_part.h"

static const struct image_topic *const topics[] = {
	&image_codes_row,   &image_codes_chain,	 &image_codes_volume,
	&image_codes_lease, &image_codes_domain,
};

const struct vdc_image_code *vdc_image_code(enum vdc_image_code_id id)
{
	for (size_t i = 0; i < VDC_COUNT(topics); i++) {
		size_t at = (size_t)id - (size_t)topics[i]->codes[0].id;

		if (at < topics[i]->n)
			return &topics[i]->codes[at];
	}
	abort();
}

const struct vdc_image_code *vdc_image_code_find(const char *name)
{
	for (size_t i = 0; i < VDC_IMAGE_N_CODES; i++)
		if (vdc_word_equal(vdc_image_code(i)->code, name))
			return vdc_image_code(i);
	return NULL;
}
