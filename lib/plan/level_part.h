/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things that the files about compatibility levels share. */
#pragma once

#include "base/buf.h"
#include "model/catalogue.h"
#include "model/cluster.h"

static inline vdc_level_set level_bit(int index)
{
	return index < 0 ? 0 : UINT64_C(1) << index;
}

/* Index of the highest level in SET, -1 when it is empty. */
static inline int level_highest(vdc_level_set set)
{
	return set ? 63 - __builtin_clzll(set) : -1;
}

static inline int level_lowest(vdc_level_set set)
{
	return set ? __builtin_ctzll(set) : -1;
}

static inline bool level_is_set(struct vdc_level level)
{
	return level.major >= 0;
}

/* Those above LEVEL; all of the family when it is not set. */
vdc_level_set level_above(const struct vdc_level_family *family, struct vdc_level level);

/* Index of the highest level that is at most LEVEL, -1 for none: for levels between ours. */
int level_at_most(const struct vdc_level_family *family, struct vdc_level level);

/* A word of libvirt's for an architecture; NULL where nothing is known fits all. */
bool level_same_architecture(const char *a, const char *b);

/* Whether what was last seen of a host of this status still holds. */
bool level_host_counts(int64_t status);

/* Whether it has a process, or a saved one, that a new configuration does not reach. */
bool level_vm_is_held(int64_t status);

/* Texts joined by SEPARATOR; what is more than MOST of them is counted only. */
struct level_list {
	struct vdc_buf text;
	const char *separator;
	size_t most; /* 0: all */
	size_t n;
};

enum { LEVEL_LIST_NAMED = 3 }; /* hosts or clusters that one sentence names */

/* Where the next text goes, behind a separator; NULL: it is counted only. */
struct vdc_buf *level_list_next(struct level_list *list);

#define level_list_add(list, ...)                              \
	do {                                                   \
		struct vdc_buf *next_ = level_list_next(list); \
		if (next_)                                     \
			vdc_buf_printf(next_, __VA_ARGS__);    \
	} while (0)

/* In ARENA, and frees the list; NULL when nothing was added. */
const char *level_list_text(struct level_list *list, struct vdc_arena *arena);

/* What belongs to each group, as lists of index + 1; 0 ends one. */
struct level_groups {
	size_t *head; /* by group */
	size_t *next; /* by member */
};

#define LEVEL_EACH_OF(i, groups, group) \
	(size_t i = (groups).head[group]; i; i = (groups).next[i - 1])

typedef const char *level_group_key(const void *member);

/* Members by the id of their group. One that names none of the groups is in none: a host's document
 * may come without its cluster's. */
struct level_groups level_group(void *const *groups, size_t n_groups, void *const *members,
				size_t n_members, level_group_key *key, struct vdc_arena *arena);
