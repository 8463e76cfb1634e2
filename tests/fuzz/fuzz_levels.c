/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the catalogue of levels. */
#include <stdlib.h>
#include <string.h>

#include "doc/catalogue.h"
#include "fuzz.h"

/* Levels ascend, and nothing refers to a level that is not there. */
static void check_family(const struct vdc_level_family *family)
{
	vdc_level_set beyond = family->n_levels < 64 ? ~UINT64_C(0) << family->n_levels : 0;

	if (!family->n_levels || family->n_levels > VDC_FAMILY_LEVELS_MAX)
		abort();
	for (size_t i = 0; i < family->n_levels; i++) {
		const struct vdc_level_entry *entry = &family->levels[i];

		if (vdc_family_level(family, entry->level) != (int)i || !entry->label ||
		    !entry->n_supports || entry->enters & beyond)
			abort();
	}
	for (size_t i = 0; i < family->n_features; i++) {
		if (!family->features[i].levels || family->features[i].levels & beyond)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue;
	struct vdc_err err = { 0 };

	if (vdc_catalogue_read_text((const char *)data, size, "fuzz", arena, &catalogue, &err) < 0) {
		if (!err.msg[0] || !err.line || strncmp(err.msg, "fuzz:", 5) != 0)
			abort();
		return 0;
	}
	for (size_t i = 0; i < catalogue->n_families; i++)
		check_family(&catalogue->families[i]);
	return 0;
}
