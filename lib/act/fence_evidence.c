/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_evidence.h"

#include <errno.h>

#include "act/fence_lease.h"
#include "act/fence_power.h"
#include "act/look.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/shell.h"
#include "store/store.h"

#define MARGIN (5 * VDC_SECOND)
#define LEASE_PAUSE (3 * VDC_SECOND)
/* Longest watch of a lease, whatever its I/O time-out. */
#define LEASE_WATCH (120 * VDC_SECOND)

struct gathering {
	struct vdc_db *db;
	struct vdc_target target;
	struct vdc_arena *arena;
	vdc_work_told_fn *told;
	void *ctx;
	struct vdc_confirm_sight *sight;
};

/* One way in which a host can show that it is not down. */
struct door {
	struct gathering *gathering;
	int (*work)(const struct door *door, struct vdc_err *err);
	const char *answers, *refuses;
};

static void say(const struct gathering *g, enum vdc_work_kind kind, const char *text)
{
	if (g->told)
		g->told(g->ctx, &(struct vdc_work_news){
					.kind = kind, .host = g->sight->host->name, .text = text });
}

static int ask_libvirt(const struct door *door, struct vdc_err *err)
{
	vdc_autovirt *virt = NULL;

	return vdc_virt_open(door->gathering->target.uri, 0, &virt, err);
}

/* Whatever the command ends with. */
static int ask_shell(const struct door *door, struct vdc_err *err)
{
	const struct vdc_target *target = &door->gathering->target;
	const struct vdc_shell shell = {
		.address = target->shell,
		.argv = (const char *const[]){ "true", NULL },
		.limit_us = target->limit_us,
	};
	vdc_autoend end = { 0 };

	return target->shell ? vdc_shell_run(&shell, &end, err)
			     : vdc_err_set(err, -ENOTSUP, "it has no remote shell");
}

static int work(void *ctx, struct vdc_sender *sender vdc_unused, struct vdc_err *err)
{
	const struct door *door = ctx;

	return door->work(door, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	const struct door *door = ctx;
	struct vdc_confirm_sight *sight = door->gathering->sight;

	if (!failure->code)
		sight->answer = door->answers;
	else if (failure->code == -EACCES && !sight->answer)
		sight->answer = door->refuses;
	return 0;
}

static int knock(struct gathering *g, struct vdc_err *err)
{
	struct door doors[] = {
		{ g, ask_libvirt, "its libvirt answers",
		  "its libvirt answers, and lets nobody in" },
		{ g, ask_shell, "its remote shell answers",
		  "its remote shell answers, and lets nobody in" },
	};
	vdc_autopool *pool = vdc_pool_new(VDC_COUNT(doors));
	int r = vdc_virt_load(err);

	if (g->target.local) {
		g->sight->answer = "it is this machine";
		return r;
	}
	for (size_t i = 0; i < VDC_COUNT(doors); i++)
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &doors[i],
					   .work = work,
					   .ended = ended,
					   .limit_us = g->target.limit_us + MARGIN,
				   });
	return r ? r : vdc_pool_run(pool, -1, err);
}

static int ask_power(struct gathering *g, struct vdc_err *err)
{
	const struct vdc_fence_power_options options = vdc_fence_power_options();
	struct vdc_fence_wish wish = {
		.host_id = g->sight->host->id,
		.action = VDC_FENCE_STATUS,
		.keep_status = true,
	};
	int r = vdc_fence_power(g->db, NULL, &options, &wish, 1, g->arena, err);

	if (r)
		return r;
	g->sight->power = wish.power;
	g->sight->power_text = wish.evidence ?: wish.reason;
	if (g->sight->power_text)
		say(g, VDC_WORK_NOTE, g->sight->power_text);
	return 0;
}

static int look_at_lease(struct gathering *g, struct vdc_lease_look *look, struct vdc_err *err)
{
	int r = vdc_lease_look(g->db, g->sight->host->id, g->arena, look, err);

	if (r)
		return r;
	g->sight->lease = look->verdict;
	g->sight->lease_text = look->evidence;
	return 0;
}

/* A host that was switched off a moment ago has a lease that looks alive. */
static int watch_lease(struct gathering *g, struct vdc_lease_look *look, struct vdc_err *err)
{
	int64_t began = vdc_time_monotonic(), age = look->age_us, now = began;
	int r = 0;

	say(g, VDC_WORK_WAITS,
	    vdc_arena_format(g->arena, "whether it renews its lease again: %s", look->evidence));
	while (!r && look->verdict == VDC_LEASE_ALIVE && !g->sight->renews &&
	       now - began < LEASE_WATCH &&
	       (look->renews_us == VDC_UNSET || look->age_us <= 2 * look->renews_us)) {
		vdc_sleep(LEASE_PAUSE);
		r = look_at_lease(g, look, err);
		now = vdc_time_monotonic();
		g->sight->renews = !r && look->age_us != VDC_UNSET && look->age_us < age;
		age = look->age_us;
	}
	return r;
}

static int ask_lease(struct gathering *g, bool insist, struct vdc_err *err)
{
	struct vdc_lease_look look;
	int r = look_at_lease(g, &look, err);

	if (!r)
		say(g, VDC_WORK_NOTE, look.evidence);
	if (r || !insist || look.verdict != VDC_LEASE_ALIVE || g->sight->power == VDC_POWER_OFF)
		return r;
	return watch_lease(g, &look, err);
}

int vdc_fence_evidence(struct vdc_db *db, const char *host_id, bool insist, vdc_work_told_fn *told,
		       void *ctx, struct vdc_arena *arena, struct vdc_confirm_sight *sight,
		       struct vdc_err *err)
{
	struct gathering g = { .db = db, .arena = arena, .told = told, .ctx = ctx, .sight = sight };
	void *found;
	int r = vdc_store_get(db, &vdc_host_kind, host_id, 0, arena, &found, err);

	if (r)
		return r;
	*sight = (struct vdc_confirm_sight){
		.host = found,
		.power = VDC_POWER_UNKNOWN,
		.lease = VDC_LEASE_UNKNOWN,
		.lease_text = "not asked",
	};
	g.target = vdc_target_of(found, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT), arena);
	r = knock(&g, err);
	if (r || sight->answer || vdc_confirm_refused(sight->host, arena))
		return r;
	r = ask_power(&g, err);
	return r ? r : ask_lease(&g, insist, err);
}
