/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of the hosts that are left. As ovirt-engine's RankSelector: each weight sorts the hosts, a
 * host's rank is the number of hosts that are worse, and the sum of rank times factor decides.
 */
#include <stdlib.h>
#include <string.h>

#include "plan/placement_part.h"

/* Differences below a step are noise: such hosts are equal, and the storage pool manager is last
 * among them. */
enum { CPU_STEP = 10, MEMORY_STEP = 5 };

struct weighing {
	const struct vdc_placement *placement;
	const struct place_ask *ask;
	const struct vdc_os *newest;
};

static int64_t policy(const struct weighing *w, const struct place_host *host)
{
	if (!host->cluster->upgrade)
		return 0;
	if (!w->ask->query->start)
		return w->ask->from ? vdc_upgrade_weight(&host->os, &w->ask->from->os) : 0;
	return vdc_upgrade_start_weight(&host->os, w->newest);
}

/* Unknown loads come behind all known ones. */
static int64_t cpu(const struct weighing *w, const struct place_host *host)
{
	int64_t percent = host->load.percent;

	(void)w;
	if (!host->load.known || host->cpus == VDC_UNSET)
		return INT64_MAX;
	percent += host->added / 10 / host->cpus;
	return percent < 0 ? 0 : percent / CPU_STEP;
}

static int64_t memory(const struct weighing *w, const struct place_host *host)
{
	int64_t limit = place_memory_limit(host, w->ask->query->memory_percent);
	int64_t need = w->ask->vm->vm->memory == VDC_UNSET ? 0 : w->ask->vm->vm->memory;

	if (limit == VDC_UNSET || limit < 100)
		return INT64_MAX;
	return (host->memory + need) / (limit / 100) / MEMORY_STEP;
}

static int64_t vm_wishes(const struct weighing *w, const struct place_host *host)
{
	return place_vm_wishes(w->ask, host);
}

static int64_t host_wishes(const struct weighing *w, const struct place_host *host)
{
	return place_host_wishes(w->ask, host);
}

/* The upgrade policy has no other weight: there the rest only decides between equals. */
static const struct {
	int64_t (*fn)(const struct weighing *w, const struct place_host *host);
	int64_t factor;
} weights[] = {
	{ policy, 1000000 }, { host_wishes, 20 }, { vm_wishes, 10 }, { cpu, 2 }, { memory, 1 }
};

static int compare(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return one < other ? -1 : one > other;
}

/* How many of the sorted values are larger. */
static int64_t rank(const int64_t *sorted, size_t n, int64_t value)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return (int64_t)(n - low);
}

static void add_ranks(const struct weighing *w, size_t which, struct vdc_place_choice *choices,
		      size_t n)
{
	vdc_autofree int64_t *values = vdc_alloc((n + 1) * sizeof(*values));
	vdc_autofree int64_t *sorted = vdc_alloc((n + 1) * sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		values[i] = weights[which].fn(w, place_host_of(w->placement, choices[i].host->id));
	memcpy(sorted, values, n * sizeof(*values));
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < n; i++)
		choices[i].score += weights[which].factor * rank(sorted, n, values[i]);
}

static bool is_spm(const struct vdc_host *host)
{
	return host->spm_status == VDC_SPM_SPM || host->spm_status == VDC_SPM_CONTENDING;
}

static int by_preference(const void *a, const void *b)
{
	const struct vdc_place_choice *one = a, *other = b;
	int r;

	if (!one->filter != !other->filter)
		return one->filter ? 1 : -1;
	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	if (is_spm(one->host) != is_spm(other->host))
		return is_spm(one->host) ? 1 : -1;
	r = strcmp(one->host->name ? one->host->name : "",
		   other->host->name ? other->host->name : "");
	return r ? r : strcmp(one->host->id, other->host->id);
}

void place_rank(const struct vdc_placement *placement, const struct place_ask *ask,
		struct vdc_place_result *result)
{
	vdc_autofree struct vdc_os *systems = vdc_alloc((result->n + 1) * sizeof(*systems));
	struct vdc_os newest;
	struct weighing w = { .placement = placement, .ask = ask, .newest = &newest };

	/* Those that fit to the front, so that the ranks are among them. */
	qsort(result->hosts, result->n, sizeof(*result->hosts), by_preference);
	for (size_t i = 0; i < result->n_fit; i++)
		systems[i] = place_host_of(placement, result->hosts[i].host->id)->os;
	newest = vdc_os_newest(systems, result->n_fit);
	for (size_t i = 0; i < VDC_COUNT(weights); i++)
		add_ranks(&w, i, result->hosts, result->n_fit);
	qsort(result->hosts, result->n_fit, sizeof(*result->hosts), by_preference);
}
