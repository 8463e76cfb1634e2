/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/extend_watch.h"

#include <string.h>

#include "base/attr.h"

static const struct {
	const char *what, *detail; /* NULL: any */
	enum vdc_extend_meaning meaning;
} meanings[] = {
	{ "block_threshold", NULL, VDC_EXTEND_MEANS_PASSED },
	{ "io_error", "enospc", VDC_EXTEND_MEANS_NO_SPACE },
	{ "started", NULL, VDC_EXTEND_MEANS_STARTED },
	{ "resumed", NULL, VDC_EXTEND_MEANS_READ },
	{ "suspended", NULL, VDC_EXTEND_MEANS_READ },
	{ "block_job", NULL, VDC_EXTEND_MEANS_READ },
	{ "device", NULL, VDC_EXTEND_MEANS_READ },
	{ "disk", NULL, VDC_EXTEND_MEANS_READ },
	{ "job", NULL, VDC_EXTEND_MEANS_READ },
	{ "stopped", NULL, VDC_EXTEND_MEANS_GONE },
	{ "lost", NULL, VDC_EXTEND_MEANS_ALL },
};

enum vdc_extend_meaning vdc_extend_meaning(const char *what, const char *detail)
{
	for (size_t i = 0; i < VDC_COUNT(meanings); i++)
		if (strcmp(meanings[i].what, what) == 0 &&
		    (!meanings[i].detail || (detail && strcmp(meanings[i].detail, detail) == 0)))
			return meanings[i].meaning;
	return VDC_EXTEND_MEANS_NOTHING;
}

static bool is_other(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") != 0;
}

static int64_t size_of(const struct vdc_storage_domain *domain)
{
	return domain->available == VDC_UNSET || domain->used == VDC_UNSET
		       ? VDC_UNSET
		       : domain->available + domain->used;
}

struct vdc_extend_change vdc_extend_change_of(const struct vdc_storage_domain *before,
					      const struct vdc_storage_domain *after)
{
	struct vdc_extend_change ret = { .figures = !before };
	int64_t was = before && before->space != VDC_UNSET ? before->space : VDC_STORAGE_SPACE_OK;

	if (before) {
		ret.figures = before->extend_chunk != after->extend_chunk ||
			      before->extend_percent != after->extend_percent ||
			      before->extend_transport != after->extend_transport ||
			      is_other(before->volume_group, after->volume_group);
		ret.larger = size_of(before) != VDC_UNSET && size_of(after) > size_of(before);
	}
	if (after->space != VDC_UNSET && after->space != was)
		ret.space = after->space;
	return ret;
}

static bool copy(const char *name, size_t len, char ret[VDC_EXTEND_NAME_LEN + 1])
{
	if (!len || len > VDC_EXTEND_NAME_LEN || memchr(name, '/', len) || *name == '-' ||
	    *name == '.')
		return false;
	memcpy(ret, name, len);
	ret[len] = '\0';
	return true;
}

/* "my--vg-lv": the single dash parts them, a double one stands for one. */
static bool of_mapper(const char *name, struct vdc_extend_place *ret)
{
	char names[2][2 * VDC_EXTEND_NAME_LEN + 1];
	size_t part = 0, len = 0;

	for (; *name; name++) {
		if (*name == '-' && name[1] == '-') {
			name++;
		} else if (*name == '-') {
			if (part++)
				return false; /* a hidden part of another: GROUP-VOLUME-layer */
			names[0][len] = '\0';
			len = 0;
			continue;
		}
		if (len == VDC_EXTEND_NAME_LEN)
			return false;
		names[part][len++] = *name;
	}
	if (part != 1)
		return false;
	names[1][len] = '\0';
	return copy(names[0], strlen(names[0]), ret->group) && copy(names[1], len, ret->volume);
}

/* The last WANTED components of PATH, from the last on. */
static bool components(const char *path, const char *parts[], size_t lens[], size_t wanted)
{
	const char *end = path + strlen(path);

	for (size_t i = 0; i < wanted; i++) {
		const char *at = end;

		while (at > path && at[-1] != '/')
			at--;
		parts[i] = at;
		lens[i] = (size_t)(end - at);
		if (at == path)
			return i + 1 == wanted;
		end = at - 1;
	}
	return true;
}

static bool is(const char *part, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(part, word, len) == 0;
}

static const struct {
	const char *folder;
	size_t parts; /* the last ones, of which the first is the group */
} links[] = {
	{ "/run/vdsm/storage/", 3 },
	{ "/rhev/data-center/", 4 },
};

static bool of_vdsm(const char *path, struct vdc_extend_place *ret)
{
	const char *part[4];
	size_t len[4];

	for (size_t i = 0; i < VDC_COUNT(links); i++) {
		size_t folder = strlen(links[i].folder), n = links[i].parts;

		if (strncmp(path, links[i].folder, folder) != 0)
			continue;
		return components(path + folder, part, len, n) &&
		       (n == 3 || is(part[2], len[2], "images")) &&
		       copy(part[n - 1], len[n - 1], ret->group) &&
		       copy(part[0], len[0], ret->volume);
	}
	return false;
}

static bool of_dev(const char *name, struct vdc_extend_place *ret)
{
	const char *slash = strchr(name, '/');

	return slash && copy(name, (size_t)(slash - name), ret->group) &&
	       copy(slash + 1, strlen(slash + 1), ret->volume) && strcmp(ret->group, "disk") != 0;
}

bool vdc_extend_place(const char *path, struct vdc_extend_place *ret)
{
	struct vdc_extend_place place;
	bool found;

	if (strncmp(path, "/dev/mapper/", 12) == 0)
		found = of_mapper(path + 12, &place);
	else if (strncmp(path, "/dev/", 5) == 0)
		found = of_dev(path + 5, &place);
	else
		found = of_vdsm(path, &place);
	if (found)
		*ret = place;
	return found;
}
