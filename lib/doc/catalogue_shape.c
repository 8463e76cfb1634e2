/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/catalogue_shape.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/release.h"
#include "base/similar.h"
#include "base/size.h"
#include "base/words.h"
#include "model/storage_domain.h"

static bool is_name(const char *s, size_t len)
{
	size_t good = 0;

	while (good < len && (isalnum((unsigned char)s[good]) || strchr("_-.", s[good])))
		good++;
	return good == len && len > 0;
}

/* White space between words becomes one space. */
static char *tidy(const char *text, struct vdc_arena *arena)
{
	vdc_autobuf words = { 0 };

	for (const char *s = text + strspn(text, " \t\r\n"); *s;) {
		size_t len = strcspn(s, " \t\r\n");

		vdc_buf_printf(&words, "%s%.*s", words.len ? " " : "", (int)len, s);
		s += len;
		s += strspn(s, " \t\r\n");
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&words));
}

static int take_text(const char *text, enum vdc_attribute_type type, struct vdc_arena *arena,
		     const char **ret, struct vdc_err *err)
{
	const char *words = tidy(text, arena), *rest = words;
	size_t len;

	if (!*words)
		return vdc_err_set(err, -EBADMSG, "is empty; leave the attribute out");
	if (type == VDC_ATTRIBUTE_NAME && !is_name(words, strlen(words)))
		return vdc_err_set(err, -EBADMSG,
				   "'%.60s' is not a name of letters, digits, '_', '-' and '.'",
				   words);
	for (const char *w; type == VDC_ATTRIBUTE_NAMES && (w = vdc_word_next(&rest, &len));) {
		if (!is_name(w, len))
			return vdc_err_set(err, -EBADMSG, "'%.*s' is not a name",
					   len < 60 ? (int)len : 60, w);
	}
	*ret = words;
	return 0;
}

static int take_release(const char *text, uint64_t *ret, struct vdc_err *err)
{
	*ret = isdigit((unsigned char)*text) ? vdc_release_parse(text) : 0;
	return *ret ? 0
		    : vdc_err_set(err, -EBADMSG, "'%.60s' is not a version such as 4.16.7", text);
}

static int take_count(const char *text, int64_t *ret, struct vdc_err *err)
{
	int r = vdc_int_parse(text, ret, err);

	return r || *ret > 0 ? r : vdc_err_set(err, -EBADMSG, "'%.60s' is too small", text);
}

static int take_format(const char *text, int64_t *ret, struct vdc_err *err)
{
	*ret = vdc_enum_find(&vdc_storage_format_values, text);
	return *ret > 0 ? 0
			: vdc_err_set(err, -EBADMSG, "'%.60s' is none of v1, v2, v3, v4, v5", text);
}

static int take_truth(const char *text, bool *ret, struct vdc_err *err)
{
	*ret = strcmp(text, "true") == 0;
	return *ret || strcmp(text, "false") == 0
		       ? 0
		       : vdc_err_set(err, -EBADMSG, "'%.60s' is neither true nor false", text);
}

static int take(const struct vdc_attribute *attribute, const char *text, void *object,
		struct vdc_arena *arena, struct vdc_err *err)
{
	void *member = (char *)object + attribute->offset;

	switch (attribute->type) {
	case VDC_ATTRIBUTE_VERSION:
		return vdc_level_parse(text, member, err);
	case VDC_ATTRIBUTE_RELEASE:
		return take_release(text, member, err);
	case VDC_ATTRIBUTE_COUNT:
		return take_count(text, member, err);
	case VDC_ATTRIBUTE_SIZE:
		return vdc_size_parse(text, member, err);
	case VDC_ATTRIBUTE_FORMAT:
		return take_format(text, member, err);
	case VDC_ATTRIBUTE_TRUTH:
		return take_truth(text, member, err);
	default:
		return take_text(text, attribute->type, arena, member, err);
	}
}

