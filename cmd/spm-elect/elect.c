/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect elect, release and history: the manager of a data centre. */
#include <errno.h>

#include "act/spm_elect.h"
#include "base/log.h"
#include "cli/list.h"
#include "cli/work.h"
#include "model/spm_record.h"
#include "model/spm_view.h"
#include "spm_elect.h"
#include "store/store.h"

static int find_data_center(struct vdc_call *call, const struct vdc_data_center **ret,
			    struct vdc_err *err)
{
	const char *const *names;
	void *found;
	int r;

	vdc_call_operands(call, &names);
	r = vdc_store_get(vdc_call_db(call), &vdc_data_center_kind, names[0], 0,
			  vdc_call_arena(call), &found, err);
	if (!r)
		*ret = found;
	return r;
}

static int find_preferred(struct vdc_call *call, struct vdc_spm_election *election,
			  struct vdc_err *err)
{
	const char *name = vdc_text_option(call, "prefer");
	void *found;
	int r;

	if (!name)
		return 0;
	r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, name, 0, vdc_call_arena(call), &found,
			  err);
	if (!r)
		election->prefer = vdc_object_id(found);
	return r;
}

/* What stands in for the manager, when the database's record is right already. */
static int print(struct vdc_call *call, const struct vdc_spm_election *election,
		 struct vdc_err *err)
{
	struct vdc_list *list;
	void *record = NULL;
	int r = vdc_list_new(call, &vdc_spm_record_kind, &list, err);

	if (!r && election->record)
		r = vdc_store_get(vdc_call_db(call), &vdc_spm_record_kind, election->record,
				  VDC_WITH_NAMES, vdc_call_arena(call), &record, err);
	if (!r && record)
		r = vdc_list_add(list, record, err);
	return r ? r : vdc_list_end(list, err);
}

static enum vdc_exit code_of(const struct vdc_spm_election *election)
{
	switch (election->end) {
	case VDC_SPM_KEEP:
		return VDC_EXIT_OK;
	case VDC_SPM_CONFIRM:
	case VDC_SPM_REFUSE:
		return VDC_EXIT_REFUSED;
	case VDC_SPM_BLIND:
		return VDC_EXIT_UNREACHABLE;
	case VDC_SPM_WAIT:
		return VDC_EXIT_BUSY;
	default:
		return VDC_EXIT_FINDINGS;
	}
}

static int finish(struct vdc_call *call, const struct vdc_spm_election *election,
		  struct vdc_err *err)
{
	int r = print(call, election, err);

	if (!r && election->end != VDC_SPM_KEEP)
		vdc_log(VDC_LOG_ERROR, "%s", election->text);
	return r ? r : (int)code_of(election);
}

static int carry_out(struct vdc_call *call, struct vdc_spm_election *election, struct vdc_err *err)
{
	struct vdc_spm_elect_options options = vdc_spm_elect_options();
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_db *db = vdc_call_db(call);
	struct vdc_job_lease *lease = NULL;
	struct vdc_work_watch watch;
	int r;

	vdc_work_begin(&watch, 0);
	options.told = vdc_work_told;
	options.ctx = &watch;
	options.stop_fd = watch.signals;
	options.limit_us = vdc_int_option(call, "timeout", 0);
	r = vdc_spm_elect_begin(db, election->data_center, arena, &lease, err);
	if (!r)
		r = vdc_spm_elect(db, lease, &options, election, arena, err);
	vdc_job_release(lease, r == -EBUSY ? NULL : db);
	vdc_work_end(&watch);
	return r ? r : finish(call, election, err);
}

static int preview(struct vdc_call *call, const struct vdc_data_center *data_center,
		   struct vdc_spm_election *election, struct vdc_err *err)
{
	const struct vdc_spm_elect_options options = vdc_spm_elect_options();
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_spm_step_view *view = vdc_object_new(&vdc_spm_step_view_kind, arena);
	struct vdc_list *list;
	struct vdc_spm_next next;
	int r = vdc_list_new(call, &vdc_spm_step_view_kind, &list, err);

	if (!r)
		r = vdc_spm_elect_preview(vdc_call_db(call), &options, election, arena, &next, err);
	if (r)
		return r;
	view->id = data_center->id;
	view->data_center = data_center->name;
	view->step = next.step;
	view->host = next.host ? next.host->name : NULL;
	view->reason = vdc_arena_strdup(arena, next.reason);
	r = vdc_list_add(list, view, err);
	if (!r)
		r = vdc_list_end(list, err);
	election->end = next.step;
	return r ? r : vdc_spm_ends_badly(next.step) ? (int)code_of(election) : VDC_EXIT_OK;
}

static int change(struct vdc_call *call, struct vdc_spm_election *election, struct vdc_err *err)
{
	const struct vdc_data_center *data_center;
	int r = find_data_center(call, &data_center, err);

	if (!r)
		r = find_preferred(call, election, err);
	if (r)
		return r;
	election->data_center = data_center->id;
	election->reason = vdc_text_option(call, "reason");
	election->force = election->prefer != NULL;
	election->wait_lease = vdc_given(call, "wait-lease");
	return vdc_given(call, "dry-run") ? preview(call, data_center, election, err)
					  : carry_out(call, election, err);
}

int spm_elect_elect(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_spm_election election = { .lver = VDC_UNSET };

	return change(call, &election, err);
}

int spm_elect_release(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_spm_election election = { .lver = VDC_UNSET, .leave = true };

	return change(call, &election, err);
}

static int add(void *ctx, const struct vdc_kind *kind vdc_unused, void *object, struct vdc_err *err)
{
	return vdc_list_add(ctx, object, err);
}

int spm_elect_history(struct vdc_call *call, struct vdc_err *err)
{
	const struct vdc_data_center *data_center;
	struct vdc_list *list;
	int r = find_data_center(call, &data_center, err);

	if (!r)
		r = vdc_list_new(call, &vdc_spm_record_kind, &list, err);
	if (!r)
		r = vdc_store_each_of(vdc_call_db(call), &vdc_spm_record_kind,
				      vdc_kind_field(&vdc_spm_record_kind, "data_center"),
				      data_center->id, vdc_list_store_flags(list), NULL, add, list,
				      err);
	return r ? r : vdc_list_end(list, err);
}
