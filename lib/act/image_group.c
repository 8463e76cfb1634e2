/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_group.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "edge/direct.h"

struct device {
	const char *name;
	struct vdc_direct *direct;
};

struct vdc_image_group {
	const struct vdc_lvm_layout *layout;
	struct vdc_buf devices; /* struct device each */
};

struct vdc_image_group *vdc_image_group_new(const struct vdc_lvm_layout *layout)
{
	struct vdc_image_group *group = vdc_alloc(sizeof(*group));

	group->layout = layout;
	return group;
}

static struct device *devices_of(const struct vdc_image_group *group, size_t *n)
{
	*n = group->devices.len / sizeof(struct device);
	return (struct device *)(void *)group->devices.data;
}

void vdc_image_group_free(struct vdc_image_group *group)
{
	struct device *devices;
	size_t n;

	if (!group)
		return;
	devices = devices_of(group, &n);
	for (size_t i = 0; i < n; i++)
		vdc_direct_close(devices[i].direct);
	vdc_buf_free(&group->devices);
	free(group);
}

const struct vdc_lvm_part *vdc_image_group_part(const struct vdc_image_group *group,
						const char *name)
{
	for (size_t i = 0; i < group->layout->n; i++)
		if (!strcmp(group->layout->parts[i].name, name))
			return &group->layout->parts[i];
	return NULL;
}

static int open_device(struct vdc_image_group *group, const char *name, struct vdc_direct **ret,
		       struct vdc_err *err)
{
	struct device one = { .name = name }, *all;
	size_t n;
	int r;

	all = devices_of(group, &n);
	for (size_t i = 0; i < n; i++) {
		if (all[i].name != name)
			continue;
		*ret = all[i].direct;
		return 0;
	}
	r = vdc_direct_open(name, 0, &one.direct, err);
	if (r)
		return r;
	vdc_buf_add(&group->devices, &one, sizeof(one));
	*ret = one.direct;
	return 0;
}

/* The one that holds OFFSET. */
static const struct vdc_lvm_segment *segment_at(const struct vdc_lvm_part *part, int64_t offset)
{
	for (size_t i = 0; i < part->n; i++)
		if (offset >= part->segments[i].start &&
		    offset - part->segments[i].start < part->segments[i].size)
			return &part->segments[i];
	return NULL;
}

int vdc_image_group_read(struct vdc_image_group *group, const struct vdc_lvm_part *part,
			 int64_t offset, void *data, size_t len, struct vdc_err *err)
{
	char *to = data;

	while (len) {
		const struct vdc_lvm_segment *segment = segment_at(part, offset);
		int64_t within = segment ? offset - segment->start : 0;
		struct vdc_direct *direct;
		size_t n = len;
		int r;

		if (!segment)
			return vdc_err_set(err, -ENODATA, "volume %s ends at %lld", part->name,
					   (long long)part->size);
		if (!segment->device)
			return vdc_err_set(
				err, -ENODEV,
				"volume %s is on a device that is missing, or not linear",
				part->name);
		if ((int64_t)n > segment->size - within)
			n = (size_t)(segment->size - within);
		r = open_device(group, segment->device, &direct, err);
		if (!r)
			r = vdc_direct_read(direct, segment->offset + within, to, n, err);
		if (r)
			return r;
		to += n;
		offset += (int64_t)n;
		len -= n;
	}
	return 0;
}
