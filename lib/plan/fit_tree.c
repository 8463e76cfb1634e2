/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fit_tree.h"

struct vdc_fit_tree {
	uint32_t leaves; /* a power of two */
	uint32_t n;
	int64_t *most; /* [1] is the root, [leaves + i] leaf i */
};

static const int64_t NO_ROOM = -1;

struct vdc_fit_tree *vdc_fit_tree_new(uint32_t n, struct vdc_arena *arena)
{
	struct vdc_fit_tree *tree = vdc_arena_alloc(arena, sizeof(*tree));

	tree->n = n;
	for (tree->leaves = 1; tree->leaves < n;)
		tree->leaves *= 2;
	tree->most = vdc_arena_alloc(arena, sizeof(*tree->most) * 2 * tree->leaves);
	for (uint32_t i = 0; i < 2 * tree->leaves; i++)
		tree->most[i] = NO_ROOM;
	return tree;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void vdc_fit_tree_set(struct vdc_fit_tree *tree, uint32_t leaf, int64_t room)
{
	uint32_t node = tree->leaves + leaf;

	tree->most[node] = room < 0 ? NO_ROOM : room;
	for (node /= 2; node > 0; node /= 2) {
		int64_t most = larger(tree->most[2 * node], tree->most[2 * node + 1]);

		if (tree->most[node] == most)
			return; /* nothing changes further up either */
		tree->most[node] = most;
	}
}

int64_t vdc_fit_tree_room(const struct vdc_fit_tree *tree, uint32_t leaf)
{
	return tree->most[tree->leaves + leaf];
}

/* Down to the first leaf below NODE that has ROOM; NODE itself is known to have it. */
static uint32_t descend(const struct vdc_fit_tree *tree, uint32_t node, int64_t room)
{
	while (node < tree->leaves) {
		node *= 2;
		if (tree->most[node] < room)
			node++;
	}
	return node - tree->leaves;
}

uint32_t vdc_fit_tree_first(const struct vdc_fit_tree *tree, uint32_t from, int64_t room)
{
	uint32_t node = tree->leaves + from;

	if (from >= tree->n || tree->n == 0)
		return UINT32_MAX;
	if (room < 0)
		room = 0;
	while (tree->most[node] < room) {
		while (node % 2 == 1) { /* a right child: what lies right of it hangs higher */
			if (node == 1)
				return UINT32_MAX;
			node /= 2;
		}
		node++;
	}
	return descend(tree, node, room);
}

uint32_t vdc_fit_tree_most(const struct vdc_fit_tree *tree)
{
	return descend(tree, 1, tree->most[1]);
}
