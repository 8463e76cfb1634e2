/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/fence_metadata.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "edge/xml.h"

enum { MOST_TEXT = 500 };

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-.";

static bool is_name(const char *text)
{
	return text && *text && strlen(text) <= VDC_SCRATCH && !text[strspn(text, name_characters)];
}

/* TEXT with every run of white space as one space, not endless. */
static char *one_line(const char *text, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (; text && *text && out.len < MOST_TEXT; text++) {
		bool space = strchr(" \t\r\n", *text);

		if (!space)
			vdc_buf_putc(&out, *text);
		else if (out.len && out.data[out.len - 1] != ' ')
			vdc_buf_putc(&out, ' ');
	}
	/* Not in the middle of a character. */
	while (text && out.len && ((unsigned char)*text & 0xc0) == 0x80)
		text--, out.data[--out.len] = '\0';
	while (out.len && out.data[out.len - 1] == ' ')
		out.data[--out.len] = '\0';
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static bool is_one(const struct vdc_node *node, const char *path)
{
	const char *text = vdc_node_text(node, path);

	return text && strcmp(text, "1") == 0;
}

/* NULL where there is none, or nothing but space. */
static char *filled(const struct vdc_node *node, const char *path, struct vdc_arena *arena)
{
	const char *text = vdc_node_text(node, path);
	char *line = text ? one_line(text, arena) : NULL;

	return line && *line ? line : NULL;
}

static char *read_choices(const struct vdc_node *content, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (const struct vdc_node *n = vdc_node_child(content, "option"); n;
	     n = vdc_node_again(n)) {
		const char *value = filled(n, "value", arena);

		if (value && !strchr(value, '|') && out.len < MOST_TEXT)
			vdc_buf_printf(&out, "%s%s", out.len ? "|" : "", value);
	}
	return out.len ? vdc_arena_strdup(arena, out.data) : NULL;
}

static struct vdc_fence_option *read_option(const struct vdc_node *node, struct vdc_arena *arena)
{
	const struct vdc_node *content = vdc_node_child(node, "content");
	const char *name = vdc_node_text(node, "name");
	const char *type = vdc_node_text(content, "type");
	struct vdc_fence_option *option;
	int64_t known;

	if (!is_name(name))
		return NULL;
	option = vdc_object_new(&vdc_fence_option_kind, arena);
	option->id = option->name = vdc_arena_strdup(arena, name);
	known = type ? vdc_enum_find(&vdc_fence_option_type_values, type) : 0;
	option->type = known > 0 ? known : VDC_FENCE_OPTION_STRING;
	option->required = is_one(node, "required");
	option->deprecated = is_one(node, "deprecated");
	option->preset = filled(content, "default", arena);
	option->choices = read_choices(content, arena);
	if (option->type == VDC_FENCE_OPTION_SELECT && !option->choices)
		option->type = VDC_FENCE_OPTION_STRING;
	if (is_name(vdc_node_text(node, "obsoletes")))
		option->older = vdc_arena_strdup(arena, vdc_node_text(node, "obsoletes"));
	option->description = filled(node, "shortdesc", arena);
	return option;
}

static void read_options(const struct vdc_node *root, struct vdc_arena *arena,
			 struct vdc_fence_metadata *ret)
{
	const struct vdc_node *first = vdc_node_find(root, "parameters/parameter");
	size_t n = 0;

	for (const struct vdc_node *p = first; p; p = vdc_node_again(p))
		n++;
	ret->options = vdc_arena_alloc(arena, (n + 1) * sizeof(struct vdc_fence_option *));
	for (const struct vdc_node *p = first; p && ret->n < VDC_FENCE_OPTIONS_MAX;
	     p = vdc_node_again(p)) {
		struct vdc_fence_option *option = read_option(p, arena);

		if (option)
			ret->options[ret->n++] = option;
	}
}

static const char *read_actions(const struct vdc_node *root, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (const struct vdc_node *n = vdc_node_find(root, "actions/action"); n;
	     n = vdc_node_again(n)) {
		const char *name = vdc_node_text(n, "name");

		if (is_name(name) && out.len < MOST_TEXT &&
		    !vdc_words_have(vdc_buf_str(&out), name))
			vdc_buf_printf(&out, "%s%s", out.len ? " " : "", name);
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

/* Where the document begins in what was printed. */
static const char *begin_of(const char *text, size_t len)
{
	static const char *const begins[] = { "<?xml", "<resource-agent" };
	const char *at;

	for (size_t i = 0; i < VDC_COUNT(begins); i++)
		if ((at = memmem(text, len, begins[i], strlen(begins[i]))))
			return at;
	return text;
}

int vdc_fence_metadata_read(const char *text, size_t len, struct vdc_arena *arena,
			    struct vdc_fence_metadata *ret, struct vdc_err *err)
{
	vdc_autoarena *scratch = vdc_arena_new();
	struct vdc_fence_metadata metadata = { 0 };
	const char *begin = begin_of(text, len);
	struct vdc_node *root;
	int r = vdc_xml_parse(begin, len - (size_t)(begin - text), scratch, &root, err);

	if (!r && strcmp(root->name, "resource-agent") != 0)
		r = vdc_err_set(err, -EBADMSG, "<%.60s> where <resource-agent> was expected",
				root->name);
	if (r)
		return r;
	metadata.description = one_line(vdc_node_text(root, "shortdesc"), arena);
	metadata.actions = read_actions(root, arena);
	read_options(root, arena, &metadata);
	*ret = metadata;
	return 0;
}
