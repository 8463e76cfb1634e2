/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the manager sees of the space of a domain, in the inventory: as storage-health(8) would have it. */
#include "act/apply.h"
#include "act/extend_part.h"
#include "plan/storage_news.h"
#include "store/events.h"

struct noting {
	const struct extend_outcome *outcome;
	struct vdc_arena *arena;
};

static int write_change(struct vdc_db *db, struct vdc_storage_domain *before, int64_t space,
			const struct noting *noting, struct vdc_err *err)
{
	const struct extend_outcome *outcome = noting->outcome;
	struct vdc_storage_domain *after =
		vdc_object_copy(&vdc_storage_domain_kind, before, noting->arena);
	struct vdc_storage_tale tale;
	int r;

	after->space = space;
	after->available = outcome->free;
	after->used = outcome->space - outcome->free;
	r = vdc_update(db, &vdc_storage_domain_kind, before, after, noting->arena, NULL, err);
	if (r || !vdc_storage_space_tell(before, space, noting->arena, &tale))
		return r;
	return vdc_event_note(db, tale.severity, tale.type, tale.kind, tale.object, err, "%s",
			      tale.text);
}

static int note(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct noting *noting = ctx;
	const struct extend_outcome *outcome = noting->outcome;
	struct vdc_storage_domain *domain;
	void *found;
	int64_t space;
	int r = vdc_store_get(db, &vdc_storage_domain_kind, outcome->domain, 0, noting->arena,
			      &found, err);

	if (r)
		return r;
	domain = found;
	space = vdc_storage_space_of(domain, domain->space, outcome->free,
				     outcome->space - outcome->free);
	return space == domain->space ? 0 : write_change(db, domain, space, noting, err);
}

int extend_note_space(struct vdc_db *db, const struct extend_outcome *outcome, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct noting noting = { outcome, arena };

	return vdc_db_transaction(db, note, &noting, err);
}
