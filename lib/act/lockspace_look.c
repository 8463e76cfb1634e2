/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How this machine stands in a lockspace, and what the lease of the manager says. */
#include <errno.h>
#include <string.h>

#include "act/lockspace.h"
#include "act/sanlock_ask.h"
#include "base/child.h"
#include "doc/lease_record.h"
#include "edge/direct.h"

enum { AT_ONCE = 16 };

/* What the child finds, without pointers: it is sent as it is. */
struct sight {
	int64_t state, hosts_live;
	int64_t lver, owner_id, owner_generation, owner_state; /* VDC_UNSET, 0: not to be had */
	int64_t owner_generation_now;
	bool done;
	char problem[400];
};

struct look {
	const struct vdc_lockspace *space;
	struct sight sight;
	struct vdc_err failure;
};

static const int64_t liveness[] = {
	[VDC_SANLOCK_UNKNOWN] = VDC_LIVENESS_UNKNOWN, [VDC_SANLOCK_FREE] = VDC_LIVENESS_FREE,
	[VDC_SANLOCK_LIVE] = VDC_LIVENESS_LIVE,	      [VDC_SANLOCK_FAIL] = VDC_LIVENESS_FAIL,
	[VDC_SANLOCK_DEAD] = VDC_LIVENESS_DEAD,
};

static int look_state(const struct vdc_lockspace *space, struct sight *sight,
		      struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_sanlock_joined *all;
	size_t n;
	int r = vdc_sanlock_spaces(arena, &all, &n, err);

	sight->state = VDC_LOCKSPACE_AWAY;
	for (size_t i = 0; i < n && !r; i++) {
		if (strcmp(all[i].space.name, space->id) != 0)
			continue;
		sight->state = all[i].joining	? VDC_LOCKSPACE_JOINING
			       : all[i].leaving ? VDC_LOCKSPACE_LEAVING
						: VDC_LOCKSPACE_JOINED;
		if (all[i].space.host_id != space->host_id)
			r = vdc_err_set(err, -EINVAL,
					"it is in it with host id %lld, not with %lld",
					(long long)all[i].space.host_id, (long long)space->host_id);
	}
	return r;
}

/* Liveness is of the moment: the owner's host id may have been taken again since, by another boot. */
static int64_t owner_state(const struct sight *sight, const struct vdc_sanlock_host *host)
{
	if (host->generation > sight->owner_generation)
		return VDC_LIVENESS_FREE;
	/* It has not looked since the owner joined. */
	if (host->generation < sight->owner_generation)
		return VDC_LIVENESS_UNKNOWN;
	return liveness[host->state];
}

/* False: it is not among them. */
static bool take_owner(struct sight *sight, const struct vdc_sanlock_host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (hosts[i].host_id != sight->owner_id)
			continue;
		sight->owner_state = owner_state(sight, &hosts[i]);
		sight->owner_generation_now = hosts[i].generation;
		return true;
	}
	return false;
}

static int look_hosts(const struct vdc_lockspace *space, struct sight *sight,
		      struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_sanlock_host *hosts;
	size_t n;
	int r = vdc_sanlock_hosts(space->id, 0, arena, &hosts, &n, err);

	/* Right after joining it has not looked at the others yet. */
	if (r)
		return r == -EAGAIN ? 0 : r;
	for (size_t i = 0; i < n; i++)
		sight->hosts_live += hosts[i].state == VDC_SANLOCK_LIVE;
	if (sight->owner_id <= 0 || take_owner(sight, hosts, n))
		return 0;
	/* All are those that have a number. sanlock that lost the storage under a lease gives its own up
	 * when the storage is back, and leaves the lease as it is. */
	r = vdc_sanlock_hosts(space->id, sight->owner_id, arena, &hosts, &n, err);
	if (!r)
		take_owner(sight, hosts, n);
	return r;
}

/* SIZE bytes at OFFSET, which need not be a multiple of anything, into DATA. */
static int read_sector(struct vdc_direct *direct, int64_t offset, void *data, size_t size)
{
	int64_t unit = offset / VDC_DIRECT_UNIT * VDC_DIRECT_UNIT;
	char block[VDC_DIRECT_UNIT];
	int r = vdc_direct_read(direct, unit, block, sizeof(block), NULL);

	if (!r)
		memcpy(data, block + (offset - unit), size);
	return r;
}

/* libsanlock tells the leader alone. What cannot be read is not known to be released. */
static bool is_released(const struct vdc_lockspace *space, const struct vdc_sanlock_owner *owner)
{
	const struct vdc_sanlock_lease lease = vdc_lockspace_spm_lease(space);
	char leader[VDC_LEASE_RECORD_SIZE], block[VDC_LEASE_RECORD_SIZE];
	struct vdc_lease_record record = { 0 };
	struct vdc_direct *direct;
	int r = vdc_direct_open(space->leases, 0, &direct, NULL);

	if (r)
		return false;
	r = read_sector(direct, lease.place.offset + (owner->host_id + 1) * space->block_size,
			block, sizeof(block));
	if (!r)
		r = read_sector(direct, lease.place.offset, leader, sizeof(leader));
	vdc_direct_close(direct);
	if (r)
		return false;
	vdc_lease_record_read(leader, sizeof(leader), &record);
	return record.lver == (uint64_t)owner->lver &&
	       record.owner_id == (uint64_t)owner->host_id &&
	       vdc_lease_record_is_released(&record, block, sizeof(block));
}

