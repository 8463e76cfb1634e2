/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/layout.h"

#include <string.h>

/* "version@major" -> version, major; "spm/priority" -> spm, priority. Ends at a space. */
static struct vdc_step *parse_path(const char *path, struct vdc_arena *arena)
{
	struct vdc_step *first = NULL, **end = &first;
	size_t len;

	for (; *path && *path != ' '; path += len) {
		struct vdc_step *step = vdc_arena_alloc(arena, sizeof(*step));

		step->attribute = *path == '@';
		path += strspn(path, "/@");
		len = strcspn(path, "/@ ");
		step->name = vdc_arena_strndup(arena, path, len);
		*end = step;
		end = &step->next;
	}
	return first;
}

static struct vdc_layout *kid(struct vdc_arena *arena, struct vdc_layout *parent, const char *name)
{
	struct vdc_layout *layout;

	for (layout = parent->first; layout; layout = layout->next)
		if (!strcmp(layout->name, name))
			return layout;
	layout = vdc_arena_alloc(arena, sizeof(*layout));
	layout->name = name;
	if (parent->last)
		parent->last->next = layout;
	else
		parent->first = layout;
	parent->last = layout;
	parent->n_kids++;
	return layout;
}

/* "vcpu_pin vcpu cpu_set": one element, and what stands for name and value in it. */
static void set_item(struct vdc_arena *arena, struct vdc_layout *layout, const char *item)
{
	const char *name = item ? strchr(item, ' ') : NULL;
	const char *value = name ? strchr(name + 1, ' ') : NULL;

	layout->item = item ? parse_path(item, arena) : NULL;
	layout->item_name =
		value ? vdc_arena_strndup(arena, name + 1, (size_t)(value - name - 1)) : "name";
	layout->item_value = value ? value + 1 : "value";
}

/* A place that a field has already is not another's: the table's first row wins. */
static void add_path(struct vdc_arena *arena, struct vdc_layout *root, const char *path,
		     const struct vdc_field *field, unsigned rank)
{
	struct vdc_layout *layout = root;

	for (const struct vdc_step *step = parse_path(path, arena); step; step = step->next) {
		layout = kid(arena, layout, step->name);
		layout->attribute |= step->attribute;
	}
	if (layout->rank >= rank)
		return;
	layout->field = field;
	layout->rank = rank;
	set_item(arena, layout, field->item);
}

static int by_name(const void *a, const void *b)
{
	const struct vdc_layout *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void sort(struct vdc_arena *arena, struct vdc_layout *layout)
{
	size_t n = 0;

	layout->sorted = vdc_arena_alloc(arena, layout->n_kids * sizeof(layout->sorted[0]));
	for (struct vdc_layout *k = layout->first; k; k = k->next) {
		layout->sorted[n++] = k;
		sort(arena, k);
	}
	if (n)
		qsort(layout->sorted, n, sizeof(layout->sorted[0]), by_name);
}

struct vdc_layout *vdc_layout_new(const struct vdc_kind *kind, bool older, struct vdc_arena *arena)
{
	struct vdc_layout *root = vdc_arena_alloc(arena, sizeof(*root));

	root->name = kind->name;
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		unsigned rank = VDC_RANK_WRITTEN;
		const char *path = f->older;

		add_path(arena, root, f->path ? f->path : f->name, f, rank);
		for (; older && path && *path; path += strspn(path, " ")) {
			add_path(arena, root, path, f, --rank);
			path += strcspn(path, " ");
		}
	}
	sort(arena, root);
	return root;
}

const struct vdc_layout *vdc_layout_kid(const struct vdc_layout *layout, const char *name)
{
	size_t low = 0, high = layout->n_kids;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, layout->sorted[middle]->name);

		if (!order)
			return layout->sorted[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
