/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an import keeps of each kind, and the check of the references at its end. */
#pragma once

#include "base/map.h"
#include "doc/doc.h"
#include "store/names.h"

struct vdc_import_kind {
	const struct vdc_field *name, *inner, *scope; /* NULL: it has none */
	bool has_key;
	struct vdc_map *places;	    /* id -> tag */
	struct vdc_names *names[2]; /* anywhere, in scopes; NULL until somebody asks for one */
	bool *refers;		    /* per field: some object referred by id */
};

struct vdc_import_kind *vdc_import_kinds_new(void);
void vdc_import_kinds_free(struct vdc_import_kind *kinds);
struct vdc_import_kind *vdc_import_kind(struct vdc_import_kind *kinds, const struct vdc_kind *kind);

/* A place as the tag of a statement; never 0. */
uint64_t vdc_tag_of_place(struct vdc_place place);
struct vdc_place vdc_place_of_tag(uint64_t tag);

/* -EINVAL names the first object of the document that refers to nothing, with its place. */
int vdc_import_check_references(struct vdc_db *db, struct vdc_import_kind *kinds,
				struct vdc_err *err);
