/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/image_child.h"
#include "act/image_read.h"
#include "base/time.h"

enum { TELL_EACH = 1024 };

struct reading {
	struct vdc_image_check *check;
	const struct vdc_image_source *source;
	size_t volumes;
};

static int take_volume(void *ctx, const struct vdc_storage_volume *volume, struct vdc_err *err)
{
	struct reading *reading = ctx;
	const struct vdc_image_source *source = reading->source;

	(void)err;
	vdc_image_check_volume(reading->check, volume);
	if (++reading->volumes % TELL_EACH == 0 && source->told)
		source->told(source->ctx, reading->volumes);
	return 0;
}

static int take_lease(void *ctx, const struct vdc_storage_lease *lease, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_lease(((struct reading *)ctx)->check, lease);
	return 0;
}

static int take_vm_lease(void *ctx, const struct vdc_storage_vm_lease *lease, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_vm_lease(((struct reading *)ctx)->check, lease);
	return 0;
}

static int take_file(void *ctx, const struct vdc_storage_file *file, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_file(((struct reading *)ctx)->check, file);
	return 0;
}

static int take_self(void *ctx, const struct vdc_storage_self *found, struct vdc_err *err)
{
	const struct reading *reading = ctx;
	const struct vdc_image_source *source = reading->source;
	struct vdc_storage_self self = *found;
	char id[VDC_UUID_LEN + 1];

	if (!vdc_uuid_blank(source->id) && self.has_id && !vdc_uuid_equal(self.id, source->id))
		return vdc_err_set(err, -EINVAL, "it is of storage domain %s",
				   vdc_uuid_write(self.id, id));
	if (!vdc_uuid_blank(source->id)) {
		self.id = source->id;
		self.has_id = true;
	}
	return vdc_image_check_self(reading->check, &self, err);
}

static int read_dump(const struct vdc_image_source *source, const struct vdc_image_dump_sink *sink,
		     struct vdc_err *err)
{
	FILE *in = source->path ? fopen(source->path, "re") : stdin;
	struct vdc_source bytes;
	int first, r;

	if (!in)
		return vdc_err_set(err, -errno, "%s", strerror(errno));
	vdc_source_of_file(&bytes, in);
	r = vdc_source_first(&bytes, &first, err);
	if (!r && !vdc_image_dump_is_sqlite(&bytes))
		r = vdc_image_dump_read(&bytes, sink, err);
	else if (!r && source->path)
		r = vdc_image_dump_read_sqlite(source->path, sink, err);
	else if (!r)
		r = vdc_err_set(err, -EINVAL, "a dump of SQLite must be a file");
	if (source->path)
		fclose(in);
	return r;
}

bool vdc_image_is_late(const struct vdc_image_source *source)
{
	return source->until && vdc_time_monotonic() >= source->until;
}

int64_t vdc_image_time_left(const struct vdc_image_source *source)
{
	int64_t left = source->until - vdc_time_monotonic();

	return !source->until ? 0 : left > 1 ? left : 1;
}

int vdc_image_source_read(const struct vdc_image_source *source,
			  const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	char limit[VDC_TIME_LEN + 1];

	switch (source->kind) {
	case VDC_IMAGE_FOLDER:
	case VDC_IMAGE_GROUP:
		return vdc_image_child_read(source, sink, err);
	case VDC_IMAGE_REMOTE:
		return vdc_image_remote_read(source, sink, err);
	case VDC_IMAGE_SILENT:
		return vdc_err_set(err, -ETIMEDOUT, "its storage did not say within %s what it is",
				   vdc_duration_format(source->limit_us, limit));
	default:
		return read_dump(source, sink, err);
	}
}

int vdc_image_read_source(struct vdc_image_check *check, const struct vdc_image_source *source,
			  struct vdc_err *err)
{
	struct reading reading = { .check = check, .source = source };
	const struct vdc_image_dump_sink sink = {
		.ctx = &reading,
		.volume = take_volume,
		.lease = take_lease,
		.vm_lease = take_vm_lease,
		.file = take_file,
		.self = take_self,
	};
	struct vdc_err own = { 0 };
	int r;

	err = err ? err : &own;
	*err = own;
	vdc_image_check_begin(check, source->label);
	r = vdc_image_source_read(source, &sink, err);
	if (r == 0)
		return 0;
	vdc_image_check_drop(check);
	if (err->line)
		vdc_err_prefix(err, "%s:%u:%u: ", source->label, err->line, err->column);
	else
		vdc_err_prefix(err, "%s: ", source->label);
	return r;
}
