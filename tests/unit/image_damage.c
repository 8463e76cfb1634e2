/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image_damage_part.h"

static const struct damage_topic *const topics[] = {
	&damage_row, &damage_chain, &damage_volume, &damage_domain, &damage_storage, &damage_file,
};

size_t n_damages(void)
{
	size_t n = 0;

	for (size_t t = 0; t < VDC_COUNT(topics); t++)
		n += topics[t]->n;
	return n;
}

const struct damage *damage_at(size_t i)
{
	size_t t = 0;

	while (i >= topics[t]->n)
		i -= topics[t++]->n;
	return &topics[t]->all[i];
}
