/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends the rows of an import. Most objects of a document have values for the same fields: for the
 * first few such shapes there are statements with just these, which take a fraction of the time, and
 * on PostgreSQL several rows go in one statement, because there the statement costs most.
 */
#pragma once

#include "edge/db.h"
#include "model/kind.h"

enum { VDC_SENDER_GROUP = 16 }; /* rows in one statement at most */

struct vdc_sender;

struct vdc_sender *vdc_sender_new(enum vdc_db_engine engine);
void vdc_sender_free(struct vdc_sender *sender); /* NULL is fine */

/* ROW has all fields of KIND; it is copied. FAILED is the tag of the first row of a statement. */
int vdc_sender_put(struct vdc_sender *sender, struct vdc_db_batch *batch,
		   const struct vdc_kind *kind, const struct vdc_value *row, uint64_t tag,
		   uint64_t *failed, struct vdc_err *err);

/* Sends what was kept back. */
int vdc_sender_flush(struct vdc_sender *sender, struct vdc_db_batch *batch, uint64_t *failed,
		     struct vdc_err *err);
