/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which host id a host gets: decided and written in one transaction. */
#include <errno.h>
#include <string.h>

#include "act/spm_join_part.h"
#include "plan/domain_place.h"
#include "plan/spm_host_id.h"
#include "store/events.h"

struct numbering {
	struct spm_run *run;
	struct spm_move *const *moves;
	size_t n;
};

static const enum vdc_spm_liveness liveness[] = {
	[VDC_LEASE_FLAG_NONE] = VDC_SPM_LIVENESS_UNKNOWN,
	[VDC_LEASE_FLAG_FREE] = VDC_SPM_LIVENESS_FREE,
	[VDC_LEASE_FLAG_LIVE] = VDC_SPM_LIVENESS_LIVE,
	[VDC_LEASE_FLAG_FAIL] = VDC_SPM_LIVENESS_FAIL,
	[VDC_LEASE_FLAG_DEAD] = VDC_SPM_LIVENESS_DEAD,
	[VDC_LEASE_FLAG_UNKNOWN] = VDC_SPM_LIVENESS_UNKNOWN,
};

static void see(struct vdc_buf *seen, int64_t id, enum vdc_spm_liveness how, bool recorded)
{
	const struct vdc_spm_id_seen one = { id, how, recorded };

	vdc_buf_add(seen, &one, sizeof(one));
}

/* It is in a lockspace already, or was when it crashed: *OWN is its number there. */
static void see_peer(const struct spm_move *move, const struct vdc_lease_peer *peer,
		     struct vdc_buf *seen, int64_t *own)
{
	bool held = !vdc_lease_is_given_up(peer);
	bool ours = peer->name && strcmp(peer->name, vdc_spm_sanlock_name(move->member->host)) == 0;

	if (!spm_has_domain(move->storage, peer->lockspace))
		return;
	if (held && ours)
		*own = peer->host_id;
	else
		see(seen, peer->host_id, held ? liveness[peer->flag] : VDC_SPM_LIVENESS_FREE,
		    false);
}

static int64_t most_of(const struct vdc_spm_storage *storage)
{
	int64_t most = VDC_LEASE_HOSTS;

	for (size_t i = 0; i < storage->n; i++) {
		struct vdc_lease_geometry geometry;
		int64_t here = most;

		if (vdc_storage_domain_geometry(storage->domains[i], &geometry, NULL) == 0)
			here = vdc_storage_domain_most_hosts(storage->domains[i], &geometry);
		if (here < most)
			most = here;
	}
	return most;
}

static bool is_free(const struct vdc_buf *seen, int64_t id)
{
	const struct vdc_spm_id_seen *all = (const void *)seen->data;

	for (size_t i = 0; i < seen->len / sizeof(*all); i++)
		if (all[i].id == id &&
		    (all[i].recorded || all[i].liveness != VDC_SPM_LIVENESS_FREE))
			return false;
	return true;
}

/* 0: there is none. */
static int64_t choose(const struct spm_move *move, const struct vdc_host *const *hosts, size_t n)
{
	const struct spm_run *run = move->run;
	const int64_t *refused = (const void *)move->refused.data;
	const int64_t most = most_of(move->storage);
	vdc_autobuf seen = { 0 };
	int64_t own = 0;

	for (size_t i = 0; i < n; i++)
		if (hosts[i]->spm_id != VDC_UNSET &&
		    strcmp(hosts[i]->id, move->member->host->id) != 0)
			see(&seen, hosts[i]->spm_id, VDC_SPM_LIVENESS_UNKNOWN, true);
	/* What is not written must not be given twice all the same. */
	for (size_t i = 0; i < run->n && run->options->dry_run; i++)
		if (&run->moves[i] != move && run->moves[i].storage == move->storage)
			see(&seen, run->moves[i].member->spm_id, VDC_SPM_LIVENESS_UNKNOWN, true);
	for (size_t i = 0; i < move->refused.len / sizeof(*refused); i++)
		see(&seen, refused[i], VDC_SPM_LIVENESS_LIVE, false);
	for (size_t i = 0; i < run->n_asked; i++)
		for (size_t k = 0; k < run->asked[i].report.n; k++)
			see_peer(move, &run->asked[i].report.peers[k], &seen, &own);
	if (own && own <= most && is_free(&seen, own))
		return own;
	return vdc_spm_free_host_id((const void *)seen.data,
				    seen.len / sizeof(struct vdc_spm_id_seen), most);
}

static int write_number(struct vdc_db *db, struct vdc_host *host, const struct spm_move *move,
			struct vdc_err *err)
{
	int r = vdc_store_set(db, &vdc_host_kind, host->id,
			      vdc_kind_field(&vdc_host_kind, "spm_id"), host, err);

	return r ? r
		 : vdc_event_note(
			   db, VDC_SEVERITY_NORMAL, "host_numbered", &vdc_host_kind, host, err,
			   "Host %s has host id %lld in the lockspaces of data centre %s",
			   host->name, (long long)host->spm_id, move->storage->data_center->name);
}

static int number_one(struct vdc_db *db, struct spm_move *move, struct vdc_err *err)
{
	struct vdc_arena *arena = move->run->arena;
	struct vdc_spm_member_host *member = move->member;
	const struct vdc_host *const *hosts;
	struct vdc_host *host;
	void *found;
	size_t n;
	int r = vdc_store_get(db, &vdc_host_kind, member->host->id, 0, arena, &found, err);

	if (r)
		return r;
	host = found;
	member->code = 0; /* of a transaction that did not come through */
	/* Somebody else was at it. */
	if (host->spm_id != VDC_UNSET && !move->refused.len) {
		member->spm_id = host->spm_id;
		return 0;
	}
	r = vdc_spm_hosts(db, move->storage->data_center->id, arena, &hosts, &n, err);
	if (r)
		return r;
	member->spm_id = host->spm_id = choose(move, hosts, n) ?: VDC_UNSET;
	if (host->spm_id == VDC_UNSET) {
		spm_fail(move, -ENOSPC,
			 vdc_arena_format(
				 arena,
				 "data centre %s has no host id left: the highest that all of "
				 "its storage domains serve is %lld",
				 move->storage->data_center->name,
				 (long long)most_of(move->storage)));
		return 0;
	}
	move->numbered = true;
	return move->run->options->dry_run ? 0 : write_number(db, host, move, err);
}

static int number_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct numbering *numbering = ctx;
	int r = 0;

	for (size_t i = 0; i < numbering->n && !r; i++)
		r = number_one(db, numbering->moves[i], err);
	return r;
}

int spm_number(struct spm_run *run, struct spm_move *const *moves, size_t n, struct vdc_err *err)
{
	struct numbering numbering = { run, moves, n };

	if (!n)
		return 0;
	return run->options->dry_run ? number_all(run->db, &numbering, err)
				     : vdc_db_transaction(run->db, number_all, &numbering, err);
}
