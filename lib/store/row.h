/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects and the rows of their tables. */
#pragma once

#include "edge/db.h"
#include "model/kind.h"

/* The value of a field as its column holds it; SCRATCH must live as long as the value. */
struct vdc_value vdc_row_value(const struct vdc_field *field, const void *object,
			       char scratch[VDC_SCRATCH]);

/* All fields in order. The caller frees it; it points into OBJECT. */
struct vdc_value *vdc_row_values(const struct vdc_kind *kind, const void *object);

/* What the columns of VDC_SQL_EACH, EACH_OF or GET with FLAGS mean, found once for all rows. The
 * caller frees it. */
struct vdc_row_shape;
struct vdc_row_shape *vdc_row_shape(const struct vdc_kind *kind, unsigned flags);

/* An object in ARENA from such a row. */
void *vdc_row_object(const struct vdc_row_shape *shape, const struct vdc_value *columns, size_t n,
		     struct vdc_arena *arena);
