/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/list.h"
#include "events.h"
#include "store/store.h"

struct listing {
	const struct events_filter *filter;
	struct vdc_list *list;
};

static int add_to_list(void *ctx, vdc_unused const struct vdc_kind *kind, void *object,
		       struct vdc_err *err)
{
	struct listing *listing = ctx;

	if (!events_filter_takes(listing->filter, object))
		return 0;
	return vdc_list_add(listing->list, object, err);
}

int events_list(struct vdc_call *call, struct vdc_err *err)
{
	struct events_filter filter;
	struct listing listing = { .filter = &filter };
	int r = vdc_list_new(call, &vdc_event_kind, &listing.list, err);

	if (!r)
		r = events_filter_read(call, &filter, err);
	if (!r)
		r = vdc_store_each_in(vdc_call_db(call), &vdc_event_kind,
				      vdc_kind_field(&vdc_event_kind, "time"), filter.since,
				      filter.until, vdc_list_store_flags(listing.list), NULL,
				      add_to_list, &listing, err);
	return r ? r : vdc_list_end(listing.list, err);
}
