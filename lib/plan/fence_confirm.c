/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_confirm.h"

#include "base/buf.h"

/* Of ovirt-engine (ActionUtils, FenceVdsManualy). */
static bool is_allowed(int64_t status)
{
	switch ((enum vdc_host_status)status) {
	case VDC_HOST_DOWN:
	case VDC_HOST_MAINTENANCE:
	case VDC_HOST_NON_RESPONSIVE:
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALL_FAILED:
	case VDC_HOST_REBOOT:
	case VDC_HOST_NON_OPERATIONAL:
	case VDC_HOST_CONNECTING:
	case VDC_HOST_KDUMPING:
		return true;
	case VDC_HOST_UNASSIGNED:
	case VDC_HOST_UP:
	case VDC_HOST_ERROR:
	case VDC_HOST_PREPARING_FOR_MAINTENANCE:
	case VDC_HOST_PENDING_APPROVAL:
	case VDC_HOST_INITIALIZING:
	case VDC_HOST_INSTALLING_OS:
		break;
	}
	return false;
}

const char *vdc_confirm_refused(const struct vdc_host *host, struct vdc_arena *arena)
{
	if (is_allowed(host->status))
		return NULL;
	return vdc_arena_format(
		arena,
		"host %s is %s: read it first (inventory sync %s), and confirm when "
		"it is non_responsive",
		host->name, vdc_enum_word(&vdc_host_status_values, host->status), host->name);
}

/* What the administrator does not want to see changed, stays. */
static enum vdc_host_status status_of(const struct vdc_host *host)
{
	switch ((enum vdc_host_status)host->status) {
	case VDC_HOST_NON_RESPONSIVE:
	case VDC_HOST_NON_OPERATIONAL:
	case VDC_HOST_CONNECTING:
	case VDC_HOST_REBOOT:
	case VDC_HOST_KDUMPING:
		return VDC_HOST_DOWN;
	default:
		return 0;
	}
}

static const char *evidence_of(const struct vdc_confirm_sight *sight, struct vdc_arena *arena)
{
	bool off = sight->power == VDC_POWER_OFF, expired = sight->lease == VDC_LEASE_EXPIRED;

	if (off && expired)
		return vdc_arena_format(arena, "%s; %s", sight->power_text, sight->lease_text);
	if (off || expired)
		return off ? sight->power_text : sight->lease_text;
	return sight->user ? vdc_arena_format(arena, "%s has checked that it is powered off",
					      sight->user)
			   : NULL;
}

static const char *refusal_of(const struct vdc_confirm_sight *sight, struct vdc_arena *arena)
{
	const char *name = sight->host->name, *status = vdc_confirm_refused(sight->host, arena);

	if (sight->answer)
		return vdc_arena_format(
			arena,
			"host %s is not down: %s; what manages its VMs can be "
			"restarted (fence soft %s), its power be cut (fence off %s)",
			name, sight->answer, name, name);
	if (status)
		return status;
	if (sight->renews && sight->power != VDC_POWER_OFF)
		return vdc_arena_format(arena, "host %s is not down: it renews its leases (%s)",
					name, sight->lease_text);
	return NULL;
}

static const char *no_evidence(const struct vdc_confirm_sight *sight, struct vdc_arena *arena)
{
	const char *name = sight->host->name;

	return vdc_arena_format(
		arena,
		"nothing shows that host %s is down: its power: %s; its leases: %s; "
		"go and look, then give --i-have-checked-that-it-is-powered-off %s",
		name, sight->power_text ?: "it has no fence agents", sight->lease_text, name);
}

struct vdc_confirm_verdict vdc_plan_confirm(const struct vdc_confirm_sight *sight,
					    struct vdc_arena *arena)
{
	struct vdc_confirm_verdict ret = { .text = refusal_of(sight, arena) };

	if (ret.text)
		return ret;
	ret.text = evidence_of(sight, arena);
	if (!ret.text) {
		ret.text = no_evidence(sight, arena);
		return ret;
	}
	ret.is_down = true;
	ret.power_off = sight->power == VDC_POWER_OFF;
	ret.status = status_of(sight->host);
	return ret;
}
