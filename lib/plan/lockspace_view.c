/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/lockspace_view.h"

#include <string.h>

/* Who has not renewed for so many I/O time-outs sees others as they were. */
enum { STALE = 6, USUAL_IO_TIMEOUT = 10 };

struct viewing {
	const struct vdc_lockspace_view *view;
	const struct vdc_lockspace_view_host *reader; /* NULL: nobody who answers is in it */
	struct vdc_arena *arena;
	struct vdc_buf *rows;
};

static bool reads(const struct vdc_lockspace_view_host *host, const char *lockspace)
{
	const struct vdc_lease_space *own =
		host->report ? vdc_lease_space_named(host->report, lockspace) : NULL;
	int64_t timeout;

	if (!own || own->renewed <= 0)
		return false;
	timeout = own->io_timeout > 0 ? own->io_timeout : USUAL_IO_TIMEOUT;
	return host->report->now - own->renewed <= STALE * timeout;
}

static const struct vdc_lockspace_view_host *reader_of(const struct vdc_lockspace_view *view)
{
	for (size_t i = 0; i < view->n; i++)
		if (reads(&view->hosts[i], view->id))
			return &view->hosts[i];
	return NULL;
}

/* As the reader sees it; NULL: it does not. */
static const struct vdc_lease_peer *peer_of(const struct viewing *v, int64_t host_id)
{
	const struct vdc_lease_report *report = v->reader ? v->reader->report : NULL;

	for (size_t i = 0; report && i < report->n; i++)
		if (report->peers[i].host_id == host_id &&
		    strcmp(report->peers[i].lockspace, v->view->id) == 0)
			return &report->peers[i];
	return NULL;
}

static struct vdc_lockspace_host *new_row(const struct viewing *v, int64_t host_id)
{
	struct vdc_lockspace_host *row = vdc_object_new(&vdc_lockspace_host_kind, v->arena);

	row->storage_domain = vdc_arena_strdup(v->arena, v->view->name);
	row->host_id = host_id;
	row->state = host_id == VDC_UNSET ? 0 : VDC_LIVENESS_UNKNOWN;
	return row;
}

/* What was seen of who gave its number up is when that was: no renewal. */
static void take_peer(const struct viewing *v, const struct vdc_lease_peer *peer,
		      struct vdc_lockspace_host *row)
{
	const struct vdc_host *reader = v->reader->host;
	int64_t now = v->reader->report->now;

	row->sanlock_name = vdc_arena_strdup(v->arena, peer->name);
	row->state = vdc_lease_liveness(peer);
	row->generation = peer->generation > 0 ? peer->generation : VDC_UNSET;
	row->io_timeout = peer->io_timeout > 0 ? peer->io_timeout : VDC_UNSET;
	row->seen_by = reader ? vdc_arena_strdup(v->arena, reader->name) : NULL;
	if (!vdc_lease_is_given_up(peer) && peer->last_live > 0 && now >= peer->last_live)
		row->age = now - peer->last_live;
}

static const char *wrong_name(const struct viewing *v, const struct vdc_lockspace_view_host *host,
			      const struct vdc_lockspace_host *row)
{
	if (!host->sanlock_name || !row->sanlock_name || row->state == VDC_LIVENESS_FREE ||
	    strcmp(host->sanlock_name, row->sanlock_name) == 0)
		return NULL;
	return vdc_arena_format(v->arena,
				"its number is renewed under the name %s, and its sanlock must run "
				"as %s",
				row->sanlock_name, host->sanlock_name);
}

/* Only of hosts of the database. */
static const char *not_there(const struct viewing *v, const struct vdc_host *host,
			     const struct vdc_lockspace_host *row)
{
	if (host->spm_id == VDC_UNSET)
		return host->status == VDC_HOST_UP
			       ? vdc_arena_format(v->arena, "it has no host id; spm-elect join %s",
						  host->name)
			       : NULL;
	if (!v->reader)
		return "no host that answers is in this lockspace";
	if (host->status == VDC_HOST_UP && row->state == VDC_LIVENESS_FREE)
		return vdc_arena_format(v->arena,
					"it is up and not in the lockspace; spm-elect join %s",
					host->name);
	if (host->status == VDC_HOST_UP &&
	    (row->state == VDC_LIVENESS_FAIL || row->state == VDC_LIVENESS_DEAD))
		return "it is up and does not renew";
	return NULL;
}

