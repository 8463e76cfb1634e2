/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the transactions that change the status of a host. */
#include <string.h>

#include "act/drain_part.h"
#include "act/update.h"
#include "base/time.h"
#include "base/words.h"

int drain_load(struct vdc_db *db, struct drain_writing *w, struct vdc_err *err)
{
	const void *before;
	void *after;
	int r = vdc_job_guard(w->host->run->lease, db, err);

	if (!r)
		r = vdc_update_read(db, &vdc_host_kind, w->host->host->id, VDC_WITH_LONG, w->arena,
				    &before, &after, err);
	if (r)
		return r;
	w->before = before;
	w->after = after;
	return 0;
}

int drain_write_status(struct vdc_db *db, struct drain_writing *w, enum vdc_host_status status,
		       int64_t reason, const char *detail, struct vdc_err *err)
{
	w->after->status = status;
	w->after->reason = reason;
	w->after->status_detail = vdc_arena_strdup(w->arena, detail);
	if (w->before->status != status)
		w->after->status_since = vdc_time_now();
	return vdc_update(db, &vdc_host_kind, w->before, w->after, w->arena, NULL, err);
}

int drain_write_step(struct vdc_db *db, struct drain_writing *w, enum vdc_job_status status,
		     struct vdc_err *err)
{
	struct vdc_job_step *step = vdc_object_copy(&vdc_job_step_kind, w->host->step, w->arena);

	step->status = status;
	if (status == VDC_JOB_STARTED) {
		step->start_time = vdc_time_now();
		step->state = vdc_arena_format(w->arena, "before=%s",
					       vdc_enum_word(&vdc_host_status_values, w->was));
	} else {
		step->end_time = vdc_time_now();
		step->message = vdc_arena_strdup(w->arena, drain_failure(w->host));
	}
	return vdc_store_put(db, &vdc_job_step_kind, step, w->arena, err);
}

int drain_write(struct drain_writing *w, vdc_db_fn *fn, struct vdc_err *err)
{
	struct drain_host *host = w->host;
	int r;

	w->arena = vdc_arena_new();
	r = vdc_db_transaction(host->run->db, fn, w, err);
	if (!r)
		host->host = vdc_object_copy(&vdc_host_kind, w->after, host->run->arena);
	if (w->refusal)
		w->refusal = vdc_arena_strdup(host->run->arena, w->refusal);
	vdc_arena_free(w->arena);
	return r;
}

int64_t drain_status_before(const struct drain_writing *w)
{
	const char *word = vdc_line_value(w->host->step->state, "before", w->arena);
	int64_t known = word ? vdc_enum_find(&vdc_host_status_values, word) : 0;

	return known > 0 && w->host->step->status == VDC_JOB_STARTED ? known : 0;
}
