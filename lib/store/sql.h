/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The statements that follow from a kind's field table. Each is made at its first use and lives as
 * long as the process, so that connections find what they prepared by its address.
 */
#pragma once

#include "base/buf.h"
#include "model/kind.h"

enum vdc_sql {
	VDC_SQL_EACH,	    /* flags */
	VDC_SQL_EACH_OF,    /* field, flags; $1 id that the field refers to */
	VDC_SQL_EACH_IN,    /* field, flags; $1 least and $2 end of its range; in its order */
	VDC_SQL_GET,	    /* flags; $1 id */
	VDC_SQL_PUT,	    /* $1.. the fields in order; NULL keeps what was there */
	VDC_SQL_SET,	    /* field; $1 id, $2 value */
	VDC_SQL_REMOVE,	    /* $1 id */
	VDC_SQL_EXISTS,	    /* $1 id; gives the id */
	VDC_SQL_BY_KEY,	    /* $1.. the key fields in order; gives the id */
	VDC_SQL_BY_NAME,    /* $1 name; gives at most two ids */
	VDC_SQL_BY_NAME_IN, /* $1 name, $2 id of the scope; gives at most two ids */
	VDC_SQL_COUNT,	    /* gives how many there are */
	VDC_SQL_NAMES,	    /* gives id and name of all that have one */
	VDC_SQL_NAMES_IN,   /* $1 least and $2 end of their range, $3 how many; gives names */
	VDC_SQL_KEYS,	    /* gives id, inner field and scope of all, as text */
	VDC_SQL_REFERRING,  /* field; $1 id that the field refers to; gives the ids */
	VDC_SQL_CLEAR,	    /* field; $1 id that the field refers to, from now on to nothing */
	VDC_SQL_DANGLING,   /* field; gives id and reference where that leads nowhere */
	VDC_N_SQL,
};

/* FIELD and FLAGS (enum vdc_store_flags) only where the list above has them. */
const char *vdc_sql(enum vdc_sql what, const struct vdc_kind *kind, const struct vdc_field *field,
		    unsigned flags);

/*
 * VDC_SQL_PUT for so many rows in which the fields of GIVEN (one per field; the id always) have a
 * value and no others: $1.. are these in order, row after row. The caller frees it.
 */
char *vdc_sql_put_given(const struct vdc_kind *kind, const bool *given, unsigned rows);

/* "status", "cluster_id". */
void vdc_sql_column(struct vdc_buf *out, const struct vdc_field *field);
/* With its table in front: "t.status". */
void vdc_sql_column_of(struct vdc_buf *out, const char *table, const struct vdc_field *field);
void vdc_sql_put(struct vdc_buf *out, const struct vdc_kind *kind); /* VDC_SQL_PUT */
bool vdc_sql_is_integer(const struct vdc_field *field); /* the column is BIGINT */

/* NULL where the kind has none. */
const struct vdc_field *vdc_kind_name_field(const struct vdc_kind *kind);
/* The reference within which its names are unique: of the key, else to what it is a part of. */
const struct vdc_field *vdc_kind_scope_field(const struct vdc_kind *kind);
/* What is unique within the scope: the other field of the key, else the name. NULL: neither. */
const struct vdc_field *vdc_kind_inner_field(const struct vdc_kind *kind);
bool vdc_kind_has_key(const struct vdc_kind *kind);

/* Whether a row of these FLAGS has the field. */
bool vdc_sql_reads(const struct vdc_field *field, unsigned flags);
/* Whether the name of what the field refers to follows it. */
bool vdc_sql_reads_name(const struct vdc_field *field, unsigned flags);
