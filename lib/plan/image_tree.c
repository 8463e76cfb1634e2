/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/image_tree.h"

#include <stdlib.h>
#include <string.h>

#include "plan/image_part.h"

/* One disk on one domain. Volumes are numbered in the order of their ids. */
struct grove {
	struct vdc_image_check *check;
	uint32_t *entries; /* ascending */
	uint32_t n;
	uint32_t *up; /* of each: which of them it is based on; NONE */
	uint32_t *first,
		*next; /* of each: its first child, and the next one with the same parent */
	bool *drawn;
	struct vdc_image_tree_node *nodes;
	size_t n_nodes;
};

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_ids(const void *a, const void *b, void *ctx)
{
	return vdc_uuid_compare(entry_at(ctx, *(const uint32_t *)a)->volume.id,
				entry_at(ctx, *(const uint32_t *)b)->volume.id);
}

static uint32_t place_of(const struct grove *grove, const uint32_t *sorted, uint32_t entry)
{
	const uint32_t *found =
		entry == NONE ? NULL
			      : bsearch(&entry, sorted, grove->n, sizeof(*sorted), compare_numbers);

	return found ? (uint32_t)(found - sorted) : NONE;
}

/* Children in the order of their ids. */
static void link_children(struct grove *grove)
{
	uint32_t *sorted = vdc_alloc(grove->n * sizeof(*sorted));
	uint32_t *number = vdc_alloc(grove->n * sizeof(*number));

	memcpy(sorted, grove->entries, grove->n * sizeof(*sorted));
	qsort_r(grove->entries, grove->n, sizeof(*grove->entries), compare_ids, grove->check);
	for (uint32_t i = 0; i < grove->n; i++)
		number[place_of(grove, sorted, grove->entries[i])] = i;
	for (uint32_t i = 0; i < grove->n; i++)
		grove->first[i] = grove->next[i] = NONE;
	for (uint32_t i = grove->n; i-- > 0;) {
		uint32_t up =
			place_of(grove, sorted, entry_at(grove->check, grove->entries[i])->up);

		grove->up[i] = up == NONE ? NONE : number[up];
		if (grove->up[i] == NONE)
			continue;
		grove->next[i] = grove->first[grove->up[i]];
		grove->first[grove->up[i]] = i;
	}
	free(sorted);
	free(number);
}

static struct vdc_image_tree_node *add_node(struct grove *grove, uint32_t i, uint32_t lane)
{
	const struct entry *entry = entry_at(grove->check, grove->entries[i]);
	struct vdc_image_tree_node *node = &grove->nodes[grove->n_nodes++];

	*node = (struct vdc_image_tree_node){
		.id = entry->volume.id,
		.lane = lane,
		.goes_on = grove->first[i] != NONE,
		.removed = entry_is_removed(entry),
		.active = entry->flags & ENTRY_ACTIVE,
		.format = entry->volume.format,
		.voltype = entry->volume.voltype,
		.capacity = entry->volume.capacity,
	};
	if (entry_has_parent(entry) && grove->up[i] == NONE) {
		node->below = entry->volume.parent;
		node->missing = entry->up == NONE;
	}
	grove->drawn[i] = true;
	return node;
}

/* What hangs on I, without recursion: chains are long. */
static void draw_from(struct grove *grove, uint32_t i, uint32_t *stack, uint32_t *lanes)
{
	uint32_t n = 0;

	stack[n] = i;
	lanes[n++] = 0;
	while (n) {
		uint32_t at = stack[--n], lane = lanes[n], side = 0, begun;
		struct vdc_image_tree_node *node = add_node(grove, at, lane);

		begun = n;
		for (uint32_t kid = grove->first[at]; kid != NONE; kid = grove->next[kid]) {
			if (grove->drawn[kid]) { /* the one that the circle was entered by */
				node->goes_on = grove->next[grove->first[at]] != NONE;
				continue;
			}
			stack[n] = kid;
			lanes[n++] = lane + 1;
			side++;
		}
		/* The first that was put there is taken last, and stays in the lane. */
		if (side)
			lanes[begun] = lane;
	}
}

static void draw(struct grove *grove)
{
	uint32_t *stack = vdc_alloc((grove->n + 1) * sizeof(*stack));
	uint32_t *lanes = vdc_alloc((grove->n + 1) * sizeof(*lanes));

	for (uint32_t i = 0; i < grove->n; i++)
		if (grove->up[i] == NONE)
			draw_from(grove, i, stack, lanes);
	/* What is left goes round in a circle: it begins anywhere. */
	for (uint32_t i = 0; i < grove->n; i++) {
		size_t before = grove->n_nodes;

		if (grove->drawn[i])
			continue;
		draw_from(grove, i, stack, lanes);
		grove->nodes[before].below =
			entry_at(grove->check, grove->entries[i])->volume.parent;
		grove->nodes[before].loop = true;
	}
	free(stack);
	free(lanes);
}

static void grow(struct vdc_image_check *check, uint32_t domain, struct vdc_image_tree *tree)
{
	struct grove grove = { .check = check };
	const struct domain *on = &check->domains[domain];

	grove.entries = vdc_alloc((on->n + 1) * sizeof(*grove.entries));
	for (uint32_t i = on->first; i < on->first + on->n; i++)
		if (entry_at(check, i)->volume.flags & VDC_STORAGE_VOLUME_HAS_IMAGE &&
		    vdc_uuid_equal(entry_at(check, i)->volume.image, tree->image))
			grove.entries[grove.n++] = i;
	if (grove.n) {
		grove.up = vdc_alloc(3 * grove.n * sizeof(*grove.up));
		grove.first = grove.up + grove.n;
		grove.next = grove.first + grove.n;
		grove.drawn = vdc_alloc(grove.n);
		grove.nodes = vdc_arena_alloc(check->arena, grove.n * sizeof(*grove.nodes));
		link_children(&grove);
		draw(&grove);
	}
	tree->nodes = grove.nodes;
	tree->n = grove.n_nodes;
	free(grove.entries);
	free(grove.up);
	free(grove.drawn);
}

void vdc_image_trees(struct vdc_image_check *check, struct vdc_image_tree **ret, size_t *n)
{
	*ret = vdc_arena_alloc(check->arena,
			       (check->n_wanted * check->n_domains + 1) * sizeof(**ret));
	*n = 0;
	for (size_t i = 0; i < check->n_wanted; i++)
		for (uint32_t domain = 0; domain < check->n_domains; domain++) {
			struct vdc_image_tree *tree = &(*ret)[*n];

			tree->image = check->wanted[i];
			tree->domain = domain;
			grow(check, domain, tree);
			*n += tree->n > 0;
		}
}
