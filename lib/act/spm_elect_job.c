/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job of an election: of a data centre there is one at a time. */
#include <errno.h>

#include "act/spm_elect.h"
#include "store/store.h"

/* Others may end it, and begin another one, between two looks. */
enum { TRIES = 5 };

struct finding {
	const char *data_center;
	struct vdc_arena *arena;
	char *job;
};

static int find(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct finding *f = ctx;
	const struct vdc_data_center *data_center;
	struct vdc_job *job;
	void *found;
	int r = vdc_store_get(db, &vdc_data_center_kind, f->data_center, 0, f->arena, &found, err);

	if (r)
		return r;
	data_center = found;
	job = vdc_job_new(VDC_SPM_ACTION, NULL, f->arena);
	vdc_job_about(job, &vdc_data_center_kind, data_center->id, data_center->name, f->arena);
	job->description = vdc_arena_format(f->arena, "election of the manager of data center %s",
					    data_center->name);
	return vdc_job_open_or_new(db, job, f->arena, &f->job, err);
}

static int is_open(struct vdc_db *db, const struct finding *f, bool *ret, struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(db, &vdc_job_kind, f->job, 0, f->arena, &found, err);

	*ret = !r && vdc_job_is_open(((const struct vdc_job *)found)->status);
	return r;
}

int vdc_spm_elect_begin(struct vdc_db *db, const char *data_center, struct vdc_arena *arena,
			struct vdc_job_lease **ret, struct vdc_err *err)
{
	struct finding f = { data_center, arena, NULL };
	struct vdc_job_lease *lease = NULL;
	bool open = false;
	int r = 0;

	for (unsigned i = 0; i < TRIES && !r && !open; i++) {
		r = vdc_db_transaction(db, find, &f, err);
		if (!r)
			r = vdc_job_acquire(db, f.job, VDC_JOB_TTL, &lease, err);
		if (!r)
			r = is_open(db, &f, &open, err);
		if (!r && open)
			break;
		vdc_job_release(lease, db);
		lease = NULL;
	}
	if (r == -EBUSY)
		return vdc_err_prefix(err, "another election is under way: ");
	if (r)
		return r;
	if (!open)
		return vdc_err_set(err, -EBUSY, "others elect the manager of this data center");
	*ret = lease;
	return 0;
}
