/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_part.h"

#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "model/host.h"
#include "plan/vm_status.h"

vdc_level_set level_above(const struct vdc_level_family *family, struct vdc_level level)
{
	vdc_level_set above = 0;

	for (size_t i = 0; i < family->n_levels; i++)
		if (vdc_level_compare(family->levels[i].level, level) > 0)
			above |= level_bit((int)i);
	return above;
}

int level_at_most(const struct vdc_level_family *family, struct vdc_level level)
{
	size_t n = 0;

	while (n < family->n_levels && vdc_level_compare(family->levels[n].level, level) <= 0)
		n++;
	return (int)n - 1;
}

bool level_same_architecture(const char *a, const char *b)
{
	return !a || !b || strcasecmp(a, b) == 0;
}

/* A host in maintenance, or one that answers and may not run VMs, is there; one that is being
 * installed or rebooted may come back as another. */
bool level_host_counts(int64_t status)
{
	return status == VDC_HOST_UP || status == VDC_HOST_MAINTENANCE ||
	       status == VDC_HOST_PREPARING_FOR_MAINTENANCE || status == VDC_HOST_NON_OPERATIONAL ||
	       status == VDC_HOST_ERROR;
}

bool level_vm_is_held(int64_t status)
{
	return vdc_vm_is_active(status) || status == VDC_VM_SUSPENDED ||
	       status == VDC_VM_SAVING_STATE;
}

struct vdc_buf *level_list_next(struct level_list *list)
{
	list->n++;
	if (list->most && list->n > list->most)
		return NULL;
	if (list->n > 1)
		vdc_buf_puts(&list->text, list->separator);
	return &list->text;
}

const char *level_list_text(struct level_list *list, struct vdc_arena *arena)
{
	const char *text = NULL;

	if (list->most && list->n > list->most)
		vdc_buf_printf(&list->text, " and %zu more", list->n - list->most);
	if (list->n)
		text = vdc_arena_strdup(arena, vdc_buf_str(&list->text));
	vdc_buf_free(&list->text);
	return text;
}

struct level_groups level_group(void *const *groups, size_t n_groups, void *const *members,
				size_t n_members, level_group_key *key, struct vdc_arena *arena)
{
	struct vdc_map *index = vdc_map_new();
	struct level_groups ret = {
		.head = vdc_arena_alloc(arena, (n_groups + 1) * sizeof(*ret.head)),
		.next = vdc_arena_alloc(arena, (n_members + 1) * sizeof(*ret.next)),
	};

	for (size_t g = 0; g < n_groups; g++) {
		const char *id = vdc_object_id(groups[g]);

		if (id)
			*vdc_map_add(index, id, strlen(id)) = g;
	}
	for (size_t i = n_members; i-- > 0;) {
		const char *id = key(members[i]);
		const uint64_t *g = id ? vdc_map_find(index, id, strlen(id)) : NULL;

		if (!g)
			continue;
		ret.next[i] = ret.head[*g];
		ret.head[*g] = i + 1;
	}
	vdc_map_free(index);
	return ret;
}
