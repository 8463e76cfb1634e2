/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/sql.h"

#include <pthread.h>
#include <string.h>

#include "store/store.h"

const struct vdc_field *vdc_kind_name_field(const struct vdc_kind *kind)
{
	return vdc_kind_field(kind, "name");
}

const struct vdc_field *vdc_kind_scope_field(const struct vdc_kind *kind)
{
	static const unsigned ways[] = { VDC_KEY, VDC_PART };
	size_t way, i;

	for (way = 0; way < VDC_COUNT(ways); way++)
		for (i = 0; i < kind->n_fields; i++)
			if (kind->fields[i].type == VDC_REF && (kind->fields[i].flags & ways[way]))
				return &kind->fields[i];
	return NULL;
}

const struct vdc_field *vdc_kind_inner_field(const struct vdc_kind *kind)
{
	const struct vdc_field *scope = vdc_kind_scope_field(kind);
	size_t i;

	for (i = 0; i < kind->n_fields; i++)
		if ((kind->fields[i].flags & VDC_KEY) && &kind->fields[i] != scope)
			return &kind->fields[i];
	return vdc_kind_name_field(kind);
}

bool vdc_kind_has_key(const struct vdc_kind *kind)
{
	size_t i;

	for (i = 0; i < kind->n_fields; i++)
		if (kind->fields[i].flags & VDC_KEY)
			return true;
	return false;
}

bool vdc_sql_is_integer(const struct vdc_field *field)
{
	return vdc_type_shape(field->type) == VDC_SHAPE_INT && field->type != VDC_ENUM;
}

bool vdc_sql_reads(const struct vdc_field *field, unsigned flags)
{
	if (flags & VDC_ONLY_LISTED)
		return (field->flags & VDC_LISTED) || strcmp(field->name, "id") == 0;
	return !(field->flags & VDC_LONG) || (flags & VDC_WITH_LONG);
}

bool vdc_sql_reads_name(const struct vdc_field *field, unsigned flags)
{
	return field->type == VDC_REF && (flags & VDC_WITH_NAMES) &&
	       vdc_kind_name_field(field->target);
}

void vdc_sql_column(struct vdc_buf *out, const struct vdc_field *field)
{
	vdc_buf_puts(out, field->name);
	if (field->type == VDC_REF)
		vdc_buf_puts(out, "_id");
}

void vdc_sql_column_of(struct vdc_buf *out, const char *table, const struct vdc_field *field)
{
	vdc_buf_printf(out, "%s.", table);
	vdc_sql_column(out, field);
}

/* SELECT ... FROM hosts t LEFT JOIN clusters r3 ON r3.id = t.cluster_id */
static void select_from(struct vdc_buf *out, const struct vdc_kind *kind, unsigned flags)
{
	const struct vdc_field *f;
	size_t i;

	for (i = 0; i < kind->n_fields; i++) {
		f = &kind->fields[i];
		if (!vdc_sql_reads(f, flags))
			continue;
		vdc_buf_puts(out, i == 0 ? "SELECT " : ", ");
		vdc_sql_column_of(out, "t", f);
		if (vdc_sql_reads_name(f, flags))
			vdc_buf_printf(out, ", r%zu.name", i);
	}
	vdc_buf_printf(out, " FROM %s t", kind->plural);
	for (i = 0; i < kind->n_fields; i++) {
		f = &kind->fields[i];
		if (!vdc_sql_reads(f, flags) || !vdc_sql_reads_name(f, flags))
			continue;
		vdc_buf_printf(out, " LEFT JOIN %s r%zu ON r%zu.id = ", f->target->plural, i, i);
		vdc_sql_column_of(out, "t", f);
	}
}

static void order_term(struct vdc_buf *out, const struct vdc_field *f)
{
	vdc_sql_column_of(out, "t", f);
	vdc_buf_puts(out, f->flags & VDC_REQUIRED ? ", " : " NULLS FIRST, ");
}

/* What has neither name nor key is a record of what happened, and its first time says when. */
static const struct vdc_field *record_time(const struct vdc_kind *kind)
{
	size_t i;

	if (vdc_kind_name_field(kind) || vdc_kind_has_key(kind))
		return NULL;
	for (i = 0; i < kind->n_fields; i++)
		if (kind->fields[i].type == VDC_TIME)
			return &kind->fields[i];
	return NULL;
}

