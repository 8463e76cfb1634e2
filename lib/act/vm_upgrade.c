/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/vm_upgrade_work.h"

#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "base/setting.h"
#include "store/job.h"

static int keep(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	char *definition = NULL;
	int r;

	if (up->definition)
		return 0;
	r = vdc_vm_upgrade_read(up, &definition, err);
	if (!r && !definition)
		definition = up->vm->domain_xml;
	if (!r && !definition)
		r = vdc_err_set(err, -ENOENT, "VM %s is not defined on host %s, nor here",
				up->vm->name, up->host->name);
	return r ? r : vdc_vm_upgrade_keep(up, definition, err);
}

static int space(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	int r = up->snapshot ? vdc_vm_upgrade_space(up, err) : 0;

	/* Not only when the VM is off already. */
	if (!r && up->snapshot)
		r = vdc_spm_token_take(up->db, up->host, up->arena, &up->token, err);
	vdc_spm_token_give(up->token);
	up->token = NULL;
	return r;
}

static int snapshot(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return up->snapshot ? vdc_vm_upgrade_snapshot(up, err) : 0;
}

static const struct step {
	const char *action;
	const char *words;
	int (*run)(struct vdc_vm_upgrade_work *up, struct vdc_err *err);
} steps[] = {
	[VDC_VM_UPGRADE_KEEP] = { "keep_definition", "keeping its definition", keep },
	[VDC_VM_UPGRADE_SPACE] = { "check_space", "looking for space", space },
	[VDC_VM_UPGRADE_PERSIST] = { "make_persistent", "making it permanent on its host",
				     vdc_vm_upgrade_persist },
	[VDC_VM_UPGRADE_POWER_OFF] = { "power_off", "shutting it down", vdc_vm_upgrade_power_off },
	[VDC_VM_UPGRADE_SNAPSHOT] = { "snapshot", "making a snapshot", snapshot },
	[VDC_VM_UPGRADE_DEFINE] = { "define", "changing its machine type", vdc_vm_upgrade_define },
	[VDC_VM_UPGRADE_START] = { "start", "starting it", vdc_vm_upgrade_start },
	[VDC_VM_UPGRADE_WATCH] = { "watch", "watching it run", vdc_vm_upgrade_watch },
	[VDC_VM_UPGRADE_RECORD] = { "record", "recording it", vdc_vm_upgrade_note_vm },
	[VDC_VM_UPGRADE_RESTORE] = { "restore", "putting its old definition back",
				     vdc_vm_upgrade_restore },
	[VDC_VM_UPGRADE_RESTART] = { "restart", "starting it as it was", vdc_vm_upgrade_start },
	[VDC_VM_UPGRADE_REWATCH] = { "watch", "watching it run as it did", vdc_vm_upgrade_watch },
};

static int end_step(struct vdc_vm_upgrade_work *up, struct vdc_job_step *step, int r,
		    struct vdc_err *err)
{
	struct vdc_err failure = { 0 };

	if (r)
		return vdc_job_step_end(up->lease, up->db, step, VDC_JOB_FAILED, vdc_err_text(err),
					up->arena, &failure),
		       r;
	return vdc_job_step_end(up->lease, up->db, step, VDC_JOB_FINISHED, NULL, up->arena, err);
}

static int do_step(struct vdc_vm_upgrade_work *up, enum vdc_vm_upgrade_step number,
		   struct vdc_err *err)
{
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, up->arena);
	int r;

	if (up->options->told)
		up->options->told(up->options->ctx,
				  vdc_arena_format(up->arena, "VM %s: %s", up->vm->name,
						   steps[number].words));
	step->number = number;
	step->action = vdc_arena_strdup(up->arena, steps[number].action);
	step->description = vdc_arena_strdup(up->arena, steps[number].words);
	r = vdc_job_step_begin(up->lease, up->db, step, up->arena, err);
	if (r)
		return r;
	if ((int)number > up->begun)
		up->begun = number;
	r = steps[number].run(up, err);
	/* The job was ended with it, and the step is the job's. */
	return end_step(up, step, r, err);
}

