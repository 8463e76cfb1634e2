/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/image_findings.h"

#include <string.h>

#include "base/buf.h"

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

enum code { IMAGES_UNKNOWN };

const struct vdc_finding_code vdc_image_finding_codes[] = {
	CODE(IMAGES_UNKNOWN, WARNING,
	     "run image-discrepancies where it can be read, or with a dump of it"),
	{ 0 },
};

bool vdc_storage_domain_matters(const struct vdc_storage_domain *domain, const char *data_center)
{
	return domain && data_center && domain->data_center.id &&
	       strcmp(domain->data_center.id, data_center) == 0 &&
	       domain->type == VDC_STORAGE_DOMAIN_DATA &&
	       domain->status != VDC_STORAGE_DOMAIN_MAINTENANCE;
}

static bool blocks(const struct vdc_discrepancy *found)
{
	return found->severity >= VDC_FINDING_ERROR && found->confirmed != 0;
}

bool vdc_image_blocks(const struct vdc_image_result *result)
{
	for (size_t i = 0; i < result->n; i++)
		if (blocks(result->items[i]))
			return true;
	return false;
}

/* Discrepancies of one code on one domain. */
struct tally {
	const struct vdc_discrepancy *first;
	size_t n;
};

static struct tally *tally_of(struct vdc_buf *tallies, const char *code)
{
	struct tally *all = (void *)tallies->data;

	for (size_t i = 0; i < tallies->len / sizeof(*all); i++)
		if (strcmp(all[i].first->code, code) == 0)
			return &all[i];
	return NULL;
}

static void count(const struct vdc_image_result *result, const struct vdc_image_domain *domain,
		  struct vdc_buf *tallies)
{
	for (size_t i = domain->first; i < domain->first + domain->n; i++) {
		const struct vdc_discrepancy *found = result->items[i];
		const struct tally first = { found, 1 };
		struct tally *tally = blocks(found) ? tally_of(tallies, found->code) : NULL;

		if (tally)
			tally->n++;
		else if (blocks(found))
			vdc_buf_add(tallies, &first, sizeof(first));
	}
}

static void add_tally(const struct tally *tally, const struct vdc_storage_domain *domain,
		      struct vdc_findings *findings)
{
	const struct vdc_discrepancy *found = tally->first;
	const struct vdc_finding_code code = { found->code, found->severity, found->advice };
	const char *more =
		tally->n > 1 ? vdc_arena_format(findings->arena, "; and %zu more", tally->n - 1)
			     : "";

	vdc_findings_add(findings, &code, &vdc_storage_domain_kind, domain,
			 "storage domain %s: %.900s%s", domain->name, found->text, more);
}

static void add_domain(const struct vdc_world *world, const struct vdc_image_result *result,
		       const struct vdc_image_domain *of, struct vdc_findings *findings)
{
	const struct vdc_storage_domain *domain =
		vdc_world_find(world, &vdc_storage_domain_kind, of->id);
	vdc_autobuf tallies = { 0 };
	const struct tally *all;

	count(result, of, &tallies);
	all = (const void *)tallies.data;
	for (size_t i = 0; domain && i < tallies.len / sizeof(*all); i++)
		add_tally(&all[i], domain, findings);
}

void vdc_image_findings(const struct vdc_world *world, const struct vdc_image_result *result,
			const struct vdc_image_unread *unread, size_t n_unread,
			struct vdc_findings *findings)
{
	for (size_t i = 0; i < result->n_domains; i++)
		add_domain(world, result, &result->domains[i], findings);
	for (size_t i = 0; i < n_unread; i++)
		vdc_findings_add(
			findings, &vdc_image_finding_codes[IMAGES_UNKNOWN],
			&vdc_storage_domain_kind, unread[i].domain,
			"nobody knows whether the images of storage domain %s are well: %s",
			unread[i].domain->name, unread[i].why);
}
