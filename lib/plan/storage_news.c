/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "plan/storage_news_part.h"

bool storage_is_read(const struct vdc_domain_reach *reach)
{
	return reach && (reach->status == VDC_REACH_OK || reach->status == VDC_REACH_SLOW);
}

static bool is(const struct vdc_domain_reach *reach, enum vdc_reach_status status)
{
	return reach && reach->status == status;
}

bool storage_is_dark(const struct vdc_storage_scene *scene, size_t domain)
{
	bool lost = false;

	for (size_t h = 0; h < scene->n_hosts; h++) {
		const struct vdc_domain_reach *reach = vdc_storage_reach(scene, h, domain);

		if (!vdc_storage_host_counts(scene->hosts[h]))
			continue;
		if (storage_is_read(reach))
			return false;
		lost = lost || is(reach, VDC_REACH_LOST);
	}
	return lost;
}

struct storage_names storage_names_of(const struct vdc_storage_change *change, size_t host,
				      storage_chosen_fn *chosen, struct vdc_arena *arena)
{
	struct storage_names ret = { .detail = "" };

	for (size_t d = 0; d < change->after->n_domains; d++) {
		const struct vdc_domain_reach *reach = vdc_storage_reach(change->after, host, d);
		const char *name = change->after->domains[d]->name;

		if (!reach || !vdc_storage_is_watched(change->after->domains[d]) ||
		    !chosen(change, host, d))
			continue;
		if (!ret.n++ && reach->detail)
			ret.detail = vdc_arena_format(arena, ": %s", reach->detail);
		ret.names = ret.names ? vdc_arena_format(arena, "%s, %s", ret.names, name) : name;
	}
	return ret;
}

static const struct vdc_domain_reach *before_of(const struct vdc_storage_change *change,
						size_t host, size_t domain)
{
	return vdc_storage_reach(change->before, host, domain);
}

static const struct vdc_domain_reach *after_of(const struct vdc_storage_change *change, size_t host,
					       size_t domain)
{
	return vdc_storage_reach(change->after, host, domain);
}

static bool is_newly_lost(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	return is(after_of(change, host, domain), VDC_REACH_LOST) &&
	       !is(before_of(change, host, domain), VDC_REACH_LOST) &&
	       !storage_is_dark(change->after, domain);
}

static bool is_back(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	const struct vdc_domain_reach *before = before_of(change, host, domain);

	return storage_is_read(after_of(change, host, domain)) && before &&
	       !storage_is_read(before) && !storage_is_dark(change->before, domain);
}

static bool is_newly_slow(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	return is(after_of(change, host, domain), VDC_REACH_SLOW) &&
	       !is(before_of(change, host, domain), VDC_REACH_SLOW);
}

static bool is_quick_again(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	return is(after_of(change, host, domain), VDC_REACH_OK) &&
	       is(before_of(change, host, domain), VDC_REACH_SLOW);
}

static bool is_newly_unknown(const struct vdc_storage_change *change, size_t host, size_t domain)
{
	return is(after_of(change, host, domain), VDC_REACH_UNKNOWN) &&
	       !is(before_of(change, host, domain), VDC_REACH_UNKNOWN);
}

/* In the order in which they are told. %s: "domain a", then ": why". */
static const struct {
	storage_chosen_fn *chosen;
	enum vdc_severity severity;
	const char *type, *words;
} host_tales[] = {
	{ is_newly_lost, VDC_SEVERITY_WARNING, "host_storage_lost", "does not read" },
	{ is_newly_slow, VDC_SEVERITY_WARNING, "host_storage_slow", "takes too long to read" },
	{ is_newly_unknown, VDC_SEVERITY_WARNING, "host_storage_unknown", "cannot be asked about" },
	{ is_back, VDC_SEVERITY_NORMAL, "host_storage_back", "reads again" },
	{ is_quick_again, VDC_SEVERITY_NORMAL, "host_storage_quick", "reads in time again" },
};

struct telling {
	const struct vdc_storage_change *change;
	struct vdc_arena *arena;
	struct vdc_storage_tales *tales;
};

static void tell(const struct telling *t, struct vdc_storage_tale tale)
{
	struct vdc_storage_tales *tales = t->tales;

	if (tales->n == tales->room) {
		struct vdc_storage_tale *old = tales->tales;

		tales->room = 2 * tales->room + 8;
		tales->tales = vdc_arena_alloc(t->arena, tales->room * sizeof(*old));
		if (tales->n)
			memcpy(tales->tales, old, tales->n * sizeof(*old));
	}
	tales->tales[tales->n++] = tale;
}

static void tell_domain(const struct telling *t, size_t domain, enum vdc_severity severity,
			const char *type, const char *text)
{
	tell(t, (struct vdc_storage_tale){ severity, type, &vdc_storage_domain_kind,
					   t->change->after->domains[domain], text });
}

static const char *detail_of(const struct telling *t, size_t domain)
{
	const struct vdc_storage_scene *scene = t->change->after;

	for (size_t h = 0; h < scene->n_hosts; h++) {
		const struct vdc_domain_reach *reach = vdc_storage_reach(scene, h, domain);

		if (is(reach, VDC_REACH_LOST) && reach->detail)
			return vdc_arena_format(t->arena, ": %s", reach->detail);
	}
	return "";
}

