/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/storage_health_part.h"

#include <string.h>

struct deciding {
	const struct vdc_storage_question *question;
	const struct vdc_storage_scene *scene;
	struct vdc_storage_verdict *verdict;
	struct vdc_arena *arena;
};

bool vdc_storage_host_is_out(const struct vdc_host *host)
{
	return host->status == VDC_HOST_NON_OPERATIONAL &&
	       host->reason == VDC_REASON_STORAGE_DOMAIN_UNREACHABLE;
}

bool vdc_storage_host_counts(const struct vdc_host *host)
{
	return host->status == VDC_HOST_UP || vdc_storage_host_is_out(host);
}

/* Of this pass; else it was not asked in it. */
static const struct vdc_domain_reach *fresh(const struct deciding *d, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = vdc_storage_reach(d->scene, host, domain);

	if (!reach || reach->checked == VDC_UNSET)
		return NULL;
	return RULE(VDC_STORAGE_RULE_FRESH, reach->checked < d->question->began) ? NULL : reach;
}

static bool reads(const struct deciding *d, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = fresh(d, host, domain);

	return reach && (reach->status == VDC_REACH_OK || reach->status == VDC_REACH_SLOW);
}

static bool lost(const struct deciding *d, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = fresh(d, host, domain);

	return reach && reach->status == VDC_REACH_LOST;
}

static bool lost_for_long(const struct deciding *d, size_t host, size_t domain)
{
	const struct vdc_domain_reach *reach = fresh(d, host, domain);

	if (!reach || reach->status != VDC_REACH_LOST || reach->since == VDC_UNSET)
		return false;
	return !RULE(VDC_STORAGE_RULE_TIME,
		     d->question->now - reach->since < d->question->figures.failure);
}

static bool is_up(const struct deciding *d, size_t host)
{
	return d->scene->hosts[host]->status == VDC_HOST_UP;
}

/* It is up and stays so, as far as was decided by now. */
static bool stays_up(const struct deciding *d, size_t host)
{
	return is_up(d, host) &&
	       !RULE(VDC_STORAGE_RULE_LAST, d->verdict->hosts[host] == VDC_STORAGE_HOST_FAILS);
}

/* Hosts without a word count as not there, but they must have been asked. */
static enum vdc_storage_domain_step judge_domain(const struct deciding *d, size_t domain)
{
	int64_t status = d->scene->domains[domain]->status;
	bool all_asked = true, any_lost = false, all_for_long = true;

	for (size_t h = 0; h < d->scene->n_hosts; h++) {
		if (!vdc_storage_host_counts(d->scene->hosts[h]))
			continue;
		if (RULE(VDC_STORAGE_RULE_READER, reads(d, h, domain)))
			return status == VDC_STORAGE_DOMAIN_UNKNOWN ||
					       (status == VDC_STORAGE_DOMAIN_INACTIVE &&
						d->question->recover)
				       ? VDC_STORAGE_DOMAIN_IS_BACK
				       : VDC_STORAGE_DOMAIN_STAYS;
		all_asked = all_asked && !RULE(VDC_STORAGE_RULE_ASKED, !fresh(d, h, domain));
		any_lost = any_lost || lost(d, h, domain);
		all_for_long = all_for_long && (!lost(d, h, domain) || lost_for_long(d, h, domain));
	}
	return status != VDC_STORAGE_DOMAIN_INACTIVE && all_asked && any_lost && all_for_long
		       ? VDC_STORAGE_DOMAIN_FAILS
		       : VDC_STORAGE_DOMAIN_STAYS;
}

/* Data that VMs need on every host, once this pass is over. */
static bool is_needed(const struct deciding *d, size_t domain)
{
	const struct vdc_storage_domain *it = d->scene->domains[domain];

	if (RULE(VDC_STORAGE_RULE_DATA, it->type != VDC_STORAGE_DOMAIN_DATA) ||
	    !vdc_storage_is_watched(it))
		return false;
	switch (d->verdict->domains[domain]) {
	case VDC_STORAGE_DOMAIN_FAILS:
		return false;
	case VDC_STORAGE_DOMAIN_IS_BACK:
		return true;
	default:
		return it->status == VDC_STORAGE_DOMAIN_ACTIVE;
	}
}

