/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_free.h"

#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "act/fence_lease.h"
#include "act/fence_power.h"
#include "act/spm_free_part.h"
#include "base/setting.h"
#include "base/time.h"
#include "model/domain_reach.h"
#include "model/storage_domain.h"
#include "plan/dead_lease.h"
#include "store/events.h"

enum { MOST_HELPERS = 4 };

#define FRESH_PROOF (10 * VDC_SECOND)

void spm_free_say(const struct spm_freeing *f, const char *text)
{
	if (f->told)
		f->told(f->told_ctx, &(struct vdc_work_news){
					     .kind = VDC_WORK_NOTE,
					     .host = f->host->name,
					     .status = VDC_UNSET,
					     .text = text,
				     });
}

static void end_as(struct spm_freeing *f, enum vdc_spm_free_end end, int code, const char *text)
{
	f->free->end = end;
	f->free->code = code;
	f->free->text = text;
}

static int read_data_center(struct spm_freeing *f, const char **ret, struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(f->db, &vdc_cluster_kind, f->host->cluster.id, 0, f->arena, &found,
			      err);

	if (!r)
		*ret = ((const struct vdc_cluster *)found)->data_center.id;
	return r;
}

/* A generation that was read before the host's last start says nothing about the present one. */
static int64_t recorded(const struct spm_freeing *f, const struct vdc_objects *reaches,
			const char *domain)
{
	for (size_t i = 0; i < reaches->n; i++) {
		const struct vdc_domain_reach *reach = reaches->objects[i];
		bool older = f->host->boot_time != VDC_UNSET && reach->checked != VDC_UNSET &&
			     reach->checked <= f->host->boot_time;

		if (reach->storage_domain.id && strcmp(reach->storage_domain.id, domain) == 0 &&
		    reach->lockspace_generation > 0 && !older)
			return reach->lockspace_generation;
	}
	return VDC_UNSET;
}

static void add_lease(struct spm_freeing *f, const struct vdc_storage_domain *domain,
		      const struct vdc_objects *reaches)
{
	struct vdc_dead_lease *lease = vdc_object_new(&vdc_dead_lease_kind, f->arena);

	lease->id = domain->id;
	lease->name = domain->name;
	lease->host_id = f->host->spm_id;
	lease->sanlock_name = f->host->sanlock_name;
	lease->generation = recorded(f, reaches, domain->id);
	lease->off_for = 0;
	f->leases.all[f->leases.n++] = lease;
}

static int read_lockspaces(struct spm_freeing *f, struct vdc_err *err)
{
	struct vdc_objects domains = { 0 }, reaches = { 0 };
	const char *data_center = NULL;
	int r = read_data_center(f, &data_center, err);

	if (!r && data_center)
		r = vdc_gather(f->db, &vdc_storage_domain_kind, "data_center", data_center,
			       f->arena, &domains, err);
	if (!r)
		r = vdc_gather(f->db, &vdc_domain_reach_kind, "host", f->host->id, f->arena,
			       &reaches, err);
	if (r)
		return r;
	f->leases.all = vdc_arena_alloc(f->arena, (domains.n + 1) * sizeof(*f->leases.all));
	for (size_t i = 0; i < domains.n; i++) {
		const struct vdc_storage_domain *domain = domains.objects[i];

		if (domain->type == VDC_STORAGE_DOMAIN_DATA)
			add_lease(f, domain, &reaches);
	}
	f->free->leases = f->leases.all;
	f->free->n = f->leases.n;
	return 0;
}

/* Whether there is anything to do, by the database alone; else FREE has its end. */
static int look(struct spm_freeing *f, struct vdc_err *err)
{
	const struct vdc_host *host;
	const char *refusal;
	void *found;
	int r = vdc_store_get(f->db, &vdc_host_kind, f->free->host_id, 0, f->arena, &found, err);

	if (r)
		return r;
	f->host = host = found;
	f->free->end = 0;
	refusal = vdc_dead_host_refused(host, f->arena);
	if (refusal) {
		end_as(f, VDC_SPM_FREE_REFUSED, -EPERM, refusal);
		return 0;
	}
	r = read_lockspaces(f, err);
	if (r)
		return r;
	if (host->spm_id == VDC_UNSET || host->spm_id <= 0 || !f->leases.n)
		end_as(f, VDC_SPM_FREE_NOTHING, 0,
		       vdc_arena_format(f->arena, "host %s is in no lockspace: it holds nothing",
					host->name));
	else if (vdc_dead_host_is_freed(host))
		end_as(f, VDC_SPM_FREED, 0,
		       vdc_arena_format(f->arena, "what host %s held was freed before",
					host->name));
	else if (!host->sanlock_name)
		end_as(f, VDC_SPM_FREE_REFUSED, -EPERM,
		       vdc_arena_format(
			       f->arena,
			       "under which name the sanlock of host %s ran is not known: under "
			       "another one its id would be had no earlier than its leases expire "
			       "by themselves, 8 I/O time-outs and 60 s after its last renewal",
			       host->name));
	return 0;
}