/* By name, then by the rest of the key, then by id; records by time. */
static void order(struct vdc_buf *out, const struct vdc_kind *kind)
{
	const struct vdc_field *name = vdc_kind_name_field(kind), *time = record_time(kind);
	size_t i;

	vdc_buf_puts(out, " ORDER BY ");
	if (name || time)
		order_term(out, name ? name : time);
	for (i = 0; i < kind->n_fields; i++)
		if ((kind->fields[i].flags & VDC_KEY) && &kind->fields[i] != name)
			order_term(out, &kind->fields[i]);
	vdc_buf_puts(out, "t.id");
}

static void by_key(struct vdc_buf *out, const struct vdc_kind *kind)
{
	unsigned n = 0;
	size_t i;

	vdc_buf_printf(out, "SELECT t.id FROM %s t", kind->plural);
	for (i = 0; i < kind->n_fields; i++) {
		if (!(kind->fields[i].flags & VDC_KEY))
			continue;
		vdc_buf_puts(out, n == 0 ? " WHERE " : " AND ");
		vdc_sql_column_of(out, "t", &kind->fields[i]);
		vdc_buf_printf(out, " = $%u", ++n);
	}
}

static void by_name(struct vdc_buf *out, const struct vdc_kind *kind, bool in_scope)
{
	vdc_buf_printf(out, "SELECT t.id FROM %s t WHERE t.name = $1", kind->plural);
	if (in_scope) {
		vdc_buf_puts(out, " AND ");
		vdc_sql_column_of(out, "t", vdc_kind_scope_field(kind));
		vdc_buf_puts(out, " = $2");
	}
	vdc_buf_puts(out, " ORDER BY t.id LIMIT 2");
}

static void keys(struct vdc_buf *out, const struct vdc_kind *kind)
{
	vdc_buf_puts(out, "SELECT t.id, CAST(");
	vdc_sql_column_of(out, "t", vdc_kind_inner_field(kind));
	vdc_buf_puts(out, " AS TEXT), ");
	vdc_sql_column_of(out, "t", vdc_kind_scope_field(kind));
	vdc_buf_printf(out, " FROM %s t WHERE ", kind->plural);
	vdc_sql_column_of(out, "t", vdc_kind_inner_field(kind));
	vdc_buf_puts(out, " IS NOT NULL");
}

static void where_field(struct vdc_buf *out, const struct vdc_field *field)
{
	vdc_buf_puts(out, " WHERE ");
	vdc_sql_column_of(out, "t", field);
	vdc_buf_puts(out, " = $1");
}

static void where_in(struct vdc_buf *out, const struct vdc_field *field, bool latest_first)
{
	vdc_buf_puts(out, " WHERE ");
	vdc_sql_column_of(out, "t", field);
	vdc_buf_puts(out, " >= $1 AND ");
	vdc_sql_column_of(out, "t", field);
	vdc_buf_puts(out, " < $2 ORDER BY ");
	if (latest_first) {
		vdc_sql_column_of(out, "t", field);
		vdc_buf_puts(out, field->flags & VDC_REQUIRED ? " DESC, t.id DESC"
							      : " DESC NULLS LAST, t.id DESC");
	} else {
		order_term(out, field);
		vdc_buf_puts(out, "t.id");
	}
}

static void dangling(struct vdc_buf *out, const struct vdc_kind *kind,
		     const struct vdc_field *field)
{
	vdc_buf_puts(out, "SELECT t.id, ");
	vdc_sql_column_of(out, "t", field);
	vdc_buf_printf(out, " FROM %s t LEFT JOIN %s r ON r.id = ", kind->plural,
		       field->target->plural);
	vdc_sql_column_of(out, "t", field);
	vdc_buf_puts(out, " WHERE r.id IS NULL AND ");
	vdc_sql_column_of(out, "t", field);
	vdc_buf_puts(out, " IS NOT NULL");
}

