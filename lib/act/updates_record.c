/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts are offered, and its approval, in the database. */
#include <errno.h>
#include <string.h>

#include "act/update.h"
#include "act/updates.h"
#include "base/time.h"
#include "base/uuid.h"
#include "plan/update_channel.h"
#include "store/events.h"
#include "store/world.h"

enum { NAME_LEN = 13 }; /* of "5a7d10b2-6e8f-..." */

static int add_to(void *ctx, const struct vdc_kind *kind, void *object,
		  struct vdc_err *err vdc_unused)
{
	vdc_world_add(ctx, kind, object);
	return 0;
}

int vdc_updates_world(struct vdc_db *db, const char *host_id, struct vdc_world *world,
		      struct vdc_host **host, struct vdc_cluster **cluster, struct vdc_err *err)
{
	static const struct vdc_kind *const all[] = { &vdc_channel_release_kind, NULL };
	struct vdc_arena *arena = vdc_world_arena(world);
	void *found, *its = NULL;
	int r = vdc_store_get(db, &vdc_host_kind, host_id, 0, arena, &found, err);

	if (!r) {
		*host = found;
		r = vdc_store_get(db, &vdc_cluster_kind, (*host)->cluster.id, 0, arena, &its, err);
	}
	if (!r) {
		*cluster = its;
		vdc_world_add(world, &vdc_host_kind, found);
		vdc_world_add(world, &vdc_cluster_kind, its);
		r = vdc_store_each_of(db, &vdc_update_kind,
				      vdc_kind_field(&vdc_update_kind, "host"), host_id,
				      VDC_WITH_LONG, arena, add_to, world, err);
	}
	return r ? r : vdc_store_world(db, all, NULL, world, err);
}

struct recording {
	const char *host_id;
	const struct vdc_update_offers *offers;
	struct vdc_arena *arena;
	struct vdc_update_change *ret;
	struct vdc_host *host;
};

static int give_name(struct vdc_update *update, struct vdc_arena *arena, struct vdc_err *err)
{
	update->id = vdc_arena_alloc(arena, VDC_UUID_LEN + 1);
	if (vdc_uuid_random(update->id) < 0)
		return vdc_err_set(err, -EIO, "the kernel gives no random bytes");
	update->name = vdc_arena_strndup(arena, update->id, NAME_LEN);
	return 0;
}

static int note_new(struct vdc_db *db, const struct recording *rec, const struct vdc_update *update,
		    struct vdc_err *err)
{
	return vdc_event_note(
		db, VDC_SEVERITY_NORMAL, "update_found", &vdc_update_kind, update, err,
		"host %s can get %s %s in place of %s (update %s)", rec->host->name,
		vdc_enum_word(&vdc_component_values, update->component), update->version,
		update->installed ? update->installed : "what it has", update->name);
}

static int put_edit(struct vdc_db *db, const struct recording *rec,
		    const struct vdc_update_edit *edit, struct vdc_err *err)
{
	int r = edit->before ? 0 : give_name(edit->after, rec->arena, err);

	if (!r)
		r = vdc_update(db, &vdc_update_kind, edit->before, edit->after, rec->arena, NULL,
			       err);
	return r || edit->before ? r : note_new(db, rec, edit->after, err);
}

static int note_refusal(struct vdc_db *db, const struct recording *rec,
			const struct vdc_update_refusal *refusal, struct vdc_err *err)
{
	return vdc_event_note(db, VDC_SEVERITY_WARNING, "update_refused", &vdc_host_kind, rec->host,
			      err, "host %s does not get %s %s: %s", rec->host->name,
			      vdc_enum_word(&vdc_component_values, refusal->offer->component),
			      refusal->offer->version, refusal->why);
}

static int put_available(struct vdc_db *db, struct vdc_host *host, bool available,
			 struct vdc_err *err)
{
	if (vdc_is_true(host->update_available) == available && host->update_available != VDC_UNSET)
		return 0;
	host->update_available = available;
	return vdc_store_set(db, &vdc_host_kind, host->id,
			     vdc_kind_field(&vdc_host_kind, "update_available"), host, err);
}

static int record(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct recording *rec = ctx;
	struct vdc_world *world = vdc_world_new(rec->arena);
	struct vdc_update_input input = { .world = world, .offers = rec->offers };
	struct vdc_cluster *cluster;
	int r = vdc_updates_world(db, rec->host_id, world, &rec->host, &cluster, err);

	if (r)
		return r;
	input.host = rec->host;
	input.cluster = cluster;
	input.now = vdc_time_now();
	vdc_plan_update_change(&input, rec->arena, rec->ret);
	for (size_t i = 0; i < rec->ret->n_edits && !r; i++)
		r = put_edit(db, rec, &rec->ret->edits[i], err);
	for (size_t i = 0; i < rec->ret->n_refusals && !r; i++)
		r = note_refusal(db, rec, &rec->ret->refusals[i], err);
	return r ? r : put_available(db, rec->host, rec->ret->available, err);
}

int vdc_updates_record(struct vdc_db *db, const char *host_id,
		       const struct vdc_update_offers *offers, struct vdc_arena *arena,
		       struct vdc_update_change *ret, struct vdc_err *err)
{
	struct recording rec = { .host_id = host_id, .offers = offers, .arena = arena, .ret = ret };

	return vdc_db_transaction(db, record, &rec, err);
}
