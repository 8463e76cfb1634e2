/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/sender.h"

#include <string.h>

#include "store/sql.h"

enum { SHAPES = 64 };

/* Objects of one kind that have values for the same fields. */
struct shape {
	const struct vdc_kind *kind;
	bool *given; /* per field */
	size_t n_given;
	unsigned group; /* how many rows go in one statement */
	char *one, *many;
};

struct vdc_sender {
	enum vdc_db_engine engine;
	struct shape shapes[SHAPES];
	size_t n_shapes;
	const struct shape *kept; /* the shape of the rows that are kept back */
	struct vdc_value *values;
	struct vdc_arena *texts;
	uint64_t tags[VDC_SENDER_GROUP];
	unsigned n_kept;
};

struct vdc_sender *vdc_sender_new(enum vdc_db_engine engine)
{
	struct vdc_sender *sender = vdc_alloc(sizeof(*sender));

	sender->engine = engine;
	sender->texts = vdc_arena_new();
	return sender;
}

void vdc_sender_free(struct vdc_sender *sender)
{
	size_t i;

	if (!sender)
		return;
	for (i = 0; i < sender->n_shapes; i++) {
		free(sender->shapes[i].given);
		free(sender->shapes[i].one);
		free(sender->shapes[i].many);
	}
	free(sender->values);
	vdc_arena_free(sender->texts);
	free(sender);
}

/* Where a required value must come from the row that is there, an error must tell which it was. */
static unsigned group_of(const struct vdc_sender *sender, const struct shape *shape)
{
	size_t i;

	if (sender->engine == VDC_DB_SQLITE)
		return 1;
	for (i = 0; i < shape->kind->n_fields; i++) {
		const struct vdc_field *f = &shape->kind->fields[i];

		if ((f->flags & VDC_REQUIRED) && !f->preset && !shape->given[i])
			return 1;
	}
	return VDC_SENDER_GROUP;
}

static void fill_shape(const struct vdc_sender *sender, struct shape *shape,
		       const struct vdc_kind *kind, const struct vdc_value *row)
{
	size_t i;

	*shape = (struct shape){ .kind = kind, .given = vdc_alloc(kind->n_fields * sizeof(bool)) };
	for (i = 0; i < kind->n_fields; i++) {
		shape->given[i] = row[i].type != VDC_NULL;
		shape->n_given += shape->given[i];
	}
	shape->group = group_of(sender, shape);
	shape->one = vdc_sql_put_given(kind, shape->given, 1);
	if (shape->group > 1)
		shape->many = vdc_sql_put_given(kind, shape->given, shape->group);
}

static bool has_shape(const struct shape *shape, const struct vdc_kind *kind,
		      const struct vdc_value *row)
{
	size_t i;

	if (shape->kind != kind)
		return false;
	for (i = 0; i < kind->n_fields; i++)
		if (shape->given[i] != (row[i].type != VDC_NULL))
			return false;
	return true;
}

static const struct shape *shape_of(struct vdc_sender *sender, const struct vdc_kind *kind,
				    const struct vdc_value *row)
{
	size_t i;

	if (sender->kept && has_shape(sender->kept, kind, row))
		return sender->kept;
	for (i = 0; i < sender->n_shapes; i++)
		if (has_shape(&sender->shapes[i], kind, row))
			return &sender->shapes[i];
	if (sender->n_shapes == SHAPES)
		return NULL;
	fill_shape(sender, &sender->shapes[sender->n_shapes], kind, row);
	return &sender->shapes[sender->n_shapes++];
}

static int send_group(struct vdc_sender *sender, struct vdc_db_batch *batch, uint64_t *failed,
		      struct vdc_err *err)
{
	const struct shape *shape = sender->kept;
	bool whole = sender->n_kept == shape->group && shape->many;
	size_t n = whole ? shape->n_given * shape->group : shape->n_given;
	unsigned i, statements = whole ? 1 : sender->n_kept;
	int r = 0;

	for (i = 0; r == 0 && i < statements; i++)
		r = vdc_db_batch_run(batch, whole ? shape->many : shape->one,
				     sender->values + i * shape->n_given, n, sender->tags[i],
				     failed, err);
	sender->n_kept = 0;
	vdc_arena_reset(sender->texts);
	return r;
}

int vdc_sender_flush(struct vdc_sender *sender, struct vdc_db_batch *batch, uint64_t *failed,
		     struct vdc_err *err)
{
	int r = sender->n_kept ? send_group(sender, batch, failed, err) : 0;

	sender->kept = NULL;
	return r;
}

/* Copies the values that are there; the texts only if they must outlive the call. */
static void keep(struct vdc_sender *sender, const struct vdc_value *row, uint64_t tag)
{
	const struct shape *shape = sender->kept;
	struct vdc_value *to;
	size_t i;

	to = sender->values + sender->n_kept * shape->n_given;
	for (i = 0; i < shape->kind->n_fields; i++) {
		if (!shape->given[i])
			continue;
		*to = row[i];
		if (shape->group > 1 && to->type == VDC_STRING)
			to->text = vdc_arena_strndup(sender->texts, to->text, to->len);
		to++;
	}
	sender->tags[sender->n_kept++] = tag;
}

int vdc_sender_put(struct vdc_sender *sender, struct vdc_db_batch *batch,
		   const struct vdc_kind *kind, const struct vdc_value *row, uint64_t tag,
		   uint64_t *failed, struct vdc_err *err)
{
	const struct shape *shape = shape_of(sender, kind, row);
	int r = shape == sender->kept ? 0 : vdc_sender_flush(sender, batch, failed, err);

	if (r < 0)
		return r;
	if (!shape)
		return vdc_db_batch_run(batch, vdc_sql(VDC_SQL_PUT, kind, NULL, 0), row,
					kind->n_fields, tag, failed, err);
	if (shape != sender->kept)
		sender->values = vdc_realloc(sender->values, VDC_SENDER_GROUP * shape->n_given,
					     sizeof(*sender->values));
	sender->kept = shape;
	keep(sender, row, tag);
	return sender->n_kept == shape->group ? send_group(sender, batch, failed, err) : 0;
}