static void tell_reach(const struct telling *t, size_t domain)
{
	const char *name = t->change->after->domains[domain]->name;
	bool was = storage_is_dark(t->change->before, domain);
	bool now = storage_is_dark(t->change->after, domain);
	bool read = false;

	for (size_t h = 0; h < t->change->after->n_hosts; h++)
		read = read || (vdc_storage_host_counts(t->change->after->hosts[h]) &&
				storage_is_read(after_of(t->change, h, domain)));
	if (now && !was)
		tell_domain(t, domain, VDC_SEVERITY_ERROR, "storage_domain_lost",
			    vdc_arena_format(t->arena, "no host reads storage domain %s%s", name,
					     detail_of(t, domain)));
	else if (was && read)
		tell_domain(t, domain, VDC_SEVERITY_NORMAL, "storage_domain_read",
			    vdc_arena_format(t->arena, "storage domain %s is read again", name));
}

static void tell_step(const struct telling *t, size_t domain)
{
	const char *name = t->change->after->domains[domain]->name;

	switch (t->change->verdict->domains[domain]) {
	case VDC_STORAGE_DOMAIN_FAILS:
		tell_domain(t, domain, VDC_SEVERITY_ERROR, "storage_domain_inactive",
			    vdc_arena_format(t->arena,
					     "storage domain %s is inactive: no host reads it%s",
					     name, detail_of(t, domain)));
		break;
	case VDC_STORAGE_DOMAIN_IS_BACK:
		tell_domain(t, domain, VDC_SEVERITY_NORMAL, "storage_domain_active",
			    vdc_arena_format(t->arena, "storage domain %s is active", name));
		break;
	default:
		break;
	}
}

bool vdc_storage_space_tell(const struct vdc_storage_domain *domain, int64_t space,
			    struct vdc_arena *arena, struct vdc_storage_tale *ret)
{
	struct vdc_storage_tale tale = { .kind = &vdc_storage_domain_kind, .object = domain };

	if (space == domain->space)
		return false;
	if (space == VDC_STORAGE_SPACE_CRITICAL) {
		tale.severity = VDC_SEVERITY_ERROR;
		tale.type = "storage_domain_space_critical";
		tale.text = vdc_arena_format(arena,
					     "storage domain %s has less than %lld GiB left: "
					     "nothing new is to be stored there",
					     domain->name,
					     (long long)domain->critical_space_action_blocker);
	} else if (space == VDC_STORAGE_SPACE_LOW) {
		tale.severity = VDC_SEVERITY_WARNING;
		tale.type = "storage_domain_space_low";
		tale.text = vdc_arena_format(
			arena, "storage domain %s has less than %lld %% of its space left",
			domain->name, (long long)domain->warning_low_space_indicator);
	} else if (domain->space == VDC_STORAGE_SPACE_LOW ||
		   domain->space == VDC_STORAGE_SPACE_CRITICAL) {
		tale.severity = VDC_SEVERITY_NORMAL;
		tale.type = "storage_domain_space_ok";
		tale.text =
			vdc_arena_format(arena, "storage domain %s has space again", domain->name);
	} else
		return false;
	*ret = tale;
	return true;
}

static void tell_space(const struct telling *t, size_t domain)
{
	struct vdc_storage_tale tale;

	if (vdc_storage_space_tell(t->change->after->domains[domain], t->change->spaces[domain],
				   t->arena, &tale))
		tell(t, tale);
}

static void tell_host(const struct telling *t, size_t host)
{
	const struct vdc_host *it = t->change->after->hosts[host];

	for (size_t i = 0; i < VDC_COUNT(host_tales); i++) {
		const struct storage_names names =
			storage_names_of(t->change, host, host_tales[i].chosen, t->arena);

		if (names.n)
			tell(t,
			     (struct vdc_storage_tale){
				     host_tales[i].severity, host_tales[i].type, &vdc_host_kind, it,
				     vdc_arena_format(t->arena, "host %s %s storage domain%s %s%s",
						      it->name, host_tales[i].words,
						      names.n > 1 ? "s" : "", names.names,
						      names.detail) });
	}
	if (t->change->verdict->hosts[host] == VDC_STORAGE_HOST_FAILS)
		tell(t, (struct vdc_storage_tale){
				VDC_SEVERITY_WARNING, "host_non_operational", &vdc_host_kind, it,
				vdc_arena_format(t->arena, "host %s is non_operational: %s",
						 it->name, t->change->verdict->reasons[host]) });
}

void vdc_storage_tell(const struct vdc_storage_change *change, struct vdc_arena *arena,
		      struct vdc_storage_tales *ret)
{
	const struct telling t = { change, arena, ret };

	*ret = (struct vdc_storage_tales){ 0 };
	for (size_t d = 0; d < change->after->n_domains; d++)
		if (vdc_storage_is_watched(change->after->domains[d]))
			tell_reach(&t, d);
	for (size_t h = 0; h < change->after->n_hosts; h++)
		if (vdc_storage_host_counts(change->after->hosts[h]))
			tell_host(&t, h);
	for (size_t d = 0; d < change->after->n_domains; d++) {
		if (!vdc_storage_is_watched(change->after->domains[d]))
			continue;
		tell_step(&t, d);
		tell_space(&t, d);
	}
}
