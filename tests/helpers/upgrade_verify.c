/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upgrade_verify.h"

#include <stdlib.h>
#include <string.h>

struct replay {
	const struct vdc_upgrade_input *in;
	const struct vdc_upgrade_plan *plan;
	struct vdc_arena *arena;
	uint32_t *where, *before; /* the wave began */
	int64_t *used, *peak;
	bool *away, *upgraded, *moved;
	uint32_t moves, second_moves, restarts, stops;
	const char *wrong;
};

#define WRONG(r, ...)                                                           \
	do {                                                                    \
		if (!(r)->wrong)                                                \
			(r)->wrong = vdc_arena_format((r)->arena, __VA_ARGS__); \
	} while (0)

static const char *host_name(const struct replay *r, uint32_t host)
{
	return host < r->in->n_hosts ? r->in->hosts[host].name : "(none)";
}

static void start(struct replay *r)
{
	r->where = vdc_arena_alloc(r->arena, sizeof(*r->where) * r->in->n_vms);
	r->before = vdc_arena_alloc(r->arena, sizeof(*r->before) * r->in->n_vms);
	r->moved = vdc_arena_alloc(r->arena, sizeof(*r->moved) * r->in->n_vms);
	r->used = vdc_arena_alloc(r->arena, sizeof(*r->used) * r->in->n_hosts);
	r->peak = vdc_arena_alloc(r->arena, sizeof(*r->peak) * r->in->n_hosts);
	r->away = vdc_arena_alloc(r->arena, sizeof(*r->away) * r->in->n_hosts);
	r->upgraded = vdc_arena_alloc(r->arena, sizeof(*r->upgraded) * r->in->n_hosts);
	for (uint32_t v = 0; v < r->in->n_vms; v++) {
		r->where[v] = r->in->vms[v].host;
		r->used[r->where[v]] += r->in->vms[v].memory;
	}
	for (uint32_t h = 0; h < r->in->n_hosts; h++) {
		r->peak[h] = r->used[h];
		r->away[h] = r->in->hosts[h].away;
		r->upgraded[h] = r->in->hosts[h].upgraded;
	}
}

static void go_away(struct replay *r, const struct vdc_upgrade_wave *wave)
{
	uint32_t away = 0;

	for (uint32_t i = 0; i < wave->n_hosts; i++) {
		uint32_t h = wave->hosts[i];

		if (!r->in->hosts[h].selected || r->upgraded[h])
			WRONG(r, "%s is not to be upgraded", host_name(r, h));
		if (r->away[h] && !r->in->hosts[h].away)
			WRONG(r, "%s is away twice", host_name(r, h));
		r->away[h] = true;
	}
	for (uint32_t h = 0; h < r->in->n_hosts; h++)
		away += r->away[h] && (!r->in->hosts[h].selected || !r->in->hosts[h].away);
	if (away > r->in->max_away && wave->n_hosts > 1)
		WRONG(r, "%u hosts are away, %u may be", away, r->in->max_away);
}

static void check_destination(struct replay *r, const struct vdc_upgrade_step *s)
{
	const struct vdc_upgrade_vm *vm = &r->in->vms[s->vm];
	const struct vdc_upgrade_host *to;

	if (s->to >= r->in->n_hosts) {
		WRONG(r, "%s goes nowhere", vm->name);
		return;
	}
	to = &r->in->hosts[s->to];
	if (r->away[s->to])
		WRONG(r, "%s goes to %s, which is away", vm->name, to->name);
	if (r->upgraded[s->from] && !r->upgraded[s->to])
		WRONG(r, "%s goes back to the old %s", vm->name, to->name);
	if (r->in->may_run && !r->in->may_run(r->in->ctx, s->vm, s->to, r->upgraded[s->to]))
		WRONG(r, "%s may not run on %s", vm->name, to->name);
	r->used[s->to] += vm->memory; /* it counts on both until it is over */
	if (r->used[s->to] > to->memory * r->in->ceiling / 100)
		WRONG(r, "%s is filled above the ceiling by %s", to->name, vm->name);
	if (r->used[s->to] > r->peak[s->to])
		r->peak[s->to] = r->used[s->to];
}

