/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade updates: what hosts can get, and whether their clusters are in step. */
#include "updates.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/list.h"
#include "cluster_upgrade.h"
#include "store/world.h"

bool cluster_upgrade_asked(const struct updates_scene *scene, const struct vdc_cluster *cluster)
{
	return !scene->cluster_id || strcmp(scene->cluster_id, cluster->id) == 0;
}

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct updates_scene *scene = ctx;
	bool with_long = scene->store_flags & VDC_WITH_LONG;

	scene->world = vdc_world_new(scene->arena);
	return vdc_store_world(db, vdc_update_kinds, with_long ? &vdc_update_kind : NULL,
			       scene->world, err);
}

static int read_scene(struct updates_scene *scene, struct vdc_err *err)
{
	int r = vdc_db_snapshot(vdc_call_db(scene->call), read_world, scene, err);

	if (!r)
		scene->n_states =
			vdc_plan_update_states(scene->world, scene->arena, &scene->states);
	return r;
}

static int find_cluster(struct updates_scene *scene, struct vdc_err *err)
{
	const char *const *words;
	void *cluster;
	int r;

	if (vdc_call_operands(scene->call, &words) == 0)
		return 0;
	r = vdc_store_get(vdc_call_db(scene->call), &vdc_cluster_kind, words[0], 0, scene->arena,
			  &cluster, err);
	if (!r)
		scene->cluster_id = vdc_object_id(cluster);
	return r;
}

/* The row of each cluster that was asked for, in their order. */
static int each_cluster(const struct updates_scene *scene,
			int (*fn)(void *ctx, const struct vdc_cluster_update *row,
				  struct vdc_err *err),
			void *ctx, struct vdc_err *err)
{
	void *const *clusters;
	size_t n = vdc_world_all(scene->world, &vdc_cluster_kind, &clusters);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		if (cluster_upgrade_asked(scene, clusters[i]))
			r = fn(ctx,
			       vdc_plan_cluster_update(scene->world, clusters[i], scene->states,
						       scene->n_states, scene->arena),
			       err);
	return r;
}

static int add_row(void *ctx, const struct vdc_cluster_update *row, struct vdc_err *err)
{
	return vdc_list_add(ctx, row, err);
}

static int say_row(void *ctx vdc_unused, const struct vdc_cluster_update *row,
		   struct vdc_err *err vdc_unused)
{
	printf("cluster %s: %s; channel %s, approval %s%s%s\n", row->name,
	       row->support == VDC_SUPPORT_UNKNOWN
		       ? "nobody knows whether it is supported"
		       : vdc_enum_word(&vdc_support_values, row->support),
	       row->channel, vdc_enum_word(&vdc_update_approval_values, row->approval),
	       row->reason ? "; " : "", row->reason ? row->reason : "");
	return 0;
}

static int list_clusters(struct updates_scene *scene, struct vdc_list *list, struct vdc_err *err)
{
	int r = read_scene(scene, err);

	if (!r)
		r = each_cluster(scene, add_row, list, err);
	return r ? r : vdc_list_end(list, err);
}

/* As it is shown: by the name of its host, with what it waits for. */
static struct vdc_update *shown(const struct updates_scene *scene,
				const struct vdc_update_state *state)
{
	struct vdc_update *update = vdc_object_copy(&vdc_update_kind, state->update, scene->arena);

	update->host.name = vdc_arena_strdup(scene->arena, state->host->name);
	/* What whoever approves it has to know is said besides. */
	if (state->waits && update->message && update->status == VDC_UPDATE_PENDING)
		update->message =
			vdc_arena_format(scene->arena, "%s; %s", state->waits, update->message);
	else if (state->waits)
		update->message = vdc_arena_strdup(scene->arena, state->waits);
	return update;
}

static int list_updates(struct updates_scene *scene, struct vdc_list *list, struct vdc_err *err)
{
	bool is_table = vdc_call_output(scene->call) == VDC_OUTPUT_TABLE;
	size_t rows = 0;
	int r;

	scene->store_flags = vdc_list_store_flags(list);
	r = read_scene(scene, err);
	if (r || (is_table && vdc_given(scene->call, "quiet")))
		return r;
	if (is_table && !vdc_given(scene->call, "noheadings"))
		r = each_cluster(scene, say_row, NULL, err);
	for (size_t i = 0; i < scene->n_states && !r; i++) {
		if (!cluster_upgrade_asked(scene, scene->states[i].cluster))
			continue;
		rows++;
		r = vdc_list_add(list, shown(scene, &scene->states[i]), err);
	}
	return r || (is_table && !rows) ? r : vdc_list_end(list, err);
}

int cluster_upgrade_updates(struct vdc_call *call, struct vdc_err *err)
{
	struct updates_scene scene = { .call = call, .arena = vdc_call_arena(call) };
	bool clusters = vdc_given(call, "clusters"), check = vdc_given(call, "check");
	struct vdc_list *list;
	int looked = 0, started = 0;
	int r = vdc_list_new(call, clusters ? &vdc_cluster_update_kind : &vdc_update_kind, &list,
			     err);

	if (!r)
		r = vdc_call_open_db(call, check ? VDC_NEEDS_DB_WRITE : VDC_NEEDS_DB_READ, err);
	if (!r)
		r = find_cluster(&scene, err);
	if (!r && check)
		r = looked = cluster_upgrade_look(&scene, err);
	if (r >= 0)
		r = clusters ? list_clusters(&scene, list, err) : list_updates(&scene, list, err);
	if (!r && vdc_given(call, "run"))
		started = cluster_upgrade_start_all(&scene);
	return r ? r : started ? started : looked;
}
