/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/frame.h"
#include "base/json_text.h"
#include "base/map.h"
#include "base/number.h"

enum { FEW = 24 }; /* names in one object that are compared one by one */

/* An object or array that is open. */
struct level {
	struct vdc_node *node; /* gets what is in it */
	const char *name;      /* of the elements of an array; NULL: an object */
	struct vdc_map *names; /* of an object with many members */
	unsigned n_names;
	const char *few[FEW];
	bool filled;
};

struct parser {
	const char *text;
	const char *pos;
	const char *end;
	const struct vdc_node *at;
	struct vdc_arena *arena;
	struct vdc_err *err;
	struct vdc_node *root;
	const char *name; /* under which the next value stands */
	struct level *levels;
	size_t depth;
	size_t n_levels; /* that LEVELS has room for */
};

static int refuse_at(const struct parser *p, const char *where, const char *why)
{
	unsigned line = p->at->line, column = p->at->column;

	vdc_frame_place(p->text, (size_t)(where - p->text), &line, &column);
	return vdc_err_at(p->err, -EBADMSG, line, column, "not JSON: %s", why);
}

static int refuse(const struct parser *p, const char *why)
{
	return refuse_at(p, p->pos, p->pos < p->end ? why : "it is cut off");
}

/* The next byte that is not white space; -1 at the end. */
static int next(struct parser *p)
{
	while (p->pos < p->end &&
	       (*p->pos == ' ' || *p->pos == '\n' || *p->pos == '\t' || *p->pos == '\r'))
		p->pos++;
	return p->pos < p->end ? (unsigned char)*p->pos : -1;
}

static int string(struct parser *p, const char **ret)
{
	const char *from = p->pos, *wrong = NULL;

	*ret = vdc_json_text(&p->pos, p->end, p->arena, &wrong);
	return *ret ? 0 : refuse_at(p, wrong ? p->pos : from, wrong ?: "a text that does not end");
}

static bool is_new_of_many(struct level *level, const char *name)
{
	uint64_t *seen;

	if (!level->names) {
		level->names = vdc_map_new();
		for (unsigned i = 0; i < FEW; i++)
			*vdc_map_add(level->names, level->few[i], strlen(level->few[i])) = 1;
	}
	seen = vdc_map_add(level->names, name, strlen(name));
	return !(*seen)++;
}

static bool is_new(struct level *level, const char *name)
{
	if (level->n_names == FEW)
		return is_new_of_many(level, name);
	for (unsigned i = 0; i < level->n_names; i++)
		if (*level->few[i] == *name && !strcmp(level->few[i], name))
			return false;
	level->few[level->n_names++] = name;
	return true;
}

/* The name of a member and its colon. */
static int member(struct parser *p, struct level *level)
{
	const char *start = p->pos;
	int r;

	if (next(p) != '"')
		return refuse(p, "a name in quotes should be here");
	start = p->pos;
	r = string(p, &p->name);
	if (r < 0)
		return r;
	if (!is_new(level, p->name))
		return refuse_at(p, start, "duplicate name in an object");
	if (next(p) != ':')
		return refuse(p, "':' should be here");
	p->pos++;
	next(p);
	return 0;
}

static struct vdc_node *add(struct parser *p)
{
	return p->depth ? vdc_node_add(p->arena, p->levels[p->depth - 1].node, p->name) : p->root;
}

static int open_level(struct parser *p, struct vdc_node *node, const char *name)
{
	struct level *level;

	if (p->depth == VDC_DEPTH_MAX)
		return refuse(p, "nested too deep (more than 256 levels)");
	if (p->depth == p->n_levels) {
		p->n_levels = p->n_levels * 2 + 8;
		p->levels = vdc_realloc(p->levels, p->n_levels, sizeof(*p->levels));
	}
	level = &p->levels[p->depth++];
	level->node = node;
	level->name = name;
	level->names = NULL;
	level->n_names = 0;
	level->filled = false;
	p->pos++;
	return 0;
}

/* An array in an object is its elements under its name; one in an array is a node of its own. */
static int open_array(struct parser *p)
{
	if (p->depth && !p->levels[p->depth - 1].name)
		return open_level(p, p->levels[p->depth - 1].node, p->name);
	return open_level(p, add(p), "");
}

static void close_level(struct parser *p)
{
	vdc_map_free(p->levels[--p->depth].names);
	p->pos++;
}

static int number(struct parser *p)
{
	const char *why = NULL;
	const char *text = vdc_json_number(&p->pos, p->end, p->arena, &why);
	struct vdc_node *node;

	if (!text)
		return refuse(p, why);
	node = add(p);
	node->text = text;
	node->type = VDC_NODE_NUMBER;
	return 0;
}

static bool is_word(struct parser *p, const char *word, size_t len)
{
	if ((size_t)(p->end - p->pos) < len || memcmp(p->pos, word, len) != 0)
		return false;
	p->pos += len;
	return true;
}

static int word(struct parser *p)
{
	const char *text = NULL;
	struct vdc_node *node;

	if (is_word(p, "null", 4))
		return 0;
	if (is_word(p, "true", 4))
		text = "true";
	else if (is_word(p, "false", 5))
		text = "false";
	else
		return refuse(p, "a value should be here");
	node = add(p);
	node->text = text;
	node->type = VDC_NODE_BOOL;
	return 0;
}

static int value(struct parser *p)
{
	const int c = next(p);

	if (vdc_arena_used(p->arena) > VDC_NODES_MAX)
		return vdc_err_at(p->err, -EBADMSG, p->at->line, p->at->column,
				  "the object that begins here has too many values");
	if (c == '"')
		return string(p, &add(p)->text);
	if (c == '{')
		return open_level(p, add(p), NULL);
	if (c == '[')
		return open_array(p);
	return c == '-' || (c >= '0' && c <= '9') ? number(p) : word(p);
}

/* The end of what is open, or the next value in it. */
static int go_on(struct parser *p)
{
	struct level *level = &p->levels[p->depth - 1];
	const char close = level->name ? ']' : '}';
	int c = next(p), r = 0;

	if (c == close) {
		close_level(p);
		return 0;
	}
	if (level->filled) {
		if (c != ',')
			return refuse(p, level->name ? "',' or ']' should be here"
						     : "',' or '}' should be here");
		p->pos++;
	}
	level->filled = true;
	if (level->name)
		p->name = level->name;
	else
		r = member(p, level);
	return r < 0 ? r : value(p);
}

int vdc_json_nodes(const char *text, size_t len, const struct vdc_node *at, struct vdc_arena *arena,
		   struct vdc_node **ret, struct vdc_err *err)
{
	struct parser p = {
		.text = text,
		.pos = text,
		.end = text + len,
		.at = at,
		.arena = arena,
		.err = err,
		.root = vdc_node_add(arena, NULL, at->name),
	};
	int r = value(&p);

	while (!r && p.depth)
		r = go_on(&p);
	if (!r && next(&p) >= 0)
		r = refuse(&p, "something follows behind the value");
	while (p.depth)
		close_level(&p);
	free(p.levels);
	if (r < 0)
		return r;
	p.root->line = at->line;
	p.root->column = at->column;
	*ret = p.root;
	return 0;
}
