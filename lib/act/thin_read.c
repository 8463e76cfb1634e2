/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The thin disks of one host: in a child, and what it tells. */
#include <errno.h>
#include <string.h>

#include "act/thin_part.h"
#include "base/time.h"
#include "base/wire.h"

static void wire_row(struct vdc_wire *wire, struct thin_row *row)
{
	vdc_wire_text(wire, &row->vm_id);
	vdc_wire_text(wire, &row->vm);
	vdc_wire_text(wire, &row->target);
	vdc_wire_text(wire, &row->path);
	vdc_wire_bool(wire, &row->paused);
	vdc_wire_int(wire, &row->armed);
	vdc_wire_int(wire, &row->volume.capacity);
	vdc_wire_int(wire, &row->volume.highest);
	vdc_wire_int(wire, &row->volume.size);
	vdc_wire_int(wire, &row->volume.rate);
	vdc_wire_bool(wire, &row->volume.replicating);
}

struct reader {
	struct vdc_errand *errand;
	struct vdc_arena *arena;
	struct vdc_buf rows; /* struct thin_row, of the first look */
	int64_t at;	     /* of it */
	bool again;
};

static int64_t stat_of(const struct vdc_virt_domain *virt, const char *target, int64_t layer,
		       const char *what)
{
	return vdc_virt_block_stat(virt, target, layer, what, -1);
}

bool thin_is_disk(const struct vdc_domain_disk *disk)
{
	return disk->n_chain && disk->target && !disk->read_only && disk->chain[0].block &&
	       disk->chain[0].path && disk->chain[0].format &&
	       strcmp(disk->chain[0].format, "qcow2") == 0;
}

struct vdc_extend_volume thin_volume(const struct vdc_virt_domain *virt, const char *target,
				     int64_t layer, bool copied)
{
	return (struct vdc_extend_volume){
		.capacity = stat_of(virt, target, layer, "capacity"),
		.highest = stat_of(virt, target, layer, "allocation"),
		.size = stat_of(virt, target, layer, "physical"),
		.replicating = copied,
	};
}

static struct thin_row read_disk(const struct vdc_virt_domain *virt,
				 const struct vdc_domain_disk *disk)
{
	return (struct thin_row){
		.vm_id = virt->uuid,
		.vm = virt->name,
		.target = disk->target,
		.path = disk->chain[0].path,
		.paused = virt->state == VDC_VIRT_PAUSED && strcmp(virt->reason, "enospc") == 0,
		.armed = stat_of(virt, disk->target, disk->chain[0].index, "threshold"),
		.volume = thin_volume(virt, disk->target, disk->chain[0].index, disk->copied),
	};
}

static void keep(struct reader *reader, const struct thin_row *row)
{
	struct thin_row kept = *row;

	kept.vm_id = vdc_arena_strdup(reader->arena, row->vm_id);
	kept.path = vdc_arena_strdup(reader->arena, row->path);
	vdc_buf_add(&reader->rows, &kept, sizeof(kept));
}

/* A path is one layer: after a snapshot in between there is no rate. */
static void measure(const struct reader *reader, struct thin_row *row)
{
	const struct thin_row *before = (const struct thin_row *)(const void *)reader->rows.data;

	for (size_t i = 0; i < reader->rows.len / sizeof(*before); i++) {
		struct vdc_extend_rate rate = { 0 };

		if (strcmp(before[i].path, row->path) != 0 ||
		    strcmp(before[i].vm_id, row->vm_id) != 0)
			continue;
		vdc_extend_rate_look(&rate, reader->at, before[i].volume.highest);
		vdc_extend_rate_look(&rate, vdc_time_monotonic(), row->volume.highest);
		row->volume.rate = rate.rate;
	}
}

static int tell(const struct reader *reader, struct thin_row *row, struct vdc_err *err)
{
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);

	wire_row(&wire, row);
	return vdc_errand_tell(reader->errand, out.data, out.len, err);
}

static int take_domain(void *ctx, const struct vdc_virt_domain *virt, struct vdc_err *err)
{
	struct reader *reader = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm vm;
	int r;

	if (!vdc_virt_is_active(virt->state))
		return 0;
	vdc_object_clear(&vdc_vm_kind, &vm);
	r = vdc_domain_read(virt->xml, arena, &vm, &domain, err);
	for (size_t i = 0; !r && i < domain.n_disks; i++) {
		struct thin_row row;

		if (!thin_is_disk(&domain.disks[i]))
			continue;
		row = read_disk(virt, &domain.disks[i]);
		if (!reader->again)
			keep(reader, &row);
		measure(reader, &row);
		r = reader->again ? tell(reader, &row, err) : 0;
	}
	return r;
}

int thin_read(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err)
{
	const struct thin_host *host = ctx;
	struct reader reader = { .errand = errand, .arena = vdc_arena_new() };
	int r;

	reader.at = vdc_time_monotonic();
	r = vdc_virt_domains(virt, take_domain, &reader, err);
	if (!r && reader.rows.len)
		vdc_sleep(thin_over(host));
	reader.again = true;
	if (!r)
		r = vdc_virt_domains(virt, take_domain, &reader, err);
	vdc_buf_free(&reader.rows);
	vdc_arena_free(reader.arena);
	return r;
}

int thin_told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct vdc_wire wire = vdc_wire_reader(data, len);
	struct thin_row row = { 0 };

	wire_row(&wire, &row);
	if (wire.bad || !row.vm_id || !row.vm || !row.target || !row.path)
		return vdc_err_set(err, -EBADMSG, "the process that reads a host sent nonsense");
	thin_take(ctx, &row);
	return 0;
}
