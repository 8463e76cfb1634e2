/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* After a migration, however it ended: both hosts are asked who runs the VM. */
#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "act/migrate_part.h"
#include "base/setting.h"
#include "base/time.h"
#include "store/store.h"

/* The last moments of a migration show it on both hosts, or paused. */
enum { FINDS = 20 };

static const struct vdc_migrate_place *place_at(const struct migrate_one *one, size_t host)
{
	for (size_t i = 0; i < one->n_places; i++)
		if (one->places[i].host == (int64_t)host)
			return &one->places[i];
	return NULL;
}

static bool runs_at(const struct migrate_one *one, size_t host)
{
	const struct vdc_migrate_place *place = place_at(one, host);

	return place && !place->answer && place->active && !place->arrives;
}

static bool is_passing(const struct vdc_migrate_place *place)
{
	return place && !place->answer && place->active &&
	       (place->arrives || (place->state == VDC_VIRT_PAUSED && place->reason &&
				   (strcmp(place->reason, "migrating") == 0 ||
				    strcmp(place->reason, "post_copy") == 0)));
}

/* Those asked beyond the two ends. */
static ptrdiff_t found_elsewhere(const struct migrate_one *one)
{
	for (size_t i = 2; i < one->n_asked; i++)
		if (runs_at(one, i))
			return (ptrdiff_t)i;
	return -1;
}

static int again(struct migrate_one *one, struct vdc_err *err);

/* It runs at the source: another host, or the end of it. */
static int stayed(struct migrate_one *one, struct vdc_err *err)
{
	struct migrate_run *run = one->run;
	const char *reason = one->failure ? one->failure : "libvirt does not say why";
	int64_t retries = run->options->retries == VDC_UNSET ? 1 : run->options->retries;
	const struct vdc_migrate_place *place = place_at(one, 0);

	if (place && place->state == VDC_VIRT_PAUSED && one->vm->status != VDC_VM_PAUSED)
		reason = vdc_arena_format(run->arena, "%s; it is paused there (%s)", reason,
					  place->reason ? place->reason : "unknown");
	one->paused = place && place->state == VDC_VIRT_PAUSED;
	if (one->resumed && !run->stopping && !one->gave_up && !one->failure) {
		one->resumed = false; /* never begun, or it came to nothing: once more */
		one->claimed = false;
		one->state = MIGRATE_WAITS;
		return migrate_begin_next(run, err);
	}
	if (one->move->to_id || one->gave_up || run->stopping || (int64_t)one->tries >= retries ||
	    one->n_bans == MIGRATE_BANS)
		return migrate_end(one, VDC_MOVE_STAYED, reason, err);
	one->tries++;
	one->bans[one->n_bans++] =
		(struct vdc_place_ban){ one->to->id,
					vdc_arena_format(run->arena, "it failed: %s", reason) };
	one->resumed = one->claimed = false;
	one->state = MIGRATE_WAITS;
	vdc_placement_put(run->scene.placement, one->vm, one->from);
	return migrate_begin_next(run, err);
}

static int done(struct migrate_one *one, ptrdiff_t at, struct vdc_err *err)
{
	const struct vdc_migrate_place *place = place_at(one, (size_t)at);
	void *host;
	int r;

	one->move->downtime_ms = place->downtime_ms;
	if (at > 1) {
		r = vdc_store_get(one->run->db, &vdc_host_kind, one->asked[at].id, 0,
				  one->run->arena, &host, err);
		if (r)
			return r;
		one->to = host;
		one->move->to_name = one->to->name;
	}
	return migrate_end(one, VDC_MOVE_DONE, NULL, err);
}

/* What the silent ones said, or that none of them has it. */
static int lost(struct migrate_one *one, struct vdc_err *err)
{
	const char *failure = one->failure ? one->failure : "it runs on none of the hosts asked";

	for (size_t i = 0; i < one->n_places; i++)
		if (one->places[i].answer)
			return migrate_end(one, VDC_MOVE_UNKNOWN,
					   vdc_arena_format(one->run->arena,
							    "host %s does not answer: %s",
							    one->asked[one->places[i].host].name,
							    one->places[i].failure),
					   err);
	return migrate_end(
		one, VDC_MOVE_STOPPED,
		vdc_arena_format(one->run->arena, "it does not run any more: %s", failure), err);
}

