/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/image_read.h"
#include "base/buf.h"
#include "base/map.h"
#include "doc/doc.h"
#include "model/vm.h"
#include "store/store.h"

struct side {
	struct vdc_image_check *check;
	struct vdc_arena *arena;
	struct vdc_image_result *result;
	struct vdc_engine *engine; /* NULL: the database is ours */
	/* Once there is a result: image -> 1 + its first finding, and from each to the next of its image. */
	struct vdc_map *by_image;
	size_t *next;
};

static void take_vm(struct side *side, const struct vdc_vm *vm)
{
	if (vm->id && vm->lease_storage_domain.id)
		vdc_image_check_vm(side->check, vm->id, vm->lease_storage_domain.id);
}

static int take(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	struct side *side = ctx;

	(void)err;
	if (kind == &vdc_storage_domain_kind)
		vdc_image_check_domain(side->check, vdc_object_copy(kind, object, side->arena));
	else if (kind == &vdc_data_center_kind)
		vdc_image_check_data_center(side->check, object);
	else if (kind == &vdc_disk_kind)
		vdc_image_check_disk(side->check, object);
	else if (kind == &vdc_vm_kind)
		take_vm(side, object);
	else if (kind == &vdc_disk_attachment_kind)
		vdc_image_check_attachment(side->check, object);
	else if (kind == &vdc_snapshot_kind)
		vdc_image_check_snapshot(side->check, object);
	else
		vdc_image_check_row(side->check, object);
	return 0;
}

static void sort_by_image(struct side *side)
{
	const struct vdc_image_result *result = side->result;

	side->by_image = vdc_map_new();
	side->next = vdc_alloc((result->n + 1) * sizeof(*side->next));
	for (size_t i = 0; i < result->n; i++) {
		uint64_t *first;

		if (!result->items[i]->image)
			continue;
		first = vdc_map_add(side->by_image, result->items[i]->image, VDC_UUID_LEN);
		side->next[i] = *first;
		*first = i + 1;
	}
}

static int take_name(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	const struct side *side = ctx;
	const struct vdc_disk *disk = object;
	uint64_t *first = vdc_map_find(side->by_image, disk->id, strlen(disk->id));
	char *name = first ? vdc_arena_strdup(side->arena, disk->name) : NULL;

	(void)kind;
	(void)err;
	for (size_t i = first ? *first : 0; i; i = side->next[i - 1])
		side->result->items[i - 1]->disk = name;
	return 0;
}

static void free_side(struct side *side)
{
	vdc_map_free(side->by_image);
	free(side->next);
}

static int each(struct vdc_db *db, struct side *side, const struct vdc_kind *kind, unsigned flags,
		vdc_store_fn *fn, struct vdc_err *err)
{
	return side->engine ? vdc_engine_each(side->engine, kind, fn, side, err)
			    : vdc_store_each(db, kind, flags, NULL, fn, side, err);
}

static int read_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = {
		&vdc_data_center_kind, &vdc_storage_domain_kind, &vdc_disk_kind,
		&vdc_vm_kind,	       &vdc_snapshot_kind,	 &vdc_volume_kind
	};
	struct side *side = ctx;
	int r = 0;

	for (size_t i = 0; !r && i < VDC_COUNT(kinds); i++)
		r = each(db, side, kinds[i], VDC_IN_NO_ORDER, take, err);
	if (!r && vdc_image_check_wants(side->check))
		r = each(db, side, &vdc_disk_attachment_kind, VDC_IN_NO_ORDER | VDC_WITH_NAMES,
			 take, err);
	if (r)
		return r;
	vdc_image_check_end(side->check, side->result);
	if (!side->result->n)
		return 0;
	sort_by_image(side);
	return each(db, side, &vdc_disk_kind, VDC_ONLY_LISTED | VDC_IN_NO_ORDER, take_name, err);
}

