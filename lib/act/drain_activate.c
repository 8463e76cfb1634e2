/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bringing hosts back: looked at first, then their VMs are started, and brought home. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "base/time.h"
#include "store/events.h"

#define SETTLES (2 * 60 * VDC_SECOND) /* longest wait for a hypervisor that is not ready yet */
#define PAUSE VDC_SECOND

struct activating {
	struct drain_run run;
	struct vdc_activate_host *asked; /* beside run.hosts */
};

static int set_out(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct drain_writing *w = ctx;
	int r = drain_load(db, w, err);

	if (r)
		return r;
	w->was = drain_status_before(w) ?: w->before->status;
	r = drain_write_step(db, w, VDC_JOB_STARTED, err);
	if (r || w->before->status == VDC_HOST_UP)
		return r;
	r = drain_write_status(db, w, VDC_HOST_UNASSIGNED, 0, NULL, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "host_activating", &vdc_host_kind,
				  w->after, err, "host %s is to come back", w->after->name);
}

static int come_to_nothing(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct drain_writing *w = ctx;
	const struct drain_host *host = w->host;
	int r = drain_load(db, w, err);

	if (!r && host->unfit)
		r = drain_write_status(db, w, VDC_HOST_NON_OPERATIONAL,
				       VDC_REASON_STORAGE_DOMAIN_UNREACHABLE, drain_failure(host),
				       err);
	else if (!r && w->before->status != VDC_HOST_NON_OPERATIONAL &&
		 (host->before == VDC_HOST_MAINTENANCE || host->before == VDC_HOST_DOWN))
		r = drain_write_status(db, w, host->before, 0, host->before_detail, err);
	if (!r)
		r = drain_write_step(db, w, VDC_JOB_FAILED, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_ERROR, "host_activation_failed", &vdc_host_kind,
				  w->after, err, "host %s does not come back: %s", w->after->name,
				  drain_failure(host));
}

static int end_well(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct drain_writing *w = ctx;
	const struct drain_host *host = w->host;
	int r = drain_load(db, w, err);

	if (!r)
		r = drain_forget_homes(db, host->host->id,
				       host->restore ? DRAIN_FORGET_OFF : DRAIN_FORGET_AWAY,
				       w->arena, err);
	return r ? r : drain_write_step(db, w, VDC_JOB_FINISHED, err);
}

static int begin_host(struct activating *a, size_t i, struct vdc_err *err)
{
	const struct vdc_activate_host *asked = &a->asked[i];
	struct drain_host *host = &a->run.hosts[i];
	struct drain_writing w = { .host = host };
	void *found;
	int r = vdc_store_get(a->run.db, &vdc_host_kind, asked->id, 0, a->run.arena, &found, err);

	if (r)
		return r;
	*host = (struct drain_host){
		.run = &a->run,
		.host = found,
		.ours = true,
		.restore = asked->restore,
		.before_detail = ((const struct vdc_host *)found)->status_detail,
	};
	drain_number_host(host, asked->number, DRAIN_LEAVE);
	r = drain_write(&w, set_out, err);
	host->before = w.was;
	host->taken_back = asked->taken_back || host->before == VDC_HOST_PREPARING_FOR_MAINTENANCE;
	return r;
}

static int give_up(struct activating *a, struct drain_host *host, enum vdc_activate_end end,
		   struct vdc_err *err)
{
	struct vdc_activate_host *asked = &a->asked[host - a->run.hosts];
	struct drain_writing w = { .host = host };

	host->over = true;
	asked->end = end;
	asked->reason = drain_failure(host);
	return drain_write(&w, come_to_nothing, err);
}

static int check_storage(struct activating *a, struct drain_host *host, struct vdc_err *err)
{
	const char *unreached = NULL;
	struct vdc_err why = { 0 };
	int r = drain_check_storage(host, &unreached, &why);

	host->unfit = unreached;
	if (r)
		drain_fail(host, "its storage cannot be looked at: %s", vdc_err_text(&why));
	else if (unreached)
		drain_fail(host, "%s", unreached);
	if (!r && !unreached)
		return 0;
	return give_up(a, host, r ? VDC_ACTIVATE_NO_ANSWER : VDC_ACTIVATE_UNFIT, err);
}

static int judge(struct activating *a, struct drain_host *host, bool *settles, struct vdc_err *err)
{
	const char *detail = host->host->status_detail;

	if (!host->unread && host->host->status == VDC_HOST_UP)
		return 0;
	if (!host->unread && host->host->status == VDC_HOST_INITIALIZING) {
		*settles = true;
		return 0;
	}
	if (!host->unread && host->host->status == VDC_HOST_NON_OPERATIONAL) {
		drain_fail(host, "%s", detail ?: "it may not run VMs");
		return give_up(a, host, VDC_ACTIVATE_UNFIT, err);
	}
	drain_fail(host, "%s", host->unread ?: detail ?: "it does not answer");
	return give_up(a, host, VDC_ACTIVATE_NO_ANSWER, err);
}

static int look(struct activating *a, bool *settles, struct vdc_err *err)
{
	int r = drain_look(&a->run, err);

	*settles = false;
	for (size_t i = 0; i < a->run.n && !r; i++)
		if (!a->run.hosts[i].over)
			r = judge(a, &a->run.hosts[i], settles, err);
	return r;
}

static int await_up(struct activating *a, struct vdc_err *err)
{
	int64_t until = vdc_time_monotonic() + SETTLES;
	bool settles = true;
	int r = 0;

	while (!r && settles) {
		r = look(a, &settles, err);
		if (r || !settles)
			break;
		for (size_t i = 0; i < a->run.n && !r; i++) {
			struct drain_host *host = &a->run.hosts[i];

			if (host->over || host->host->status != VDC_HOST_INITIALIZING)
				continue;
			drain_tell(&a->run, &(struct vdc_work_news){
						    .kind = VDC_WORK_WAITS,
						    .host = host->host->name,
						    .text = "its hypervisor is not ready yet",
					    });
			if (vdc_time_monotonic() < until)
				continue;
			drain_fail(host, "its hypervisor does not get ready");
			r = give_up(a, host, VDC_ACTIVATE_NO_ANSWER, err);
		}
		vdc_sleep(PAUSE);
	}
	return r;
}

static int end_all(struct activating *a, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < a->run.n && !r; i++) {
		struct drain_host *host = &a->run.hosts[i];
		struct vdc_activate_host *asked = &a->asked[i];
		struct drain_writing w = { .host = host };

		asked->started = host->started;
		asked->returned = host->returned;
		asked->left = host->left;
		if (host->over)
			continue;
		asked->end = VDC_ACTIVATE_UP;
		r = drain_write(&w, end_well, err);
	}
	return r;
}

int vdc_activate_hosts(struct vdc_db *db, struct vdc_job_lease *lease,
		       const struct vdc_drain_options *options, struct vdc_activate_host *hosts,
		       size_t n, struct vdc_arena *arena, struct vdc_err *err)
{
	struct activating a = { .asked = hosts };
	int r = drain_run_begin(&a.run, db, lease, options, n, arena, err);

	for (size_t i = 0; i < n && !r; i++)
		r = begin_host(&a, i, err);
	for (size_t i = 0; i < n && !r; i++)
		r = check_storage(&a, &a.run.hosts[i], err);
	if (!r)
		r = await_up(&a, err);
	if (!r)
		r = drain_start_homes(&a.run, err);
	if (!r)
		r = drain_return_homes(&a.run, err);
	return r ? r : end_all(&a, err);
}
