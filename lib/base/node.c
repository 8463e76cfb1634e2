/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/node.h"

#include <string.h>

struct vdc_node *vdc_node_add(struct vdc_arena *arena, struct vdc_node *parent, const char *name)
{
	struct vdc_node *node = vdc_arena_alloc(arena, sizeof(*node));

	node->name = name;
	if (!parent)
		return node;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

static struct vdc_node *named(struct vdc_node *node, const char *name, size_t len)
{
	for (; node; node = node->next)
		if ((!len || *node->name == *name) && !strncmp(node->name, name, len) && !node->name[len])
			return node;
	return NULL;
}

struct vdc_node *vdc_node_child(const struct vdc_node *node, const char *name)
{
	return node ? named(node->first, name, strlen(name)) : NULL;
}

struct vdc_node *vdc_node_again(const struct vdc_node *node)
{
	return named(node->next, node->name, strlen(node->name));
}

struct vdc_node *vdc_node_find(const struct vdc_node *node, const char *path)
{
	const struct vdc_node *at = node;
	struct vdc_node *found = NULL;

	while (at) {
		size_t len = strcspn(path, "/");

		found = named(at->first, path, len);
		if (!path[len])
			return found;
		path += len + 1;
		at = found;
	}
	return NULL;
}

const char *vdc_node_text(const struct vdc_node *node, const char *path)
{
	const struct vdc_node *found = vdc_node_find(node, path);

	return found ? found->text : NULL;
}