static const char *problem_of(const struct viewing *v, const struct vdc_lockspace_view_host *host,
			      struct vdc_lockspace_host *row)
{
	const struct vdc_lease_space *own =
		host->report ? vdc_lease_space_named(host->report, v->view->id) : NULL;
	const char *problem = host->failure;

	if (own && own->latency_us >= 0)
		row->latency = own->latency_us;
	if (!problem && own)
		problem = vdc_lease_space_slow(host->report, own, v->arena);
	if (!problem)
		problem = wrong_name(v, host, row);
	if (!problem && host->host)
		problem = not_there(v, host->host, row);
	return problem;
}

static void add(const struct viewing *v, struct vdc_lockspace_host *row)
{
	row->id = row->host_id == VDC_UNSET
			  ? vdc_arena_format(v->arena, "%s/%s", v->view->id, row->host)
			  : vdc_arena_format(v->arena, "%s/%lld", v->view->id,
					     (long long)row->host_id);
	vdc_buf_add(v->rows, &row, sizeof(void *));
}

static int64_t number_of(const struct viewing *v, const struct vdc_lockspace_view_host *host)
{
	const struct vdc_lease_space *own =
		host->report ? vdc_lease_space_named(host->report, v->view->id) : NULL;

	if (host->host)
		return host->host->spm_id;
	return own ? own->host_id : VDC_UNSET;
}

static void add_host(const struct viewing *v, const struct vdc_lockspace_view_host *host)
{
	int64_t host_id = number_of(v, host);
	struct vdc_lockspace_host *row = new_row(v, host_id);
	const struct vdc_lease_peer *peer = peer_of(v, host_id);

	if (host->host) {
		row->host = vdc_arena_strdup(v->arena, host->host->name);
		row->priority = host->host->spm_priority;
		row->spm_status = host->host->spm_status;
	}
	if (peer)
		take_peer(v, peer, row);
	else if (v->reader && host_id != VDC_UNSET)
		row->state = VDC_LIVENESS_FREE;
	if (!row->host)
		row->host = vdc_arena_strdup(v->arena, host->report && host->report->name
							       ? host->report->name
							       : "this machine");
	row->problem = vdc_arena_strdup(v->arena, problem_of(v, host, row));
	add(v, row);
}

static bool is_known(const struct viewing *v, int64_t host_id)
{
	for (size_t i = 0; i < v->view->n; i++)
		if (number_of(v, &v->view->hosts[i]) == host_id)
			return true;
	return false;
}

static void add_stranger(const struct viewing *v, const struct vdc_lease_peer *peer)
{
	struct vdc_lockspace_host *row = new_row(v, peer->host_id);

	take_peer(v, peer, row);
	row->host = vdc_arena_strdup(v->arena, peer->name);
	if (v->reader->host)
		row->problem = vdc_arena_strdup(
			v->arena,
			"the database knows no host of this data centre with that number");
	add(v, row);
}

void vdc_lockspace_view(const struct vdc_lockspace_view *view, struct vdc_arena *arena,
			struct vdc_buf *rows)
{
	const struct viewing v = {
		.view = view,
		.reader = reader_of(view),
		.arena = arena,
		.rows = rows,
	};
	const struct vdc_lease_report *report = v.reader ? v.reader->report : NULL;

	for (size_t i = 0; i < view->n; i++)
		add_host(&v, &view->hosts[i]);
	for (size_t i = 0; report && i < report->n; i++) {
		const struct vdc_lease_peer *peer = &report->peers[i];

		if (strcmp(peer->lockspace, view->id) == 0 && !vdc_lease_is_given_up(peer) &&
		    !is_known(&v, peer->host_id))
			add_stranger(&v, peer);
	}
}
