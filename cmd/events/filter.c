/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/similar.h"
#include "events.h"
#include "store/store.h"

int events_kind(const char *word, const struct vdc_kind **ret, struct vdc_err *err)
{
	const struct vdc_kind *kind = vdc_kind_find(word);
	struct vdc_similar similar = { .word = word };
	char hint[VDC_SIMILAR_HINT];

	if (kind) {
		*ret = kind;
		return 0;
	}
	for (size_t i = 0; i < vdc_n_kinds; i++)
		vdc_similar_try(&similar, vdc_kinds[i]->word);
	return vdc_err_set(err, -EINVAL, "'%.60s' is no kind of object%s", word,
			   vdc_similar_hint(&similar, hint));
}

/* Objects that are gone still have events, under the name that they had. */
static int find_object(struct vdc_call *call, struct events_object *object, struct vdc_err *err)
{
	int r = vdc_store_get(vdc_call_db(call), object->kind, object->name, 0,
			      vdc_call_arena(call), &object->object, err);

	return r == -ENOENT ? 0 : r;
}

static int read_objects(struct vdc_call *call, struct events_filter *filter, struct vdc_err *err)
{
	const char *const *words;
	const struct vdc_kind *kind;
	int n = vdc_call_operands(call, &words), r;

	if (n == 0)
		return 0;
	r = events_kind(words[0], &kind, err);
	if (!r && n == 1)
		r = vdc_err_set(err, -EINVAL, "which %s is missing", kind->word);
	if (r)
		return r;
	filter->n_objects = (size_t)n - 1;
	filter->objects = vdc_arena_alloc(vdc_call_arena(call),
					  filter->n_objects * sizeof(*filter->objects));
	for (int i = 1; i < n && !r; i++) {
		filter->objects[i - 1] = (struct events_object){ kind, words[i], NULL };
		r = find_object(call, &filter->objects[i - 1], err);
	}
	return r;
}

int events_filter_read(struct vdc_call *call, struct events_filter *ret, struct vdc_err *err)
{
	const char *severity = vdc_text_option(call, "severity");
	struct events_filter filter = {
		.since = vdc_int_option(call, "since", INT64_MIN),
		.until = vdc_int_option(call, "until", INT64_MAX),
		.severity = severity ? vdc_enum_find(&vdc_severity_values, severity) : 0,
		.correlation = vdc_text_option(call, "correlation"),
	};
	int r = read_objects(call, &filter, err);

	if (r)
		return r;
	*ret = filter;
	return 0;
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* The id of the host, VM, ... that it concerns. */
static const char *id_of_kind(const struct vdc_event *event, const struct vdc_kind *kind)
{
	char name[64];
	const struct vdc_field *field;

	snprintf(name, sizeof(name), "%s_id", kind->name);
	field = vdc_kind_field(&vdc_event_kind, name);
	return field ? *vdc_text_of(field, event) : NULL;
}

static bool is_about(const struct vdc_event *event, const struct events_object *about)
{
	const char *id = about->object ? vdc_object_id(about->object) : about->name;

	if (same(id_of_kind(event, about->kind), id))
		return true;
	return same(event->object_kind, about->kind->name) &&
	       (same(event->object_id, id) || same(event->object_name, about->name));
}

bool events_filter_takes(const struct events_filter *filter, const struct vdc_event *event)
{
	if (event->severity < filter->severity)
		return false;
	if (filter->correlation && !same(event->correlation_id, filter->correlation))
		return false;
	for (size_t i = 0; i < filter->n_objects; i++) {
		if (is_about(event, &filter->objects[i]))
			return true;
	}
	return !filter->n_objects;
}