static int ask_power(struct spm_freeing *f, struct vdc_err *err)
{
	const struct vdc_fence_power_options options = vdc_fence_power_options();
	struct vdc_fence_wish wish = {
		.host_id = f->host->id,
		.action = VDC_FENCE_STATUS,
		.keep_status = true,
	};
	int64_t age = vdc_time_now() - f->free->proven_at;
	int r;

	if (f->free->proven_at && age >= 0 && age < FRESH_PROOF)
		return 0;
	spm_free_say(f, "its fence agents are asked whether it is off still");
	r = vdc_fence_power(f->db, NULL, &options, &wish, 1, f->arena, err);
	if (r || (wish.result == VDC_FENCE_SUCCESS && wish.power == VDC_POWER_OFF))
		return r;
	end_as(f, VDC_SPM_FREE_REFUSED, wish.power == VDC_POWER_ON ? -EPERM : -EHOSTUNREACH,
	       vdc_arena_format(f->arena, "host %s was off, and is not known to be so now: %s",
				f->host->name, wish.evidence ?: wish.reason ?: "no answer"));
	return 0;
}

/* Of several ends the worst, and what is to be said about it. */
static void sum_up(struct spm_freeing *f)
{
	static const enum vdc_spm_free_end ends[] = {
		[VDC_DEAD_LEASE_FREED] = VDC_SPM_FREED,
		[VDC_DEAD_LEASE_NOTHING] = VDC_SPM_FREE_NOTHING,
		[VDC_DEAD_LEASE_REFUSED] = VDC_SPM_FREE_REFUSED,
		[VDC_DEAD_LEASE_FAILED] = VDC_SPM_FREE_FAILED,
	};
	const struct vdc_dead_lease *worst = NULL;
	size_t freed = 0, known = 0;

	if (!f->n_helpers) {
		end_as(f, VDC_SPM_FREE_FAILED, -EHOSTUNREACH,
		       "no host that is up shares its storage, and could do it");
		return;
	}
	for (size_t i = 0; i < f->leases.n; i++) {
		struct vdc_dead_lease *lease = f->leases.all[i];
		bool away = !lease->result || lease->result == VDC_DEAD_LEASE_AWAY;

		/* Nobody is in it, and nobody knows that the dead host was. */
		if (away && lease->generation == VDC_UNSET && f->at && !f->failure)
			continue;
		if (away) {
			lease->result = VDC_DEAD_LEASE_FAILED;
			lease->message = vdc_arena_strdup(
				f->arena, lease->message ?: f->failure ?: "no host is up that could "
								       "do it");
		}
		known++;
		freed += lease->result == VDC_DEAD_LEASE_FREED;
		if (!worst || ends[lease->result] > ends[worst->result])
			worst = lease;
	}
	if (!known) {
		end_as(f, VDC_SPM_FREE_FAILED, -EHOSTUNREACH,
		       "no host that is up is in a lockspace that it may have been in");
		return;
	}
	switch (ends[worst->result]) {
	case VDC_SPM_FREED:
	case VDC_SPM_FREE_NOTHING:
		end_as(f, freed ? VDC_SPM_FREED : VDC_SPM_FREE_NOTHING, 0,
		       freed ? vdc_arena_format(f->arena,
						"what host %s held is free, in %zu lockspace%s, "
						"through host %s",
						f->host->name, freed, freed == 1 ? "" : "s",
						f->free->by ?: "?")
			     : vdc_arena_format(f->arena, "host %s held nothing: %s", f->host->name,
						worst->message ?: "its id is free"));
		return;
	default:
		end_as(f, ends[worst->result],
		       ends[worst->result] == VDC_SPM_FREE_REFUSED ? -EPERM : -EIO,
		       vdc_arena_format(f->arena, "storage domain %s: %s", worst->name ?: worst->id,
					worst->message ?: "?"));
	}
}

static bool is_good(const struct spm_freeing *f)
{
	return f->free->end == VDC_SPM_FREED || f->free->end == VDC_SPM_FREE_NOTHING;
}

static int write_generations(struct vdc_db *db, const struct spm_freeing *f, struct vdc_err *err)
{
	struct vdc_objects reaches;
	int r = vdc_gather(db, &vdc_domain_reach_kind, "host", f->host->id, f->arena, &reaches,
			   err);

	for (size_t i = 0; i < reaches.n && !r; i++) {
		struct vdc_domain_reach *reach = reaches.objects[i];

		for (size_t j = 0; j < f->leases.n && !r; j++) {
			const struct vdc_dead_lease *lease = f->leases.all[j];

			if (lease->result != VDC_DEAD_LEASE_FREED ||
			    strcmp(lease->id, reach->storage_domain.id) != 0)
				continue;
			reach->lockspace_generation = lease->freed + 1;
			r = vdc_store_put(db, &vdc_domain_reach_kind, reach, f->arena, err);
		}
	}
	return r;
}

