/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/host_status.h"

#include <string.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

const struct vdc_grace vdc_grace_default = {
	.base = 60 * SECOND,
	.per_vm = SECOND / 2,
	.spm = 20 * SECOND,
	.attempts = 2,
	.reboot = 10 * MINUTE,
	.settle = 5 * MINUTE,
	.error = 30 * MINUTE,
};

static int64_t or_zero(int64_t value)
{
	return value == VDC_UNSET ? 0 : value;
}

static bool within(const struct vdc_host *host, int64_t now, int64_t limit)
{
	return now < or_zero(host->status_since) + limit;
}

int64_t vdc_host_grace(const struct vdc_host *host, int64_t vms, const struct vdc_grace *grace)
{
	bool spm = host->spm_status == VDC_SPM_SPM || host->spm_status == VDC_SPM_CONTENDING;

	return grace->base + grace->per_vm * vms + (spm ? grace->spm : 0);
}

int64_t vdc_host_grace_ends(const struct vdc_host *host, int64_t vms, const struct vdc_grace *grace)
{
	return or_zero(host->seen) + vdc_host_grace(host, vms, grace);
}

/* Somebody said that it is away, or is not to be looked after: silence is no news. */
static bool may_be_silent(const struct vdc_host *host, int64_t now, const struct vdc_grace *grace)
{
	switch (host->status) {
	case VDC_HOST_MAINTENANCE:
	case VDC_HOST_DOWN:
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALLING_OS:
	case VDC_HOST_INSTALL_FAILED:
	case VDC_HOST_PENDING_APPROVAL:
	case VDC_HOST_KDUMPING:
	case VDC_HOST_NON_RESPONSIVE:
		return true;
	case VDC_HOST_REBOOT:
		return within(host, now, grace->reboot);
	default:
		return false;
	}
}

/* Somebody else ends this status, whatever the host says. */
static bool answer_changes_nothing(const struct vdc_host *host, const struct vdc_host_look *look,
				   bool rebooted, const struct vdc_grace *grace)
{
	switch (host->status) {
	case VDC_HOST_MAINTENANCE:
	case VDC_HOST_PREPARING_FOR_MAINTENANCE:
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALLING_OS:
	case VDC_HOST_INSTALL_FAILED:
	case VDC_HOST_PENDING_APPROVAL:
		return true;
	case VDC_HOST_REBOOT: /* it has not gone down yet */
		return !rebooted && look->boot_id && host->boot_id &&
		       within(host, look->now, grace->reboot);
	case VDC_HOST_ERROR:
		return within(host, look->now, grace->error);
	case VDC_HOST_NON_OPERATIONAL: /* whoever looks at the storage ends that */
		return host->reason == VDC_REASON_STORAGE_DOMAIN_UNREACHABLE;
	default:
		return false;
	}
}

static struct vdc_host_verdict unchanged(const struct vdc_host *host)
{
	return (struct vdc_host_verdict){
		.status = (enum vdc_host_status)host->status,
		.reason = host->reason,
		.detail = host->status_detail,
	};
}

/* A treatment has tried what there is: how it came to be silent does not matter any more. */
static bool is_given_up(const struct vdc_host *host, const struct vdc_host_look *look)
{
	return look->treatment == VDC_HOST_GIVEN_UP &&
	       (host->status == VDC_HOST_REBOOT || host->status == VDC_HOST_KDUMPING ||
		!may_be_silent(host, look->now, &vdc_grace_default));
}

static bool is_lost(const struct vdc_host *host, const struct vdc_host_look *look, int64_t failures,
		    int64_t until, const struct vdc_grace *grace)
{
	return is_given_up(host, look) || (look->treatment == VDC_HOST_UNTREATED &&
					   failures > grace->attempts && look->now > until);
}

static struct vdc_host_verdict judge_silence(const struct vdc_host *host,
					     const struct vdc_host_look *look,
					     const struct vdc_grace *grace)
{
	struct vdc_host_verdict verdict = unchanged(host);
	int64_t until = vdc_host_grace_ends(host, look->vms, grace);

	verdict.failures = or_zero(host->failures) + 1;
	if (!is_given_up(host, look) && may_be_silent(host, look->now, grace))
		return verdict;
	verdict.detail = look->failure;
	if (is_lost(host, look, verdict.failures, until, grace)) {
		verdict.status = VDC_HOST_NON_RESPONSIVE;
		verdict.reason = 0;
		verdict.news = VDC_HOST_NEWS_LOST;
		return verdict;
	}
	/* A drain that is under way is not forgotten over a short silence. */
	if (host->status == VDC_HOST_PREPARING_FOR_MAINTENANCE)
		return verdict;
	verdict.status = VDC_HOST_CONNECTING;
	verdict.reason = 0;
	verdict.grace_ends = until;
	if (host->status != VDC_HOST_CONNECTING)
		verdict.news = VDC_HOST_NEWS_CONNECTING;
	return verdict;
}

static void turn_unfit(struct vdc_host_verdict *verdict, int64_t reason, const char *detail)
{
	verdict->status = VDC_HOST_NON_OPERATIONAL;
	verdict->reason = reason;
	verdict->detail = detail;
	verdict->news = VDC_HOST_NEWS_UNFIT;
}

/* A host whose libvirt answers before its hypervisor is there gets some time for it. */
static void settle(const struct vdc_host *host, const struct vdc_host_look *look,
		   const struct vdc_grace *grace, struct vdc_host_verdict *verdict)
{
	bool begun = host->status == VDC_HOST_INITIALIZING;
	bool failed = host->status == VDC_HOST_NON_OPERATIONAL;

	if (failed || (begun && !within(host, look->now, grace->settle))) {
		turn_unfit(verdict, VDC_REASON_TIMEOUT_RECOVERING,
			   "its hypervisor offers no machine type; is QEMU installed?");
		return;
	}
	verdict->status = VDC_HOST_INITIALIZING;
	verdict->detail = "its hypervisor is not ready yet";
	verdict->news = VDC_HOST_NEWS_INITIALIZING;
}

static struct vdc_host_verdict judge_answer(const struct vdc_host *host,
					    const struct vdc_host_look *look,
					    const struct vdc_grace *grace)
{
	struct vdc_host_verdict verdict = unchanged(host);
	enum vdc_host_news no_change = VDC_HOST_NEWS_NONE;

	verdict.rebooted =
		look->boot_id && host->boot_id && strcmp(look->boot_id, host->boot_id) != 0;
	if (verdict.rebooted)
		no_change = VDC_HOST_NEWS_REBOOTED;
	if (answer_changes_nothing(host, look, verdict.rebooted, grace)) {
		verdict.news = no_change;
		return verdict;
	}
	verdict.reason = 0;
	verdict.detail = NULL;
	if (!look->ready) {
		settle(host, look, grace, &verdict);
	} else if (look->unfit) {
		turn_unfit(&verdict, look->unfit, look->unfit_detail);
	} else {
		verdict.status = VDC_HOST_UP;
		verdict.news = VDC_HOST_NEWS_UP;
	}
	if (verdict.status == host->status && verdict.reason == host->reason)
		verdict.news = no_change;
	return verdict;
}

struct vdc_host_verdict vdc_host_judge(const struct vdc_host *host,
				       const struct vdc_host_look *look,
				       const struct vdc_grace *grace)
{
	return look->answered ? judge_answer(host, look, grace) : judge_silence(host, look, grace);
}

bool vdc_host_is_known_down(const struct vdc_host *host)
{
	return host->proven_down != VDC_UNSET && host->status != VDC_HOST_UP &&
	       (host->seen == VDC_UNSET || host->seen < host->proven_down);
}
