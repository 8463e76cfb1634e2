/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_stream.h"

#include <errno.h>

#include "base/time.h"
#include "base/wire.h"

enum { MOST = 64 * 1024 };

enum record { VOLUME = 1, LEASE, VM_LEASE, FILES, SELF };

static void wire_header(struct vdc_wire *wire, struct vdc_storage_volume *volume,
			struct vdc_arena *arena)
{
	struct vdc_storage_header header = { 0 }, *kept;
	bool there = volume->header;

	vdc_wire_bool(wire, &there);
	if (!there)
		return;
	if (wire->out)
		header = *volume->header;
	vdc_wire_bytes(wire, &header, sizeof(header));
	vdc_wire_text(wire, &header.backing);
	if (wire->out)
		return;
	kept = vdc_arena_alloc(arena, sizeof(*kept));
	*kept = header;
	volume->header = kept;
}

static void wire_tags(struct vdc_wire *wire, struct vdc_storage_volume *volume,
		      struct vdc_arena *arena)
{
	struct vdc_storage_tags tags = { 0 }, *kept;
	bool there = volume->tags;

	vdc_wire_bool(wire, &there);
	if (!there)
		return;
	if (wire->out)
		tags = *volume->tags;
	vdc_wire_bytes(wire, &tags, sizeof(tags));
	if (wire->out)
		return;
	kept = vdc_arena_alloc(arena, sizeof(*kept));
	*kept = tags;
	volume->tags = kept;
}

/* ARENA is used by who reads. */
static void wire_volume(struct vdc_wire *wire, struct vdc_storage_volume *volume,
			struct vdc_arena *arena)
{
	struct vdc_storage_volume plain = *volume;

	vdc_wire_bytes(wire, &plain, sizeof(plain));
	if (!wire->out) {
		*volume = plain;
		volume->description = NULL;
		volume->header = NULL;
		volume->tags = NULL;
	}
	vdc_wire_text(wire, &volume->description);
	wire_header(wire, volume, arena);
	wire_tags(wire, volume, arena);
}

static void wire_lease(struct vdc_wire *wire, struct vdc_storage_lease *lease)
{
	vdc_wire_int(wire, &lease->offset);
	vdc_wire_text(wire, &lease->lockspace);
	vdc_wire_text(wire, &lease->resource);
}

static void wire_vm_lease(struct vdc_wire *wire, struct vdc_storage_vm_lease *lease)
{
	vdc_wire_text(wire, &lease->id);
	vdc_wire_int(wire, &lease->offset);
	vdc_wire_bool(wire, &lease->updating);
	vdc_wire_bool(wire, &lease->damaged);
	vdc_wire_bool(wire, &lease->looked);
	vdc_wire_text(wire, &lease->resource);
}

static void wire_file(struct vdc_wire *wire, struct vdc_storage_file *file)
{
	struct vdc_storage_file plain = *file;

	vdc_wire_bytes(wire, &plain, sizeof(plain));
	if (!wire->out)
		*file = plain;
	vdc_wire_text(wire, &file->path);
	vdc_wire_text(wire, &file->is);
	vdc_wire_text(wire, &file->should);
}

static void wire_self(struct vdc_wire *wire, struct vdc_storage_self *self)
{
	struct vdc_storage_self plain = *self;

	vdc_wire_bytes(wire, &plain, sizeof(plain));
	if (!wire->out)
		*self = plain;
	vdc_wire_text(wire, &self->name);
	vdc_wire_text(wire, &self->pool);
	vdc_wire_text(wire, &self->pool_map);
}

static struct vdc_wire begin(struct vdc_image_stream *stream, enum record record)
{
	struct vdc_wire wire = vdc_wire_writer(&stream->out);
	int64_t kind = record;

	vdc_wire_int(&wire, &kind);
	return wire;
}

static int flush(struct vdc_image_stream *stream)
{
	int r = vdc_send(stream->sender, stream->out.data, stream->out.len);

	stream->out.len = 0;
	stream->sent = vdc_time_monotonic();
	return r;
}

