/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs that still run the old QEMU are shut down and started again where they are, a batch at a time:
 * that their guests stop is what was asked for. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/look.h"
#include "act/upgrade_work.h"
#include "act/vm_power.h"
#include "base/buf.h"
#include "base/setting.h"
#include "base/time.h"
#include "store/store.h"

struct restarting {
	struct upgrade_run *run;
	const struct vdc_move *move;
	struct vdc_host *host; /* where it runs */
	struct vdc_power power;
};

/* In the child: done again after a crash it only starts what it has stopped. */
static int restart(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err)
{
	const struct restarting *r = ctx;
	int failed = vdc_power_persist(&r->power, errand, virt, err);

	if (!failed)
		failed = vdc_power_off(&r->power, errand, virt, err);
	return failed ? failed : vdc_power_on(&r->power, errand, virt, err);
}

static int host_of(const struct restarting *r, struct vdc_host **ret, struct vdc_err *err)
{
	struct upgrade_run *run = r->run;
	struct vdc_vm *vm;
	void *object;
	int failed =
		vdc_store_get(run->db, &vdc_vm_kind, r->move->vm_id, 0, run->arena, &object, err);

	if (failed)
		return failed;
	vm = object;
	if (!vm->host.id)
		return vdc_err_set(err, -EINVAL, "it does not run any more");
	failed = vdc_store_get(run->db, &vdc_host_kind, vm->host.id, 0, run->arena, &object, err);
	if (!failed)
		*ret = object;
	return failed;
}

/* A VM that is up again when it is looked at shows no sign of having been away. */
static int note_qemu(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct restarting *r = ctx;
	struct vdc_vm *part = vdc_object_new(&vdc_vm_kind, r->run->arena);
	int failed = vdc_job_guard(r->run->lease, db, err);

	part->id = vdc_arena_strdup(r->run->arena, r->move->vm_id);
	part->running_qemu_version = r->host->qemu_version;
	return failed ? failed : vdc_store_put(db, &vdc_vm_kind, part, r->run->arena, err);
}

static int go(struct restarting *r, struct vdc_err *err)
{
	struct upgrade_run *run = r->run;
	const int64_t limit = run->options.shutdown_us + 2 * VDC_POWER_CALL;
	struct vdc_errand_call call = {
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = limit,
		.quiet_us = VDC_POWER_CALL,
		.db = run->db,
		.lease = run->lease,
		.ctx = r,
		.run = restart,
	};
	struct vdc_target target;
	int failed = host_of(r, &r->host, err);

	if (failed)
		return failed;
	target = vdc_target_of(r->host, limit, run->arena);
	call.host = r->host->name;
	call.uri = target.uri;
	r->power = (struct vdc_power){
		.vm_id = r->move->vm_id,
		.vm_name = r->move->vm_name,
		.shutdown_us = run->options.shutdown_us,
		.force_off = run->options.force_off,
		.limit_option = "--shutdown-timeout",
	};
	failed = vdc_errand_run(&call, err);
	if (!failed)
		failed = vdc_db_transaction(run->db, note_qemu, r, err);
	return failed ? failed : upgrade_look(run, &(const char *){ r->host->id }, 1, err);
}

static int restart_one(struct upgrade_run *run, const struct vdc_move *move, bool *worked,
		       struct vdc_err *err)
{
	struct restarting restarting = { .run = run, .move = move };
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, run->arena);
	struct vdc_err failure = { 0 };
	int r;

	step->number = move->number;
	step->action = vdc_arena_strdup(run->arena, "restart");
	step->object_kind = vdc_arena_strdup(run->arena, vdc_vm_kind.name);
	step->object_id = vdc_arena_strdup(run->arena, move->vm_id);
	step->object_name = vdc_arena_strdup(run->arena, move->vm_name);
	r = vdc_job_step_begin(run->lease, run->db, step, run->arena, err);
	if (r)
		return r;
	upgrade_say(run, NULL, "restarting VM %s", move->vm_name);
	*worked = go(&restarting, &failure) == 0;
	if (failure.code == -EBUSY)
		return vdc_err_set(err, -EBUSY, "%s", vdc_err_text(&failure));
	if (!*worked)
		upgrade_say(run, NULL, "VM %s was not restarted: %s", move->vm_name,
			    vdc_err_text(&failure));
	return vdc_job_step_end(run->lease, run->db, step,
				*worked ? VDC_JOB_FINISHED : VDC_JOB_FAILED,
				*worked ? NULL : vdc_err_text(&failure), run->arena, err);
}

int upgrade_restart_vms(struct upgrade_run *run, struct vdc_move *moves, size_t n,
			const char **failure, struct vdc_err *err)
{
	size_t failed = 0;
	int r = 0;

	for (size_t i = 0; i < n && !r && !run->stop; i++) {
		bool worked;

		if (i && run->options.batch > 0 && i % (size_t)run->options.batch == 0)
			r = upgrade_pause(run, run->options.batch_pause_us, err);
		if (!r && !run->stop)
			r = restart_one(run, &moves[i], &worked, err);
		if (!r && !run->stop)
			failed += !worked;
	}
	if (!r && failed)
		*failure = vdc_arena_format(run->arena, "%zu VMs could not be restarted", failed);
	return r;
}
