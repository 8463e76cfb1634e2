/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade plan --verify: a document, which anybody may have edited, and the cluster now. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act/upgrade_document.h"
#include "base/release.h"
#include "cluster_upgrade.h"

static int read_document(const char *path, struct vdc_arena *arena, struct vdc_upgrade_rows *rows,
			 struct vdc_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "re");
	int r;

	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL, "%s: %s", path,
				   strerror(errno));
	r = vdc_upgrade_document_read(in, is_stdin ? "standard input" : path, arena, rows, err);
	if (!is_stdin)
		fclose(in);
	return r;
}

/* The limits are those of the plan; of its hosts those that are still there. */
static void choose(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows)
{
	struct vdc_upgrade_choice *choice = &scene->choice;
	const char **hosts = vdc_arena_alloc(scene->arena, rows->n_hosts * sizeof(*hosts));

	choice->max_away = rows->upgrade->max_away;
	choice->ceiling = rows->upgrade->ceiling;
	choice->ha_reserve = rows->upgrade->ha_reserve;
	choice->qemu = vdc_release_parse(rows->upgrade->qemu);
	choice->os_major = vdc_is_true(rows->upgrade->os_major);
	choice->hosts = hosts;
	for (size_t i = 0; i < rows->n_hosts; i++) {
		const struct vdc_upgrade_host_row *row = rows->hosts[i];
		const struct vdc_host *host = vdc_world_find(scene->world, &vdc_host_kind, row->id);

		if (row->wave != VDC_UNSET && host && host->cluster.id &&
		    strcmp(host->cluster.id, choice->cluster_id) == 0)
			hosts[choice->n_hosts++] = row->id;
	}
}

static int hold(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows,
		struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	int r;

	choose(scene, rows);
	r = cluster_upgrade_snapshot(scene, err);
	if (!r)
		r = vdc_upgrade_from_rows(rows, &scene->snapshot, scene->arena, plan, err);
	if (!r)
		r = cluster_upgrade_unblocked(scene, err);
	return r ? r : vdc_plan_upgrade_replay(&scene->snapshot.input, plan, err);
}

/* A cluster that the command line names must be the one of the plan. */
static int find_cluster(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows,
			struct vdc_err *err)
{
	int r;

	if (!scene->name)
		scene->name = rows->upgrade->cluster.id;
	r = cluster_upgrade_read(scene, err);
	if (!r && strcmp(scene->choice.cluster_id, rows->upgrade->cluster.id) != 0)
		r = vdc_err_set(err, -EPERM, "the plan is for another cluster than %s",
				scene->name);
	return r;
}

int cluster_upgrade_hold(struct upgrade_scene *scene, const char *path,
			 int (*first)(struct upgrade_scene *scene, struct vdc_err *err),
			 struct vdc_upgrade_rows *rows, struct vdc_upgrade_plan *plan,
			 struct vdc_err *err)
{
	int r = read_document(path, scene->arena, rows, err);

	scene->choice = vdc_upgrade_choice_default;
	scene->choice.accept_unknown = vdc_given(scene->call, "accept-unknown");
	if (r)
		return r;
	r = find_cluster(scene, rows, err);
	if (!r && first)
		r = first(scene, err);
	if (!r)
		r = hold(scene, rows, plan, err);
	if (r)
		vdc_err_prefix(err, "%s: ", strcmp(path, "-") == 0 ? "standard input" : path);
	return r;
}

int cluster_upgrade_hold_again(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows,
			       struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	int r;

	cluster_upgrade_close(scene);
	scene->snapshot = (struct vdc_upgrade_snapshot){ 0 };
	scene->choice.n_hosts = 0;
	r = cluster_upgrade_read(scene, err);
	return r ? r : hold(scene, rows, plan, err);
}

int cluster_upgrade_verify(struct vdc_call *call, struct vdc_err *err)
{
	struct upgrade_scene scene = { .call = call, .arena = vdc_call_arena(call) };
	struct vdc_upgrade_rows rows;
	struct vdc_upgrade_plan plan;
	const char *const *words;
	int r;

	if (vdc_call_operands(call, &words))
		scene.name = words[0];
	r = cluster_upgrade_hold(&scene, vdc_text_option(call, "verify"), NULL, &rows, &plan, err);
	if (!r && vdc_given(call, "simulate"))
		cluster_upgrade_timeline(&scene.snapshot, &plan);
	else if (!r && !vdc_given(call, "quiet"))
		printf("the plan fits cluster %s: %" PRIu32 " waves, %" PRIu32 " moves\n",
		       scene.snapshot.cluster->name, plan.n_waves, plan.moves);
	cluster_upgrade_close(&scene);
	return r;
}