static void do_step(struct replay *r, const struct vdc_upgrade_wave *wave,
		    const struct vdc_upgrade_step *s)
{
	const struct vdc_upgrade_vm *vm;

	if (s->vm >= r->in->n_vms) {
		WRONG(r, "a VM that there is not");
		return;
	}
	vm = &r->in->vms[s->vm];
	if (r->where[s->vm] != s->from)
		WRONG(r, "%s is not on %s", vm->name, host_name(r, s->from));
	if (s->drain != vm->drain)
		WRONG(r, "%s is not treated as it should be", vm->name);
	if (s->begin < wave->begin || s->end > wave->drained || s->end <= s->begin)
		WRONG(r, "%s leaves out of time", vm->name);
	if (s->again != r->moved[s->vm])
		WRONG(r, "%s: moved before or not", vm->name);
	if (s->drain == VDC_DRAIN_STOP) {
		r->stops++;
		r->where[s->vm] = VDC_NO_HOST;
		return;
	}
	check_destination(r, s);
	r->where[s->vm] = s->to;
	r->restarts += s->drain == VDC_DRAIN_RESTART;
	r->moves += s->drain == VDC_DRAIN_MOVE;
	r->second_moves += s->drain == VDC_DRAIN_MOVE && r->moved[s->vm];
	r->moved[s->vm] = true;
}

/* At no time more than its slots in one direction: counted at the beginning of each move. */
static void check_slots(struct replay *r, const struct vdc_upgrade_wave *wave)
{
	for (uint32_t i = 0; i < wave->n_steps; i++) {
		const struct vdc_upgrade_step *a = &wave->steps[i];
		unsigned out = 0, into = 0;

		if (a->drain != VDC_DRAIN_MOVE)
			continue;
		for (uint32_t j = 0; j < wave->n_steps; j++) {
			const struct vdc_upgrade_step *b = &wave->steps[j];
			bool together = b->drain == VDC_DRAIN_MOVE && b->begin <= a->begin &&
					a->begin < b->end;

			out += together && b->from == a->from;
			into += together && b->to == a->to;
		}
		if (out > r->in->hosts[a->from].slots || into > r->in->hosts[a->to].slots)
			WRONG(r, "%u migrations leave %s, %u come to %s", out,
			      host_name(r, a->from), into, host_name(r, a->to));
	}
}

/* What held when the wave began, between VMs that run, holds now. */
static void check_groups(struct replay *r)
{
	for (uint32_t g = 0; g < r->in->n_groups; g++) {
		const struct vdc_upgrade_group *group = &r->in->groups[g];

		for (uint32_t i = 0; i < group->n_vms; i++)
			for (uint32_t j = 0; j < i; j++) {
				uint32_t a = group->vms[i], b = group->vms[j];
				bool run = r->where[a] != VDC_NO_HOST && r->where[b] != VDC_NO_HOST;
				bool held = (r->before[a] == r->before[b]) == group->together;

				if (run && held && (r->where[a] == r->where[b]) != group->together)
					WRONG(r, "%s and %s were %s", r->in->vms[a].name,
					      r->in->vms[b].name,
					      group->together ? "together" : "apart");
			}
	}
}

static int largest_first(const void *left, const void *right)
{
	const struct vdc_upgrade_vm *const *a = left, *const *b = right;

	if ((*a)->memory != (*b)->memory)
		return (*a)->memory > (*b)->memory ? -1 : 1;
	return (*a > *b) - (*a < *b);
}

static bool survives_without(const struct replay *r, uint32_t lost)
{
	const struct vdc_upgrade_input *in = r->in;
	vdc_autofree const struct vdc_upgrade_vm **vms =
		vdc_realloc(NULL, in->n_vms + 1, sizeof(*vms));
	vdc_autofree int64_t *used = vdc_realloc(NULL, in->n_hosts, sizeof(*used));
	uint32_t n = 0;

	memcpy(used, r->used, sizeof(*used) * in->n_hosts);
	for (uint32_t v = 0; v < in->n_vms; v++)
		if (r->where[v] == lost)
			vms[n++] = &in->vms[v];
	qsort(vms, n, sizeof(*vms), largest_first);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t h = 0, v = (uint32_t)(vms[i] - in->vms);

		while (h < in->n_hosts &&
		       (h == lost || r->away[h] || used[h] + vms[i]->memory > in->hosts[h].memory ||
			(in->may_run && !in->may_run(in->ctx, v, h, r->upgraded[h]))))
			h++;
		if (h == in->n_hosts)
			return false;
		used[h] += vms[i]->memory;
	}
	return true;
}

