/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written when a host has said how it stands in its lockspaces. */
#include <string.h>

#include "act/apply.h"
#include "act/spm_join_part.h"
#include "model/domain_reach.h"
#include "store/events.h"

/* 1: it was not in it, or not with that generation. */
static int note_space(struct vdc_db *db, struct spm_move *move, const struct vdc_lockspace *space,
		      const struct vdc_objects *reaches, struct vdc_err *err)
{
	struct vdc_arena *arena = move->run->arena;
	struct vdc_domain_reach *reach = vdc_object_new(&vdc_domain_reach_kind, arena);
	int r;

	if (space->state != VDC_LOCKSPACE_JOINED || space->generation == VDC_UNSET ||
	    !spm_has_domain(move->storage, space->id))
		return 0;
	for (size_t i = 0; i < reaches->n; i++) {
		const struct vdc_domain_reach *old = reaches->objects[i];

		if (strcmp(old->storage_domain.id, space->id) == 0 &&
		    old->lockspace_generation == space->generation)
			return 0;
	}
	reach->host.id = move->member->host->id;
	reach->storage_domain.id = space->id;
	reach->lockspace_generation = space->generation;
	r = vdc_store_put(db, &vdc_domain_reach_kind, reach, arena, err);
	return r ? r : 1;
}

static int note_event(struct vdc_db *db, const struct spm_move *move, size_t news,
		      struct vdc_err *err)
{
	const struct vdc_spm_member_host *member = move->member;
	const struct vdc_host *host = member->host;

	if (member->code)
		return vdc_event_note(db, VDC_SEVERITY_ERROR, "host_join_failed", &vdc_host_kind,
				      host, err, "Host %s did not join %s: %s", host->name,
				      member->partly ? "all lockspaces" : "the lockspaces",
				      member->problem ?: "no reason was given");
	if (!news)
		return 0;
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, "host_joined", &vdc_host_kind, host, err,
			      "Host %s is in the lockspaces of %zu storage domains, with host id "
			      "%lld",
			      host->name, member->spaces.n, (long long)member->spm_id);
}

static int set_name(struct vdc_db *db, const struct spm_move *move, struct vdc_err *err)
{
	const struct vdc_host *host = move->member->host;
	const char *name = move->asked->report.name;
	struct vdc_host *copy;

	if (!name || (host->sanlock_name && strcmp(host->sanlock_name, name) == 0))
		return 0;
	copy = vdc_object_copy(&vdc_host_kind, host, move->run->arena);
	copy->sanlock_name = vdc_arena_strdup(move->run->arena, name);
	return vdc_store_set(db, &vdc_host_kind, host->id,
			     vdc_kind_field(&vdc_host_kind, "sanlock_name"), copy, err);
}

static int note(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct spm_move *move = ctx;
	const struct vdc_spm_member_host *member = move->member;
	struct vdc_objects reaches = { 0 };
	size_t news = 0;
	int r = vdc_gather(db, &vdc_domain_reach_kind, "host", member->host->id, move->run->arena,
			   &reaches, err);

	for (size_t i = 0; i < member->spaces.n && r >= 0; i++) {
		r = note_space(db, move, member->spaces.all[i], &reaches, err);
		news += r > 0;
	}
	if (r >= 0)
		r = set_name(db, move, err);
	return r < 0 ? r : note_event(db, move, news, err);
}

int spm_note_joined(struct spm_move *move, struct vdc_err *err)
{
	return vdc_db_transaction(move->run->db, note, move, err);
}
