/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence treat: what the monitor has done about one host, in a process of its own. */
#include <unistd.h>

#include "act/treat.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/work.h"
#include "fence.h"
#include "store/store.h"

static void told(void *ctx vdc_unused, const struct vdc_work_news *news)
{
	char now[VDC_TIME_LEN + 1];
	const char *how = news->kind != VDC_WORK_STEP ? NULL
			  : news->status == VDC_JOB_STARTED
				  ? "begun"
				  : vdc_enum_word(&vdc_job_status_values, news->status);

	if (news->kind == VDC_WORK_MOVE)
		return;
	vdc_time_format(vdc_time_now() / VDC_SECOND * VDC_SECOND, now);
	vdc_log(VDC_LOG_NOTICE, "%s host %s: %s%s%s%s%s%s", now, news->host ? news->host : "?",
		news->kind == VDC_WORK_WAITS ? "waits: " : "", how ? news->action : "",
		how ? " " : "", how ? how : "", how && news->text ? ": " : "",
		news->text ? news->text : "");
}

int fence_treat(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_treat_options options = vdc_treat_options();
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_db *db = vdc_call_db(call);
	struct vdc_job_lease *lease = NULL;
	const char *const *names;
	char *job, *end = NULL;
	void *host;
	int r;

	vdc_call_operands(call, &names);
	r = vdc_store_get(db, &vdc_host_kind, names[0], 0, arena, &host, err);
	if (!r)
		r = vdc_treat_find(db, host, arena, &job, err);
	if (r)
		return r;
	options.told = told;
	options.stop_fd = vdc_work_signals();
	r = vdc_job_acquire(db, job, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = vdc_treat(db, lease, &options, arena, &end, err);
	/* Whoever lost the database stops there and then: another one has the job soon. */
	vdc_job_release(lease, r ? NULL : db);
	close(options.stop_fd);
	return r;
}
