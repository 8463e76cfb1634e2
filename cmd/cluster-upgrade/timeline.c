/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade plan --simulate: a plan played, a line for each thing that happens. */
#include <inttypes.h>
#include <stdio.h>

#include "base/time.h"
#include "cluster_upgrade.h"

struct playing {
	const struct vdc_upgrade_snapshot *snapshot;
	int64_t *used; /* memory, per host */
};

static const char *host_name(const struct playing *p, uint32_t host)
{
	return p->snapshot->hosts[host]->name;
}

static void at(int64_t time)
{
	int64_t s = time / VDC_SECOND;

	printf("%3" PRId64 ":%02" PRId64 ":%02" PRId64 "  ", s / 3600, s / 60 % 60, s % 60);
}

static int64_t percent_used(const struct playing *p, uint32_t host)
{
	int64_t part = p->snapshot->input.hosts[host].memory / 100;

	return part > 0 ? p->used[host] / part : 0;
}

static void play_step(struct playing *p, const struct vdc_upgrade_step *step)
{
	const struct vdc_upgrade_vm *vm = &p->snapshot->input.vms[step->vm];

	at(step->begin);
	p->used[step->from] -= vm->memory;
	if (step->drain == VDC_DRAIN_STOP) {
		printf("VM %s on %s is shut down\n", vm->name, host_name(p, step->from));
		return;
	}
	p->used[step->to] += vm->memory;
	printf("VM %s %s from %s to %s%s, which is then %" PRId64 " %% full\n", vm->name,
	       step->drain == VDC_DRAIN_MOVE ? "moves" : "is restarted", host_name(p, step->from),
	       host_name(p, step->to), step->again ? " (again)" : "", percent_used(p, step->to));
}

static void name_hosts(const struct playing *p, const struct vdc_upgrade_wave *wave)
{
	for (uint32_t i = 0; i < wave->n_hosts; i++)
		printf("%s%s", i ? ", " : "", host_name(p, wave->hosts[i]));
}

static void play_wave(struct playing *p, uint32_t number, const struct vdc_upgrade_wave *wave)
{
	at(wave->begin);
	printf("wave %" PRIu32 " begins: ", number);
	name_hosts(p, wave);
	puts(wave->reserve ? "" : " (no reserve)");
	for (uint32_t i = 0; i < wave->n_steps; i++)
		play_step(p, &wave->steps[i]);
	at(wave->drained);
	printf("wave %" PRIu32 " is drained\n", number);
	at(wave->end);
	printf("wave %" PRIu32 " is back: ", number);
	name_hosts(p, wave);
	putchar('\n');
}

void cluster_upgrade_timeline(const struct vdc_upgrade_snapshot *snapshot,
			      const struct vdc_upgrade_plan *plan)
{
	const struct vdc_upgrade_input *in = &snapshot->input;
	struct playing p = {
		.snapshot = snapshot,
		.used = vdc_alloc(in->n_hosts * sizeof(*p.used)),
	};

	for (uint32_t v = 0; v < in->n_vms; v++)
		p.used[in->vms[v].host] += in->vms[v].memory;
	for (uint32_t w = 0; w < plan->n_waves; w++)
		play_wave(&p, w + 1, &plan->waves[w]);
	free(p.used);
}
