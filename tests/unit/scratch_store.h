/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects for tests that put them into a scratch database. Group tests by new_arena, free_arena. */
#pragma once

#include "base/buf.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "model/host.h"
#include "model/vm.h"
#include "scratch_db.h"
#include "store/store.h"

static struct vdc_arena *arena;

static inline int new_arena(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

static inline int free_arena(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

/* FIELD=VALUE pairs, ended by NULL. */
static inline void *object(const struct vdc_kind *kind, const char *const *pairs)
{
	void *o = vdc_object_new(kind, arena);
	struct vdc_err err = { 0 };

	for (; *pairs; pairs += 2) {
		const struct vdc_field *field = vdc_kind_field(kind, pairs[0]);

		assert_non_null(field);
		must(vdc_value_parse(field, pairs[1], o, arena, &err), &err);
	}
	return o;
}
#define OBJECT(kind, ...) object(kind, (const char *const[]){ __VA_ARGS__, NULL })

struct scratch_put {
	const struct vdc_kind *kind;
	void *object;
};

static inline int put_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct scratch_put *put = ctx;

	return vdc_store_put(db, put->kind, put->object, arena, err);
}

static inline int put_code(struct vdc_db *db, const struct vdc_kind *kind, void *o,
			   struct vdc_err *err)
{
	struct scratch_put put = { kind, o };

	return vdc_db_transaction(db, put_it, &put, err);
}

/* Returns its id. */
static inline char *put(struct vdc_db *db, const struct vdc_kind *kind, void *o)
{
	struct vdc_err err = { 0 };

	must(put_code(db, kind, o, &err), &err);
	return *vdc_text_of(&kind->fields[0], o);
}

static inline void *get(struct vdc_db *db, const struct vdc_kind *kind, const char *name)
{
	struct vdc_err err = { 0 };
	void *o = NULL;

	must(vdc_store_get(db, kind, name, VDC_WITH_NAMES | VDC_WITH_LONG, arena, &o, &err), &err);
	return o;
}

static inline int note_name(void *ctx, const struct vdc_kind *kind, void *o, struct vdc_err *err)
{
	(void)err;
	vdc_buf_printf(ctx, "%s %s, ", kind->word, vdc_object_name(kind, o));
	return 0;
}

/* How many of that type there are. */
static inline int64_t events(struct scratch *s, const char *type)
{
	return number_of(
		s->db,
		vdc_arena_format(arena, "SELECT COUNT(*) FROM events WHERE type = '%s'", type));
}

/* Two data centres, two clusters, two hosts, and VMs of the same name in both clusters. */
static inline void populate(struct vdc_db *db)
{
	struct vdc_err err = { 0 };

	must(vdc_store_migrate(db, &err), &err);
	put(db, &vdc_data_center_kind, OBJECT(&vdc_data_center_kind, "name", "dc1"));
	put(db, &vdc_data_center_kind, OBJECT(&vdc_data_center_kind, "name", "dc2"));
	put(db, &vdc_cluster_kind,
	    OBJECT(&vdc_cluster_kind, "name", "c1", "data_center", "dc1", "version", "4.7"));
	put(db, &vdc_cluster_kind, OBJECT(&vdc_cluster_kind, "name", "c2", "data_center", "dc1"));
	put(db, &vdc_host_kind,
	    OBJECT(&vdc_host_kind, "name", "h1", "cluster", "c1", "status", "up", "memory", "64G"));
	put(db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "h2", "cluster", "c1"));
	put(db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", "v", "cluster", "c1", "host", "h1"));
	put(db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", "v", "cluster", "c2"));
	put(db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", "w", "cluster", "c1", "host", "h1"));
}
