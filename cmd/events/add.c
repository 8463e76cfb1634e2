/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "cli/list.h"
#include "events.h"
#include "store/events.h"

struct adding {
	struct vdc_call *call;
	struct vdc_event *event;
};

static int set_object(struct vdc_db *db, const struct adding *adding, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(adding->call);
	const struct vdc_kind *kind;
	const char *const *words;
	void *object;
	int n = vdc_call_operands(adding->call, &words), r;

	if (n == 1)
		return 0;
	r = events_kind(words[1], &kind, err);
	if (!r && n == 2)
		r = vdc_err_set(err, -EINVAL, "which %s is missing", kind->word);
	if (!r)
		r = vdc_store_get(db, kind, words[2], 0, arena, &object, err);
	if (!r)
		vdc_event_about(adding->event, kind, object, arena);
	return r;
}

static int add(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct adding *adding = ctx;
	int r = set_object(db, adding, err);

	if (!r)
		r = vdc_event_add(db, adding->event, vdc_call_arena(adding->call), err);
	/* A dry run does everything and then takes it back. */
	return !r && vdc_given(adding->call, "dry-run") ? -ECANCELED : r;
}

/* By name of a field, so that the rules of the field hold. */
static int set(struct adding *adding, const char *field, const char *text, struct vdc_err *err)
{
	if (!text)
		return 0;
	return vdc_value_parse(vdc_kind_field(&vdc_event_kind, field), text, adding->event,
			       vdc_call_arena(adding->call), err);
}

static int print(const struct adding *adding, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(adding->call, &vdc_event_kind, &list, err);

	if (!r)
		r = vdc_list_add(list, adding->event, err);
	return r ? r : vdc_list_end(list, err);
}

int events_add(struct vdc_call *call, struct vdc_err *err)
{
	struct adding adding = { call, vdc_object_new(&vdc_event_kind, vdc_call_arena(call)) };
	bool dry_run = vdc_given(call, "dry-run");
	const char *const *words;
	int r;

	vdc_call_operands(call, &words);
	if (!*words[0])
		return vdc_err_set(err, -EINVAL, "the description is empty");
	r = set(&adding, "description", words[0], err);
	if (!r)
		r = set(&adding, "severity", vdc_text_option(call, "severity"), err);
	if (!r)
		r = set(&adding, "type", vdc_text_option(call, "type"), err);
	if (!r)
		r = set(&adding, "correlation_id", vdc_text_option(call, "correlation"), err);
	if (!r)
		r = vdc_db_transaction(vdc_call_db(call), add, &adding, err);
	if (r && !(dry_run && r == -ECANCELED))
		return r;
	return dry_run || vdc_call_output(call) != VDC_OUTPUT_TABLE ? print(&adding, err) : 0;
}
