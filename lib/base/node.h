/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree of names and texts: what XML and JSON have in common. XML's attributes and elements, and
 * JSON's members and each element of an array, are all nodes under their name:
 *
 *	<host id="1"><tag>a</tag><tag>b</tag></host>     {"id":"1","tag":["a","b"]}
 *
 * is the node host with the nodes id, tag and tag below it. Nodes live in an arena.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

enum vdc_node_type { VDC_NODE_TEXT, VDC_NODE_NUMBER, VDC_NODE_BOOL };

struct vdc_node {
	const char *name; /* without namespace; "" for the elements of an array in an array */
	const char *text; /* NULL for a node with nodes below it, or without any text */
	struct vdc_node *first;
	struct vdc_node *last;
	struct vdc_node *next;
	unsigned line;	 /* where it began, from 1; 0 in JSON for all but the root */
	unsigned column; /* in bytes, from 1 */
	enum vdc_node_type type;
	bool attribute; /* written by XML as an attribute */
	bool repeated;	/* written by JSON as an element of an array, even if alone */
};

/* A node under PARENT, behind those it has (NULL: a root). NAME and what it points to is kept. */
struct vdc_node *vdc_node_add(struct vdc_arena *arena, struct vdc_node *parent, const char *name);

/* The first node of that name right below, NULL when there is none or NODE is NULL. */
struct vdc_node *vdc_node_child(const struct vdc_node *node, const char *name);

/* Through several levels: "os/version/full_version". */
struct vdc_node *vdc_node_find(const struct vdc_node *node, const char *path);
/* The text there, NULL when there is none. */
const char *vdc_node_text(const struct vdc_node *node, const char *path);

/* The next one of the same name, for `for (n = vdc_node_child(...); n; n = vdc_node_again(n))`. */
struct vdc_node *vdc_node_again(const struct vdc_node *node);

/* How a document is taken apart by a reader that streams (edge/xml.h, edge/json.h). */
enum vdc_take {
	VDC_TAKE_NOT,	 /* read over it */
	VDC_TAKE_INSIDE, /* ask about what is in it */
	VDC_TAKE_WHOLE,	 /* give it to `node` with all that is in it */
};

/* What a reader knows when it asks. */
struct vdc_node_head {
	const struct vdc_node *node; /* name, place; in XML its attributes; JSON's root is "" */
	const char *first;	     /* JSON: name of its first member, NULL when it has none */
	bool first_is_plain;	     /* ... and that has no object or array as its value */
	bool in_array;		     /* JSON: one of several under this name */
	unsigned depth;		     /* 0 is the root */
};

struct vdc_node_taker {
	void *ctx;
	struct vdc_arena *arena; /* of the nodes; BEGIN may reset it unless it takes the node
				    whole, and NODE may */
	/* An enum vdc_take, or a negative errno that ends the reading. */
	int (*begin)(void *ctx, const struct vdc_node_head *head, struct vdc_err *err);
	/*
	 * Names last as long as the reading does, texts as long as the arena. A negative errno
	 * ends the reading; ABOUT, one of the nodes below NODE, says what the error is about, and
	 * the reader then knows the line.
	 */
	int (*node)(void *ctx, struct vdc_node *node, const struct vdc_node **about,
		    struct vdc_err *err);
};

/* Limits of all documents. */
enum {
	VDC_DEPTH_MAX = 256,
	VDC_VALUE_MAX = 10 * 1000 * 1000,  /* bytes of one text */
	VDC_OBJECT_MAX = 16 * 1024 * 1024, /* bytes of one object in JSON */
	VDC_NODES_MAX = 64 * 1024 * 1024,  /* bytes of its nodes and texts in memory */
};
