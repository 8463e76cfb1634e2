/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Room of many hosts: finds the first with at least so much, or the one with most, and takes some
 * away, each in log n. A complete binary tree in an array, each node the largest of its leaves.
 */
#pragma once

#include <stdint.h>

#include "base/mem.h"

struct vdc_fit_tree;

/* N leaves without room. */
struct vdc_fit_tree *vdc_fit_tree_new(uint32_t n, struct vdc_arena *arena);
void vdc_fit_tree_set(struct vdc_fit_tree *tree, uint32_t leaf, int64_t room);
int64_t vdc_fit_tree_room(const struct vdc_fit_tree *tree, uint32_t leaf);

/* The first leaf from FROM on that has at least ROOM; UINT32_MAX when there is none. */
uint32_t vdc_fit_tree_first(const struct vdc_fit_tree *tree, uint32_t from, int64_t room);
/* The leaf with most room, the first of equals. */
uint32_t vdc_fit_tree_most(const struct vdc_fit_tree *tree);
