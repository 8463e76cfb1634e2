/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan that was kept in a document, for the cluster as it is now. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "plan/upgrade_rows.h"

enum { DIFFERENCES_MAX = 3 };

#define SECOND INT64_C(1000000)

struct reader {
	const struct vdc_upgrade_rows *rows;
	const struct vdc_upgrade_snapshot *snapshot;
	struct vdc_arena *arena;
	struct vdc_map *hosts, *vms; /* id -> number + 1 */
	uint32_t n_waves;
	struct vdc_upgrade_wave *waves;
	int64_t *peak;
};

static void add_number(struct vdc_map *map, const char *id, uint32_t number)
{
	*vdc_map_add(map, id, strlen(id)) = number + 1;
}

/* UINT32_MAX: the cluster has none of that id. */
static uint32_t number_of(const struct vdc_map *map, const char *id)
{
	const uint64_t *found = id ? vdc_map_find(map, id, strlen(id)) : NULL;

	return found ? (uint32_t)(*found - 1) : UINT32_MAX;
}

static void number_all(struct reader *r)
{
	for (uint32_t h = 0; h < r->snapshot->input.n_hosts; h++)
		add_number(r->hosts, r->snapshot->hosts[h]->id, h);
	for (uint32_t v = 0; v < r->snapshot->input.n_vms; v++)
		add_number(r->vms, r->snapshot->vms[v]->id, v);
}

/* First moves name where VMs were; what is elsewhere now, or new, is a difference. */
static void name_differences(const struct reader *r, struct vdc_buf *out)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->rows->n_hosts && n < DIFFERENCES_MAX; i++)
		if (number_of(r->hosts, r->rows->hosts[i]->id) == UINT32_MAX)
			vdc_buf_printf(out, "%shost %s is gone", n++ ? "; " : "",
				       r->rows->hosts[i]->name);
	for (size_t i = 0; i < r->rows->n_moves && n < DIFFERENCES_MAX; i++) {
		const struct vdc_upgrade_move *move = r->rows->moves[i];
		uint32_t v = number_of(r->vms, move->vm.id), h;

		if (vdc_is_true(move->again))
			continue;
		if (v == UINT32_MAX) {
			vdc_buf_printf(out, "%sVM %s does not run", n++ ? "; " : "", move->vm.name);
			continue;
		}
		h = r->snapshot->input.vms[v].host;
		if (strcmp(r->snapshot->hosts[h]->id, move->from.id) != 0)
			vdc_buf_printf(out, "%sVM %s is on %s", n++ ? "; " : "", move->vm.name,
				       r->snapshot->hosts[h]->name);
	}
}

/* What else may differ the plan does not say; a host that is not up is worth a word. */
static void name_statuses(const struct reader *r, struct vdc_buf *out)
{
	unsigned n = 0;

	for (uint32_t h = 0; h < r->snapshot->input.n_hosts && n < DIFFERENCES_MAX; h++) {
		const struct vdc_host *host = r->snapshot->hosts[h];

		if (host->status != VDC_HOST_UP)
			vdc_buf_printf(out, "%shost %s is %s", n++ ? "; " : "", host->name,
				       vdc_enum_word(&vdc_host_status_values, host->status));
	}
	if (n == 0)
		vdc_buf_puts(out, "versions, sizes, the policy, or VMs and hosts that are new");
}

static int check_state(const struct reader *r, struct vdc_err *err)
{
	const struct vdc_upgrade *upgrade = r->rows->upgrade;
	vdc_autobuf what = { 0 };

	if (!upgrade)
		return vdc_err_set(err, -EINVAL, "the document has no <upgrade>: it is no plan");
	if (!upgrade->cluster.id || strcmp(upgrade->cluster.id, r->snapshot->cluster->id) != 0)
		return vdc_err_set(err, -EPERM, "the plan is for another cluster than %s",
				   r->snapshot->cluster->name);
	if (strcmp(upgrade->id, r->snapshot->fingerprint) == 0)
		return 0;
	name_differences(r, &what);
	if (!what.len)
		name_statuses(r, &what);
	return vdc_err_set(err, -EPERM,
			   "cluster %s has changed since the plan was made: %s; make a new plan",
			   r->snapshot->cluster->name, vdc_buf_str(&what));
}

static int count_waves(struct reader *r, struct vdc_err *err)
{
	int64_t most = 0;

	for (size_t i = 0; i < r->rows->n_hosts; i++) {
		int64_t wave = r->rows->hosts[i]->wave;

		if (wave != VDC_UNSET && (wave < 1 || wave > (int64_t)r->rows->n_hosts))
			return vdc_err_set(err, -EINVAL, "host %s: there is no wave %" PRId64,
					   r->rows->hosts[i]->name, wave);
		most = wave > most ? wave : most;
	}
	if (most == 0)
		return vdc_err_set(err, -EINVAL, "the plan upgrades no host");
	r->n_waves = (uint32_t)most;
	r->waves = vdc_arena_alloc(r->arena, (size_t)most * sizeof(*r->waves));
	return 0;
}

