/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/storage_news_part.h"

enum code {
	STORAGE_DOMAIN_LOST,
	MASTER_DOMAIN_LOST,
	STORAGE_DOMAIN_INACTIVE,
	STORAGE_SPACE_LOW,
	STORAGE_SPACE_CRITICAL,
	HOST_LOST_STORAGE,
	MANAGER_LOST_STORAGE,
	HOST_SLOW_STORAGE,
	HOST_STORAGE_UNKNOWN,
};

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

const struct vdc_finding_code vdc_storage_codes[] = {
	CODE(STORAGE_DOMAIN_LOST, ERROR,
	     "look at the storage and at the network to it; the hosts are not at fault"),
	CODE(MASTER_DOMAIN_LOST, ERROR,
	     "look at the storage: without it there is no storage pool manager (spm-elect status)"),
	CODE(STORAGE_DOMAIN_INACTIVE, WARNING, "storage-health --recover makes it active again"),
	CODE(STORAGE_SPACE_LOW, WARNING,
	     "add storage, or remove disks; see warning_low_space_indicator"),
	CODE(STORAGE_SPACE_CRITICAL, ERROR,
	     "add storage, or remove disks; see critical_space_action_blocker"),
	CODE(HOST_LOST_STORAGE, ERROR, "mend its path to the storage; other hosts read it"),
	CODE(MANAGER_LOST_STORAGE, ERROR,
	     "it is the storage pool manager: spm-elect watch moves the role, or spm-elect elect"),
	CODE(HOST_SLOW_STORAGE, WARNING, "look at its path to the storage, and at what it carries"),
	CODE(HOST_STORAGE_UNKNOWN, WARNING, "see that the remote shell reaches the host"),
	{ 0 },
};

/* The row is of this pass. */
static const struct vdc_domain_reach *fresh(const struct vdc_storage_change *change, size_t host,
					    size_t domain)
{
	const struct vdc_domain_reach *reach = vdc_storage_reach(change->after, host, domain);

	return reach && reach->checked != VDC_UNSET && reach->checked >= change->began ? reach
										       : NULL;
}

static bool has_lost(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = fresh(change, host, domain);

	return reach && reach->status == VDC_REACH_LOST && !storage_is_dark(change->after, domain);
}

static bool is_slow(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = fresh(change, host, domain);

	return reach && reach->status == VDC_REACH_SLOW;
}

static bool is_unknown(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = fresh(change, host, domain);

	return reach && reach->status == VDC_REACH_UNKNOWN;
}

static bool was_looked_at(const struct vdc_storage_change *change, size_t domain)
{
	for (size_t h = 0; h < change->after->n_hosts; h++)
		if (fresh(change, h, domain))
			return true;
	return false;
}

static void find_domain(const struct vdc_storage_change *change, size_t domain,
			struct vdc_findings *findings)
{
	const struct vdc_storage_domain *it = change->after->domains[domain];
	bool dark = storage_is_dark(change->after, domain);

#define FOUND(code, ...)                                                                   \
	vdc_findings_add(findings, &vdc_storage_codes[code], &vdc_storage_domain_kind, it, \
			 __VA_ARGS__)
	if (dark)
		FOUND(vdc_is_true(it->master) ? MASTER_DOMAIN_LOST : STORAGE_DOMAIN_LOST,
		      "no host reads the %s domain %s",
		      vdc_is_true(it->master) ? "master" : "storage", it->name);
	else if (it->status == VDC_STORAGE_DOMAIN_INACTIVE &&
		 change->verdict->domains[domain] != VDC_STORAGE_DOMAIN_IS_BACK)
		FOUND(STORAGE_DOMAIN_INACTIVE, "storage domain %s is inactive", it->name);
	if (change->spaces[domain] == VDC_STORAGE_SPACE_LOW)
		FOUND(STORAGE_SPACE_LOW,
		      "storage domain %s has less than %lld %% of its space left", it->name,
		      (long long)it->warning_low_space_indicator);
	if (change->spaces[domain] == VDC_STORAGE_SPACE_CRITICAL)
		FOUND(STORAGE_SPACE_CRITICAL, "storage domain %s has less than %lld GiB left",
		      it->name, (long long)it->critical_space_action_blocker);
#undef FOUND
}

static void find_host(const struct vdc_storage_change *change, size_t host,
		      struct vdc_findings *findings)
{
	const struct vdc_host *it = change->after->hosts[host];
	bool waits = change->verdict->hosts[host] == VDC_STORAGE_HOST_WAITS;
	const struct {
		storage_chosen_fn *chosen;
		enum code code;
		const char *words;
	} about[] = {
		{ has_lost, waits ? MANAGER_LOST_STORAGE : HOST_LOST_STORAGE, "does not read" },
		{ is_slow, HOST_SLOW_STORAGE, "takes too long to read" },
		{ is_unknown, HOST_STORAGE_UNKNOWN, "cannot be asked about" },
	};

	for (size_t i = 0; i < VDC_COUNT(about); i++) {
		const struct storage_names names =
			storage_names_of(change, host, about[i].chosen, findings->arena);

		if (names.n)
			vdc_findings_add(findings, &vdc_storage_codes[about[i].code],
					 &vdc_host_kind, it, "host %s %s storage domain%s %s%s",
					 it->name, about[i].words, names.n > 1 ? "s" : "",
					 names.names, names.detail);
	}
}

void vdc_storage_find(const struct vdc_storage_change *change, struct vdc_findings *findings)
{
	for (size_t d = 0; d < change->after->n_domains; d++)
		if (vdc_storage_is_watched(change->after->domains[d]) && was_looked_at(change, d))
			find_domain(change, d, findings);
	for (size_t h = 0; h < change->after->n_hosts; h++)
		if (vdc_storage_host_counts(change->after->hosts[h]))
			find_host(change, h, findings);
}
