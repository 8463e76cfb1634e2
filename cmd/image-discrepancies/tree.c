/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --tree: chains of volumes, with what was found at each of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "image_discrepancies.h"
#include "model/disk.h"
#include "model/volume.h"

enum { MOST_LANES = 8 };

/* What was found about one disk on one domain, by volume; first what is about none. */
struct remarks {
	const struct vdc_discrepancy **all;
	bool *said;
	size_t n;
};

static const char *volume_of(const struct vdc_discrepancy *found)
{
	return found->volume ? found->volume : "";
}

static int by_volume(const void *a, const void *b)
{
	const struct vdc_discrepancy *const *x = a, *const *y = b;

	int r = strcmp(volume_of(*x), volume_of(*y));

	return r ? r : strcmp((*x)->code, (*y)->code);
}

static void take(struct remarks *remarks, const struct shown *shown, const char *image,
		 size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		const struct vdc_discrepancy *found = shown->result->items[i];

		if (!shown->hidden[i] && found->image && !strcmp(found->image, image))
			remarks->all[remarks->n++] = found;
	}
}

/* On its domain, and on none. */
static void gather(struct remarks *remarks, const struct shown *shown,
		   const struct vdc_image_tree *tree)
{
	const struct vdc_image_result *result = shown->result;
	const struct vdc_image_domain *domain = &result->domains[tree->domain];
	char image[VDC_UUID_LEN + 1];

	vdc_uuid_write(tree->image, image);
	remarks->all = vdc_alloc((domain->n + result->n_loose + 1) * sizeof(void *));
	remarks->said = vdc_alloc(domain->n + result->n_loose + 1);
	take(remarks, shown, image, domain->first, domain->n);
	take(remarks, shown, image, result->first_loose, result->n_loose);
	if (remarks->n)
		qsort(remarks->all, remarks->n, sizeof(void *), by_volume);
}

/* The first one about VOLUME, or behind it. */
static size_t first_about(const struct remarks *remarks, const char *volume)
{
	size_t from = 0, to = remarks->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(volume_of(remarks->all[middle]), volume) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void print_lanes(uint32_t n)
{
	printf("  ");
	for (uint32_t i = 0; i < n && i < MOST_LANES; i++)
		printf("| ");
}

static void print_finding(const struct vdc_discrepancy *found)
{
	printf("%s (%s)", found->code,
	       vdc_enum_word(&vdc_finding_severity_values, found->severity));
	if (found->storage && found->database)
		printf(": %s, DB: %s", found->storage, found->database);
	puts(found->in_flight ? ", being worked on" : "");
}

static void print_findings(struct remarks *remarks, const struct vdc_image_tree_node *node)
{
	char volume[VDC_UUID_LEN + 1];

	vdc_uuid_write(node->id, volume);
	for (size_t i = first_about(remarks, volume);
	     i < remarks->n && !strcmp(volume_of(remarks->all[i]), volume); i++) {
		print_lanes(node->lane);
		printf("%s   ", node->goes_on ? "|" : " ");
		print_finding(remarks->all[i]);
		remarks->said[i] = true;
	}
}

static void print_below(const struct vdc_image_tree_node *node)
{
	char id[VDC_UUID_LEN + 1];

	if (vdc_uuid_blank(node->below))
		return;
	print_lanes(node->lane);
	printf("%s %s  %s\n", node->missing ? "?" : ":", vdc_uuid_write(node->below, id),
	       node->missing ? "is missing"
	       : node->loop  ? "stands further down: a circle"
			     : "of a template, or of another disk");
}

static void print_node(struct remarks *remarks, const struct vdc_image_tree_node *node)
{
	char id[VDC_UUID_LEN + 1], size[VDC_SIZE_LEN + 1] = "-";

	print_below(node);
	if (node->capacity != VDC_UNSET)
		vdc_size_format(node->capacity, size);
	print_lanes(node->lane);
	printf("* %s  %-3s  %-8s  %s%s%s\n", vdc_uuid_write(node->id, id),
	       node->format ? vdc_enum_word(&vdc_disk_format_values, node->format) : "-",
	       node->voltype ? vdc_enum_word(&vdc_voltype_values, node->voltype) : "-", size,
	       node->active ? "  active" : "", node->removed ? "  being removed" : "");
	print_findings(remarks, node);
}

/* Of the disk as a whole, and of volumes that only the database has. */
static void print_others(const struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->n; i++) {
		const char *volume = volume_of(remarks->all[i]);

		if (remarks->said[i])
			continue;
		printf("  - %s%s", volume, *volume ? "  " : "");
		print_finding(remarks->all[i]);
	}
}

void discrepancies_print_tree(const struct shown *shown, const struct vdc_image_tree *tree)
{
	const struct vdc_image_domain *domain = &shown->result->domains[tree->domain];
	struct remarks remarks = { 0 };
	char image[VDC_UUID_LEN + 1];

	gather(&remarks, shown, tree);
	printf("Disk %s on storage domain\n  %s%s%s\n", vdc_uuid_write(tree->image, image),
	       domain->id, domain->name ? "  " : "", domain->name ? domain->name : "");
	for (size_t i = 0; i < tree->n; i++)
		print_node(&remarks, &tree->nodes[i]);
	print_others(&remarks);
	free(remarks.all);
	free(remarks.said);
}