static int judge(struct migrate_one *one, struct vdc_err *err)
{
	bool here = runs_at(one, 0), there = runs_at(one, 1);
	bool passing = is_passing(place_at(one, 0)) || is_passing(place_at(one, 1));
	ptrdiff_t other = found_elsewhere(one);

	if ((passing || (here && there)) && one->finds < FINDS)
		return again(one, err);
	if (here && there)
		return migrate_end(one, VDC_MOVE_UNKNOWN,
				   "it runs on both hosts: stop one of them at once", err);
	if (there)
		return done(one, 1, err);
	if (here)
		return stayed(one, err);
	if (other >= 0)
		return done(one, other, err);
	/* Nobody yet: the other hosts too, and a second time. */
	return one->finds < 3 ? again(one, err) : lost(one, err);
}

static int find_got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct migrate_child *child = ctx;
	struct migrate_one *one = child->one;
	struct vdc_migrate_place place;

	if (one->n_places == MIGRATE_PLACES || vdc_migrate_take_place(data, len, &place))
		return 0;
	if (place.host < 0 || place.host >= (int64_t)one->n_asked)
		return 0;
	place.failure = vdc_arena_strdup(one->run->arena, place.failure);
	place.reason = vdc_arena_strdup(one->run->arena, place.reason);
	one->places[one->n_places++] = place;
	return 0;
}

/* A host that hung took the answers of those behind it along. */
static void fill_gaps(struct migrate_one *one, const struct vdc_err *failure)
{
	for (size_t i = 0; i < one->n_asked; i++)
		if (!place_at(one, i) && one->n_places < MIGRATE_PLACES)
			one->places[one->n_places++] = (struct vdc_migrate_place){
				.host = (int64_t)i,
				.answer = failure->code ? failure->code : -EIO,
				.failure = vdc_arena_strdup(one->run->arena, vdc_err_text(failure)),
				.downtime_ms = -1,
			};
}

static int find_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct migrate_child *child = ctx;
	struct migrate_one *one = child->one;

	child->runs = false;
	if (one->state != MIGRATE_FINDS)
		return 0;
	fill_gaps(one, failure);
	return judge(one, err);
}

static int find_work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct migrate_child *child = ctx;
	const struct migrate_one *one = child->one;

	return vdc_migrate_find(one->asked, one->n_asked, one->vm->id, sender, err);
}

static void ask_host(struct migrate_one *one, const struct vdc_host *host)
{
	struct vdc_target target;

	for (size_t i = 0; i < one->n_asked; i++)
		if (strcmp(one->asked[i].id, host->id) == 0)
			return;
	if (one->n_asked == MIGRATE_PLACES)
		return;
	target = vdc_target_of(host, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
			       one->run->arena);
	one->asked[one->n_asked++] =
		(struct vdc_migrate_host){ target.id, target.name, target.uri };
}

static void ask_cluster(struct migrate_one *one)
{
	void *const *hosts;
	size_t n = vdc_world_all(one->run->scene.world, &vdc_host_kind, &hosts);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];

		if (host->status == VDC_HOST_UP && host->cluster.id && one->from->cluster.id &&
		    strcmp(host->cluster.id, one->from->cluster.id) == 0)
			ask_host(one, host);
	}
}

static int start(struct migrate_one *one, int64_t not_before)
{
	struct migrate_child *child = &one->finder;

	one->state = MIGRATE_FINDS;
	one->n_asked = one->n_places = 0;
	ask_host(one, one->from);
	ask_host(one, one->to);
	/* One that was adopted may have gone anywhere. */
	if (one->finds && one->n_asked < MIGRATE_PLACES)
		ask_cluster(one);
	one->finds++;
	child->one = one;
	child->runs = true;
	vdc_pool_add(one->run->pool,
		     &(struct vdc_task){
			     .ctx = child,
			     .work = find_work,
			     .got = find_got,
			     .ended = find_ended,
			     .quiet_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
			     .not_before = not_before,
		     });
	return 0;
}

static int again(struct migrate_one *one, struct vdc_err *err vdc_unused)
{
	return start(one, vdc_time_monotonic() + VDC_SECOND);
}

int migrate_find(struct migrate_one *one, struct vdc_err *err vdc_unused)
{
	migrate_stop_child(&one->watcher);
	return start(one, 0);
}
