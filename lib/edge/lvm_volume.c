/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/lvm_volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "edge/lvm_part.h"

enum { NAME_MOST = 127, SIZE_LEN = 24 };

bool vdc_lvm_name_valid(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "+_.-");

	return len && !name[len] && len <= NAME_MOST && name[0] != '-' && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

int vdc_lvm_check_name(const char *what, const char *name, struct vdc_err *err)
{
	return vdc_lvm_name_valid(name)
		       ? 0
		       : vdc_err_set(err, -EINVAL, "'%.130s' is no name of a %s", name, what);
}

int vdc_lvm_number(const struct vdc_node *row, const char *field, int64_t *ret, struct vdc_err *err)
{
	const char *text = vdc_node_text(row, field);

	if (!text || vdc_int_parse(text, ret, NULL) || *ret < 0)
		return vdc_err_set(err, -EBADMSG, "lvm says %s is '%.60s'", field, text ?: "");
	return 0;
}

int vdc_lvm_group(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		  struct vdc_lvm_group *ret, struct vdc_err *err)
{
	const char *const words[] = {
		"vgs",
		"--readonly",
		"--nolocking",
		"-o",
		"vg_uuid,vg_extent_size,vg_size,vg_free,vg_missing_pv_count,vg_tags",
		group,
		NULL,
	};
	struct vdc_lvm_group found = { 0 };
	struct vdc_lvm_rows rows;
	int r = vdc_lvm_check_name("volume group", group, err)
			?: vdc_lvm_run(lvm, words, arena, &rows, err);

	if (r)
		return r;
	found.id = rows.n == 1 ? vdc_node_text(rows.all[0], "vg_uuid") : NULL;
	if (!found.id)
		return vdc_err_set(err, -EBADMSG, "lvm knows %zu volume groups %s", rows.n, group);
	r = vdc_lvm_number(rows.all[0], "vg_extent_size", &found.extent, err);
	r = r ?: vdc_lvm_number(rows.all[0], "vg_size", &found.size, err);
	r = r ?: vdc_lvm_number(rows.all[0], "vg_free", &found.free, err);
	r = r ?: vdc_lvm_number(rows.all[0], "vg_missing_pv_count", &found.missing, err);
	found.tags = vdc_node_text(rows.all[0], "vg_tags") ?: "";
	if (!r)
		*ret = found;
	return r;
}

int vdc_lvm_group_devices(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
			  const char *const **ret, struct vdc_err *err)
{
	const char *const words[] = { "vgs",	 "--readonly", "--nolocking", "-o",
				      "pv_name", group,	       NULL };
	struct vdc_lvm_rows rows;
	const char **devices;
	int r = vdc_lvm_check_name("volume group", group, err)
			?: vdc_lvm_run(lvm, words, arena, &rows, err);

	if (r)
		return r;
	devices = vdc_arena_alloc(arena, (rows.n + 1) * sizeof(*devices));
	for (size_t i = 0; i < rows.n; i++) {
		devices[i] = vdc_node_text(rows.all[i], "pv_name");
		if (!devices[i] || devices[i][0] != '/')
			return vdc_err_set(err, -ENODEV,
					   "volume group %s: a physical volume of it is missing",
					   group);
	}
	*ret = devices;
	return 0;
}

static int read_device(const struct vdc_node *row, struct vdc_lvm_device *ret, struct vdc_err *err)
{
	int r = vdc_lvm_number(row, "dev_size", &ret->device, err);

	r = r ?: vdc_lvm_number(row, "pv_size", &ret->size, err);
	r = r ?: vdc_lvm_number(row, "pe_start", &ret->start, err);
	ret->path = vdc_node_text(row, "pv_name");
	if (!r && (!ret->path || ret->path[0] != '/'))
		r = vdc_err_set(err, -ENODEV, "a physical volume is missing");
	return r;
}

int vdc_lvm_devices(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		    struct vdc_lvm_device **ret, size_t *n, struct vdc_err *err)
{
	const char *const words[] = {
		"vgs", "--readonly", "--nolocking", "-o", "pv_name,dev_size,pv_size,pe_start",
		group, NULL
	};
	struct vdc_lvm_device *all;
	struct vdc_lvm_rows rows;
	int r = vdc_lvm_check_name("volume group", group, err)
			?: vdc_lvm_run(lvm, words, arena, &rows, err);

	if (r)
		return r;
	all = vdc_arena_alloc(arena, (rows.n + 1) * sizeof(*all));
	for (size_t i = 0; i < rows.n && !r; i++)
		r = read_device(rows.all[i], &all[i], err);
	if (r) {
		vdc_err_prefix(err, "volume group %s: ", group);
		return r;
	}
	*ret = all;
	*n = rows.n;
	return 0;
}

