/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cluster as the database has it, and what the options ask about it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/place.h"
#include "base/number.h"
#include "base/release.h"
#include "base/time.h"
#include "cluster_upgrade.h"
#include "doc/catalogue.h"
#include "plan/upgrade_check.h"
#include "store/world.h"

int cluster_upgrade_part(const char *option, const char *text, int64_t *percent, int64_t *number,
			 struct vdc_err *err)
{
	size_t len = strlen(text);
	bool is_percent = len > 0 && text[len - 1] == '%';
	vdc_autofree char *digits = vdc_strndup(text, is_percent ? len - 1 : len);
	int64_t value, most = is_percent ? 100 : 1000000;
	int r = vdc_int_parse(digits, &value, NULL);

	if (r || value < 1 || value > most)
		return vdc_err_set(err, -EINVAL, "--%s: '%.60s' is not %s", option, text,
				   number == percent ? "a percentage from 1% to 100%"
						     : "a number of hosts, or a percentage of them "
						       "from 1% to 100%");
	*(is_percent ? percent : number) = value;
	return 0;
}

static int read_limits(struct upgrade_scene *scene, struct vdc_err *err)
{
	struct vdc_upgrade_choice *choice = &scene->choice;
	const char *away = vdc_text_option(scene->call, "max-unavailable");
	const char *ceiling = vdc_text_option(scene->call, "memory-ceiling");
	const char *qemu = vdc_text_option(scene->call, "qemu");
	int r = 0;

	if (away)
		r = cluster_upgrade_part("max-unavailable", away, &choice->away_percent,
					 &choice->max_away, err);
	if (!r && ceiling)
		r = cluster_upgrade_part("memory-ceiling", ceiling, &choice->ceiling,
					 &choice->ceiling, err);
	if (!r && choice->ceiling > 100)
		r = vdc_err_set(err, -EINVAL, "--memory-ceiling: %" PRId64 " is above 100 %%",
				choice->ceiling);
	choice->ha_reserve = vdc_int_option(scene->call, "ha-reserve", choice->ha_reserve);
	choice->qemu = vdc_release_typed(qemu);
	if (!r && qemu && !choice->qemu)
		r = vdc_err_set(err, -EINVAL, "--qemu: '%.60s' is not a version such as 10.1",
				qemu);
	return r;
}

size_t cluster_upgrade_names(struct vdc_call *call, const char *option, const char *const **ret)
{
	const char *const *lists;
	size_t n = vdc_repeated_option(call, option, &lists), room = 0, n_names = 0;
	const char **names;

	for (size_t i = 0; i < n; i++)
		room += strlen(lists[i]) / 2 + 1;
	names = vdc_arena_alloc(vdc_call_arena(call), (room + 1) * sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		for (const char *at = lists[i]; *at;) {
			size_t len = strcspn(at, ",");

			if (len)
				names[n_names++] = vdc_arena_strndup(vdc_call_arena(call), at, len);
			at += len + (at[len] == ',');
		}
	}
	*ret = names;
	return n_names;
}

int cluster_upgrade_choice(struct upgrade_scene *scene, struct vdc_err *err)
{
	scene->choice = vdc_upgrade_choice_default;
	scene->choice.all = vdc_given(scene->call, "all");
	scene->choice.accept_unknown = vdc_given(scene->call, "accept-unknown");
	scene->choice.os_major = vdc_given(scene->call, "os-major");
	scene->choice.n_hosts = cluster_upgrade_names(scene->call, "hosts", &scene->choice.hosts);
	if (vdc_given(scene->call, "hosts") && scene->choice.n_hosts == 0)
		return vdc_err_set(err, -EINVAL, "--hosts names no host");
	return read_limits(scene, err);
}

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct upgrade_scene *scene = ctx;
	void *cluster;
	int r = vdc_store_get(db, &vdc_cluster_kind, scene->name, 0, scene->arena, &cluster, err);

	scene->world = vdc_world_new(scene->arena);
	if (!r)
		r = vdc_store_world(db,
				    scene->checks ? vdc_upgrade_check_kinds : vdc_placement_kinds,
				    &vdc_host_kind, scene->world, err);
	if (!r && scene->checks)
		r = vdc_scene_samples(db, scene->world, scene->choice.now, &scene->samples, err);
	if (!r)
		scene->choice.cluster_id = vdc_object_id(cluster);
	return r;
}

int cluster_upgrade_read(struct upgrade_scene *scene, struct vdc_err *err)
{
	scene->choice.now = vdc_time_now();
	return vdc_db_snapshot(vdc_call_db(scene->call), read_world, scene, err);
}

int cluster_upgrade_snapshot(struct upgrade_scene *scene, struct vdc_err *err)
{
	int r = vdc_catalogue_read(scene->arena, &scene->catalogue, err);

	scene->choice.samples = (const void *)scene->samples.data;
	scene->choice.n_samples = scene->samples.len / sizeof(struct vdc_load_sample);
	return r ? r
		 : vdc_upgrade_snapshot(scene->world, scene->catalogue, &scene->choice,
					scene->arena, &scene->snapshot, err);
}

void cluster_upgrade_close(struct upgrade_scene *scene)
{
	vdc_upgrade_snapshot_free(&scene->snapshot);
	vdc_buf_free(&scene->samples);
}

int cluster_upgrade_unblocked(const struct upgrade_scene *scene, struct vdc_err *err)
{
	enum { NAMED = 3 };
	const struct vdc_upgrade_snapshot *s = &scene->snapshot;
	vdc_autobuf text = { 0 };

	if (s->n_blockers == 0)
		return 0;
	for (size_t i = 0; i < s->n_blockers && i < NAMED; i++)
		vdc_buf_printf(&text, "%sVM %s blocks the drain of host %s: %s", i ? "; " : "",
			       s->blockers[i].vm->name, s->blockers[i].host->name,
			       s->blockers[i].reason);
	if (s->n_blockers > NAMED)
		vdc_buf_printf(&text, "; and %zu more", s->n_blockers - NAMED);
	return vdc_err_set(err, -EPERM, "%s; cluster-upgrade check %s says what to do",
			   vdc_buf_str(&text), s->cluster->name);
}
