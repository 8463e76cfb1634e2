/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/image_dump_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "doc/image_dump_volume.h"
#include "edge/json.h"
#include "model/disk.h"
#include "model/storage_domain.h"
#include "model/volume.h"

/* Members of the document; each is written at once. */
enum section { NO_SECTION, VOLUMES, LEASES, VM_LEASES, FILES, METADATA };

struct vdc_image_writer {
	FILE *out;
	struct vdc_image_dump_sink sink;
	enum section section;
	struct vdc_buf record;
	struct vdc_buf files;	/* they are told among the volumes, and wait for the end of these */
	struct vdc_map *ids;	/* of volumes that were written */
	struct vdc_map *copies; /* ids of those that have a record there, which ends with a NUL */
	struct vdc_buf copy_records;
};

static void begin_section(struct vdc_image_writer *w, enum section section)
{
	static const char *const begin[] = {
		[VOLUMES] = "\"volumes\": {\n",
		[LEASES] = "\"leases\": [\n",
		[VM_LEASES] = "\"xleases\": {\n",
		[FILES] = "\"files\": [\n",
		[METADATA] = "\"metadata\": ",
	};
	static const char *const end[] = { "{\n", "\n},\n", "\n],\n", "\n},\n", "\n],\n" };

	if (w->section == section) {
		fputs(",\n", w->out);
		return;
	}
	fputs(end[w->section], w->out);
	fputs(begin[section], w->out);
	w->section = section;
}

/* `"NAME": ` in front of a value, with a comma unless it is the first one. */
static void name(struct vdc_buf *out, const char *word)
{
	char last = out->len ? out->data[out->len - 1] : '{';

	vdc_buf_printf(out, "%s\"%s\": ", last == '{' ? "" : ", ", word);
}

static void text(struct vdc_buf *out, const char *word, const char *value)
{
	if (!value)
		return;
	name(out, word);
	vdc_json_quote(out, value);
}

static void number(struct vdc_buf *out, const char *word, int64_t value)
{
	if (value == VDC_UNSET)
		return;
	name(out, word);
	vdc_buf_printf(out, "%" PRId64, value);
}

static void word_of(struct vdc_buf *out, const char *word, const struct vdc_enum *values,
		    int64_t value)
{
	if (value > 0)
		text(out, word, vdc_enum_word(values, value));
}

static void truth(struct vdc_buf *out, const char *word, bool value)
{
	name(out, word);
	vdc_buf_puts(out, value ? "true" : "false");
}

static void id(struct vdc_buf *out, const char *word, struct vdc_uuid value)
{
	char line[VDC_UUID_LEN + 1];

	text(out, word, vdc_uuid_write(value, line));
}

static void header(struct vdc_buf *out, const struct vdc_storage_header *h)
{
	if (!h)
		return;
	name(out, "header");
	vdc_buf_putc(out, '{');
	word_of(out, "format", &vdc_disk_format_values, h->format);
	word_of(out, "compat", &vdc_qcow_version_values, h->compat);
	number(out, "capacity", h->capacity);
	text(out, "backing", h->backing);
	truth(out, "corrupt", h->corrupt);
	truth(out, "dirty", h->dirty);
	truth(out, "cut", h->cut);
	truth(out, "stale_bitmaps", h->stale_bitmaps);
	if (h->bitmaps_in_use)
		truth(out, "bitmaps_in_use", true);
	vdc_buf_putc(out, '}');
}

static void tags(struct vdc_buf *out, const struct vdc_storage_tags *t)
{
	if (!t)
		return;
	name(out, "tags");
	vdc_buf_putc(out, '{');
	id(out, "image", t->image);
	id(out, "parent", t->parent);
	vdc_buf_putc(out, '}');
}

static void found(struct vdc_buf *out, unsigned flags)
{
	const char *before = "";

	if (!(flags & vdc_dump_found_flags))
		return;
	name(out, "found");
	vdc_buf_putc(out, '"');
	for (size_t i = 0; i < vdc_dump_n_found; i++) {
		if (!(flags & vdc_dump_found[i].flag))
			continue;
		vdc_buf_printf(out, "%s%s", before, vdc_dump_found[i].word);
		before = " ";
	}
	vdc_buf_putc(out, '"');
}

