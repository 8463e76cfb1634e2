/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of the catalogue of levels, and what they make together. */
#include "doc/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/setting.h"

static const char site_directory[] = "/etc/vdc/levels.d";
static const char shipped_directory[] = VDC_PKGDATADIR "/levels";

enum { FILE_MAX = 4 * 1024 * 1024 };

/* The catalogue while it grows. */
struct gathering {
	struct vdc_arena *arena;
	struct vdc_buf families; /* struct vdc_level_family each */
};

static size_t n_families(const struct gathering *gathering)
{
	return gathering->families.len / sizeof(struct vdc_level_family);
}

static void take_family(struct gathering *gathering, const struct vdc_level_family *family)
{
	struct vdc_level_family *there = (void *)gathering->families.data;

	for (size_t i = 0; i < n_families(gathering); i++) {
		if (strcmp(there[i].name, family->name) == 0) {
			there[i] = *family;
			return;
		}
	}
	vdc_buf_add(&gathering->families, family, sizeof(*family));
}

static int slurp(const char *path, struct vdc_buf *text, struct vdc_err *err)
{
	FILE *in = fopen(path, "re");
	char block[16384];
	size_t n;
	int r = 0;

	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL, "%s: %s", path,
				   strerror(errno));
	while (text->len <= FILE_MAX && (n = fread(block, 1, sizeof(block), in)) > 0)
		vdc_buf_add(text, block, n);
	if (ferror(in))
		r = vdc_err_set(err, -EINVAL, "%s: cannot be read", path);
	else if (text->len > FILE_MAX)
		r = vdc_err_set(err, -EBADMSG, "%s: larger than 4 MiB: no catalogue of levels",
				path);
	fclose(in);
	return r;
}

static int read_file(struct gathering *gathering, const char *directory, const char *name,
		     struct vdc_err *err)
{
	vdc_autofree char *path = vdc_format("%s/%s", directory, name);
	const struct vdc_catalogue *catalogue;
	vdc_autobuf text = { 0 };
	int r = slurp(path, &text, err);

	if (r == 0)
		r = vdc_catalogue_read_text(vdc_buf_str(&text), text.len, path, gathering->arena,
					    &catalogue, err);
	for (size_t i = 0; r == 0 && i < catalogue->n_families; i++)
		take_family(gathering, &catalogue->families[i]);
	return r;
}

static int is_catalogue(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".xml") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_directory(struct gathering *gathering, const char *directory, bool must_exist,
			  struct vdc_err *err)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, is_catalogue, by_name);
	int r = 0;

	if (n < 0 && errno == ENOENT && !must_exist)
		return 0;
	if (n < 0)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL,
				   "%s: %s; the setting levels-directory names it", directory,
				   strerror(errno));
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = read_file(gathering, directory, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int gather(struct gathering *gathering, struct vdc_err *err)
{
	const char *chosen = vdc_setting_text(VDC_SETTING_LEVELS_DIRECTORY);
	int r;

	if (chosen)
		return read_directory(gathering, chosen, true, err);
	r = read_directory(gathering, shipped_directory, false, err);
	return r ? r : read_directory(gathering, site_directory, false, err);
}

int vdc_catalogue_read(struct vdc_arena *arena, const struct vdc_catalogue **ret,
		       struct vdc_err *err)
{
	struct gathering gathering = { .arena = arena };
	struct vdc_catalogue *catalogue = vdc_arena_alloc(arena, sizeof(*catalogue));
	int r = gather(&gathering, err);

	catalogue->n_families = n_families(&gathering);
	if (r == 0 && catalogue->n_families == 0)
		r = vdc_err_set(err, -EINVAL,
				"there is no catalogue of levels in %s or %s; see vdc-levels(5)",
				shipped_directory, site_directory);
	if (r == 0) {
		struct vdc_level_family *families = vdc_arena_alloc(arena, gathering.families.len);

		memcpy(families, gathering.families.data, gathering.families.len);
		catalogue->families = families;
		*ret = catalogue;
	}
	vdc_buf_free(&gathering.families);
	return r;
}
