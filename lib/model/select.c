/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * or   = and { "||" and }
 * and  = not { "&&" not }
 * not  = "!" not | "(" or ")" | FIELD [ OP VALUE ]
 */
#include "model/select.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/similar.h"
#include "model/select_test.h"

enum { DEPTH_MAX = 100 };

enum node_type { ANY_OF, ALL_OF, NOT, TEST };

struct node {
	enum node_type type;
	struct node *first; /* operands of ANY_OF, ALL_OF, NOT */
	struct node *next;
	struct vdc_select_test test;
	struct node *next_test; /* all tests of the expression */
};

struct vdc_select {
	struct vdc_arena *arena;
	struct node *root;
	struct node *tests;
};

struct parser {
	struct vdc_select_lex lex;
	const struct vdc_kind *kind;
	struct vdc_select *select;
	int64_t now;
	int depth;
};

static int parse_or(struct parser *p, struct node **ret);

static struct node *new_node(const struct parser *p, enum node_type type)
{
	struct node *node = vdc_arena_alloc(p->lex.arena, sizeof(*node));

	node->type = type;
	return node;
}

static int unknown_field(const struct parser *p, const char *where, const char *name)
{
	struct vdc_similar similar = { .word = name };
	vdc_autobuf fields = { 0 };

	for (size_t i = 0; i < p->kind->n_fields; i++) {
		vdc_similar_try(&similar, p->kind->fields[i].name);
		vdc_buf_printf(&fields, "%s%s", i ? " " : "", p->kind->fields[i].name);
	}
	if (similar.best[0])
		return vdc_select_refuse(&p->lex, where, "unknown field '%.60s'; did you mean %s?",
					 name, similar.best);
	return vdc_select_refuse(&p->lex, where, "unknown field '%.60s'; a %s has: %s", name,
				 p->kind->word, vdc_buf_str(&fields));
}

static int parse_operand(struct parser *p, struct node *node)
{
	const char *value, *where;
	int r;

	node->test.op = vdc_select_operator(&p->lex);
	if (node->test.op == VDC_SELECT_TRUE)
		return 0;
	where = p->lex.at + strspn(p->lex.at, " \t\r\n");
	r = vdc_select_value(&p->lex, &value);
	if (r)
		return r;
	r = vdc_select_test_set(&node->test, p->kind, value, p->now, p->lex.arena, p->lex.err);
	if (r && p->lex.err)
		p->lex.err->column = (unsigned)(where - p->lex.text) + 1;
	return r;
}

static int parse_test(struct parser *p, struct node **ret)
{
	struct node *node = new_node(p, TEST);
	const char *where = p->lex.at + strspn(p->lex.at, " \t\r\n");
	const char *name = vdc_select_name(&p->lex);

	if (!name)
		return vdc_select_refuse(&p->lex, where, "the name of a field is missing");
	node->test.field = vdc_kind_field(p->kind, name);
	if (!node->test.field)
		return unknown_field(p, where, name);
	node->next_test = p->select->tests;
	p->select->tests = node;
	*ret = node;
	return parse_operand(p, node);
}

static int parse_parentheses(struct parser *p, struct node **ret)
{
	const char *open = p->lex.at - 1;
	int r = parse_or(p, ret);

	if (!r && !vdc_select_take(&p->lex, ")"))
		return vdc_select_refuse(&p->lex, open, "the ( has no )");
	return r;
}

static int parse_not(struct parser *p, struct node **ret)
{
	struct node *node;
	int r;

	if (++p->depth > DEPTH_MAX)
		return vdc_select_refuse(&p->lex, p->lex.at, "too many ( or ! in each other");
	if (vdc_select_take(&p->lex, "!")) {
		node = new_node(p, NOT);
		*ret = node;
		r = parse_not(p, &node->first);
	} else if (vdc_select_take(&p->lex, "(")) {
		r = parse_parentheses(p, ret);
	} else {
		r = parse_test(p, ret);
	}
	p->depth--;
	return r;
}

typedef int parse_fn(struct parser *p, struct node **ret);

/* PART { JOINT PART }; a single part stands for itself. */
static int parse_chain(struct parser *p, enum node_type type, const char *joint, parse_fn *part,
		       struct node **ret)
{
	struct node *chain = new_node(p, type), **last = &chain->first;
	int r;

	do {
		r = part(p, last);
		if (r)
			return r;
		last = &(*last)->next;
	} while (vdc_select_take(&p->lex, joint));
	*ret = chain->first->next ? chain : chain->first;
	return 0;
}

static int parse_and(struct parser *p, struct node **ret)
{
	return parse_chain(p, ALL_OF, "&&", parse_not, ret);
}

static int parse_or(struct parser *p, struct node **ret)
{
	return parse_chain(p, ANY_OF, "||", parse_and, ret);
}

int vdc_select_parse(const struct vdc_kind *kind, const char *text, int64_t now,
		     struct vdc_select **ret, struct vdc_err *err)
{
	struct vdc_select *select = vdc_alloc(sizeof(*select));
	struct parser p = { .kind = kind, .select = select, .now = now };
	int r;

	select->arena = vdc_arena_new();
	p.lex = (struct vdc_select_lex){ text, text, select->arena, err };
	r = parse_or(&p, &select->root);
	if (!r && !vdc_select_at_end(&p.lex))
		r = vdc_select_refuse(&p.lex, p.lex.at, "'%.20s': expected && or || or the end",
				      p.lex.at);
	if (r) {
		vdc_select_free(select);
		return r;
	}
	*ret = select;
	return 0;
}

void vdc_select_free(struct vdc_select *select)
{
	if (!select)
		return;
	for (struct node *node = select->tests; node; node = node->next_test) {
		if (node->test.regex)
			regfree(node->test.regex);
	}
	vdc_arena_free(select->arena);
	free(select);
}

bool vdc_select_uses(const struct vdc_select *select, const struct vdc_field *field)
{
	for (const struct node *node = select->tests; node; node = node->next_test) {
		if (node->test.field == field)
			return true;
	}
	return false;
}

static bool holds(const struct node *node, const void *object)
{
	if (node->type == TEST)
		return vdc_select_test_holds(&node->test, object);
	if (node->type == NOT)
		return !holds(node->first, object);
	for (const struct node *part = node->first; part; part = part->next) {
		if (holds(part, object) == (node->type == ANY_OF))
			return node->type == ANY_OF;
	}
	return node->type == ALL_OF;
}

bool vdc_select_matches(const struct vdc_select *select, const void *object)
{
	return holds(select->root, object);
}
