/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/lvm_layout.h"

#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "edge/lvm_part.h"
#include "edge/lvm_volume.h"
#include "model/kind.h"

struct device {
	const char *name;
	int64_t start; /* of its first extent, bytes */
};

struct reading {
	const char *group;
	const char *of; /* the group, or one volume of it */
	struct vdc_arena *arena;
	struct vdc_lvm_layout layout;
	struct device *devices;
	size_t n_devices;
};

static int read_group(struct reading *r, struct vdc_lvm *lvm, struct vdc_err *err)
{
	const char *const words[] = {
		"vgs",
		"--readonly",
		"--nolocking",
		"-o",
		"vg_extent_size,vg_tags,vg_mda_size,vg_mda_free,vg_missing_pv_count,pv_name,"
		"pe_start,pv_mda_used_count",
		r->group,
		NULL,
	};
	struct vdc_lvm_layout *layout = &r->layout;
	struct vdc_lvm_rows rows;
	int64_t used = 0;
	int e = vdc_lvm_run(lvm, words, r->arena, &rows, err);

	if (e)
		return e;
	if (!rows.n)
		return vdc_err_set(err, -EBADMSG, "lvm tells nothing of volume group %s", r->group);
	layout->tags = vdc_node_text(rows.all[0], "vg_tags") ?: "";
	e = vdc_lvm_number(rows.all[0], "vg_extent_size", &layout->extent, err);
	e = e ?: vdc_lvm_number(rows.all[0], "vg_mda_size", &layout->metadata_size, err);
	e = e ?: vdc_lvm_number(rows.all[0], "vg_mda_free", &layout->metadata_free, err);
	e = e ?: vdc_lvm_number(rows.all[0], "vg_missing_pv_count", &layout->missing, err);
	r->devices = vdc_arena_alloc(r->arena, rows.n * sizeof(*r->devices));
	for (size_t i = 0; i < rows.n && !e; i++) {
		struct device *device = &r->devices[r->n_devices];

		device->name = vdc_node_text(rows.all[i], "pv_name");
		if (device->name && *device->name == '/')
			e = vdc_lvm_number(rows.all[i], "pe_start", &device->start, err);
		e = e ?: vdc_lvm_number(rows.all[i], "pv_mda_used_count", &used, err);
		layout->areas += !e && used > 0;
		r->n_devices += device->name && *device->name == '/';
	}
	return e;
}

/* "/dev/sda:12-15": extents of a device. What is no such thing has no device. */
static void find_place(const struct reading *r, const char *ranges, struct vdc_lvm_segment *segment)
{
	const char *colon = strrchr(ranges, ':');
	char first[24];
	size_t len = colon ? strspn(colon + 1, "0123456789") : 0;
	int64_t extent;

	if (!len || len >= sizeof(first) || strchr(ranges, ' '))
		return;
	memcpy(first, colon + 1, len);
	first[len] = '\0';
	if (vdc_int_parse(first, &extent, NULL) < 0 || extent > INT64_MAX / 2 / r->layout.extent)
		return;
	for (size_t i = 0; i < r->n_devices; i++) {
		const struct device *device = &r->devices[i];

		if (strlen(device->name) != (size_t)(colon - ranges) ||
		    memcmp(device->name, ranges, strlen(device->name)) != 0)
			continue;
		segment->device = device->name;
		segment->offset = device->start + extent * r->layout.extent;
	}
}

static int add_segment(const struct reading *r, const struct vdc_node *row,
		       struct vdc_lvm_part *part, struct vdc_err *err)
{
	struct vdc_lvm_segment *segment = &part->segments[part->n++];
	const char *type = vdc_node_text(row, "segtype");
	const char *ranges = vdc_node_text(row, "seg_pe_ranges");
	int e = vdc_lvm_number(row, "seg_start", &segment->start, err);

	e = e ?: vdc_lvm_number(row, "seg_size", &segment->size, err);
	if (!e && type && ranges && !strcmp(type, "linear"))
		find_place(r, ranges, segment);
	return e;
}

static int begin_part(const struct vdc_node *row, struct vdc_lvm_part *part,
		      struct vdc_lvm_segment *segments, struct vdc_err *err)
{
	const char *created = vdc_node_text(row, "lv_time");

	part->name = vdc_node_text(row, "lv_name");
	part->tags = vdc_node_text(row, "lv_tags") ?: "";
	part->segments = segments;
	if (!created || vdc_int_parse(created, &part->created, NULL) < 0)
		part->created = VDC_UNSET;
	if (!part->name)
		return vdc_err_set(err, -EBADMSG, "lvm tells a volume without a name");
	return vdc_lvm_number(row, "lv_size", &part->size, err);
}

/* A row is a segment; those of a volume follow each other. */
static int read_parts(struct reading *r, struct vdc_lvm *lvm, struct vdc_err *err)
{
	const char *const words[] = {
		"lvs",
		"--readonly",
		"--nolocking",
		"--segments",
		"-o",
		"lv_name,lv_size,lv_tags,lv_time,segtype,seg_start,seg_size,seg_pe_ranges",
		r->of,
		NULL,
	};
	struct vdc_lvm_layout *layout = &r->layout;
	struct vdc_lvm_segment *segments;
	struct vdc_lvm_rows rows;
	int e = vdc_lvm_run(lvm, words, r->arena, &rows, err);

	if (e)
		return e;
	segments = vdc_arena_alloc(r->arena, (rows.n + 1) * sizeof(*segments));
	layout->parts = vdc_arena_alloc(r->arena, (rows.n + 1) * sizeof(*layout->parts));
	for (size_t i = 0; i < rows.n && !e; i++) {
		const char *name = vdc_node_text(rows.all[i], "lv_name");
		struct vdc_lvm_part *part = layout->n ? &layout->parts[layout->n - 1] : NULL;

		if (!part || !name || strcmp(part->name, name) != 0) {
			part = &layout->parts[layout->n++];
			e = begin_part(rows.all[i], part, segments + i, err);
		}
		e = e ?: add_segment(r, rows.all[i], part, err);
	}
	return e;
}

static int read_layout(struct reading *reading, struct vdc_lvm *lvm, struct vdc_lvm_layout *ret,
		       struct vdc_err *err)
{
	int r = read_group(reading, lvm, err);

	if (!r && !reading->layout.extent)
		r = vdc_err_set(err, -EBADMSG, "lvm says that extents have no size");
	r = r ?: read_parts(reading, lvm, err);
	if (!r)
		*ret = reading->layout;
	return r;
}

int vdc_lvm_layout(struct vdc_lvm *lvm, const char *group, struct vdc_arena *arena,
		   struct vdc_lvm_layout *ret, struct vdc_err *err)
{
	struct reading reading = { .group = group, .of = group, .arena = arena };

	return vdc_lvm_check_name("volume group", group, err)
		       ?: read_layout(&reading, lvm, ret, err);
}

int vdc_lvm_layout_of(struct vdc_lvm *lvm, const char *group, const char *volume,
		      struct vdc_arena *arena, struct vdc_lvm_layout *ret, struct vdc_err *err)
{
	struct reading reading = { .group = group, .arena = arena };

	reading.of = vdc_arena_format(arena, "%s/%s", group, volume);
	return vdc_lvm_check_name("volume group", group, err)
		       ?: vdc_lvm_check_name("volume", volume, err)
		       ?: read_layout(&reading, lvm, ret, err);
}
