/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From measurements to "over-loaded". */
#include "plan/placement_part.h"

/* Older than that, a measurement says nothing about now. */
#define STALE (10 * 60 * INT64_C(1000000))

static int64_t percent_of(const struct vdc_load_sample *sample, const struct vdc_host *host)
{
	return sample->cpu / 10 / host->cpu_count;
}

struct place_load place_load_of(const struct vdc_load_sample *samples, size_t n,
				const struct vdc_host *host, const struct place_cluster *cluster,
				int64_t now)
{
	struct place_load load = { .over_since = VDC_UNSET };

	if (!cluster || host->cpu_count == VDC_UNSET || host->cpu_count <= 0)
		return load;
	for (size_t i = 0; i < n; i++) {
		if (samples[i].cpu < 0 || samples[i].time < now - STALE)
			continue;
		load.known = true;
		load.percent = percent_of(&samples[i], host);
		if (load.percent < cluster->load_percent)
			load.over_since = VDC_UNSET;
		else if (load.over_since == VDC_UNSET)
			load.over_since = samples[i].time;
	}
	return load;
}

int64_t vdc_placement_cpu(const struct vdc_placement *placement, const struct vdc_host *host)
{
	const struct place_host *found = place_host_of(placement, host->id);

	if (!found || host->cpu_count == VDC_UNSET || host->cpu_count <= 0)
		return VDC_UNSET;
	return host->cpu_count * 1000;
}

int64_t vdc_placement_cpu_used(const struct vdc_placement *placement, const struct vdc_host *host)
{
	const struct place_host *found = place_host_of(placement, host->id);

	return found && found->load.known ? found->load.percent * host->cpu_count * 10 : VDC_UNSET;
}

int64_t vdc_placement_cpu_percent(const struct vdc_placement *placement,
				  const struct vdc_host *host)
{
	const struct place_host *found = place_host_of(placement, host->id);

	return found && found->cluster ? found->cluster->load_percent : VDC_LOAD_PERCENT;
}
