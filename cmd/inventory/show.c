/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory show: everything about an object, and the parts that belong to it */
#include <stdio.h>
#include <string.h>

#include "doc/doc.h"
#include "inventory.h"
#include "store/store.h"

enum { ALL = VDC_WITH_NAMES | VDC_WITH_LONG };

struct show {
	struct vdc_call *call;
	const struct vdc_kind *kind;
	struct vdc_doc_writer *writer; /* NULL: as text */
	void **objects;
	size_t n;
};

/* A value of several lines (domain XML) stands below its name, indented. */
static void print_value(const char *name, int indent, const char *value)
{
	if (!strchr(value, '\n')) {
		printf("%*s%-*s %s\n", indent, "", 28 - indent, name, value);
		return;
	}
	printf("%*s%s\n", indent, "", name);
	while (*value) {
		size_t len = strcspn(value, "\n");

		printf("%*s%.*s\n", indent + 4, "", (int)len, value);
		value += len + (value[len] == '\n');
	}
}

static void print_object(const struct vdc_kind *kind, const void *object, int indent)
{
	char scratch[VDC_SCRATCH];

	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		const char *value = vdc_value_human(f, object, scratch);

		if (value && *value)
			print_value(f->name, indent, value);
	}
}

static int show_part(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	struct show *show = ctx;

	if (show->writer)
		return vdc_doc_write(show->writer, kind, object, err);
	printf("\n%s\n", kind->word);
	print_object(kind, object, 2);
	return 0;
}

/* The parts of objects FIRST to LAST - 1, kind by kind, as a document wants them. */
static int show_parts(struct vdc_db *db, struct show *show, size_t first, size_t last,
		      struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_kind *kind = vdc_kinds[i];

		for (size_t j = 0; j < kind->n_fields; j++) {
			const struct vdc_field *f = &kind->fields[j];

			if (f->type != VDC_REF || f->target != show->kind || !(f->flags & VDC_PART))
				continue;
			for (size_t k = first; k < last && r == 0; k++)
				r = vdc_store_each_of(db, kind, f, vdc_object_id(show->objects[k]),
						      ALL, NULL, show_part, show, err);
		}
	}
	return r;
}

static int show_document(struct vdc_db *db, struct show *show, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < show->n && r == 0; i++)
		r = vdc_doc_write(show->writer, show->kind, show->objects[i], err);
	return r ? r : show_parts(db, show, 0, show->n, err);
}

static int show_text(struct vdc_db *db, struct show *show, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < show->n && r == 0; i++) {
		if (i > 0)
			putchar('\n');
		print_object(show->kind, show->objects[i], 0);
		r = show_parts(db, show, i, i + 1, err);
	}
	return r;
}

/* Nothing is printed before all of the names were found. */
static int show_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct show *show = ctx;
	const char *const *words;
	int r = 0;

	show->n = (size_t)vdc_call_operands(show->call, &words) - 1;
	show->objects = vdc_arena_alloc(vdc_call_arena(show->call), show->n * sizeof(void *));
	for (size_t i = 0; i < show->n && r == 0; i++)
		r = vdc_store_get(db, show->kind, words[i + 1], ALL, vdc_call_arena(show->call),
				  &show->objects[i], err);
	if (r < 0)
		return r;
	return show->writer ? show_document(db, show, err) : show_text(db, show, err);
}

int inventory_show(struct vdc_call *call, struct vdc_err *err)
{
	struct show show = { .call = call };
	const char *const *words;
	int r, closed = 0;

	vdc_call_operands(call, &words);
	r = inventory_kind(words[0], &show.kind, err);
	if (r == 0 && vdc_call_output(call) != VDC_OUTPUT_TABLE)
		r = vdc_doc_writer_new(stdout,
				       vdc_call_output(call) == VDC_OUTPUT_JSON ? VDC_DOC_JSON :
										  VDC_DOC_XML,
				       &show.writer, err);
	if (r == 0)
		r = vdc_db_snapshot(vdc_call_db(call), show_all, &show, err);
	if (show.writer)
		closed = vdc_doc_writer_close(show.writer, r < 0 ? NULL : err);
	return r < 0 ? r : closed;
}
