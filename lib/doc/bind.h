/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One object: nodes of a document <-> struct, by the field table of its kind. */
#pragma once

#include "base/node.h"
#include "model/kind.h"

/* The layouts of the kinds that were met so far. */
struct vdc_binder;

enum vdc_binder_use { VDC_BIND_READ, VDC_BIND_WRITE_XML, VDC_BIND_WRITE_JSON };

struct vdc_binder *vdc_binder_new(enum vdc_binder_use use);
void vdc_binder_free(struct vdc_binder *binder);

/* An object inside of another one that refers to it: a host's fence agents. */
struct vdc_part {
	const struct vdc_kind *kind;
	const struct vdc_node *node;
	const struct vdc_field *owner; /* the part's reference to the object around it */
	bool flat; /* written as the element itself and not inside of it: it has its owner's id */
	struct vdc_part *next;
};

/* What no field is for is ignored with a debug message, unless it is a part. ABOUT is the
 * node that an error is about. */
int vdc_bind(struct vdc_binder *binder, const struct vdc_kind *kind, const struct vdc_node *node,
	     struct vdc_arena *arena, void **ret, struct vdc_part **parts,
	     const struct vdc_node **about, struct vdc_err *err);

/* -EILSEQ names object and field whose text the document cannot hold. */
int vdc_unbind(struct vdc_binder *binder, const struct vdc_kind *kind, const void *object,
	       struct vdc_arena *arena, struct vdc_node **ret, struct vdc_err *err);
