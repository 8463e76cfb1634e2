/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/migration_watch.h"

#define GIB (INT64_C(1) << 30)
#define SECOND INT64_C(1000000)

static int64_t time_limit(const struct vdc_migration_limits *limits)
{
	int64_t gib = limits->memory > GIB ? (limits->memory + GIB - 1) / GIB : 1;

	return gib * limits->timeout_per_gib;
}

void vdc_migration_watch_begin(struct vdc_migration_watch *watch,
			       const struct vdc_migration_limits *limits, int64_t now)
{
	*watch = (struct vdc_migration_watch){
		.limits = *limits,
		.began = now,
		.ends = now + time_limit(limits),
		.lowest = INT64_MAX,
		.lowest_at = now,
		.seen = now,
		.seen_processed = -1,
	};
}

/* What the hypervisor says, else what was sent since the last look; half of it new. */
static void follow_rate(struct vdc_migration_watch *watch, const struct vdc_migration_sight *sight)
{
	int64_t us = sight->now - watch->seen, rate = sight->rate;

	if (rate <= 0 && watch->seen_processed >= 0 && us > 0 &&
	    sight->processed >= watch->seen_processed)
		rate = (int64_t)((double)(sight->processed - watch->seen_processed) * SECOND / us);
	if (rate > 0)
		watch->rate = watch->rate ? watch->rate / 2 + rate / 2 : rate;
	watch->seen = sight->now;
	watch->seen_processed = sight->processed;
}

static enum vdc_migration_verdict give_up(struct vdc_migration_watch *watch,
					  enum vdc_migration_verdict verdict, bool post_copy)
{
	if (post_copy)
		return VDC_MIGRATION_LATE;
	if (!watch->limits.post_copy)
		return verdict;
	if (watch->asked_post_copy)
		return VDC_MIGRATION_GOES_ON;
	watch->asked_post_copy = true;
	return VDC_MIGRATION_TO_POST_COPY;
}

enum vdc_migration_verdict vdc_migration_look(struct vdc_migration_watch *watch,
					      const struct vdc_migration_sight *sight)
{
	follow_rate(watch, sight);
	/* Before it knows how much there is, nothing remains: that is no minimum. */
	if (sight->total > 0 && sight->remaining >= 0 && sight->remaining < watch->lowest) {
		watch->lowest = sight->remaining;
		watch->lowest_at = sight->now;
	}
	if (sight->now >= watch->ends)
		return give_up(watch, VDC_MIGRATION_TIMED_OUT, sight->post_copy);
	if (sight->now - watch->lowest_at >= watch->limits.stall_us)
		return give_up(watch, VDC_MIGRATION_STALLED, sight->post_copy);
	return VDC_MIGRATION_GOES_ON;
}

int64_t vdc_migration_eta(const struct vdc_migration_watch *watch,
			  const struct vdc_migration_sight *sight)
{
	if (watch->rate <= 0 || sight->remaining < 0)
		return -1;
	return (int64_t)((double)sight->remaining * SECOND / (double)watch->rate);
}
