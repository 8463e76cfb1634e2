/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "cli/call.h"
#include "cli/columns.h"
#include "cli/list_table.h"
#include "doc/doc.h"
#include "model/compare.h"
#include "model/select.h"
#include "store/store.h"

struct vdc_list {
	struct vdc_call *call;
	struct vdc_list *next; /* of the same call */
	const struct vdc_kind *kind;
	enum vdc_output output;
	struct vdc_select *select;  /* NULL: all */
	struct vdc_columns columns; /* of the table */
	struct vdc_columns order;
	bool narrowed; /* documents have only the columns */
	struct vdc_list_table *table;
	struct vdc_doc_writer *writer;
	bool stream;
	FILE *memory; /* a document that is to become one line */
	char *text;
	size_t len;
	struct vdc_arena *kept_arena; /* objects that wait to be sorted */
	void **kept;
	size_t n_kept;
};

static int parse_select(struct vdc_list *list, const char *text, struct vdc_err *err)
{
	int r;

	if (!text)
		return 0;
	r = vdc_select_parse(list->kind, text, vdc_time_now(), &list->select, err);
	if (r && err)
		vdc_err_prefix(err, "--select, column %u: ", err->column);
	return r;
}

static int read_options(struct vdc_list *list, struct vdc_call *call, struct vdc_err *err)
{
	const char *output = vdc_text_option(call, "output");
	int r;

	if (output && !strcmp(output, "help")) {
		vdc_columns_help(list->kind);
		call->finished = true;
		return -ECANCELED;
	}
	list->output = vdc_call_output(call);
	list->narrowed = output != NULL;
	r = vdc_columns_of_output(list->kind, output, call->arena, &list->columns, err);
	if (!r)
		r = vdc_columns_of_sort(list->kind, vdc_text_option(call, "sort"), call->arena,
					&list->order, err);
	return r ? r : parse_select(list, vdc_text_option(call, "select"), err);
}

int vdc_list_new(struct vdc_call *call, const struct vdc_kind *kind, struct vdc_list **ret,
		 struct vdc_err *err)
{
	struct vdc_list *list = vdc_arena_alloc(call->arena, sizeof(*list));
	int r;

	list->kind = kind;
	list->call = call;
	list->next = call->lists;
	call->lists = list;
	r = read_options(list, call, err);
	if (r)
		return r;
	list->kept_arena = vdc_arena_new();
	if (list->output == VDC_OUTPUT_TABLE)
		list->table = vdc_list_table_new(&list->columns, call->arena,
						 !vdc_given(call, "noheadings"));
	*ret = list;
	return 0;
}

void vdc_list_usual(struct vdc_list *list, const char *fields)
{
	if (!list->table || list->narrowed ||
	    vdc_columns_of_output(list->kind, fields, list->call->arena, &list->columns, NULL))
		return;
	vdc_list_table_free(list->table);
	list->table = vdc_list_table_new(&list->columns, list->call->arena,
					 !vdc_given(list->call, "noheadings"));
}

static bool needs(const struct vdc_list *list, const struct vdc_field *f)
{
	return (list->output != VDC_OUTPUT_TABLE && !list->narrowed) ||
	       vdc_columns_have(&list->columns, f) || vdc_columns_have(&list->order, f) ||
	       (list->select && vdc_select_uses(list->select, f));
}

unsigned vdc_list_least_flags(const struct vdc_list *list)
{
	const struct vdc_field *fields = list->kind->fields;
	unsigned flags = VDC_WITH_NAMES | VDC_ONLY_LISTED;

	for (size_t i = 0; i < list->kind->n_fields; i++) {
		if (!needs(list, &fields[i]))
			continue;
		if (i > 0 && !(fields[i].flags & VDC_LISTED)) /* the first is the id */
			flags &= ~(unsigned)VDC_ONLY_LISTED;
		if (fields[i].flags & VDC_LONG)
			flags |= VDC_WITH_LONG;
	}
	return flags;
}

unsigned vdc_list_store_flags(const struct vdc_list *list)
{
	return vdc_list_least_flags(list) & ~(unsigned)VDC_ONLY_LISTED;
}

/* A shallow copy without the fields that nobody asked for. */
static void *narrow(const struct vdc_list *list, const void *object)
{
	void *copy = vdc_alloc(list->kind->size);

	memcpy(copy, object, list->kind->size);
	for (size_t i = 0; i < list->kind->n_fields; i++) {
		if (!vdc_columns_have(&list->columns, &list->kind->fields[i]))
			vdc_value_clear(&list->kind->fields[i], copy);
	}
	return copy;
}

