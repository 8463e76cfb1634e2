/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state of the world that a decision is made from: all objects of some kinds, read at one
 * moment. Functions in lib/plan take a world and nothing else. It and its objects live in one
 * arena.
 */
#pragma once

#include "model/kind.h"

struct vdc_world;

struct vdc_world *vdc_world_new(struct vdc_arena *arena);
/* Where it and its objects live. */
struct vdc_arena *vdc_world_arena(struct vdc_world *world);
/* OBJECT must live as long as the world. */
void vdc_world_add(struct vdc_world *world, const struct vdc_kind *kind, void *object);
/* How many there are, in the order in which they were added; *RET is valid until the next add. */
size_t vdc_world_all(const struct vdc_world *world, const struct vdc_kind *kind,
			void *const **ret);
/* NULL when there is none or ID is NULL. */
void *vdc_world_find(const struct vdc_world *world, const struct vdc_kind *kind,
			const char *id);