static void update(struct vdc_buf *out, const struct vdc_kind *kind, const struct vdc_field *field)
{
	vdc_buf_printf(out, "UPDATE %s SET ", kind->plural);
	vdc_sql_column(out, field);
	vdc_buf_puts(out, " = ");
}

static void clear(struct vdc_buf *out, const struct vdc_kind *kind, const struct vdc_field *field)
{
	update(out, kind, field);
	vdc_buf_puts(out, "NULL WHERE ");
	vdc_sql_column(out, field);
	vdc_buf_puts(out, " = $1");
}

static void build(struct vdc_buf *out, enum vdc_sql what, const struct vdc_kind *kind,
		  const struct vdc_field *field, unsigned flags)
{
	switch (what) {
	case VDC_SQL_EACH:
		select_from(out, kind, flags);
		if (!(flags & VDC_IN_NO_ORDER))
			order(out, kind);
		break;
	case VDC_SQL_EACH_OF:
		select_from(out, kind, flags);
		where_field(out, field);
		order(out, kind);
		break;
	case VDC_SQL_EACH_IN:
		select_from(out, kind, flags);
		where_in(out, field, flags & VDC_LATEST_FIRST);
		break;
	case VDC_SQL_GET:
		select_from(out, kind, flags);
		vdc_buf_puts(out, " WHERE t.id = $1");
		break;
	case VDC_SQL_PUT:
		vdc_sql_put(out, kind);
		break;
	case VDC_SQL_SET:
		update(out, kind, field);
		vdc_buf_puts(out, "$2 WHERE id = $1");
		break;
	case VDC_SQL_REMOVE:
		vdc_buf_printf(out, "DELETE FROM %s WHERE id = $1", kind->plural);
		break;
	case VDC_SQL_EXISTS:
		vdc_buf_printf(out, "SELECT t.id FROM %s t WHERE t.id = $1", kind->plural);
		break;
	case VDC_SQL_BY_KEY:
		by_key(out, kind);
		break;
	case VDC_SQL_BY_NAME:
	case VDC_SQL_BY_NAME_IN:
		by_name(out, kind, what == VDC_SQL_BY_NAME_IN);
		break;
	case VDC_SQL_COUNT:
		vdc_buf_printf(out, "SELECT count(*) FROM %s", kind->plural);
		break;
	case VDC_SQL_NAMES:
		vdc_buf_printf(out, "SELECT t.id, t.name FROM %s t WHERE t.name IS NOT NULL",
			       kind->plural);
		break;
	case VDC_SQL_KEYS:
		keys(out, kind);
		break;
	case VDC_SQL_NAMES_IN:
		vdc_buf_printf(out,
			       "SELECT DISTINCT t.name FROM %s t WHERE t.name >= $1 AND "
			       "t.name < $2 ORDER BY t.name NULLS FIRST LIMIT $3",
			       kind->plural);
		break;
	case VDC_SQL_REFERRING:
		vdc_buf_printf(out, "SELECT t.id FROM %s t", kind->plural);
		where_field(out, field);
		order(out, kind);
		break;
	case VDC_SQL_CLEAR:
		clear(out, kind, field);
		break;
	case VDC_SQL_DANGLING:
		dangling(out, kind, field);
		break;
	case VDC_N_SQL:
		break;
	}
}

struct statement {
	struct statement *next;
	enum vdc_sql what;
	const struct vdc_kind *kind;
	const struct vdc_field *field;
	unsigned flags;
	char *text;
};

const char *vdc_sql(enum vdc_sql what, const struct vdc_kind *kind, const struct vdc_field *field,
		    unsigned flags)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct statement *statements;
	struct statement *s;

	pthread_mutex_lock(&lock);
	for (s = statements; s; s = s->next)
		if (s->what == what && s->kind == kind && s->field == field && s->flags == flags)
			break;
	if (!s) {
		struct vdc_buf text = { 0 };

		build(&text, what, kind, field, flags);
		s = vdc_alloc(sizeof(*s));
		*s =
			(struct statement){ statements, what,  kind,
					    field,	flags, vdc_buf_steal(&text) };
		statements = s;
	}
	pthread_mutex_unlock(&lock);
	return s->text;
}