static int open_writer(struct vdc_list *list, struct vdc_err *err)
{
	bool xml = list->output == VDC_OUTPUT_XML;

	if (list->writer)
		return 0;
	if (list->stream && !xml) {
		list->memory = open_memstream(&list->text, &list->len);
		if (!list->memory)
			vdc_out_of_memory();
	}
	return vdc_doc_writer_new(list->memory ? list->memory : stdout,
				  xml ? VDC_DOC_XML : VDC_DOC_JSON, &list->writer, err);
}

/* Line feeds in JSON are between its words only. */
static void print_line(struct vdc_list *list)
{
	fclose(vdc_steal(list->memory));
	for (size_t i = 0; i < list->len; i++) {
		if (list->text[i] != '\n')
			putchar(list->text[i]);
	}
	putchar('\n');
	free(vdc_steal(list->text));
}

static int print(struct vdc_list *list, const void *object, struct vdc_err *err)
{
	vdc_autofree void *narrowed = NULL;
	int r;

	if (list->table) {
		vdc_list_table_add(list->table, object);
		return 0;
	}
	r = open_writer(list, err);
	if (!r && list->narrowed)
		object = narrowed = narrow(list, object);
	return r ? r : vdc_doc_write(list->writer, list->kind, object, err);
}

static void keep(struct vdc_list *list, const void *object)
{
	if (!(list->n_kept & (list->n_kept - 1))) /* full at every power of two */
		list->kept = vdc_realloc(list->kept, list->n_kept ? list->n_kept * 2 : 1,
					 sizeof(*list->kept));
	list->kept[list->n_kept++] = vdc_object_copy(list->kind, object, list->kept_arena);
}

bool vdc_list_takes(const struct vdc_list *list, const void *object)
{
	return !list->select || vdc_select_matches(list->select, object);
}

int vdc_list_add(struct vdc_list *list, const void *object, struct vdc_err *err)
{
	if (!vdc_list_takes(list, object))
		return 0;
	if (!list->order.n)
		return print(list, object, err);
	keep(list, object);
	return 0;
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct vdc_columns *order = ctx;
	const void *x = *(void *const *)a, *y = *(void *const *)b;

	for (size_t i = 0; i < order->n; i++) {
		int c = vdc_value_compare(order->fields[i], x, y);

		if (c)
			return order->reverse[i] ? -c : c;
	}
	return 0;
}

static int print_kept(struct vdc_list *list, struct vdc_err *err)
{
	int r = 0;

	if (list->n_kept)
		qsort_r(list->kept, list->n_kept, sizeof(*list->kept), compare, &list->order);
	for (size_t i = 0; i < list->n_kept && !r; i++)
		r = print(list, list->kept[i], err);
	list->n_kept = 0;
	vdc_arena_reset(list->kept_arena);
	return r;
}

static int close_writer(struct vdc_list *list, struct vdc_err *err)
{
	struct vdc_doc_writer *writer = vdc_steal(list->writer);
	int r = writer ? vdc_doc_writer_close(writer, err) : 0;

	if (list->memory)
		print_line(list);
	return r;
}

void vdc_list_stream(struct vdc_list *list)
{
	list->stream = true;
}

int vdc_list_flush(struct vdc_list *list, struct vdc_err *err)
{
	int r = print_kept(list, err);

	if (!r)
		r = list->table ? vdc_list_table_print(list->table, err) : close_writer(list, err);
	if (!r && fflush(stdout))
		r = vdc_err_set(err, -errno, "standard output: %s", strerror(errno));
	return r;
}

int vdc_list_end(struct vdc_list *list, struct vdc_err *err)
{
	int r = print_kept(list, err);

	if (r)
		return r;
	if (list->table)
		return vdc_list_table_print(list->table, err);
	r = open_writer(list, err);
	return r ? r : close_writer(list, err);
}

void vdc_lists_free(struct vdc_list *lists)
{
	for (struct vdc_list *list = lists; list; list = list->next) {
		vdc_list_table_free(list->table);
		close_writer(list, NULL);
		vdc_select_free(list->select);
		vdc_arena_free(list->kept_arena);
		free(list->kept);
	}
}
