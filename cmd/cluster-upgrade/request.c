/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade resume, pause and abort */
#include <errno.h>
#include <stdio.h>

#include "cli/work.h"
#include "run.h"
#include "store/store.h"

static int get_job(struct vdc_call *call, struct vdc_job **ret, struct vdc_err *err)
{
	const char *const *words;
	int n = vdc_call_operands(call, &words);
	const char *id;
	void *job;
	int r = cluster_upgrade_find(call, n ? words[0] : NULL, &id, err);

	if (!r)
		r = vdc_store_get(vdc_call_db(call), &vdc_job_kind, id, 0, vdc_call_arena(call),
				  &job, err);
	if (!r)
		*ret = job;
	return r;
}

/* Who carried a data centre's out carried that of a cluster out. */
static int await_owners(struct vdc_call *call, const struct vdc_job *job, struct vdc_err *err)
{
	struct vdc_data_center_seen seen;
	const struct vdc_job_step *current;
	int r = vdc_work_await_owner(call, job->id, err);

	if (r || !cluster_upgrade_is_of_data_center(job))
		return r;
	r = vdc_data_center_look(vdc_call_db(call), job->id, vdc_call_arena(call), &seen, err);
	current = r ? NULL : vdc_data_center_current(&seen);
	return current && vdc_data_center_child(current)
		       ? vdc_work_await_owner(call, vdc_data_center_child(current), err)
		       : r;
}

int cluster_upgrade_resume(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_job *job;
	int r = get_job(call, &job, err);

	if (!r && (job->status == VDC_JOB_FINISHED || job->status == VDC_JOB_ABORTED))
		r = vdc_err_set(err, -EINVAL, "job %s is over: %s", job->id,
				vdc_enum_word(&vdc_job_status_values, job->status));
	if (!r)
		r = await_owners(call, job, err);
	return r ? r : cluster_upgrade_carry_out(call, job->id, err);
}

int cluster_upgrade_pause(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_job *job;
	char *owner = NULL;
	int r = get_job(call, &job, err);

	if (!r)
		r = vdc_job_owner(vdc_call_db(call), job->id, vdc_call_arena(call), &owner, err);
	if (!r && !owner && job->status == VDC_JOB_STARTED)
		r = vdc_err_set(err, -EINVAL,
				"nobody carries job %s out: there is nothing to pause; "
				"cluster-upgrade resume %s goes on",
				job->id, job->id);
	if (!r && !owner && job->status == VDC_JOB_PAUSED)
		r = vdc_err_set(err, -EINVAL,
				"job %s is paused already; cluster-upgrade resume %s goes on",
				job->id, job->id);
	if (!r)
		r = vdc_data_center_ask(vdc_call_db(call), job->id,
					vdc_given(call, "cancel") ? VDC_JOB_CANCEL : VDC_JOB_PAUSE,
					err);
	if (!r && !vdc_given(call, "quiet"))
		printf("%s was asked to stop%s\n", owner ? owner : job->id,
		       vdc_given(call, "cancel") ? " and to cancel what moves"
						 : " when what moves has moved");
	return r;
}

/* Who has it ends it; where nobody has, it is ended here: the policy must go back, and no host be
 * left in between. */
int cluster_upgrade_abort(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_job *job;
	char *owner = NULL;
	int r = get_job(call, &job, err);

	if (!r)
		r = vdc_data_center_ask(vdc_call_db(call), job->id, VDC_JOB_ABORT, err);
	if (!r)
		r = vdc_job_owner(vdc_call_db(call), job->id, vdc_call_arena(call), &owner, err);
	if (!r && owner && !vdc_given(call, "quiet"))
		printf("%s was asked to abort\n", owner);
	if (r || owner)
		return r;
	return cluster_upgrade_carry_out(call, job->id, err);
}
