/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "act/apply.h"
#include "act/extend_note.h"
#include "plan/domain_place.h"

static int read_db(struct vdc_db *db, const char *host, struct vdc_arena *arena,
		   struct vdc_objects *domains, const char **host_id, struct vdc_err *err)
{
	void *found;
	int r = vdc_gather(db, &vdc_storage_domain_kind, NULL, NULL, arena, domains, err);

	if (r || !host)
		return r;
	r = vdc_store_get(db, &vdc_host_kind, host, 0, arena, &found, err);
	if (!r)
		*host_id = vdc_object_id(found);
	return r;
}

int vdc_extend_known(struct vdc_db *db, const char *host, struct vdc_arena *arena,
		     struct vdc_extend_known *ret, struct vdc_err *err)
{
	const struct vdc_storage_domain **all;
	struct vdc_objects domains = { 0 };
	struct vdc_lockspaces spaces = { 0 };
	struct vdc_extend_known known = { 0 };
	int r = vdc_lockspaces_load(arena, &spaces, err);

	if (!r && db)
		r = read_db(db, host, arena, &domains, &known.host_id, err);
	if (r)
		return r;
	all = vdc_arena_alloc(arena, (domains.n + spaces.n + 1) * sizeof(const void *));
	for (size_t i = 0; i < domains.n; i++)
		all[known.n++] = domains.objects[i];
	for (size_t i = 0; i < spaces.n; i++) {
		all[known.n++] = vdc_lockspace_domain(spaces.all[i], arena);
		if (vdc_is_true(spaces.all[i]->master))
			known.master = spaces.all[i];
	}
	known.domains = all;
	if (db && vdc_db_engine(db) == VDC_DB_POSTGRES)
		known.db = db;
	*ret = known;
	return 0;
}