int vdc_image_read_database(struct vdc_db *db, struct vdc_image_check *check,
			    struct vdc_arena *arena, struct vdc_image_result *ret,
			    struct vdc_err *err)
{
	struct side side = { .check = check, .arena = arena, .result = ret };
	int r = vdc_db_snapshot(db, read_all, &side, err);

	free_side(&side);
	return r;
}

int vdc_image_read_engine(struct vdc_engine *engine, struct vdc_image_check *check,
			  struct vdc_arena *arena, struct vdc_image_result *ret,
			  struct vdc_err *err)
{
	struct side side = { .check = check, .arena = arena, .result = ret, .engine = engine };
	int r = vdc_db_snapshot(vdc_engine_db(engine), read_all, &side, err);

	free_side(&side);
	return r;
}

/* A document may refer by name; the domains stand in front of what refers to them. */
struct document {
	struct side side;
	struct vdc_map *domains; /* name -> pointer to the id */
	struct vdc_buf disks;	 /* struct vdc_disk * each */
};

static void learn(struct document *document, const struct vdc_kind *kind, void *object)
{
	struct vdc_arena *arena = document->side.arena;

	if (kind == &vdc_storage_domain_kind) {
		const struct vdc_storage_domain *domain = object;

		if (domain->name && domain->id)
			*vdc_map_add(document->domains, domain->name, strlen(domain->name)) =
				(uintptr_t)vdc_arena_strdup(arena, domain->id);
	} else if (kind == &vdc_disk_kind) {
		void *copy = vdc_object_copy(kind, object, arena);

		vdc_buf_add(&document->disks, &copy, sizeof(copy));
	}
}

static void resolve(const struct document *document, struct vdc_ref *ref)
{
	uint64_t *id = !ref->id && ref->name
			       ? vdc_map_find(document->domains, ref->name, strlen(ref->name))
			       : NULL;

	if (id)
		ref->id = (char *)(uintptr_t)*id;
}

static int take_object(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		       struct vdc_arena *arena, struct vdc_err *err)
{
	struct document *document = ctx;

	(void)place;
	(void)arena;
	if (kind == &vdc_disk_attachment_kind) {
		vdc_image_check_attachment(document->side.check, object);
		return 0;
	}
	if (kind == &vdc_data_center_kind) {
		vdc_image_check_data_center(document->side.check, object);
		return 0;
	}
	if (kind == &vdc_snapshot_kind) {
		vdc_image_check_snapshot(document->side.check, object);
		return 0;
	}
	if (kind != &vdc_storage_domain_kind && kind != &vdc_disk_kind && kind != &vdc_vm_kind &&
	    kind != &vdc_volume_kind)
		return 0;
	if (!vdc_object_id(object))
		return vdc_err_set(err, -EINVAL, "a %s without an id cannot be compared",
				   kind->name);
	learn(document, kind, object);
	if (kind == &vdc_vm_kind)
		resolve(document, &((struct vdc_vm *)object)->lease_storage_domain);
	else if (kind == &vdc_volume_kind)
		resolve(document, &((struct vdc_volume *)object)->storage_domain);
	return take(&document->side, kind, object, err);
}

static void end_document(struct document *document)
{
	struct side *side = &document->side;
	void *const *disks = (void *const *)(const void *)document->disks.data;

	vdc_image_check_end(side->check, side->result);
	sort_by_image(side);
	for (size_t i = 0; i < document->disks.len / sizeof(void *); i++)
		take_name(side, &vdc_disk_kind, disks[i], NULL);
}

int vdc_image_read_document(FILE *in, const char *name, struct vdc_image_check *check,
			    struct vdc_arena *arena, struct vdc_image_result *ret,
			    struct vdc_err *err)
{
	const struct vdc_doc_options options = { .name = name };
	struct document document = { .side = { .check = check, .arena = arena, .result = ret },
				     .domains = vdc_map_new() };
	int r = vdc_doc_read(in, &options, take_object, &document, err);

	if (!r)
		end_document(&document);
	vdc_map_free(document.domains);
	vdc_buf_free(&document.disks);
	free_side(&document.side);
	return r;
}
