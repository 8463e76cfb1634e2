/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory list */
#include "cli/list.h"

#include "inventory.h"
#include "model/fields.h"
#include "store/store.h"

static int add_to_list(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	(void)kind;
	return vdc_list_add(ctx, object, err);
}

static int list_kind(struct vdc_call *call, const struct vdc_kind *kind, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, kind, &list, err);

	if (r == 0)
		r = vdc_store_each(vdc_call_db(call), kind, vdc_list_least_flags(list), NULL,
				   add_to_list, list, err);
	return r < 0 ? r : vdc_list_end(list, err);
}

/* A row of the overview, in the form that everything that is listed has. */
struct number_of {
	char *id;
	int64_t number;
	char *what;
};

#define NOUN struct number_of
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_LISTED, .path = "@id", .title = "KIND", .help = "kind of objects"),
	VDC_F_INT(number, VDC_LISTED, .help = "how many there are"),
	VDC_F_TEXT(what, VDC_LISTED, .help = "what they are"),
};
static const struct vdc_kind number_of_kind =
	VDC_KIND("number", "numbers", "number", "how many objects of a kind there are");

/* For whoever comes to a database for the first time. */
static int list_numbers(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &number_of_kind, &list, err);

	for (size_t i = 0; i < vdc_n_kinds && r == 0; i++) {
		struct number_of *row = vdc_object_new(&number_of_kind, vdc_call_arena(call));

		row->id = (char *)(uintptr_t)vdc_kinds[i]->word;
		row->what = (char *)(uintptr_t)vdc_kinds[i]->help;
		r = vdc_store_count(vdc_call_db(call), vdc_kinds[i], &row->number, err);
		if (r == 0)
			r = vdc_list_add(list, row, err);
	}
	return r < 0 ? r : vdc_list_end(list, err);
}

int inventory_list(struct vdc_call *call, struct vdc_err *err)
{
	const struct vdc_kind *kind;
	const char *const *words;
	int r;

	if (vdc_call_operands(call, &words) == 0)
		return list_numbers(call, err);
	r = inventory_kind(words[0], &kind, err);
	return r < 0 ? r : list_kind(call, kind, err);
}
