/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/dead_lease.h"

#include <string.h>

#include "base/time.h"
#include "plan/host_status.h"

const char *vdc_dead_host_refused(const struct vdc_host *host, struct vdc_arena *arena)
{
	const char *name = host->name;

	if (!vdc_host_is_known_down(host))
		return vdc_arena_format(arena,
					"host %s is %s and not known to be down: fence off %s cuts "
					"its power and proves it",
					name, vdc_enum_word(&vdc_host_status_values, host->status),
					name);
	if (host->power_status == VDC_POWER_OFF)
		return NULL;
	return vdc_arena_format(
		arena,
		"host %s is called down (%s), but its power is not proven off: what "
		"it holds would be free while it may still write; fence off %s "
		"proves it, else its leases expire by themselves",
		name, host->down_evidence ?: "by hand", name);
}

bool vdc_dead_host_is_freed(const struct vdc_host *host)
{
	return vdc_host_is_known_down(host) && host->leases_freed != VDC_UNSET &&
	       host->leases_freed >= host->proven_down;
}

int64_t vdc_dead_lease_limit(int64_t io_timeout)
{
	return (6 * io_timeout + 5) * VDC_SECOND;
}

static const char *came_back(const struct vdc_dead_lease *asked,
			     const struct vdc_dead_lease_sight *sight, struct vdc_arena *arena)
{
	int64_t late = 3 * sight->io_timeout * VDC_SECOND, after;

	if (!sight->watched || sight->seen_us == VDC_UNSET)
		return "nobody here has watched it: whether it was renewed since its power was off "
		       "is not known";
	if (sight->seen_generation != sight->generation)
		return vdc_arena_format(
			arena,
			"it was generation %lld a moment ago and is %lld: the host joined again, "
			"or somebody else frees its leases",
			(long long)sight->seen_generation, (long long)sight->generation);
	after = asked->off_for - sight->seen_us;
	if (after <= late)
		return NULL;
	return vdc_arena_format(arena, "it was renewed %lld s after its power was proven off",
				(long long)(after / VDC_SECOND));
}

enum vdc_dead_lease_result vdc_plan_dead_lease(const struct vdc_dead_lease *asked,
					       const struct vdc_dead_lease_sight *sight,
					       struct vdc_arena *arena, const char **why)
{
	*why = NULL;
	if (!sight->is_host) {
		*why = "no record of a host is there";
		return VDC_DEAD_LEASE_NOTHING;
	}
	if (strcmp(sight->name, asked->sanlock_name) != 0) {
		*why = vdc_arena_format(
			arena, "host id %lld there is %s's, and the host that is off is %s",
			(long long)asked->host_id, *sight->name ? sight->name : "nobody",
			asked->sanlock_name);
		return sight->held ? VDC_DEAD_LEASE_REFUSED : VDC_DEAD_LEASE_NOTHING;
	}
	if (!sight->held) {
		*why = "it had left";
		return VDC_DEAD_LEASE_NOTHING;
	}
	if (asked->generation != VDC_UNSET && asked->generation != sight->generation) {
		*why = vdc_arena_format(
			arena, "its generation was %lld when it was known last and is %lld: %s",
			(long long)asked->generation, (long long)sight->generation,
			asked->generation < sight->generation
				? "the host joined again since, or somebody freed its leases"
				: "the lockspace was made anew");
		return VDC_DEAD_LEASE_REFUSED;
	}
	*why = came_back(asked, sight, arena);
	return *why ? VDC_DEAD_LEASE_REFUSED : 0;
}
