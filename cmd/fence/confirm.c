/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence confirm */
#include <errno.h>
#include <string.h>

#include "act/fence_confirm.h"
#include "act/host_down.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/list.h"
#include "fence.h"
#include "model/vm.h"
#include "plan/vm_status.h"
#include "store/store.h"

#define CHECKED "i-have-checked-that-it-is-powered-off"

struct confirm {
	struct vdc_call *call;
	const struct vdc_host *host;
	struct vdc_fence_confirm asked;
	int64_t began;
};

/* A name that came from a list, or from a script that knows all names, was not typed by anybody. */
static int read_call(struct confirm *confirm, struct vdc_err *err)
{
	struct vdc_call *call = confirm->call;
	const char *typed = vdc_text_option(call, CHECKED), *const * names;
	void *found;
	int r;

	vdc_call_operands(call, &names);
	if (strcmp(names[0], "-") == 0)
		return vdc_err_set(err, -EINVAL, "confirm takes the name of one host, and no list");
	r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, names[0], 0, vdc_call_arena(call),
			  &found, err);
	if (r)
		return r;
	confirm->host = found;
	confirm->asked = (struct vdc_fence_confirm){
		.host_id = confirm->host->id,
		.number = 1,
		.insists = typed,
		.reason = vdc_text_option(call, "reason"),
	};
	confirm->began = vdc_time_now();
	if (typed && strcmp(typed, confirm->host->name) != 0)
		return vdc_err_set(err, -EPERM, "--" CHECKED ": %s is not the name of host %s",
				   typed, confirm->host->name);
	return 0;
}

static int print(const struct confirm *confirm, enum vdc_fence_result result, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(confirm->call);
	const struct vdc_fence_confirm *asked = &confirm->asked;
	struct vdc_fence_record *row = vdc_object_new(&vdc_fence_record_kind, arena);
	struct vdc_list *list;
	int r = vdc_list_new(confirm->call, &vdc_fence_record_kind, &list, err);

	row->id = vdc_arena_strdup(arena, asked->record ?: confirm->host->id);
	row->host = (struct vdc_ref){ confirm->host->id, confirm->host->name };
	row->start_time = confirm->began;
	row->end_time = vdc_time_now();
	row->action = VDC_FENCE_CONFIRM;
	row->result = result;
	row->reason = vdc_arena_strdup(arena, asked->text);
	if (asked->is_down)
		row->evidence = vdc_arena_strdup(arena, asked->text);
	if (asked->is_down && asked->record)
		row->message = vdc_arena_format(
			arena, "VMs that stopped with it: %zu, to start elsewhere: %zu", asked->vms,
			asked->ha_vms);
	if (!r)
		r = vdc_list_add(list, row, err);
	return r ? r : vdc_list_end(list, err);
}

static int carry_out(void *ctx, struct vdc_job_lease *lease, struct vdc_work_watch *watch,
		     struct vdc_err *err)
{
	struct confirm *confirm = ctx;
	struct vdc_fence_confirm *asked = &confirm->asked;
	struct vdc_err why = { 0 };
	int r = vdc_fence_confirm(vdc_call_db(confirm->call), lease, asked, vdc_work_told, watch,
				  vdc_call_arena(confirm->call), err);

	if (r)
		return r;
	if (!asked->is_down)
		return VDC_EXIT_REFUSED;
	if (!asked->ha_job || !vdc_ha_launch(asked->ha_job, &why))
		return VDC_EXIT_OK;
	vdc_log(VDC_LOG_ERROR, "%s: its HA VMs are not started yet, say ha-restart %s",
		vdc_err_text(&why), confirm->host->name);
	return VDC_EXIT_PARTLY;
}

static int do_it(struct confirm *confirm, struct vdc_err *err)
{
	const struct fence_job job = {
		.action = "fence-confirm",
		.step_action = VDC_FENCE_STEP_CONFIRM,
		.what = "confirmation",
		.hosts = &confirm->host,
		.n = 1,
	};
	int code = fence_do_job(confirm->call, &job, carry_out, confirm, err), r;

	if (code < 0)
		return code;
	r = print(confirm, confirm->asked.is_down ? VDC_FENCE_SUCCESS : VDC_FENCE_FAILED, err);
	return r ? r : code;
}

/* What would be said, without a job. */
static int preview(struct confirm *confirm, struct vdc_err *err)
{
	struct vdc_work_watch watch;
	int r;

	vdc_work_begin(&watch, 0);
	r = vdc_fence_confirm_preview(vdc_call_db(confirm->call), &confirm->asked, vdc_work_told,
				      &watch, vdc_call_arena(confirm->call), err);
	vdc_work_end(&watch);
	return r;
}

static int count_vm(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	*(size_t *)ctx += vdc_vm_is_active(((const struct vdc_vm *)object)->status);
	return 0;
}

static int ask(struct confirm *confirm, struct vdc_err *err)
{
	size_t vms = 0;
	int r = vdc_store_each_of(vdc_call_db(confirm->call), &vdc_vm_kind,
				  vdc_kind_field(&vdc_vm_kind, "host"), confirm->host->id, 0, NULL,
				  count_vm, &vms, err);

	return r ? r
		 : vdc_confirm(confirm->call, err,
			       "%s. Is host %s down, with its %zu VMs? Those that are highly "
			       "available start elsewhere.",
			       confirm->asked.text, confirm->host->name, vms);
}

int fence_confirm(struct vdc_call *call, struct vdc_err *err)
{
	struct confirm confirm = { .call = call };
	bool dry_run = vdc_given(call, "dry-run");
	int r = read_call(&confirm, err);

	if (r)
		return r;
	if (!dry_run && (confirm.asked.insists || vdc_given(call, "yes")))
		return do_it(&confirm, err);
	r = preview(&confirm, err);
	if (r)
		return r;
	if (dry_run || !confirm.asked.is_down) {
		r = print(&confirm, VDC_FENCE_SKIPPED, err);
		return r ? r : confirm.asked.is_down ? VDC_EXIT_OK : VDC_EXIT_REFUSED;
	}
	r = ask(&confirm, err);
	if (r <= 0)
		return r;
	return do_it(&confirm, err);
}
