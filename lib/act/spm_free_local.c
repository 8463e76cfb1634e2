/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_free_local.h"

#include <errno.h>
#include <string.h>

#include "act/lockspace.h"
#include "base/child.h"
#include "base/proc.h"
#include "base/time.h"
#include "doc/doc.h"
#include "doc/lease_record.h"
#include "edge/host_sanlock.h"
#include "plan/dead_lease.h"
#include "plan/host_lease.h"

enum { AT_ONCE = 16 };

#define ASK_TIME (12 * VDC_SECOND)

/* What the child finds, without pointers: it is sent as it is. */
struct outcome {
	int64_t result, freed;
	char message[400];
};

struct freeing {
	struct vdc_dead_lease *lease;
	const struct vdc_lockspace *space;
	const struct vdc_lease_peer *peer; /* NULL: the daemon has not seen it */
	int64_t seen_us;
	bool dry;
	struct outcome outcome;
	struct vdc_arena *arena;
};

static int check(const void *object, struct vdc_err *err)
{
	const struct vdc_dead_lease *lease = object;

	if (!lease->id || !lease->sanlock_name || lease->host_id == VDC_UNSET ||
	    lease->off_for == VDC_UNSET)
		return vdc_err_set(err, -EINVAL,
				   "a dead lease wants id, host_id, sanlock_name and off_for");
	if (strlen(lease->sanlock_name) > VDC_LEASE_NAME)
		return vdc_err_set(err, -EINVAL,
				   "no host of sanlock has a name of more than %d bytes",
				   VDC_LEASE_NAME);
	return 0;
}

int vdc_dead_leases_read(FILE *in, const char *name, struct vdc_arena *arena,
			 struct vdc_dead_leases *ret, struct vdc_err *err)
{
	return vdc_doc_gather(in, name, &vdc_dead_lease_kind, check, arena, &ret->all, &ret->n,
			      err);
}

static int read_record(const struct freeing *f, struct vdc_lease_record *ret, struct vdc_err *err)
{
	return vdc_lockspace_read_host(f->space, f->lease->host_id, ret, err);
}

static struct vdc_dead_lease_sight sight_of(const struct freeing *f,
					    const struct vdc_lease_record *record)
{
	return (struct vdc_dead_lease_sight){
		.is_host = record->kind == VDC_LEASE_RECORD_HOST,
		.held = vdc_lease_record_is_held(record),
		.name = record->name,
		.generation = (int64_t)record->owner_generation,
		.io_timeout = record->io_timeout ?: f->space->io_timeout,
		.watched = f->peer != NULL,
		.seen_generation = f->peer ? f->peer->generation : -1,
		.seen_us = f->seen_us,
	};
}

/* LOCKSPACE:ID:PATH:OFFSET; a colon in the path is escaped (sanlock(8)). */
static void place_text(const struct freeing *f, struct vdc_buf *out)
{
	vdc_buf_printf(out, "%s:%lld:", f->space->id, (long long)f->lease->host_id);
	for (const char *p = f->space->ids; *p; p++) {
		if (*p == ':' || *p == '\\')
			vdc_buf_putc(out, '\\');
		vdc_buf_putc(out, *p);
	}
	vdc_buf_add(out, ":0", 2);
}

static int acquire(const struct freeing *f, const struct vdc_dead_lease_sight *sight,
		   struct vdc_err *err)
{
	vdc_autobuf place = { 0 };
	char timeout[24];
	const char *const argv[] = {
		"sanlock",
		"direct",
		"acquire_id",
		"-s",
		(place_text(f, &place), vdc_buf_str(&place)),
		"-e",
		f->lease->sanlock_name,
		"-o",
		timeout,
		NULL,
	};
	const struct vdc_proc proc = {
		.argv = argv,
		.limit_us = vdc_dead_lease_limit(sight->io_timeout),
	};
	vdc_autoend end = { 0 };
	int r;

	snprintf(timeout, sizeof(timeout), "%lld", (long long)sight->io_timeout);
	r = vdc_proc_run(&proc, &end, err);
	if (!r && end.status)
		r = vdc_err_set(err, -EIO, "sanlock does not take it: %s",
				vdc_proc_complaint(&end));
	return r;
}

