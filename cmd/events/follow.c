/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * New events as they come. A transaction may commit an event whose time lies before one that was
 * printed already, so each look goes back a little and leaves out what was printed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "cli/list.h"
#include "cli/progress.h"
#include "cli/stdio.h"
#include "events.h"
#include "store/store.h"

#define LOOK_BACK (60 * VDC_SECOND)
#define LOOK_AGAIN (5 * VDC_SECOND)
#define FIRST_PAUSE (VDC_SECOND / 2)
#define LONGEST_PAUSE (4 * VDC_SECOND)

struct printed {
	char id[40];
	int64_t time;
};

struct follower {
	struct events_filter filter;
	struct vdc_list *list;
	struct printed *printed; /* within LOOK_BACK of the newest */
	size_t n_printed;
	int64_t newest;
	size_t n_new; /* not flushed yet */
};

static bool was_printed(const struct follower *follower, const char *id)
{
	for (size_t i = 0; i < follower->n_printed; i++) {
		if (!strcmp(follower->printed[i].id, id))
			return true;
	}
	return false;
}

static void remember(struct follower *follower, const struct vdc_event *event)
{
	struct printed *p;

	follower->printed = vdc_realloc(follower->printed, follower->n_printed + 1,
					sizeof(*follower->printed));
	p = &follower->printed[follower->n_printed++];
	snprintf(p->id, sizeof(p->id), "%s", event->id);
	p->time = event->time;
	if (event->time > follower->newest)
		follower->newest = event->time;
}

static void forget_old(struct follower *follower)
{
	size_t kept = 0;

	for (size_t i = 0; i < follower->n_printed; i++) {
		if (follower->printed[i].time >= follower->newest - LOOK_BACK)
			follower->printed[kept++] = follower->printed[i];
	}
	follower->n_printed = kept;
}

static int take(void *ctx, vdc_unused const struct vdc_kind *kind, void *object,
		struct vdc_err *err)
{
	struct follower *follower = ctx;

	if (was_printed(follower, vdc_object_id(object)))
		return 0;
	remember(follower, object);
	if (!events_filter_takes(&follower->filter, object))
		return 0;
	follower->n_new++;
	return vdc_list_add(follower->list, object, err);
}

static int look(struct vdc_db *db, struct follower *follower, struct vdc_err *err)
{
	int64_t from = follower->newest - LOOK_BACK;
	int r;

	if (from < follower->filter.since)
		from = follower->filter.since;
	r = vdc_store_each_in(db, &vdc_event_kind, vdc_kind_field(&vdc_event_kind, "time"), from,
			      INT64_MAX, vdc_list_store_flags(follower->list), NULL, take,
			      follower, err);
	forget_old(follower);
	if (r || !follower->n_new)
		return r;
	follower->n_new = 0;
	return vdc_list_flush(follower->list, err);
}

static int look_and_wait(struct vdc_db *db, struct follower *follower, struct vdc_err *err)
{
	int r = look(db, follower, err);

	if (!r)
		r = vdc_db_wait_change(db, LOOK_AGAIN, err);
	if (r >= 0 && vdc_stdout_broken())
		return -EPIPE;
	return r < 0 ? r : 0;
}

struct outage {
	int64_t since; /* 0: there is none */
	int64_t pause;
	int64_t said;
};

static void wait_for(struct vdc_db *db, struct outage *outage, const struct vdc_err *why)
{
	int64_t now = vdc_time_monotonic();

	if (!outage->since) {
		vdc_log(VDC_LOG_WARNING, "%s; trying again", vdc_err_text(why));
		*outage = (struct outage){ .since = now, .pause = FIRST_PAUSE };
	}
	vdc_wait_say_away(&outage->said, db, now - outage->since);
	vdc_sleep(outage->pause);
	if (outage->pause < LONGEST_PAUSE)
		outage->pause *= 2;
}

/* A server that is restarted is no reason to end. */
static int follow(struct vdc_db *db, struct follower *follower, struct vdc_err *err)
{
	struct outage outage = { 0 };
	int r;

	vdc_db_set_reconnect(db, 0, NULL, NULL);
	do {
		r = look_and_wait(db, follower, err);
		if (vdc_db_is_away(r) && !vdc_stdout_broken())
			wait_for(db, &outage, err);
		else
			outage.since = 0;
	} while (!r || outage.since);
	return r;
}

int events_follow(struct vdc_call *call, struct vdc_err *err)
{
	struct follower follower = { 0 };
	int r = vdc_list_new(call, &vdc_event_kind, &follower.list, err);

	if (!r)
		r = events_filter_read(call, &follower.filter, err);
	if (r)
		return r;
	vdc_list_stream(follower.list);
	if (!vdc_given(call, "since"))
		follower.filter.since = vdc_time_now();
	follower.newest = follower.filter.since;
	r = follow(vdc_call_db(call), &follower, err);
	free(follower.printed);
	return r;
}
