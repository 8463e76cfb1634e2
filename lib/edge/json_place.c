/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/json_place.h"

#include <string.h>

#include "base/frame.h"

/* Nodes keep the order of the text and not the places, so the node's number is looked for. The text
 * is JSON: it was parsed. */
struct walk {
	const char *pos;
	const char *end;
	bool in_array[VDC_DEPTH_MAX];
	size_t depth;
	bool name_follows;
	size_t nodes; /* that began so far */
};

static void skip_string(struct walk *w)
{
	for (w->pos++; w->pos < w->end && *w->pos != '"'; w->pos++)
		w->pos += *w->pos == '\\';
	w->pos++;
}

/* Null makes no node, and an array one for each element, unless it is an element itself. */
static bool makes_node(const struct walk *w)
{
	if (*w->pos == '[')
		return w->depth && w->in_array[w->depth - 1];
	return *w->pos != 'n';
}

static void open_bracket(struct walk *w)
{
	if (w->depth < VDC_DEPTH_MAX)
		w->in_array[w->depth++] = *w->pos == '[';
	w->name_follows = *w->pos++ == '{';
}

static void close_bracket(struct walk *w)
{
	w->depth -= w->depth > 0;
	w->name_follows = false;
	w->pos++;
}

/* Passes one token; true when a value begins with it that is node number WANTED. */
static bool pass(struct walk *w, size_t wanted)
{
	if (strchr(" \t\r\n:", *w->pos)) {
		w->pos++;
	} else if (*w->pos == ',') {
		w->name_follows = w->depth && !w->in_array[w->depth - 1];
		w->pos++;
	} else if (*w->pos == '}' || *w->pos == ']') {
		close_bracket(w);
	} else if (w->name_follows) {
		w->name_follows = false;
		skip_string(w);
	} else {
		if (makes_node(w) && w->nodes++ == wanted)
			return true;
		if (*w->pos == '{' || *w->pos == '[')
			open_bracket(w);
		else if (*w->pos == '"')
			skip_string(w);
		else
			w->pos += strcspn(w->pos, " \t\r\n,]}");
	}
	return false;
}

/* Counts the nodes before NODE; true when it was found. */
static bool count_to(const struct vdc_node *at, const struct vdc_node *node, size_t *before)
{
	if (at == node)
		return true;
	++*before;
	for (at = at->first; at; at = at->next)
		if (count_to(at, node, before))
			return true;
	return false;
}

void vdc_json_place(const char *text, size_t len, const struct vdc_node *root,
		    const struct vdc_node *node, unsigned *line, unsigned *column)
{
	struct walk w = { .pos = text, .end = text + len };
	size_t wanted = 0;

	if (!count_to(root, node, &wanted))
		return;
	while (w.pos < w.end)
		if (pass(&w, wanted)) {
			vdc_frame_place(text, (size_t)(w.pos - text), line, column);
			return;
		}
}
