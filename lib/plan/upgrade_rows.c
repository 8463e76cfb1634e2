/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_rows.h"

#include <inttypes.h>

#include "base/buf.h"

#define SECOND INT64_C(1000000)

struct writer {
	const struct vdc_upgrade_snapshot *snapshot;
	const struct vdc_upgrade_plan *plan;
	const struct vdc_upgrade_page *page;
	vdc_upgrade_row_fn *fn;
	void *ctx;
};

static struct vdc_ref ref(const char *id, const char *name)
{
	return (struct vdc_ref){ .id = (char *)(uintptr_t)id, .name = (char *)(uintptr_t)name };
}

static struct vdc_ref host_ref(const struct writer *w, uint32_t host)
{
	if (host == (uint32_t)VDC_NO_HOST)
		return ref(NULL, NULL);
	return ref(w->snapshot->input.hosts[host].id, w->snapshot->input.hosts[host].name);
}

static int64_t highest_peak(const struct writer *w)
{
	const struct vdc_upgrade_input *in = &w->snapshot->input;
	int64_t most = 0;

	for (uint32_t h = 0; h < in->n_hosts; h++) {
		int64_t part = in->hosts[h].memory / 100;
		int64_t percent = part > 0 ? w->plan->peak[h] / part : 0;

		most = percent > most ? percent : most;
	}
	return most;
}

static int write_upgrade(const struct writer *w, struct vdc_err *err)
{
	const struct vdc_upgrade_input *in = &w->snapshot->input;
	const struct vdc_upgrade_plan *plan = w->plan;
	struct vdc_upgrade upgrade = {
		.id = (char *)(uintptr_t)w->snapshot->fingerprint,
		.cluster = ref(w->snapshot->cluster->id, w->snapshot->cluster->name),
		.created = w->page->created,
		.os_major = w->page->os_major,
		.max_away = in->max_away,
		.ceiling = in->ceiling,
		.ha_reserve = in->ha_reserve,
		.waves = plan->n_waves,
		.moves = plan->moves,
		.second_moves = plan->second_moves,
		.restarts = plan->restarts,
		.stops = plan->stops,
		.highest_peak = highest_peak(w),
		.duration = plan->duration / SECOND,
		.qemu = (char *)(uintptr_t)w->page->qemu,
	};

	for (uint32_t i = 0; i < plan->n_waves; i++) {
		upgrade.hosts += plan->waves[i].n_hosts;
		upgrade.waves_without_reserve += !plan->waves[i].reserve;
	}
	return w->fn(w->ctx, &vdc_upgrade_kind, &upgrade, err);
}

/* WAVE NULL: a host that is not upgraded. */
static int write_host(const struct writer *w, uint32_t host, uint32_t number,
		      const struct vdc_upgrade_wave *wave, struct vdc_err *err)
{
	const struct vdc_host *h = w->snapshot->hosts[host];
	struct vdc_upgrade_host_row row = {
		.id = h->id,
		.name = h->name,
		.wave = wave ? number + 1 : VDC_UNSET,
		.reserve = wave ? wave->reserve : VDC_UNSET,
		.why = wave ? (int64_t)wave->bound : 0,
		.begin = wave ? wave->begin / SECOND : VDC_UNSET,
		.drained = wave ? wave->drained / SECOND : VDC_UNSET,
		.end = wave ? wave->end / SECOND : VDC_UNSET,
		.memory = w->snapshot->input.hosts[host].memory,
		.peak = w->plan->peak[host],
	};

	return w->fn(w->ctx, &vdc_upgrade_host_kind, &row, err);
}

static int write_hosts(const struct writer *w, struct vdc_err *err)
{
	const struct vdc_upgrade_input *in = &w->snapshot->input;
	int r = 0;

	for (uint32_t n = 0; n < w->plan->n_waves && r == 0; n++)
		for (uint32_t i = 0; i < w->plan->waves[n].n_hosts && r == 0; i++)
			r = write_host(w, w->plan->waves[n].hosts[i], n, &w->plan->waves[n], err);
	for (uint32_t h = 0; h < in->n_hosts && r == 0; h++)
		if (!in->hosts[h].selected || in->hosts[h].upgraded)
			r = write_host(w, h, 0, NULL, err);
	return r;
}

static int write_move(const struct writer *w, uint32_t wave, uint32_t number, struct vdc_buf *id,
		      struct vdc_err *err)
{
	const struct vdc_upgrade_step *step = &w->plan->waves[wave].steps[number];
	const struct vdc_upgrade_vm *vm = &w->snapshot->input.vms[step->vm];
	struct vdc_upgrade_move move = {
		.wave = wave + 1,
		.vm = ref(vm->id, vm->name),
		.action = (int64_t)step->drain,
		.from = host_ref(w, step->from),
		.to = host_ref(w, step->to),
		.again = step->again,
		.begin = step->begin / 1000,
		.end = step->end / 1000,
		.memory = vm->memory,
	};

	vdc_buf_clear(id);
	vdc_buf_printf(id, "%" PRIu32 ".%" PRIu32, wave + 1, number + 1);
	move.id = id->data;
	return w->fn(w->ctx, &vdc_upgrade_move_kind, &move, err);
}

int vdc_upgrade_each_row(const struct vdc_upgrade_snapshot *snapshot,
			 const struct vdc_upgrade_plan *plan, const struct vdc_upgrade_page *page,
			 vdc_upgrade_row_fn *fn, void *ctx, struct vdc_err *err)
{
	const struct writer w = { snapshot, plan, page, fn, ctx };
	vdc_autobuf id = { 0 };
	int r = write_upgrade(&w, err);

	if (r == 0)
		r = write_hosts(&w, err);
	for (uint32_t n = 0; n < plan->n_waves && r == 0; n++)
		for (uint32_t i = 0; i < plan->waves[n].n_steps && r == 0; i++)
			r = write_move(&w, n, i, &id, err);
	return r;
}
