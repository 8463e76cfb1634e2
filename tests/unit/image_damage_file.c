/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a file domain. */
#include "image_damage_part.h"

static void add_file(struct image_world *w, int i, const char *end, uint8_t problem, const char *is)
{
	const int v = any(w, i);

	w->files[w->n_files++] = (struct vdc_storage_file){
		.path = vdc_arena_format(w->arena, "%s/%s%s", image_id_text(w, VOLUME(v).image),
					 image_id_text(w, VOLUME(v).id), end),
		.image = VOLUME(v).image,
		.volume = VOLUME(v).id,
		.problem = problem,
		.is = is,
	};
}

DAMAGE(stray)
{
	add_file(w, i, ".bak", VDC_STORAGE_FILE_STRAY, NULL);
	w->files[w->n_files - 1].volume = (struct vdc_uuid){ 0 };
}

DAMAGE(owner)
{
	add_file(w, i, "", VDC_STORAGE_FILE_OWNER, "0:0");
}

DAMAGE(mode)
{
	add_file(w, i, ".meta", VDC_STORAGE_FILE_MODE, "0666");
}

DAMAGE(no_lease_file)
{
	add_file(w, i, ".lease", VDC_STORAGE_FILE_LEASE_MISSING, NULL);
}

DAMAGE(lease_file_of_other)
{
	add_file(w, i, ".lease", VDC_STORAGE_FILE_LEASE_OF_OTHER, "x_MERGE");
}

DAMAGE(lease_file_alone)
{
	add_file(w, i, ".lease", VDC_STORAGE_FILE_LEASE_ALONE, NULL);
	w->files[w->n_files - 1].volume = image_random_id(w);
}

static const struct damage damages[] = {
	{ stray, NEEDS_FILES, "STRAY_FILE", "", false },
	{ owner, NEEDS_FILES, "OWNER_DIFFERS", "", false },
	{ mode, NEEDS_FILES, "MODE_WRONG", "", false },
	{ no_lease_file, NEEDS_FILES, "LEASE_MISSING", "", false },
	{ lease_file_of_other, NEEDS_FILES, "LEASE_OF_OTHER", "", false },
	{ lease_file_alone, NEEDS_FILES, "LEASE_LEFTOVER", "", false },
};

const struct damage_topic damage_file = { damages, VDC_COUNT(damages) };