int vdc_lvm_take_device(struct vdc_lvm *lvm, const char *path, struct vdc_err *err)
{
	const char *const words[] = { "pvresize", path, NULL };
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lvm_rows rows;

	return vdc_lvm_run(lvm, words, arena, &rows, err);
}

/* Of a GROUP, or the one GROUP/VOLUME. */
static int list(struct vdc_lvm *lvm, const char *of, struct vdc_arena *arena,
		struct vdc_lvm_volume **ret, size_t *n, struct vdc_err *err)
{
	const char *const words[] = {
		"lvs", "--readonly", "--nolocking", "-o", "lv_name,lv_size,lv_tags", of, NULL
	};
	struct vdc_lvm_volume *all;
	struct vdc_lvm_rows rows;
	int r = vdc_lvm_run(lvm, words, arena, &rows, err);

	if (r)
		return r;
	all = vdc_arena_alloc(arena, (rows.n + 1) * sizeof(*all));
	for (size_t i = 0; i < rows.n && !r; i++) {
		all[i].name = vdc_node_text(rows.all[i], "lv_name");
		all[i].tags = vdc_node_text(rows.all[i], "lv_tags") ?: "";
		r = all[i].name ? vdc_lvm_number(rows.all[i], "lv_size", &all[i].size, err)
				: vdc_err_set(err, -EBADMSG, "lvm tells a volume without a name");
	}
	if (r)
		return r;
	*ret = all;
	*n = rows.n;
	return 0;
}

int vdc_lvm_volumes(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		    struct vdc_lvm_volume **ret, size_t *n, struct vdc_err *err)
{
	return vdc_lvm_check_name("volume group", group, err)
		       ?: list(lvm, group, arena, ret, n, err);
}

int vdc_lvm_volume(struct vdc_lvm *lvm, const char *group, const char *name,
		   struct vdc_arena *arena, struct vdc_lvm_volume *ret, struct vdc_err *err)
{
	struct vdc_lvm_volume *all;
	size_t n;
	int r = vdc_lvm_check_name("volume group", group, err)
			?: vdc_lvm_check_name("volume", name, err);

	if (!r)
		r = list(lvm, vdc_arena_format(arena, "%s/%s", group, name), arena, &all, &n, err);
	if (!r && n != 1)
		r = vdc_err_set(err, -ENOENT, "volume group %s has no volume %s", group, name);
	if (!r)
		*ret = all[0];
	return r;
}

/* Of a GROUP, or of its volume NAME. */
static int change(struct vdc_lvm *lvm, const char *group, const char *name,
		  const char *const *words, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lvm_rows rows;
	int r = vdc_lvm_check_name("volume group", group, err);

	if (!r && name)
		r = vdc_lvm_check_name("volume", name, err);
	return r ? r : vdc_lvm_run(lvm, words, arena, &rows, err);
}

int vdc_lvm_create(struct vdc_lvm *lvm, const char *group, const char *name, int64_t size,
		   const char *tag, struct vdc_err *err)
{
	char text[SIZE_LEN];
	const char *const words[] = { "lvcreate",
				      "--yes",
				      "--activate",
				      "n",
				      "--zero",
				      "n",
				      "--wipesignatures",
				      "n",
				      "--size",
				      text,
				      "--name",
				      name,
				      group,
				      tag ? "--addtag" : NULL,
				      tag,
				      NULL };

	snprintf(text, sizeof(text), "%" PRId64 "b", size);
	return change(lvm, group, name, words, err);
}

int vdc_lvm_remove_tag(struct vdc_lvm *lvm, const char *group, const char *name, const char *tag,
		       struct vdc_err *err)
{
	vdc_autofree char *volume = vdc_format("%s/%s", group, name);
	const char *const words[] = { "lvchange", "--deltag", tag, volume, NULL };

	return change(lvm, group, name, words, err);
}

int vdc_lvm_tag_group(struct vdc_lvm *lvm, const char *group, const char *what, const char *tag,
		      struct vdc_err *err)
{
	const char *const words[] = { "vgchange", what, tag, group, NULL };

	return change(lvm, group, NULL, words, err);
}

int vdc_lvm_extend(struct vdc_lvm *lvm, const char *group, const char *name, int64_t size,
		   struct vdc_err *err)
{
	vdc_autofree char *volume = vdc_format("%s/%s", group, name);
	char text[SIZE_LEN];
	const char *const words[] = { "lvextend", "--size", text, volume, NULL };

	snprintf(text, sizeof(text), "%" PRId64 "b", size);
	return change(lvm, group, name, words, err);
}
