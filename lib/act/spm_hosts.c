/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_hosts.h"

#include <errno.h>

#include "act/sanlock_ask.h"
#include "plan/lockspace_view.h"

#define PARTS (VDC_SANLOCK_PEERS | VDC_SANLOCK_RENEWALS)

/* A host that is not up is not asked; that it is not is no news. */
static void fill(const struct vdc_host *host, struct vdc_sanlock_asked *asked,
		 struct vdc_lockspace_view_host *view)
{
	*view = (struct vdc_lockspace_view_host){
		.host = host,
		.sanlock_name = vdc_spm_sanlock_name(host),
	};
	if (!asked)
		return;
	view->report = asked->code ? NULL : &asked->report;
	view->failure = asked->failure;
}

static int ask(const struct vdc_host *const *hosts, size_t n, struct vdc_arena *arena,
	       struct vdc_lockspace_view_host *views, struct vdc_err *err)
{
	struct vdc_sanlock_asked *asked = vdc_arena_alloc(arena, (n + 1) * sizeof(*asked));
	size_t k = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		if (hosts[i]->status == VDC_HOST_UP)
			asked[k++].host = hosts[i];
	r = vdc_sanlock_ask(asked, k, PARTS, 0, arena, err);
	k = 0;
	for (size_t i = 0; i < n && !r; i++)
		fill(hosts[i], hosts[i]->status == VDC_HOST_UP ? &asked[k++] : NULL, &views[i]);
	return r;
}

int vdc_spm_hosts_of(struct vdc_db *db, const char *data_center_id, bool all,
		     struct vdc_arena *arena, struct vdc_buf *rows, struct vdc_err *err)
{
	struct vdc_lockspace_view_host *views;
	const struct vdc_host *const *hosts;
	struct vdc_spm_storage storage;
	size_t n;
	int r = vdc_spm_storage(db, data_center_id, arena, &storage, err);

	if (!r && !storage.master && !all)
		r = vdc_err_set(err, -ENOENT,
				"data centre %s has no master domain; --all shows its others",
				storage.data_center->name);
	if (!r)
		r = vdc_spm_hosts(db, data_center_id, arena, &hosts, &n, err);
	if (r)
		return r;
	views = vdc_arena_alloc(arena, (n + 1) * sizeof(*views));
	r = ask(hosts, n, arena, views, err);
	for (size_t i = 0; i < storage.n && !r; i++) {
		const struct vdc_lockspace_view view = {
			.id = storage.domains[i]->id,
			.name = storage.domains[i]->name,
			.hosts = views,
			.n = n,
		};

		if (all || storage.domains[i] == storage.master)
			vdc_lockspace_view(&view, arena, rows);
	}
	return r;
}

int vdc_spm_hosts_here(const struct vdc_lockspaces *spaces, bool all, struct vdc_arena *arena,
		       struct vdc_buf *rows, struct vdc_err *err)
{
	struct vdc_sanlock_asked asked = { 0 };
	struct vdc_lockspace_view_host here = { 0 };
	int r = vdc_sanlock_ask(&asked, 1, PARTS, 0, arena, err);

	if (!r && asked.code == -ENOENT)
		r = vdc_err_set(err, -ECONNREFUSED,
				"sanlock does not run on this machine; systemctl start sanlock");
	else if (!r && asked.code)
		r = vdc_err_set(err, asked.code, "sanlock on this machine: %s", asked.failure);
	here.report = &asked.report;
	for (size_t i = 0; i < spaces->n && !r; i++) {
		const struct vdc_lockspace *space = spaces->all[i];
		const struct vdc_lockspace_view view = {
			.id = space->id,
			.name = space->name,
			.hosts = &here,
			.n = 1,
		};

		here.sanlock_name = space->sanlock_name;
		if (all || vdc_is_true(space->master))
			vdc_lockspace_view(&view, arena, rows);
	}
	return r;
}