/* Nothing is known about what it did, or nobody may say it: the next call goes on. */
static bool is_to_be_continued(int r)
{
	switch (r) {
	case -EBUSY:
	case -EAGAIN:
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -ETIMEDOUT:
	case -EPIPE:
	case -EACCES:
		return true;
	default:
		return false;
	}
}

static int later(const struct vdc_vm_upgrade_work *up, int r, struct vdc_err *err)
{
	vdc_err_prefix(err, "the upgrade of VM %s was cut off, run the same command again: ",
		       up->vm->name);
	return r;
}

/* Says what became of it, and ends the job. */
static int give_up(struct vdc_vm_upgrade_work *up, const char *why, const char *state,
		   struct vdc_err *err)
{
	const char *message = vdc_arena_format(up->arena, "%s; %s", why, state);
	int r = vdc_vm_upgrade_fail(up, message, err);

	return r ? later(up, r, err)
		 : vdc_err_set(err, -EIO, "VM %s was not upgraded: %s", up->vm->name, message);
}

/* Whether it has to run when all is as it was. */
static bool must_run(const struct vdc_vm_upgrade_work *up, bool was_started)
{
	return up->ran || was_started;
}

static int go_back(struct vdc_vm_upgrade_work *up, const char *why, struct vdc_err *err)
{
	bool was_started = up->begun >= VDC_VM_UPGRADE_START;
	int r = 0;

	if (up->begun >= VDC_VM_UPGRADE_DEFINE && up->begun <= VDC_VM_UPGRADE_RESTORE)
		r = do_step(up, VDC_VM_UPGRADE_RESTORE, err);
	if (!r && !must_run(up, was_started))
		return give_up(up, why, "it is off and defined as it was", err);
	if (!r)
		r = do_step(up, VDC_VM_UPGRADE_RESTART, err);
	if (!r)
		r = do_step(up, VDC_VM_UPGRADE_REWATCH, err);
	if (is_to_be_continued(r))
		return later(up, r, err);
	if (r && up->begun >= VDC_VM_UPGRADE_RESTART)
		return give_up(up, why,
			       vdc_arena_format(up->arena,
						"its old definition is back, but it does not start "
						"with that either: %s",
						vdc_err_text(err)),
			       err);
	if (r)
		return later(up, r, err);
	return give_up(up, why,
		       was_started ? "its old definition was put back and started"
				   : "it was started as it was",
		       err);
}

static int go_on(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	int at = VDC_VM_UPGRADE_KEEP, r = 0;

	if (up->begun >= VDC_VM_UPGRADE_RESTORE)
		return go_back(up, up->job->message ?: "an earlier try failed", err);
	for (; !r && at <= VDC_VM_UPGRADE_RECORD; at++)
		r = do_step(up, at, err);
	if (!r)
		return 0;
	if (is_to_be_continued(r) ||
	    at > VDC_VM_UPGRADE_RECORD) /* it runs; only that is not noted */
		return later(up, r, err);
	up->job->message = vdc_arena_strdup(up->arena, vdc_err_text(err));
	if (at - 1 <= VDC_VM_UPGRADE_POWER_OFF)
		return give_up(up, up->job->message, "nothing was changed", err);
	return go_back(up, up->job->message, err);
}

int vdc_vm_upgrade_run(struct vdc_db *db, const struct vdc_vm_upgrade_case *what,
		       const struct vdc_vm_upgrade_options *options, struct vdc_err *err)
{
	for (bool ours = false; !ours;) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_vm_upgrade_work up = { .db = db, .arena = arena, .options = options };
		struct vdc_target target;
		int r = vdc_virt_load(err);

		if (!r)
			r = vdc_vm_upgrade_open(&up, what, err);
		if (!r) {
			target = vdc_target_of(
				up.host, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT), arena);
			up.target = &target;
			ours = strcmp(up.vm->id, what->vm->id) == 0;
			r = go_on(&up, err);
		}
		vdc_job_release(up.lease, db);
		/* One that was cut off ended as it was: that is its end, and not that of ours. */
		if (r && (ours || r != -EIO))
			return r;
	}
	return 0;
}