static int unknown(const struct vdc_element *element, const struct vdc_node *node,
		   struct vdc_err *err)
{
	struct vdc_similar similar = { .word = node->name };
	const char *children = element->children;
	char hint[VDC_SIMILAR_HINT], child[64];
	size_t len;

	for (size_t i = 0; node->attribute && i < element->n_attributes; i++)
		vdc_similar_try(&similar, element->attributes[i].name);
	for (const char *w; !node->attribute && (w = vdc_word_next(&children, &len));) {
		snprintf(child, sizeof(child), "%.*s", (int)len, w);
		vdc_similar_try(&similar, child);
	}
	return vdc_err_at(err, -EBADMSG, node->line, node->column,
			  node->attribute ? "<%s> has no attribute '%.60s'%s"
					  : "<%s> has no element <%.60s>%s",
			  element->name, node->name, vdc_similar_hint(&similar, hint));
}

static const struct vdc_attribute *find(const struct vdc_element *element, const char *name)
{
	for (size_t i = 0; i < element->n_attributes; i++) {
		if (strcmp(element->attributes[i].name, name) == 0)
			return &element->attributes[i];
	}
	return NULL;
}

static int read_attribute(const struct vdc_element *element, const struct vdc_node *node,
			  void *object, struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_attribute *attribute = find(element, node->name);
	struct vdc_err why = { 0 };

	if (!attribute)
		return unknown(element, node, err);
	if (take(attribute, node->text ? node->text : "", object, arena, &why) == 0)
		return 0;
	return vdc_err_at(err, -EBADMSG, node->line, node->column, "%s of <%s>: %s", node->name,
			  element->name, vdc_err_text(&why));
}

int vdc_element_read(const struct vdc_element *element, const struct vdc_node *node, void *object,
		     struct vdc_arena *arena, struct vdc_err *err)
{
	int r = 0;

	if (node->text && strspn(node->text, " \t\r\n") < strlen(node->text))
		return vdc_err_at(err, -EBADMSG, node->line, node->column,
				  "<%s> holds text; everything stands in attributes", node->name);
	for (const struct vdc_node *n = node->first; n && r == 0; n = n->next) {
		if (n->attribute)
			r = read_attribute(element, n, object, arena, err);
		else if (!vdc_words_have(element->children, n->name))
			r = unknown(element, n, err);
	}
	for (size_t i = 0; i < element->n_attributes && r == 0; i++) {
		const struct vdc_node *n = vdc_node_child(node, element->attributes[i].name);

		if (element->attributes[i].required && !n)
			r = vdc_err_at(err, -EBADMSG, node->line, node->column, "<%s> lacks its %s",
				       element->name, element->attributes[i].name);
	}
	return r;
}

size_t vdc_element_count(const struct vdc_node *node, const char *name)
{
	size_t count = 0;

	for (const struct vdc_node *n = vdc_node_child(node, name); n; n = vdc_node_again(n))
		count++;
	return count;
}

int vdc_element_wrong(const struct vdc_node *node, struct vdc_err *err, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return vdc_err_at(err, -EBADMSG, node->line, node->column, "%s", text);
}

int vdc_element_read_all(const struct vdc_element *element, const struct vdc_node *parent,
			 const void *fresh, size_t size, struct vdc_arena *arena, void *ret,
			 size_t *n_ret, struct vdc_err *err)
{
	size_t n = 0, count = vdc_element_count(parent, element->name);
	char *items = vdc_arena_alloc(arena, count * size);
	int r = 0;

	for (const struct vdc_node *node = vdc_node_child(parent, element->name); node && r == 0;
	     node = vdc_node_again(node), n++) {
		memcpy(items + n * size, fresh, size);
		r = vdc_element_read(element, node, items + n * size, arena, err);
	}
	memcpy(ret, &items, sizeof(items)); /* whatever it points to */
	*n_ret = count;
	return r;
}