static int64_t or_zero(int64_t value)
{
	return value == VDC_UNSET ? 0 : value;
}

static int add_hosts(struct reader *r, uint32_t number, struct vdc_err *err)
{
	struct vdc_upgrade_wave *wave = &r->waves[number];
	uint32_t *hosts = vdc_arena_alloc(r->arena, r->rows->n_hosts * sizeof(*hosts));

	wave->hosts = hosts;
	wave->reserve = true;
	for (size_t i = 0; i < r->rows->n_hosts; i++) {
		const struct vdc_upgrade_host_row *row = r->rows->hosts[i];
		uint32_t h = number_of(r->hosts, row->id);

		if (h == UINT32_MAX)
			return vdc_err_set(err, -EINVAL, "the cluster has no host %s", row->name);
		r->peak[h] = or_zero(row->peak);
		if (row->wave != (int64_t)number + 1)
			continue;
		hosts[wave->n_hosts++] = h;
		wave->reserve = wave->reserve && vdc_is_true(row->reserve);
		wave->begin = or_zero(row->begin) * SECOND;
		wave->drained = or_zero(row->drained) * SECOND;
		wave->end = or_zero(row->end) * SECOND;
	}
	if (wave->n_hosts == 0)
		return vdc_err_set(err, -EINVAL, "the plan has no wave %" PRIu32, number + 1);
	return 0;
}

static int read_step(const struct reader *r, const struct vdc_upgrade_move *move,
		     struct vdc_upgrade_step *ret, struct vdc_err *err)
{
	*ret = (struct vdc_upgrade_step){
		.vm = number_of(r->vms, move->vm.id),
		.drain = (enum vdc_drain)move->action,
		.from = number_of(r->hosts, move->from.id),
		.to = number_of(r->hosts, move->to.id),
		.again = vdc_is_true(move->again),
		.begin = or_zero(move->begin) * 1000,
		.end = or_zero(move->end) * 1000,
	};
	if (ret->vm == UINT32_MAX || ret->from == UINT32_MAX ||
	    (ret->to == UINT32_MAX && ret->drain != VDC_DRAIN_STOP))
		return vdc_err_set(err, -EINVAL, "move %s: its VM or hosts are not in the cluster",
				   move->id);
	return 0;
}

static int add_steps(struct reader *r, struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	struct vdc_upgrade_step *steps =
		vdc_arena_alloc(r->arena, r->rows->n_moves * sizeof(*steps));
	int64_t wave = 1;

	for (size_t i = 0; i < r->rows->n_moves; i++) {
		const struct vdc_upgrade_move *move = r->rows->moves[i];
		int failed = read_step(r, move, &steps[i], err);

		if (failed)
			return failed;
		if (move->wave < wave || move->wave > r->n_waves)
			return vdc_err_set(err, -EINVAL, "move %s is out of order", move->id);
		wave = move->wave;
		if (r->waves[wave - 1].n_steps++ == 0)
			r->waves[wave - 1].steps = &steps[i];
		plan->moves += steps[i].drain == VDC_DRAIN_MOVE;
		plan->second_moves += steps[i].drain == VDC_DRAIN_MOVE && steps[i].again;
		plan->restarts += steps[i].drain == VDC_DRAIN_RESTART;
		plan->stops += steps[i].drain == VDC_DRAIN_STOP;
	}
	return 0;
}

static int read_plan(struct reader *r, struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	int failed = check_state(r, err);

	if (!failed)
		failed = count_waves(r, err);
	for (uint32_t n = 0; n < r->n_waves && !failed; n++)
		failed = add_hosts(r, n, err);
	if (!failed)
		failed = add_steps(r, plan, err);
	plan->waves = r->waves;
	plan->n_waves = r->n_waves;
	plan->peak = r->peak;
	if (!failed)
		plan->duration = r->waves[r->n_waves - 1].end;
	return failed;
}

int vdc_upgrade_from_rows(const struct vdc_upgrade_rows *rows,
			  const struct vdc_upgrade_snapshot *snapshot, struct vdc_arena *arena,
			  struct vdc_upgrade_plan *ret, struct vdc_err *err)
{
	struct vdc_upgrade_plan plan = { 0 };
	struct reader r = {
		.rows = rows,
		.snapshot = snapshot,
		.arena = arena,
		.hosts = vdc_map_new(),
		.vms = vdc_map_new(),
		.peak = vdc_arena_alloc(arena, snapshot->input.n_hosts * sizeof(*r.peak)),
	};
	int failed;

	number_all(&r);
	failed = read_plan(&r, &plan, err);
	vdc_map_free(r.hosts);
	vdc_map_free(r.vms);
	if (!failed)
		*ret = plan;
	return failed;
}
