/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image_world.h"

#include <stdio.h>
#include <string.h>

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)

static const char vm_id[] = "99999999-0000-4000-8000-000000000001";

uint64_t image_random(struct image_world *world)
{
	uint64_t x = world->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct vdc_uuid image_random_id(struct image_world *world)
{
	struct vdc_uuid id = { image_random(world), 0 };

	id.low = image_random(world);
	return id;
}

char *image_id_text(struct image_world *world, struct vdc_uuid id)
{
	return vdc_arena_format(world->arena, "%08x-%04x-%04x-%04x-%012llx",
				(unsigned)(id.high >> 32), (unsigned)(id.high >> 16 & 0xffff),
				(unsigned)(id.high & 0xffff), (unsigned)(id.low >> 48),
				(unsigned long long)(id.low & 0xffffffffffff));
}

static char pool[] = "cdcdcdcd-0000-4000-8000-000000000001";

static char *borrowed(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void make_domain(struct image_world *w, int i)
{
	struct vdc_storage_domain *row = &w->rows[i];

	w->self[i] = (struct vdc_storage_self){
		.id = image_random_id(w),
		.has_id = true,
		.name = i ? "files" : "blocks",
		.pool = pool,
		.type = i ? VDC_STORAGE_NFS : VDC_STORAGE_FCP,
		.class = VDC_STORAGE_CLASS_DATA,
		.format = VDC_STORAGE_V5,
		.block_size = 512,
		.alignment = MIB,
		.block = i == 0,
		.master = i == 0,
		.whole = i == 0,
	};
	vdc_object_clear(&vdc_storage_domain_kind, row);
	row->id = image_id_text(w, w->self[i].id);
	row->name = borrowed(w->self[i].name);
	row->type = VDC_STORAGE_DOMAIN_DATA;
	row->storage_format = VDC_STORAGE_V5;
	row->master = i == 0;
	row->data_center.id = pool;
}

static void make_row(struct image_world *w, const struct image_of *image, int v)
{
	const struct vdc_storage_volume *volume = &image->volumes[v];
	struct vdc_volume *row = (struct vdc_volume *)(uintptr_t)&image->rows[v];

	vdc_object_clear(&vdc_volume_kind, row);
	row->id = image_id_text(w, volume->id);
	row->disk.id = row->image = image_id_text(w, volume->image);
	row->storage_domain.id = w->rows[image->domain].id;
	row->parent = vdc_uuid_blank(volume->parent) ? NULL : image_id_text(w, volume->parent);
	row->description = borrowed(volume->description);
	row->snapshot = image->template ? image_id_text(w, image_random_id(w))
					: w->snapshots[v < image->n - 1].id;
	row->active = v == image->n - 1;
	row->status = VDC_DISK_OK;
	row->capacity = volume->capacity;
	row->actual_size = volume->true_size;
	row->format = volume->format;
	row->allocation = volume->allocation;
	row->voltype = volume->voltype;
	row->content_type = volume->content_type;
	row->sequence = volume->sequence;
	row->qcow_compat = volume->format == VDC_DISK_COW ? VDC_QCOW2_V3 : VDC_UNSET;
}

static void make_volume(struct image_world *w, struct image_of *image, struct vdc_uuid id, int v,
			int64_t slot)
{
	struct vdc_storage_volume *volume = &image->volumes[v];
	bool based = v || image->based_on >= 0;

	*volume = vdc_storage_volume(image_random_id(w));
	volume->image = id;
	if (v)
		volume->parent = image->volumes[v - 1].id;
	else if (based)
		volume->parent = w->images[image->based_on].volumes[0].id;
	volume->capacity = 10 * GIB;
	volume->format = based ? VDC_DISK_COW : VDC_DISK_RAW;
	volume->allocation = based ? VDC_ALLOCATION_SPARSE : VDC_ALLOCATION_PREALLOCATED;
	volume->apparent_size = based ? GIB : 10 * GIB;
	volume->true_size = volume->apparent_size;
	volume->created = IMAGE_NOW - 100000 + v;
	volume->description = "{\"DiskAlias\":\"d\"}";
	volume->sequence = (uint32_t)v + 1;
	volume->status = VDC_STORAGE_VOLUME_OK;
	volume->voltype = v < image->n - 1  ? VDC_VOLTYPE_INTERNAL
			  : image->template ? VDC_VOLTYPE_SHARED
					    : VDC_VOLTYPE_LEAF;
	volume->legality = VDC_LEGALITY_LEGAL;
	volume->content_type = VDC_CONTENT_DATA;
	volume->flags = VDC_STORAGE_VOLUME_HAS_IMAGE | VDC_STORAGE_VOLUME_HAS_PARENT |
			VDC_STORAGE_VOLUME_HAS_SEQUENCE;
	image->headers[v] = (struct vdc_storage_header){
		.format = volume->format,
		.compat = based ? VDC_QCOW2_V3 : 0,
		.capacity = volume->capacity,
		.backing = based ? image_id_text(w, volume->parent) : NULL,
	};
	if (image->domain == 0) {
		volume->slot = slot;
		image->lease_at[v] = (100 + slot) * MIB;
		snprintf(image->lease_of[v], sizeof(image->lease_of[v]), "%s",
			 image_id_text(w, volume->id));
	}
	make_row(w, image, v);
}

/* The first image of each domain is a template, and every third one is based on it. */
static void make_image(struct image_world *w, int i)
{
	struct image_of *image = &w->images[i];
	struct vdc_uuid id = image_random_id(w);

	*image = (struct image_of){ .domain = i % IMAGE_DOMAINS, .n = 1, .based_on = -1 };
	image->template = i < IMAGE_DOMAINS;
	if (!image->template)
		image->n = 1 + (int)(image_random(w) % IMAGE_CHAIN);
	if (!image->template && image_random(w) % 3 == 0)
		image->based_on = image->domain;
	for (int v = 0; v < image->n; v++)
		make_volume(w, image, id, v, i * IMAGE_CHAIN + v + 1);
}

void image_world_make(struct image_world *world, struct vdc_arena *arena, uint64_t seed, int images)
{
	memset(world, 0, sizeof(*world));
	world->arena = arena;
	world->random = seed;
	world->n = images;
	world->vm_lease = (struct vdc_storage_vm_lease){
		.id = vm_id, .offset = 3 * MIB, .looked = true, .resource = vm_id
	};
	for (int i = 0; i < IMAGE_DOMAINS; i++)
		make_domain(world, i);
	vdc_object_clear(&vdc_data_center_kind, &world->center);
	world->center.id = pool;
	world->center.master_version = world->self[0].master_version = 5;
	world->self[0].pool_map = vdc_arena_format(arena, "%s:Active,%s:Attached",
						   world->rows[1].id, world->rows[0].id);
	for (int i = 0; i < 2; i++)
		world->snapshots[i] = (struct vdc_snapshot){
			.id = image_id_text(world, image_random_id(world)),
			.vm.id = borrowed(vm_id),
			.type = i ? VDC_SNAPSHOT_REGULAR : VDC_SNAPSHOT_ACTIVE,
			.status = VDC_SNAPSHOT_OK,
		};
	for (int i = 0; i < images; i++)
		make_image(world, i);
}

void image_set_parent(struct image_world *world, int image, int volume, struct vdc_uuid parent)
{
	world->images[image].volumes[volume].parent = parent;
	world->images[image].rows[volume].parent =
		vdc_uuid_blank(parent) ? NULL : image_id_text(world, parent);
}

static void feed_image(struct vdc_image_check *check, const struct image_of *image, bool leases)
{
	for (int v = 0; v < image->n; v++) {
		const struct vdc_storage_lease lease = { .offset = image->lease_at[v],
							 .resource = image->lease_of[v] };

		struct vdc_storage_volume volume = image->volumes[v];

		volume.header = image->headers_read ? &image->headers[v] : NULL;
		for (int times = image->gone[v] ? 0 : 1 + image->twice; times; times--)
			vdc_image_check_volume(check, &volume);
		if (leases && lease.offset)
			vdc_image_check_lease(check, &lease);
	}
}

static void feed_verdicts(const struct image_world *w, struct vdc_image_check *check, int domain)
{
	char image[VDC_UUID_LEN + 1], id[VDC_UUID_LEN + 1];

	for (uint32_t at = 0; vdc_image_check_next_cow(check, &at); at++) {
		vdc_image_check_volume_at(check, at, image, id);
		for (int i = 0; i < w->n; i++)
			for (int v = 0; v < w->images[i].n && w->images[i].domain == domain; v++)
				if (w->images[i].looked[v] &&
				    !strcmp(image_id_text((struct image_world *)(uintptr_t)w,
							  w->images[i].volumes[v].id),
					    id))
					vdc_image_check_verdict(check, at, &w->images[i].looks[v]);
	}
}

static void feed_storage(struct image_world *w, struct vdc_image_check *check, int domain)
{
	vdc_image_check_begin(check, w->self[domain].name);
	for (int i = 0; i < w->n; i++)
		if (w->images[i].domain == domain)
			feed_image(check, &w->images[i], w->self[domain].whole);
	if (domain == 0 && !w->no_vm_lease)
		vdc_image_check_vm_lease(check, &w->vm_lease);
	if (domain == 0 && w->other_vm_lease.id)
		vdc_image_check_vm_lease(check, &w->other_vm_lease);
	for (int i = 0; i < w->n_files && domain == 1; i++)
		vdc_image_check_file(check, &w->files[i]);
	vdc_image_check_self(check, &w->self[domain], NULL);
	feed_verdicts(w, check, domain);
}

static void feed_database(struct image_world *w, struct vdc_image_check *check)
{
	for (int i = 0; i < IMAGE_DOMAINS; i++)
		if (!w->no_row[i])
			vdc_image_check_domain(check, &w->rows[i]);
	vdc_image_check_data_center(check, &w->center);
	if (w->locked.id)
		vdc_image_check_disk(check, &w->locked);
	for (int i = 0; i < 3; i++)
		vdc_image_check_snapshot(check, &w->snapshots[i]);
	if (!w->no_vm)
		vdc_image_check_vm(check, vm_id, w->rows[0].id);
	for (int i = 0; i < w->n; i++)
		for (int v = 0; v < w->images[i].n; v++)
			if (!w->images[i].no_row[v])
				vdc_image_check_row(check, &w->images[i].rows[v]);
}

void image_world_check(struct image_world *world, struct vdc_image_result *ret)
{
	const struct vdc_image_check_options options = {
		.now = IMAGE_NOW,
		.recent = 600,
		.secret = world->random,
		.database = true,
		.stamps = true,
		.work_known = world->work_known,
	};
	struct vdc_image_check *check = vdc_image_check_new(world->arena, &options);

	for (int i = 0; i < IMAGE_DOMAINS; i++)
		feed_storage(world, check, i);
	feed_database(world, check);
	vdc_image_check_end(check, ret);
	vdc_image_check_free(check);
}
