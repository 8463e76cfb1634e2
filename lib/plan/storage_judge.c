/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one reading means: for the row of its host and domain, and for the domain's room. */
#include "plan/storage_health_part.h"

#define GIB (INT64_C(1024) * 1024 * 1024)

/* Nobody looked for so long: what was known before says nothing about now. */
static bool is_stale(const struct vdc_domain_reach *before, int64_t now,
		     const struct vdc_storage_figures *figures)
{
	return before->checked == VDC_UNSET || now - before->checked > 3 * figures->failure ||
	       before->checked > now;
}

static enum vdc_reach_status status_of(const struct vdc_storage_answer *answer,
				       const struct vdc_storage_figures *figures)
{
	if (answer->silence)
		return VDC_REACH_UNKNOWN;
	if (answer->problem)
		return VDC_REACH_LOST;
	if (answer->latency == VDC_UNSET)
		return VDC_REACH_UNKNOWN;
	return answer->latency > figures->slow ? VDC_REACH_SLOW : VDC_REACH_OK;
}

struct vdc_domain_reach *
vdc_storage_judge(const struct vdc_host *host, const struct vdc_storage_domain *domain,
		  const struct vdc_domain_reach *before, const struct vdc_storage_answer *answer,
		  int64_t now, const struct vdc_storage_figures *figures, struct vdc_arena *arena)
{
	struct vdc_domain_reach *after =
		before ? vdc_object_copy(&vdc_domain_reach_kind, before, arena)
		       : vdc_object_new(&vdc_domain_reach_kind, arena);
	const char *why = answer->silence ?: answer->problem;

	after->host.id = vdc_arena_strdup(arena, host->id);
	after->host.name = vdc_arena_strdup(arena, host->name);
	after->storage_domain.id = vdc_arena_strdup(arena, domain->id);
	after->storage_domain.name = vdc_arena_strdup(arena, domain->name);
	after->status = status_of(answer, figures);
	if (!before || before->since == VDC_UNSET ||
	    RULE(VDC_STORAGE_RULE_SINCE, before->status != after->status) ||
	    RULE(VDC_STORAGE_RULE_STALE, is_stale(before, now, figures)))
		after->since = now;
	after->checked = now;
	after->latency = VDC_UNSET;
	if (after->status == VDC_REACH_OK || after->status == VDC_REACH_SLOW) {
		after->seen = now;
		after->latency = answer->latency;
	} else if (!why) {
		why = "the host says nothing about it";
	}
	after->detail = vdc_arena_strdup(arena, why);
	return after;
}

/* A tenth of what it takes more, to come out of a state than to come into it. */
static bool is_below(int64_t available, int64_t limit, bool inside)
{
	return available < (inside ? limit + limit / 10 : limit);
}

int64_t vdc_storage_space_of(const struct vdc_storage_domain *domain, int64_t was,
			     int64_t available, int64_t used)
{
	int64_t percent = domain->warning_low_space_indicator;
	int64_t blocker = domain->critical_space_action_blocker;

	if (available == VDC_UNSET || used == VDC_UNSET)
		return was;
	if (blocker != VDC_UNSET &&
	    is_below(available, blocker * GIB, was == VDC_STORAGE_SPACE_CRITICAL))
		return VDC_STORAGE_SPACE_CRITICAL;
	if (percent != VDC_UNSET &&
	    is_below(available, (available / 100 + used / 100) * percent,
		     was == VDC_STORAGE_SPACE_LOW || was == VDC_STORAGE_SPACE_CRITICAL))
		return VDC_STORAGE_SPACE_LOW;
	return VDC_STORAGE_SPACE_OK;
}
