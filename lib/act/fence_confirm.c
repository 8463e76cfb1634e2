/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_confirm.h"

#include <errno.h>

#include "act/fence_evidence.h"
#include "act/fence_note.h"
#include "act/fence_power.h"
#include "act/host_down.h"
#include "edge/user.h"
#include "store/store.h"

struct confirming {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	struct vdc_fence_confirm *asked;
	const struct vdc_host *host;
	struct vdc_arena *arena;
	struct vdc_fence_note note;
	struct vdc_confirm_verdict verdict;
};

static int set_down(struct confirming *c, struct vdc_err *err)
{
	struct vdc_fence_confirm *asked = c->asked;
	struct vdc_host_down down = {
		.host_id = c->host->id,
		.status = c->verdict.status,
		.power_off = c->verdict.power_off,
		.evidence = c->verdict.text,
	};
	int r = vdc_fence_note_alone(&c->note, err);

	if (!r)
		r = vdc_job_check(c->lease, c->db, err);
	if (!r)
		r = vdc_host_down(c->db, c->lease, &down, c->arena, err);
	if (r)
		return r;
	asked->vms = down.vms;
	asked->ha_vms = down.ha_vms;
	asked->ha_job = down.ha_job;
	return 0;
}

static int end(struct confirming *c, const char *failure, struct vdc_err *err)
{
	struct vdc_fence_ending ending = {
		.result = failure ? VDC_FENCE_FAILED : VDC_FENCE_SUCCESS,
		.evidence = failure ? NULL : c->verdict.text,
		.message = failure,
		.severity = VDC_SEVERITY_WARNING,
		.type = failure ? "host_confirm_refused" : "host_confirmed_down",
	};

	ending.text = failure ? vdc_arena_format(c->arena, "host %s was not confirmed down: %s",
						 c->host->name, failure)
			      : vdc_arena_format(c->arena, "host %s was confirmed down by %s: %s",
						 c->host->name, vdc_user_caller(), c->verdict.text);
	return vdc_fence_note_end(&c->note, &ending, err);
}

static int judge(struct confirming *c, vdc_work_told_fn *told, void *ctx, struct vdc_err *err)
{
	struct vdc_fence_confirm *asked = c->asked;
	struct vdc_confirm_sight sight;
	int r = vdc_fence_evidence(c->db, asked->host_id, asked->insists, told, ctx, c->arena,
				   &sight, err);

	if (r)
		return r;
	sight.user = asked->insists ? vdc_user_caller() : NULL;
	c->verdict = vdc_plan_confirm(&sight, c->arena);
	asked->is_down = c->verdict.is_down;
	asked->text = c->verdict.text;
	return 0;
}

static int decide(struct confirming *c, vdc_work_told_fn *told, void *ctx, struct vdc_err *err)
{
	struct vdc_fence_confirm *asked = c->asked;
	struct vdc_err why = { 0 };
	int r = judge(c, told, ctx, err);

	if (r)
		return r;
	if (!asked->is_down)
		return end(c, c->verdict.text, err);
	r = set_down(c, &why);
	if (!r)
		return end(c, NULL, err);
	asked->is_down = false;
	vdc_err_set(err, why.code, "%s", vdc_err_text(&why));
	end(c, vdc_err_text(&why), NULL);
	return r;
}

int vdc_fence_confirm(struct vdc_db *db, struct vdc_job_lease *lease,
		      struct vdc_fence_confirm *confirm, vdc_work_told_fn *told, void *ctx,
		      struct vdc_arena *arena, struct vdc_err *err)
{
	struct confirming c = { .db = db, .lease = lease, .asked = confirm, .arena = arena };
	void *found;
	int r = vdc_store_get(db, &vdc_host_kind, confirm->host_id, 0, arena, &found, err);

	if (r)
		return r;
	c.host = found;
	c.note = (struct vdc_fence_note){
		.db = db,
		.lease = lease,
		.host = c.host,
		.action = VDC_FENCE_CONFIRM,
		.number = confirm->number,
		.step_action = VDC_FENCE_STEP_CONFIRM,
		.reason = confirm->reason,
		.arena = arena,
	};
	r = vdc_fence_note_begin(&c.note, err);
	if (r)
		return r;
	confirm->record = c.note.record->id;
	return decide(&c, told, ctx, err);
}

int vdc_fence_confirm_preview(struct vdc_db *db, struct vdc_fence_confirm *confirm,
			      vdc_work_told_fn *told, void *ctx, struct vdc_arena *arena,
			      struct vdc_err *err)
{
	struct confirming c = { .db = db, .asked = confirm, .arena = arena };

	return judge(&c, told, ctx, err);
}
