/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/list.h"
#include "events.h"
#include "store/store.h"

struct listing {
	struct events_filter filter;
	struct vdc_list *list;
	struct vdc_arena *arena;
	size_t most; /* --last; the events gathered for it, the latest first */
	void **last;
	size_t n_last;
};

static int read_events(struct vdc_call *call, struct listing *listing, unsigned flags,
		       vdc_store_fn *fn, struct vdc_err *err)
{
	return vdc_store_each_in(vdc_call_db(call), &vdc_event_kind,
				 vdc_kind_field(&vdc_event_kind, "time"), listing->filter.since,
				 listing->filter.until, flags | vdc_list_store_flags(listing->list),
				 NULL, fn, listing, err);
}

static int add_to_list(void *ctx, vdc_unused const struct vdc_kind *kind, void *object,
		       struct vdc_err *err)
{
	struct listing *listing = ctx;

	if (!events_filter_takes(&listing->filter, object))
		return 0;
	return vdc_list_add(listing->list, object, err);
}

static int gather(void *ctx, const struct vdc_kind *kind, void *object,
		  vdc_unused struct vdc_err *err)
{
	struct listing *listing = ctx;

	if (!events_filter_takes(&listing->filter, object) ||
	    !vdc_list_takes(listing->list, object))
		return 0;
	if (!(listing->n_last & (listing->n_last - 1))) /* full at every power of two */
		listing->last =
			vdc_realloc(listing->last, listing->n_last * 2 + 1, sizeof(*listing->last));
	listing->last[listing->n_last++] = vdc_object_copy(kind, object, listing->arena);
	return listing->n_last == listing->most;
}

static int list_last(struct vdc_call *call, struct listing *listing, struct vdc_err *err)
{
	int r = read_events(call, listing, VDC_LATEST_FIRST, gather, err);

	r = r < 0 ? r : 0;
	while (!r && listing->n_last)
		r = vdc_list_add(listing->list, listing->last[--listing->n_last], err);
	free(listing->last);
	return r;
}

int events_list(struct vdc_call *call, struct vdc_err *err)
{
	struct listing listing = {
		.arena = vdc_call_arena(call),
		.most = (size_t)vdc_int_option(call, "last", 0),
	};
	int r = vdc_list_new(call, &vdc_event_kind, &listing.list, err);

	if (!r)
		r = events_filter_read(call, &listing.filter, err);
	if (!r)
		r = listing.most ? list_last(call, &listing, err)
				 : read_events(call, &listing, 0, add_to_list, err);
	return r ? r : vdc_list_end(listing.list, err);
}
