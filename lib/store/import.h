/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many objects at once, inside one transaction: whatever ends the process leaves the state from
 * before or the new one. The rules are those of vdc_store_put(), but references by id may lead to
 * objects that come later; they are checked at the end. -EINVAL and -EEXIST carry line and column of
 * the object that is wrong.
 *
 * The transaction's callback may run again (edge/db.h): it must be able to read its input again from
 * the beginning, or fail when it is called a second time.
 */
#pragma once

#include "doc/doc.h"
#include "edge/db.h"

struct vdc_import;

int vdc_import_begin(struct vdc_db *db, struct vdc_import **ret, struct vdc_err *err);

/* A vdc_doc_fn: CTX is the struct vdc_import. */
int vdc_import_put(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		   struct vdc_arena *arena, struct vdc_err *err);

/* Checks the references. Nothing may be put after it. */
int vdc_import_end(struct vdc_import *import, struct vdc_err *err);
void vdc_import_free(struct vdc_import *import); /* NULL is fine */

size_t vdc_import_count(const struct vdc_import *import, const struct vdc_kind *kind);
