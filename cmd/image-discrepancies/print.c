/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as the tool of old printed them, and what it did not look for under headings of its own. */
#include <stdio.h>
#include <string.h>

#include "cli/list.h"
#include "image_discrepancies.h"

static const struct {
	const char *looking;
	const char *none; /* NULL: without findings the group is not named at all */
} groups[] = {
	[VDC_IMAGE_MISSING] = { "Looking for missing images...", "No missing images found" },
	[VDC_IMAGE_ATTRIBUTES] = { "Checking discrepancies between SD/DB attributes...",
				   "No discrepancies found" },
	[VDC_IMAGE_CHAINS] = { "Checking chains of volumes...", NULL },
	[VDC_IMAGE_VOLUMES] = { "Checking volumes...", NULL },
	[VDC_IMAGE_LEASES] = { "Checking leases...", NULL },
	[VDC_IMAGE_DOMAIN] = { "Checking the domain itself...", NULL },
};

static void print_finding(const struct vdc_discrepancy *found)
{
	printf("    %s%s%s\n", found->text, found->in_flight ? " (being worked on)" : "",
	       found->severity == VDC_FINDING_DATA_LOSS_RISK ? " [data loss risk]" : "");
}

/* Of the database alone, wherever it may lie. */
static void print_loose(const struct shown *shown)
{
	const struct vdc_image_result *result = shown->result;
	size_t n = 0;

	for (size_t i = result->first_loose; i < result->first_loose + result->n_loose; i++) {
		if (shown->hidden[i])
			continue;
		if (!n++)
			puts("Checking the database");
		print_finding(result->items[i]);
	}
}

static size_t print_group(const struct shown *shown, const struct vdc_image_domain *domain,
			  enum vdc_image_group group)
{
	size_t n = 0;

	for (size_t i = domain->first; i < domain->first + domain->n; i++) {
		const struct vdc_discrepancy *found = shown->result->items[i];

		if (shown->hidden[i] || vdc_image_code_find(found->code)->group != group)
			continue;
		if (!n++ && !groups[group].none)
			printf("    %s\n", groups[group].looking);
		print_finding(found);
	}
	return n;
}

static void print_domain(const struct shown *shown, const struct vdc_image_domain *domain)
{
	printf("Checking storage domain %s\n", domain->id);
	if (domain->passed)
		printf("    Not compared: it is %s\n", domain->passed);
	for (size_t g = 0; g < VDC_COUNT(groups); g++) {
		bool always = groups[g].none && domain->compared;

		if (always)
			printf("    %s\n", groups[g].looking);
		if (!print_group(shown, domain, g) && always)
			printf("    %s\n", groups[g].none);
	}
}

static void print_counts(const struct shown *shown)
{
	const char *before = ": ";

	for (int s = VDC_FINDING_DATA_LOSS_RISK; s >= VDC_FINDING_INFO; s--) {
		static const char *const words[] = { "", "information", "warning", "error",
						     "data loss risk" };

		if (!shown->counts[s])
			continue;
		printf("%s%zu %s%s", before, shown->counts[s], words[s],
		       shown->counts[s] > 1 && s > VDC_FINDING_INFO ? "s" : "");
		before = ", ";
	}
}

static void print_summary(const struct shown *shown)
{
	const struct vdc_image_result *result = shown->result;
	size_t volumes = 0;

	for (size_t i = 0; i < result->n_domains; i++)
		volumes += result->domains[i].volumes;
	printf("%zu storage domain%s with %zu volume%s checked, %zu finding%s", result->n_domains,
	       result->n_domains == 1 ? "" : "s", volumes, volumes == 1 ? "" : "s", shown->n,
	       shown->n == 1 ? "" : "s");
	print_counts(shown);
	putchar('\n');
	if (shown->n_hidden)
		printf("%zu finding%s ignored\n", shown->n_hidden, shown->n_hidden == 1 ? "" : "s");
	if (result->unread)
		printf("%zu storage domain%s of the database not checked\n", result->unread,
		       result->unread == 1 ? "" : "s");
	if (shown->open)
		printf("%zu image%s open and not checked\n", shown->open,
		       shown->open == 1 ? " is" : "s are");
	if (shown->unchecked)
		printf("%zu image%s could not be checked\n", shown->unchecked,
		       shown->unchecked == 1 ? "" : "s");
	if (shown->unreadable)
		printf("%zu source%s could not be read\n", shown->unreadable,
		       shown->unreadable == 1 ? "" : "s");
}

static int print_list(struct vdc_call *call, const struct shown *shown, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_discrepancy_kind, &list, err);

	for (size_t i = 0; !r && i < shown->result->n; i++)
		if (!shown->hidden[i])
			r = vdc_list_add(list, shown->result->items[i], err);
	return r ? r : vdc_list_end(list, err);
}

static bool wants_list(struct vdc_call *call)
{
	return vdc_call_output(call) != VDC_OUTPUT_TABLE || vdc_given(call, "output") ||
	       vdc_given(call, "select") || vdc_given(call, "sort") ||
	       vdc_given(call, "noheadings");
}

int discrepancies_print(struct vdc_call *call, const struct shown *shown, struct vdc_err *err)
{
	if (wants_list(call))
		return print_list(call, shown, err);
	if (vdc_given(call, "quiet") && !shown->code)
		return 0;
	for (size_t i = 0; i < shown->n_trees; i++)
		discrepancies_print_tree(shown, &shown->trees[i]);
	if (shown->n_trees)
		return 0;
	for (size_t i = 0; i < shown->result->n_domains && !vdc_given(call, "summary"); i++)
		print_domain(shown, &shown->result->domains[i]);
	if (!vdc_given(call, "summary"))
		print_loose(shown);
	print_summary(shown);
	return 0;
}
