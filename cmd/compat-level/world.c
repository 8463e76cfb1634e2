/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs decide by: the catalogue and the inventory. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/similar.h"
#include "compat.h"
#include "doc/catalogue.h"
#include "model/host.h"
#include "store/world.h"

int compat_open(struct compat *compat, struct vdc_call *call, struct vdc_err *err)
{
	*compat = (struct compat){ .call = call, .arena = vdc_call_arena(call) };
	return vdc_catalogue_read(compat->arena, &compat->catalogue, err);
}

int compat_read(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct compat *compat = ctx;

	compat->world = vdc_world_new(compat->arena);
	return vdc_store_world(db, compat->kinds, &vdc_host_kind, compat->world, err);
}

int compat_open_world(struct compat *compat, struct vdc_call *call,
		      const struct vdc_kind *const *kinds, struct vdc_err *err)
{
	int r = compat_open(compat, call, err);

	compat->kinds = kinds;
	return r ? r : vdc_db_snapshot(vdc_call_db(call), compat_read, compat, err);
}

void *compat_find(const struct compat *compat, const struct vdc_kind *kind, const char *name)
{
	void *found = vdc_world_find(compat->world, kind, name);
	void *const *all;
	size_t n = vdc_world_all(compat->world, kind, &all);

	for (size_t i = 0; !found && i < n; i++) {
		if (strcmp(vdc_object_name(kind, all[i]), name) == 0)
			found = all[i];
	}
	return found;
}

static void try_names(const struct compat *compat, const struct vdc_kind *kind,
		      struct vdc_similar *similar)
{
	void *const *all;
	size_t n = vdc_world_all(compat->world, kind, &all);

	for (size_t i = 0; i < n; i++)
		vdc_similar_try(similar, vdc_object_name(kind, all[i]));
}

int compat_target(const struct compat *compat, const char *name, struct compat_target *ret,
		  struct vdc_err *err)
{
	struct compat_target target = {
		.cluster = compat_find(compat, &vdc_cluster_kind, name),
		.data_center = compat_find(compat, &vdc_data_center_kind, name),
	};
	struct vdc_similar similar = { .word = name };
	char hint[VDC_SIMILAR_HINT];

	if (target.cluster && target.data_center)
		return vdc_err_set(err, -EINVAL,
				   "'%s' is a cluster and a data centre; give the id of one", name);
	if (target.cluster || target.data_center) {
		*ret = target;
		return 0;
	}
	try_names(compat, &vdc_cluster_kind, &similar);
	try_names(compat, &vdc_data_center_kind, &similar);
	return vdc_err_set(err, -ENOENT, "there is no cluster or data centre '%.100s'%s", name,
			   vdc_similar_hint(&similar, hint));
}

const struct vdc_cluster_offer *compat_cluster_offer(const struct vdc_level_state *state,
						     const struct vdc_cluster *cluster)
{
	for (size_t i = 0; i < state->n_clusters; i++) {
		if (state->clusters[i].cluster == cluster)
			return &state->clusters[i];
	}
	return NULL;
}

char *compat_levels_text(const struct vdc_level_family *family, vdc_level_set set,
			 struct vdc_arena *arena)
{
	vdc_autobuf text = { 0 };

	for (size_t i = 0; family && i < family->n_levels; i++) {
		const struct vdc_level *level = &family->levels[i].level;

		if (set >> i & 1)
			vdc_buf_printf(&text, "%s%d.%d", text.len ? " " : "", level->major,
				       level->minor);
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&text));
}

char *compat_levels_span(const struct vdc_level_family *family, vdc_level_set set,
			 struct vdc_arena *arena)
{
	vdc_autobuf text = { 0 };

	for (size_t i = 0, last; family && i < family->n_levels; i = last + 1) {
		const struct vdc_level *from = &family->levels[i].level, *to;

		for (last = i; last + 1 < family->n_levels && set >> i & set >> (last + 1) & 1;
		     last++)
			;
		to = &family->levels[last].level;
		if (set >> i & 1)
			vdc_buf_printf(&text, "%s%d.%d", text.len ? " " : "", from->major,
				       from->minor);
		if (last > i)
			vdc_buf_printf(&text, "%s%d.%d", last > i + 1 ? "-" : " ", to->major,
				       to->minor);
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&text));
}

struct vdc_level compat_highest(const struct vdc_level_family *family, vdc_level_set set)
{
	return family->levels[63 - __builtin_clzll(set)].level;
}

struct vdc_ref compat_ref(const struct vdc_kind *kind, const void *object)
{
	struct vdc_ref ref = { NULL, NULL };

	if (object) {
		ref.id = (char *)(uintptr_t)vdc_object_id(object);
		ref.name = (char *)(uintptr_t)vdc_object_name(kind, object);
	}
	return ref;
}