/* Looked at, taken, and looked at again: the record alone says whether it is done. */
static int do_free(struct freeing *f, struct vdc_err *err)
{
	struct outcome *outcome = &f->outcome;
	struct vdc_lease_record before, after;
	struct vdc_dead_lease_sight sight;
	const char *why = NULL;
	int r = read_record(f, &before, err);

	if (r)
		return r;
	sight = sight_of(f, &before);
	outcome->result = vdc_plan_dead_lease(f->lease, &sight, f->arena, &why);
	snprintf(outcome->message, sizeof(outcome->message), "%s", why ?: "");
	if (outcome->result || f->dry)
		return 0;
	r = acquire(f, &sight, err);
	if (r)
		return r;
	r = read_record(f, &after, err);
	if (r)
		return r;
	if (after.kind != VDC_LEASE_RECORD_HOST || strcmp(after.name, before.name) != 0 ||
	    after.owner_generation != before.owner_generation + 1)
		return vdc_err_set(
			err, -EIO,
			"sanlock says that it took it, and the record says otherwise: %s, "
			"generation %llu",
			after.name, (unsigned long long)after.owner_generation);
	outcome->result = VDC_DEAD_LEASE_FREED;
	outcome->freed = sight.generation;
	return 0;
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct freeing *f = ctx;
	int r = do_free(f, err);

	return r ? r : vdc_send(sender, &f->outcome, sizeof(f->outcome));
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct freeing *f = ctx;

	if (len == sizeof(f->outcome))
		memcpy(&f->outcome, data, len);
	return 0;
}

static void conclude(struct freeing *f, int64_t result, const char *message)
{
	f->lease->result = result;
	f->lease->message = message && *message ? vdc_arena_strdup(f->arena, message) : NULL;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct freeing *f = ctx;

	if (failure->code) {
		conclude(f, VDC_DEAD_LEASE_FAILED,
			 failure->code == -ETIMEDOUT ? "sanlock or the storage does not answer"
						     : vdc_err_text(failure));
		return 0;
	}
	conclude(f, f->outcome.result, f->outcome.message);
	f->lease->freed = f->outcome.result == VDC_DEAD_LEASE_FREED ? f->outcome.freed : VDC_UNSET;
	return 0;
}

static const struct vdc_lockspace *space_of(const struct vdc_lockspaces *spaces, const char *id)
{
	for (size_t i = 0; i < spaces->n; i++)
		if (strcmp(spaces->all[i]->id, id) == 0)
			return spaces->all[i];
	return NULL;
}

/* The daemon tells of lockspaces alone that it is in. */
static void find_peer(struct freeing *f, const struct vdc_lease_report *report, bool *joined)
{
	*joined = false;
	f->seen_us = VDC_UNSET;
	for (size_t i = 0; i < report->n; i++) {
		const struct vdc_lease_peer *peer = &report->peers[i];

		if (strcmp(peer->lockspace, f->lease->id) != 0)
			continue;
		*joined = true;
		if (peer->host_id != f->lease->host_id || peer->last_live <= 0)
			continue;
		f->peer = peer;
		f->seen_us = (report->now - peer->last_live) * VDC_SECOND;
	}
}

static int ask_daemon(struct vdc_arena *arena, struct vdc_lease_report *ret, struct vdc_err *err)
{
	vdc_autobuf text = { 0 };
	int r = vdc_host_sanlock(NULL, VDC_SANLOCK_PEERS, ASK_TIME, &text, err);

	return r ? r : vdc_lease_report_parse(vdc_buf_str(&text), arena, ret, err);
}

int vdc_dead_leases_free(const struct vdc_dead_leases *leases, bool dry, int64_t limit_us,
			 struct vdc_arena *arena, struct vdc_err *err)
{
	struct freeing *all = vdc_arena_alloc(arena, (leases->n + 1) * sizeof(*all));
	vdc_autopool *pool = vdc_pool_new(AT_ONCE);
	struct vdc_lease_report report = { 0 };
	struct vdc_lockspaces spaces;
	struct vdc_err why = { 0 };
	int r = vdc_lockspaces_load(arena, &spaces, err);

	if (r)
		return r;
	ask_daemon(arena, &report, &why);
	for (size_t i = 0; i < leases->n; i++) {
		struct freeing *f = &all[i];
		bool joined;

		*f = (struct freeing){
			.lease = leases->all[i],
			.space = space_of(&spaces, leases->all[i]->id),
			.dry = dry,
			.arena = arena,
		};
		find_peer(f, &report, &joined);
		if (why.code && why.code != -ENOENT)
			conclude(f, VDC_DEAD_LEASE_FAILED, vdc_err_text(&why));
		else if (!f->space || !joined)
			conclude(f, VDC_DEAD_LEASE_AWAY,
				 why.code ? vdc_err_text(&why) : "this host is not in it");
		else
			vdc_pool_add(pool, &(struct vdc_task){
						   .ctx = f,
						   .work = work,
						   .got = got,
						   .ended = ended,
						   .limit_us = limit_us,
					   });
	}
	return vdc_pool_run(pool, -1, err);
}