static void write_record(struct vdc_image_writer *w)
{
	vdc_buf_putc(&w->record, '}');
	fwrite(w->record.data, 1, w->record.len, w->out);
	w->record.len = 0;
}

/* Without its end. */
static void volume_record(struct vdc_buf *out, const struct vdc_storage_volume *v)
{
	char line[VDC_UUID_LEN + 1];

	vdc_buf_printf(out, "\"%s\": {", vdc_uuid_write(v->id, line));
	word_of(out, "status", &vdc_storage_volume_status_values, v->status);
	if (v->flags & VDC_STORAGE_VOLUME_HAS_IMAGE)
		id(out, "image", v->image);
	if (v->flags & VDC_STORAGE_VOLUME_HAS_PARENT)
		id(out, "parent", v->parent);
	number(out, "capacity", v->capacity);
	number(out, "ctime", v->created);
	text(out, "description", v->description);
	word_of(out, "disktype", &vdc_disk_content_type_values, v->content_type);
	word_of(out, "format", &vdc_disk_format_values, v->format);
	number(out, "generation", v->generation);
	if (v->flags & VDC_STORAGE_VOLUME_HAS_SEQUENCE)
		number(out, "sequence", v->sequence);
	word_of(out, "legality", &vdc_legality_values, v->legality);
	word_of(out, "type", &vdc_allocation_values, v->allocation);
	word_of(out, "voltype", &vdc_voltype_values, v->voltype);
	number(out, "truesize", v->true_size);
	number(out, "apparentsize", v->apparent_size);
	number(out, "mdslot", v->slot);
	found(out, v->flags);
	header(out, v->header);
	tags(out, v->tags);
}

/* A template's volume is in the folder of each image that is based on it, and one member of the document. */
static void keep_copy(struct vdc_image_writer *w, const struct vdc_storage_volume *v)
{
	uint64_t *at = vdc_map_add(w->copies, &v->id, sizeof(v->id));

	if (*at)
		return;
	*at = 1;
	volume_record(&w->copy_records, v);
	vdc_buf_puts(&w->copy_records, "}");
	vdc_buf_putc(&w->copy_records, '\0');
}

static int write_volume(void *ctx, const struct vdc_storage_volume *v,
			struct vdc_err *err vdc_unused)
{
	struct vdc_image_writer *w = ctx;

	if (v->flags & VDC_STORAGE_VOLUME_COPY) {
		keep_copy(w, v);
		return 0;
	}
	*vdc_map_add(w->ids, &v->id, sizeof(v->id)) = 1;
	begin_section(w, VOLUMES);
	volume_record(&w->record, v);
	write_record(w);
	return 0;
}

/* Behind all volumes: copies whose volume is nowhere else. */
static void write_copies(struct vdc_image_writer *w)
{
	for (const char *record = w->copy_records.data, *end = record + w->copy_records.len;
	     record < end; record += strlen(record) + 1) {
		struct vdc_uuid volume;
		char text_id[VDC_UUID_LEN + 1] = "";

		memcpy(text_id, record + 1, VDC_UUID_LEN);
		if (!vdc_uuid_read(text_id, &volume) ||
		    vdc_map_find(w->ids, &volume, sizeof(volume)))
			continue;
		begin_section(w, VOLUMES);
		fputs(record, w->out);
	}
	w->copy_records.len = 0;
}

static int write_lease(void *ctx, const struct vdc_storage_lease *lease,
		       struct vdc_err *err vdc_unused)
{
	struct vdc_image_writer *w = ctx;

	write_copies(w);
	begin_section(w, LEASES);
	vdc_buf_putc(&w->record, '{');
	number(&w->record, "offset", lease->offset);
	text(&w->record, "lockspace", lease->lockspace);
	text(&w->record, "resource", lease->resource);
	write_record(w);
	return 0;
}

static int write_vm_lease(void *ctx, const struct vdc_storage_vm_lease *lease,
			  struct vdc_err *err vdc_unused)
{
	struct vdc_image_writer *w = ctx;