static int end(struct vdc_image_stream *stream)
{
	bool due = stream->out.len >= MOST || vdc_time_monotonic() - stream->sent >= VDC_SECOND;

	return due ? flush(stream) : 0;
}

static int send_volume(void *ctx, const struct vdc_storage_volume *volume,
		       struct vdc_err *err vdc_unused)
{
	struct vdc_storage_volume copy = *volume;
	struct vdc_wire wire = begin(ctx, VOLUME);

	wire_volume(&wire, &copy, NULL);
	return end(ctx);
}

static int send_lease(void *ctx, const struct vdc_storage_lease *lease,
		      struct vdc_err *err vdc_unused)
{
	struct vdc_storage_lease copy = *lease;
	struct vdc_wire wire = begin(ctx, LEASE);

	wire_lease(&wire, &copy);
	return end(ctx);
}

static int send_vm_lease(void *ctx, const struct vdc_storage_vm_lease *lease,
			 struct vdc_err *err vdc_unused)
{
	struct vdc_storage_vm_lease copy = *lease;
	struct vdc_wire wire = begin(ctx, VM_LEASE);

	wire_vm_lease(&wire, &copy);
	return end(ctx);
}

static int send_file(void *ctx, const struct vdc_storage_file *file, struct vdc_err *err vdc_unused)
{
	struct vdc_storage_file copy = *file;
	struct vdc_wire wire = begin(ctx, FILES);

	wire_file(&wire, &copy);
	return end(ctx);
}

static int send_self(void *ctx, const struct vdc_storage_self *self, struct vdc_err *err vdc_unused)
{
	struct vdc_storage_self copy = *self;
	struct vdc_wire wire = begin(ctx, SELF);

	wire_self(&wire, &copy);
	return end(ctx);
}

struct vdc_image_dump_sink vdc_image_stream_sink(struct vdc_image_stream *stream)
{
	return (struct vdc_image_dump_sink){
		.ctx = stream,
		.volume = send_volume,
		.lease = send_lease,
		.vm_lease = send_vm_lease,
		.file = send_file,
		.self = send_self,
	};
}

int vdc_image_stream_end(struct vdc_image_stream *stream)
{
	int r = stream->out.len ? flush(stream) : 0;

	vdc_buf_free(&stream->out);
	return r;
}

static int take_one(struct vdc_wire *wire, const struct vdc_image_dump_sink *sink,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_storage_volume volume = { 0 };
	struct vdc_storage_lease lease = { 0 };
	struct vdc_storage_vm_lease vm_lease = { 0 };
	struct vdc_storage_file file = { 0 };
	struct vdc_storage_self self = { 0 };
	int64_t kind;

	vdc_wire_int(wire, &kind);
	switch (kind) {
	case VOLUME:
		wire_volume(wire, &volume, arena);
		return wire->bad ? 0 : sink->volume(sink->ctx, &volume, err);
	case LEASE:
		wire_lease(wire, &lease);
		return wire->bad ? 0 : sink->lease(sink->ctx, &lease, err);
	case VM_LEASE:
		wire_vm_lease(wire, &vm_lease);
		return wire->bad ? 0 : sink->vm_lease(sink->ctx, &vm_lease, err);
	case FILES:
		wire_file(wire, &file);
		return wire->bad ? 0 : sink->file(sink->ctx, &file, err);
	case SELF:
		wire_self(wire, &self);
		return wire->bad ? 0 : sink->self(sink->ctx, &self, err);
	default:
		wire->bad = true;
		return 0;
	}
}

int vdc_image_stream_take(const char *data, size_t len, const struct vdc_image_dump_sink *sink,
			  struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_wire wire = vdc_wire_reader(data, len);
	int r = 0;

	while (!r && wire.left && !wire.bad)
		r = take_one(&wire, sink, arena, err);
	if (wire.bad)
		return vdc_err_set(err, -EBADMSG, "a message of the reading process is garbled");
	return r;
}
