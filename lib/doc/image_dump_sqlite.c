/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `vdsm-tool dump-volume-chains -o sqlite` wrote: a table of volumes and nothing of the domain. */
#include <errno.h>
#include <string.h>

#include "doc/image_dump.h"
#include "doc/image_dump_volume.h"
#include "edge/db_sqlite_table.h"

struct reader {
	const struct vdc_image_dump_sink *sink;
	struct vdc_arena *arena;
};

static int take_row(void *ctx, const struct vdc_node *row, struct vdc_err *err)
{
	const struct reader *r = ctx;
	const char *name = vdc_dump_text(row, "uuid");
	struct vdc_storage_volume volume;
	const char *image;
	struct vdc_uuid id;

	if (!name || !vdc_uuid_read(name, &id))
		return vdc_err_set(err, -EBADMSG, "'%.60s' is no id of a volume", name ? name : "");
	vdc_arena_reset(r->arena);
	volume = vdc_dump_volume(row, id, NULL, (struct vdc_uuid){ 0 }, r->arena);
	image = vdc_dump_text(row, "image");
	if (image && !strncmp(image, "_remove_me_", 11))
		volume.status = VDC_STORAGE_VOLUME_REMOVED;
	return r->sink->volume(r->sink->ctx, &volume, err);
}

bool vdc_image_dump_is_sqlite(const struct vdc_source *source)
{
	static const char magic[] = "SQLite format 3";

	return source->len >= sizeof(magic) && !memcmp(source->data, magic, sizeof(magic));
}

int vdc_image_dump_read_sqlite(const char *path, const struct vdc_image_dump_sink *sink,
			       struct vdc_err *err)
{
	const struct vdc_storage_self self = { .block_size = VDC_UNSET, .alignment = VDC_UNSET };
	vdc_autoarena *arena = vdc_arena_new();
	struct reader reader = { sink, arena };
	int r = vdc_sqlite_table(path, "volumes", take_row, &reader, err);

	return r ? r : sink->self(sink->ctx, &self, err);
}