	write_copies(w);
	begin_section(w, VM_LEASES);
	if (*lease->id)
		vdc_json_quote(&w->record, lease->id);
	else
		vdc_buf_printf(&w->record, "\"at-%" PRId64 "\"", lease->offset);
	vdc_buf_puts(&w->record, ": {");
	number(&w->record, "offset", lease->offset);
	truth(&w->record, "updating", lease->updating);
	if (lease->damaged)
		truth(&w->record, "damaged", true);
	if (lease->looked) {
		truth(&w->record, "looked", true);
		text(&w->record, "resource", lease->resource);
	}
	write_record(w);
	return 0;
}

static int write_file(void *ctx, const struct vdc_storage_file *file,
		      struct vdc_err *err vdc_unused)
{
	struct vdc_image_writer *w = ctx;
	struct vdc_buf *out = &w->record;

	vdc_buf_putc(out, '{');
	text(out, "path", file->path);
	word_of(out, "problem", &vdc_storage_file_problem_values, file->problem);
	if (!vdc_uuid_blank(file->image))
		id(out, "image", file->image);
	if (!vdc_uuid_blank(file->volume))
		id(out, "volume", file->volume);
	text(out, "is", file->is);
	text(out, "should", file->should);
	vdc_buf_putc(out, '}');
	if (w->files.len)
		vdc_buf_puts(&w->files, ",\n");
	vdc_buf_add(&w->files, out->data, out->len);
	out->len = 0;
	return 0;
}

static int write_self(void *ctx, const struct vdc_storage_self *self,
		      struct vdc_err *err vdc_unused)
{
	struct vdc_image_writer *w = ctx;
	struct vdc_buf *out = &w->record;
	char version[2] = { 0 };

	write_copies(w);
	/* A dump without volumes is one of none. */
	if (w->section == NO_SECTION)
		begin_section(w, VOLUMES);
	if (w->files.len) {
		begin_section(w, FILES);
		fwrite(w->files.data, 1, w->files.len, w->out);
	}
	begin_section(w, METADATA);
	vdc_buf_putc(out, '{');
	if (self->has_id)
		id(out, "uuid", self->id);
	text(out, "name", self->name);
	text(out, "pool", self->pool);
	word_of(out, "type", &vdc_storage_type_values, self->type);
	word_of(out, "class", &vdc_storage_class_values, self->class);
	version[0] = vdc_storage_version_of(self->format);
	text(out, "version", *version ? version : NULL);
	number(out, "block_size", self->block_size);
	number(out, "alignment", self->alignment);
	text(out, "role", self->master ? "Master" : "Regular");
	text(out, "state", self->unwell ? "UNKNOWN" : "OK");
	truth(out, "block", self->block);
	truth(out, "whole", self->whole);
	truth(out, "checksum_wrong", self->checksum_wrong);
	text(out, "pool_map", self->pool_map);
	number(out, "master_version", self->master_version ?: VDC_UNSET);
	number(out, "vm_lease_index", self->vm_lease_index ?: VDC_UNSET);
	if (self->areas_wrong)
		truth(out, "areas_wrong", true);
	if (self->nameless)
		truth(out, "nameless", true);
	number(out, "lvm_metadata_size", self->metadata_size ?: VDC_UNSET);
	number(out, "lvm_metadata_free", self->metadata_size ? self->metadata_free : VDC_UNSET);
	write_record(w);
	fputs("\n}\n", w->out);
	return 0;
}

struct vdc_image_writer *vdc_image_writer_new(FILE *out)
{
	struct vdc_image_writer *w = vdc_alloc(sizeof(*w));

	w->out = out;
	w->ids = vdc_map_new();
	w->copies = vdc_map_new();
	w->sink = (struct vdc_image_dump_sink){
		.ctx = w,
		.volume = write_volume,
		.lease = write_lease,
		.vm_lease = write_vm_lease,
		.file = write_file,
		.self = write_self,
	};
	return w;
}

const struct vdc_image_dump_sink *vdc_image_writer_sink(const struct vdc_image_writer *writer)
{
	return &writer->sink;
}

void vdc_image_writer_free(struct vdc_image_writer *writer)
{
	if (!writer)
		return;
	vdc_buf_free(&writer->record);
	vdc_buf_free(&writer->files);
	vdc_buf_free(&writer->copy_records);
	vdc_map_free(writer->ids);
	vdc_map_free(writer->copies);
	free(writer);
}
