/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/reasons.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

enum { NAMED = 10 };

static bool is_part_of_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* "vm1" stands in "of vm1:", and not in "of vm10:". */
static const char *find_name(const char *text, const char *at, const char *name, size_t len)
{
	for (const char *found = at; (found = strstr(found, name)); found++)
		if ((found == text || !is_part_of_name(found[-1])) && !is_part_of_name(found[len]))
			return found;
	return NULL;
}

static const char *shape_of(const char *text, const char *name, struct vdc_arena *arena)
{
	size_t len = name ? strlen(name) : 0;
	const char *at = text, *found;
	vdc_autobuf out = { 0 };

	if (!len)
		return text;
	while ((found = find_name(text, at, name, len))) {
		vdc_buf_printf(&out, "%.*s\1", (int)(found - at), at);
		at = found + len;
	}
	vdc_buf_printf(&out, "%s", at);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static void make_room(struct vdc_reasons *all, struct vdc_arena *arena)
{
	struct vdc_reason *items;

	if (all->n < all->room)
		return;
	all->room = all->room ? 2 * all->room : 8;
	items = vdc_arena_alloc(arena, all->room * sizeof(*items));
	if (all->n)
		memcpy(items, all->items, all->n * sizeof(*items));
	all->items = items;
}

void vdc_reasons_add(struct vdc_reasons *all, const char *name, const char *text,
		     struct vdc_arena *arena)
{
	struct vdc_reason *one;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->items[i].text, text) == 0)
			return;
	make_room(all, arena);
	one = &all->items[all->n++];
	one->name = vdc_arena_strdup(arena, name);
	one->text = vdc_arena_strdup(arena, text);
	one->shape = shape_of(one->text, one->name, arena);
}

static bool are_alike(const struct vdc_reason *a, const struct vdc_reason *b)
{
	return a->name && b->name && strcmp(a->shape, b->shape) == 0;
}

static bool is_said(const struct vdc_reasons *all, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (are_alike(&all->items[i], &all->items[at]))
			return true;
	return false;
}

static void name_others(const struct vdc_reasons *all, size_t at, struct vdc_buf *out)
{
	vdc_autobuf names = { 0 };
	size_t n = 0;

	for (size_t i = at + 1; i < all->n; i++) {
		if (!are_alike(&all->items[at], &all->items[i]))
			continue;
		if (n < NAMED)
			vdc_buf_printf(&names, "%s%s", n ? ", " : "", all->items[i].name);
		n++;
	}
	if (n > NAMED)
		vdc_buf_printf(&names, " and %zu more", n - NAMED);
	if (n)
		vdc_buf_printf(out, " (%zu other%s alike: %s)", n, n == 1 ? "" : "s",
			       vdc_buf_str(&names));
}

char *vdc_reasons_text(const struct vdc_reasons *all, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		if (is_said(all, i))
			continue;
		vdc_buf_printf(&out, "%s%s", out.len ? "; " : "", all->items[i].text);
		name_others(all, i, &out);
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}
