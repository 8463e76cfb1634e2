/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/image_folder.h"
#include "act/image_read.h"
#include "doc/image_dump.h"

struct reading {
	struct vdc_image_check *check;
	const struct vdc_image_source *source;
};

static int take_volume(void *ctx, const struct vdc_storage_volume *volume, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_volume(((struct reading *)ctx)->check, volume);
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

struct vdc_image_source vdc_image_source(const char *word)
{
	const char *equals = strchr(word, '=');
	struct vdc_image_source source = { .path = word };
	char id[VDC_UUID_LEN + 1];
	struct stat st;

	if (equals == word + VDC_UUID_LEN) {
		memcpy(id, word, VDC_UUID_LEN);
		id[VDC_UUID_LEN] = '\0';
		if (vdc_uuid_read(id, &source.id))
			source.path = equals + 1;
	}
	source.label = source.path;
	source.folder = stat(source.path, &st) == 0 && S_ISDIR(st.st_mode);
	if (!strcmp(source.path, "-")) {
		source.path = NULL;
		source.label = "standard input";
	}
	return source;
}

static int read_dump(struct reading *reading, struct vdc_err *err)
{
	const struct vdc_image_dump_sink sink = {
		.ctx = reading,
		.volume = take_volume,
		.lease = take_lease,
		.vm_lease = take_vm_lease,
		.self = take_self,
	};
	const char *path = reading->source->path;
	FILE *in = path ? fopen(path, "re") : stdin;
	struct vdc_source source;
	int r;

	if (!in)
		return vdc_err_set(err, -errno, "%s", strerror(errno));
	vdc_source_of_file(&source, in);
	r = vdc_image_dump_read(&source, &sink, err);
	if (path)
		fclose(in);
	return r;
}

static int read_folder(struct reading *reading, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	int fd = open(reading->source->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct vdc_storage_self self;
	int r;

	if (fd < 0)
		return vdc_err_set(err, -errno, "%s", strerror(errno));
	r = vdc_image_folder_read(fd, reading->source->deep, reading->check, arena, &self, err);
	close(fd);
	return r ? r : take_self(reading, &self, err);
}

int vdc_image_read_source(struct vdc_image_check *check, const struct vdc_image_source *source,
			  struct vdc_err *err)
{
	struct reading reading = { check, source };
	struct vdc_err own = { 0 };
	int r;

	err = err ? err : &own;
	*err = own;
	vdc_image_check_begin(check, source->label);
	r = source->folder ? read_folder(&reading, err) : read_dump(&reading, err);
	if (r == 0)
		return 0;
	vdc_image_check_drop(check);
	if (err->line)
		vdc_err_prefix(err, "%s:%u:%u: ", source->label, err->line, err->column);
	else
		vdc_err_prefix(err, "%s: ", source->label);
	return r;
}