static int write_host(struct vdc_db *db, const struct spm_freeing *f, struct vdc_err *err)
{
	struct vdc_host *after;
	void *before;
	int r = vdc_store_get(db, &vdc_host_kind, f->host->id, 0, f->arena, &before, err);

	if (r)
		return r;
	after = vdc_object_copy(&vdc_host_kind, before, f->arena);
	after->leases_freed = vdc_time_now();
	return vdc_update(db, &vdc_host_kind, before, after, f->arena, NULL, err);
}

static int write_end(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct spm_freeing *f = ctx;
	struct vdc_spm_free *free = f->free;
	const char *complaint =
		is_good(f) ? NULL
			   : vdc_arena_format(f->arena,
					      "what host %s held is not freed, and expires by "
					      "itself: %s",
					      f->host->name, free->text);
	const struct vdc_fence_ending ending = {
		.result = is_good(f)			      ? VDC_FENCE_SUCCESS
			  : free->end == VDC_SPM_FREE_REFUSED ? VDC_FENCE_SKIPPED
							      : VDC_FENCE_FAILED,
		.evidence = f->host->down_evidence,
		.message = free->text,
		.severity = is_good(f) ? VDC_SEVERITY_NORMAL : VDC_SEVERITY_WARNING,
		.type = is_good(f) ? "leases_freed" : "leases_not_freed",
		.text = complaint ?: free->text,
	};
	int r = vdc_job_guard(f->lease, db, err);

	free->complaint = complaint;
	if (!r && is_good(f))
		r = write_host(db, f, err);
	if (!r)
		r = write_generations(db, f, err);
	return r ? r : vdc_fence_note_write(db, &f->note, &ending, err);
}

int spm_free_conclude(struct spm_freeing *f, struct vdc_err *err)
{
	int r;

	vdc_buf_free(&f->answer);
	if (!f->free->end)
		sum_up(f);
	if (!f->note.step) /* another job's is open */
		return f->ended(f->ctx, err);
	if (f->free->by && f->note.record)
		f->note.record->proxy = vdc_arena_strdup(f->arena, f->free->by);
	r = vdc_db_transaction(f->db, write_end, f, err);
	if (!r)
		spm_free_say(f, f->free->text);
	return r ? r : f->ended(f->ctx, err);
}

/* The step is open from here on: nobody switches the host on meanwhile. */
static int begin(struct spm_freeing *f, struct vdc_err *err)
{
	int r;

	f->note = (struct vdc_fence_note){
		.db = f->db,
		.lease = f->lease,
		.host = f->host,
		.action = VDC_FENCE_LEASES,
		.number = f->free->number,
		.step_action = VDC_SPM_STEP_FREE,
		.reason = f->free->reason,
		.arena = f->arena,
	};
	r = vdc_fence_note_begin(&f->note, err);
	if (!r)
		r = vdc_fence_note_alone(&f->note, err);
	if (!r)
		r = ask_power(f, err);
	if (!r)
		r = vdc_lease_witnesses(f->db, f->host, MOST_HELPERS, f->arena, &f->helpers,
					&f->n_helpers, err);
	return r;
}

int vdc_spm_free_start(struct vdc_pool *pool, struct vdc_db *db, struct vdc_job_lease *lease,
		       struct vdc_spm_free *free, int (*ended)(void *ctx, struct vdc_err *err),
		       void *ctx, struct vdc_arena *arena, struct vdc_err *err)
{
	int64_t limit = free->limit_us ?: vdc_setting_number(VDC_SETTING_FENCE_LEASES_TIMEOUT);
	struct spm_freeing *f = vdc_arena_alloc(arena, sizeof(*f));
	struct vdc_err why = { 0 };
	int r;

	*f = (struct spm_freeing){
		.db = db,
		.lease = lease,
		.free = free,
		.arena = arena,
		.pool = pool,
		.ended = ended,
		.ctx = ctx,
		.told = free->told,
		.told_ctx = free->told_ctx,
	};
	r = look(f, err);
	if (r)
		return r;
	if (f->free->end)
		return ended(ctx, err);
	r = begin(f, &why);
	if (r == -EBUSY && vdc_job_check(lease, db, NULL) == 0) /* it is another job, not ours */
		end_as(f, VDC_SPM_FREE_REFUSED, r, vdc_arena_strdup(arena, vdc_err_text(&why)));
	else if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	f->until = vdc_time_monotonic() + limit;
	return f->free->end ? spm_free_conclude(f, err) : spm_free_ask(f, err);
}

static int over(void *ctx vdc_unused, struct vdc_err *err vdc_unused)
{
	return 0;
}

int vdc_spm_free_leases(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_spm_free *free,
			struct vdc_arena *arena, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(1);
	int r = vdc_spm_free_start(pool, db, lease, free, over, NULL, arena, err);

	return r ? r : vdc_pool_run(pool, -1, err);
}

int vdc_spm_free_preview(struct vdc_db *db, struct vdc_spm_free *free, struct vdc_arena *arena,
			 struct vdc_err *err)
{
	struct spm_freeing f = { .db = db, .free = free, .arena = arena };

	free->text = "";
	return look(&f, err);
}