static bool somebody_else_reads(const struct deciding *d, size_t host, size_t domain)
{
	for (size_t h = 0; h < d->scene->n_hosts; h++)
		if (h != host && stays_up(d, h) && reads(d, h, domain))
			return true;
	return false;
}

/* It alone is at fault. */
static bool is_at_fault(const struct deciding *d, size_t host, size_t domain)
{
	return is_needed(d, domain) && lost_for_long(d, host, domain) &&
	       !RULE(VDC_STORAGE_RULE_WITNESS, !somebody_else_reads(d, host, domain));
}

static size_t count_faults(const struct deciding *d, size_t host)
{
	size_t n = 0;

	for (size_t i = 0; i < d->scene->n_domains; i++)
		n += is_at_fault(d, host, i);
	return n;
}

static const char *say_faults(const struct deciding *d, size_t host)
{
	const char *text = "";

	for (size_t i = 0; i < d->scene->n_domains; i++)
		if (is_at_fault(d, host, i))
			text = vdc_arena_format(d->arena, "%s%s%s", text, *text ? ", " : "",
						d->scene->domains[i]->name);
	return vdc_arena_format(d->arena, "it does not read storage domain%s %s",
				strchr(text, ',') ? "s" : "", text);
}

static bool is_manager(const struct vdc_host *host)
{
	return host->spm_status == VDC_SPM_SPM || host->spm_status == VDC_SPM_CONTENDING;
}

/* The one that misses the most goes first; with every one that goes there are fewer who could say that
 * others are at fault. */
static void fail_hosts(const struct deciding *d)
{
	const struct vdc_storage_scene *scene = d->scene;

	for (;;) {
		size_t worst = scene->n_hosts, most = 0;

		for (size_t h = 0; h < scene->n_hosts; h++) {
			size_t n;

			if (!is_up(d, h) || d->verdict->hosts[h] != VDC_STORAGE_HOST_STAYS)
				continue;
			n = count_faults(d, h);
			if (n > most) {
				worst = h;
				most = n;
			}
		}
		if (!most)
			return;
		d->verdict->reasons[worst] = say_faults(d, worst);
		d->verdict->hosts[worst] =
			RULE(VDC_STORAGE_RULE_MANAGER, is_manager(scene->hosts[worst]))
				? VDC_STORAGE_HOST_WAITS
				: VDC_STORAGE_HOST_FAILS;
	}
}

/* It reads something that is needed, and all of it. */
static bool may_return(const struct deciding *d, size_t host)
{
	const struct vdc_host *it = d->scene->hosts[host];
	bool answers = false;

	if (!d->question->recover || !vdc_storage_host_is_out(it))
		return false;
	if (it->status_since != VDC_UNSET &&
	    RULE(VDC_STORAGE_RULE_RETRY,
		 d->question->now - it->status_since < d->question->figures.retry))
		return false;
	for (size_t i = 0; i < d->scene->n_domains; i++) {
		const struct vdc_domain_reach *reach = fresh(d, host, i);

		if (RULE(VDC_STORAGE_RULE_ALL, is_needed(d, i) && !reads(d, host, i)))
			return false;
		answers = answers || (reach && reach->status != VDC_REACH_UNKNOWN);
	}
	return answers;
}

void vdc_storage_decide(const struct vdc_storage_question *question, struct vdc_arena *arena,
			struct vdc_storage_verdict *ret)
{
	const struct vdc_storage_scene *scene = question->scene;
	const struct deciding d = { question, scene, ret, arena };

	ret->domains = vdc_arena_alloc(arena, (scene->n_domains + 1) * sizeof(*ret->domains));
	ret->hosts = vdc_arena_alloc(arena, (scene->n_hosts + 1) * sizeof(*ret->hosts));
	ret->reasons = vdc_arena_alloc(arena, (scene->n_hosts + 1) * sizeof(*ret->reasons));
	for (size_t i = 0; i < scene->n_domains; i++)
		if (vdc_storage_is_watched(scene->domains[i]))
			ret->domains[i] = judge_domain(&d, i);
	fail_hosts(&d);
	for (size_t h = 0; h < scene->n_hosts; h++)
		if (may_return(&d, h))
			ret->hosts[h] = VDC_STORAGE_HOST_MAY_RETURN;
}
