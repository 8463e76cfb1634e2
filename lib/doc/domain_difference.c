/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "doc/domain_edit.h"
#include "edge/xml.h"

static bool equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const struct vdc_node *attribute(const struct vdc_node *node, const char *name)
{
	const struct vdc_node *n = node->first;

	while (n && !(n->attribute && strcmp(n->name, name) == 0))
		n = n->next;
	return n;
}

static const struct vdc_node *next_element(const struct vdc_node *node)
{
	while (node && node->attribute)
		node = node->next;
	return node;
}

/* Attributes of A that B has not, or otherwise. */
static const struct vdc_node *other_attribute(const struct vdc_node *a, const struct vdc_node *b,
					      bool is_type)
{
	for (const struct vdc_node *n = a->first; n; n = n->next) {
		const struct vdc_node *twin;

		if (!n->attribute || (is_type && strcmp(n->name, "machine") == 0))
			continue;
		twin = attribute(b, n->name);
		if (!twin || !equal(twin->text, n->text))
			return n;
	}
	return NULL;
}

static const char *compare(const struct vdc_node *a, const struct vdc_node *b, const char *path,
			   struct vdc_arena *arena)
{
	const char *here = vdc_arena_format(arena, "%s%s%s", path, *path ? "/" : "", a->name);
	bool is_type = strcmp(here, "domain/os/type") == 0;
	const struct vdc_node *other, *x, *y;

	if (strcmp(a->name, b->name) != 0 || !equal(a->text, b->text))
		return here;
	other = other_attribute(a, b, is_type) ?: other_attribute(b, a, is_type);
	if (other)
		return vdc_arena_format(arena, "%s/%s", here, other->name);
	x = next_element(a->first);
	y = next_element(b->first);
	for (; x && y; x = next_element(x->next), y = next_element(y->next)) {
		const char *where = compare(x, y, here, arena);

		if (where)
			return where;
	}
	return x || y ? vdc_arena_format(arena, "%s/%s", here, (x ?: y)->name) : NULL;
}

int vdc_domain_difference(const char *a, const char *b, struct vdc_arena *arena, const char **ret,
			  struct vdc_err *err)
{
	vdc_autoarena *scratch = vdc_arena_new();
	struct vdc_node *first, *second;
	int r = vdc_xml_parse(a, strlen(a), scratch, &first, err);

	if (!r)
		r = vdc_xml_parse(b, strlen(b), scratch, &second, err);
	if (!r)
		*ret = vdc_arena_strdup(arena, compare(first, second, "", scratch));
	return r;
}