static void check_reserve(struct replay *r, const struct vdc_upgrade_wave *wave)
{
	bool good = true;

	if (r->in->ha_reserve > 1)
		return;
	for (uint32_t i = 0; i < wave->n_hosts; i++)
		r->used[wave->hosts[i]] = 0;
	for (uint32_t h = 0; good && r->in->ha_reserve == 1 && h < r->in->n_hosts; h++)
		good = r->away[h] || survives_without(r, h);
	if (good != wave->reserve)
		WRONG(r, "the wave of %s: reserve %d, the plan says %d",
		      host_name(r, wave->hosts[0]), good, wave->reserve);
}

static void come_back(struct replay *r, const struct vdc_upgrade_wave *wave)
{
	for (uint32_t v = 0; v < r->in->n_vms; v++)
		for (uint32_t i = 0; r->in->n_vms < 10000 && i < wave->n_hosts; i++)
			if (r->where[v] == wave->hosts[i])
				WRONG(r, "%s stays on %s", r->in->vms[v].name,
				      host_name(r, wave->hosts[i]));
	for (uint32_t i = 0; i < wave->n_hosts; i++) {
		r->away[wave->hosts[i]] = false;
		r->upgraded[wave->hosts[i]] = true;
		r->used[wave->hosts[i]] = 0;
	}
	for (uint32_t i = 0; i < wave->n_steps; i++)
		if (wave->steps[i].drain == VDC_DRAIN_STOP) {
			r->where[wave->steps[i].vm] = wave->steps[i].from;
			r->used[wave->steps[i].from] += r->in->vms[wave->steps[i].vm].memory;
		}
}

static void check_end(struct replay *r)
{
	const struct vdc_upgrade_plan *p = r->plan;

	for (uint32_t h = 0; h < r->in->n_hosts; h++) {
		if (r->in->hosts[h].selected && !r->upgraded[h])
			WRONG(r, "%s is never upgraded", host_name(r, h));
		if (r->peak[h] != p->peak[h])
			WRONG(r, "%s has its peak elsewhere", host_name(r, h));
	}
	if (r->moves != p->moves || r->second_moves != p->second_moves ||
	    r->restarts != p->restarts || r->stops != p->stops)
		WRONG(r, "miscounted: %u moves, %u again, %u restarts, %u stops", r->moves,
		      r->second_moves, r->restarts, r->stops);
	if (p->n_waves > 0 && p->duration != p->waves[p->n_waves - 1].end)
		WRONG(r, "the plan ends with its last wave");
}

const char *upgrade_verify(const struct vdc_upgrade_input *in, const struct vdc_upgrade_plan *plan,
			   bool reserve, struct vdc_arena *arena)
{
	struct replay r = { .in = in, .plan = plan, .arena = arena };
	int64_t clock = 0;

	start(&r);
	for (uint32_t w = 0; w < plan->n_waves && !r.wrong; w++) {
		const struct vdc_upgrade_wave *wave = &plan->waves[w];

		if (wave->begin < clock || wave->end < wave->drained + in->host_time)
			WRONG(&r, "wave %u overlaps", w);
		clock = wave->end;
		memcpy(r.before, r.where, sizeof(*r.before) * in->n_vms);
		go_away(&r, wave);
		for (uint32_t i = 0; i < wave->n_steps; i++)
			do_step(&r, wave, &wave->steps[i]);
		check_groups(&r);
		if (reserve) {
			check_slots(&r, wave);
			check_reserve(&r, wave);
		}
		come_back(&r, wave);
	}
	check_end(&r);
	return r.wrong;
}