static int look_lease(const struct vdc_lockspace *space, struct sight *sight, struct vdc_err *err)
{
	const struct vdc_sanlock_lease lease = vdc_lockspace_spm_lease(space);
	struct vdc_sanlock_owner owner;
	int r = vdc_sanlock_owner(&lease, &owner, err);

	if (r)
		return r;
	if (owner.host_id && is_released(space, &owner))
		owner.host_id = owner.generation = 0;
	sight->lver = owner.lver;
	sight->owner_id = owner.host_id;
	sight->owner_generation = owner.generation;
	sight->owner_state = owner.host_id ? VDC_LIVENESS_UNKNOWN : VDC_LIVENESS_FREE;
	return 0;
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err vdc_unused)
{
	struct look *look = ctx;
	struct sight *sight = &look->sight;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_err why = { 0 };
	int r = look_state(look->space, sight, arena, &why);

	if (!r && vdc_is_true(look->space->master))
		r = look_lease(look->space, sight, &why);
	if (!r && sight->state == VDC_LOCKSPACE_JOINED)
		r = look_hosts(look->space, sight, arena, &why);
	if (r)
		snprintf(sight->problem, sizeof(sight->problem), "%s", vdc_err_text(&why));
	sight->done = true;
	return vdc_send(sender, sight, sizeof(*sight));
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct look *look = ctx;

	if (len == sizeof(look->sight))
		memcpy(&look->sight, data, len);
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	((struct look *)ctx)->failure = *failure;
	return 0;
}

static void take(struct vdc_lockspace *space, const struct look *look, struct vdc_arena *arena)
{
	const struct sight *sight = &look->sight;

	space->state = sight->state;
	space->hosts_live = sight->state == VDC_LOCKSPACE_JOINED ? sight->hosts_live : VDC_UNSET;
	space->lver = sight->lver;
	space->owner_id = sight->owner_id;
	space->owner_generation = sight->owner_generation;
	space->owner_state = sight->owner_state;
	space->owner_generation_now = sight->owner_generation_now;
	if (sight->problem[0])
		space->problem = vdc_arena_strdup(arena, sight->problem);
}

static const char *problem_of(const struct look *look)
{
	return look->failure.code == -ETIMEDOUT ? "sanlock or the storage does not answer"
						: vdc_err_text(&look->failure);
}

/* What the library has no word for: name, generation and how long renewals take. */
static void take_report(struct vdc_lockspace *space, const struct vdc_lease_report *report,
			struct vdc_arena *arena)
{
	const struct vdc_lease_space *own = vdc_lease_space_named(report, space->id);
	struct vdc_err err = { 0 };
	const char *slow;

	if (!own || own->host_id != space->host_id)
		return;
	space->generation = own->generation > 0 ? own->generation : VDC_UNSET;
	space->latency = own->latency_us >= 0 ? own->latency_us : VDC_UNSET;
	space->watchdog = report->watchdog >= 0 ? report->watchdog > 0 : VDC_UNSET;
	slow = vdc_lease_space_slow(report, own, arena);
	/* The storage did not answer in time: sanlock may know why. */
	if (space->state == VDC_UNSET) {
		space->state = VDC_LOCKSPACE_JOINED;
		space->problem = slow ? vdc_arena_strdup(arena, slow) : space->problem;
	}
	if (space->problem)
		return;
	if (report->name && vdc_lockspace_check_name(space, report->name, &err))
		space->problem = vdc_arena_strdup(arena, vdc_err_text(&err));
	else
		space->problem = vdc_arena_strdup(arena, slow);
}

static void look_closer(const struct vdc_lockspaces *spaces, struct vdc_arena *arena)
{
	struct vdc_sanlock_asked asked = { 0 };
	bool joined = false;

	for (size_t i = 0; i < spaces->n; i++)
		joined = joined || spaces->all[i]->state == VDC_LOCKSPACE_JOINED ||
			 spaces->all[i]->state == VDC_UNSET;
	if (!joined || vdc_sanlock_ask(&asked, 1, VDC_SANLOCK_RENEWALS, 0, arena, NULL) ||
	    asked.code)
		return;
	for (size_t i = 0; i < spaces->n; i++)
		take_report(spaces->all[i], &asked.report, arena);
}

void vdc_lockspaces_look(const struct vdc_lockspaces *spaces, int64_t limit_us,
			 struct vdc_arena *arena)
{
	struct look *looks = vdc_arena_alloc(arena, (spaces->n + 1) * sizeof(*looks));
	vdc_autopool *pool = vdc_pool_new(AT_ONCE);
	struct vdc_err err = { 0 };
	int r = vdc_sanlock_load(&err);

	for (size_t i = 0; i < spaces->n && !r; i++) {
		looks[i] = (struct look){
			.space = spaces->all[i],
			.sight = { .lver = VDC_UNSET,
				   .owner_id = VDC_UNSET,
				   .owner_generation = VDC_UNSET,
				   .owner_generation_now = VDC_UNSET },
		};
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &looks[i],
					   .work = work,
					   .got = got,
					   .ended = ended,
					   .limit_us = limit_us,
				   });
	}
	if (!r)
		r = vdc_pool_run(pool, -1, &err);
	for (size_t i = 0; i < spaces->n; i++) {
		spaces->all[i]->problem = NULL;
		spaces->all[i]->state = VDC_UNSET;
		spaces->all[i]->generation = spaces->all[i]->latency = VDC_UNSET;
		spaces->all[i]->watchdog = VDC_UNSET;
		if (!r && looks[i].sight.done)
			take(spaces->all[i], &looks[i], arena);
		else
			spaces->all[i]->problem = vdc_arena_strdup(
				arena, r ? vdc_err_text(&err) : problem_of(&looks[i]));
	}
	look_closer(spaces, arena);
}
