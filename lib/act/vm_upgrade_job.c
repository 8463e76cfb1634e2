/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an upgrade writes into the database. */
#include <errno.h>
#include <string.h>

#include "act/update.h"
#include "act/vm_upgrade_work.h"
#include "base/buf.h"
#include "base/time.h"
#include "base/words.h"
#include "store/events.h"
#include "store/job.h"

static bool plan_flag(const char *plan, const char *name, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(plan, name, arena);

	return value && strcmp(value, "1") == 0;
}

static char *plan_text(const struct vdc_vm_upgrade_work *up, const struct vdc_vm_upgrade_case *what)
{
	const struct vdc_vm_upgrade_options *options = up->options;

	return vdc_arena_format(up->arena,
				"host=%s\nmachine=%s\nchipset=%d\nran=%d\npower_off=%d\n"
				"force_off=%d\nsnapshot=%d\nlevel=%d.%d",
				what->host->id, what->plan.machine, what->plan.chipset_changes,
				what->plan.runs, options->power_off, options->force_off,
				what->plan.make_snapshot, what->barrier.major, what->barrier.minor);
}

static int read_plan(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	const char *plan = up->job->plan, *level = vdc_line_value(plan, "level", up->arena);
	const char *host = vdc_line_value(plan, "host", up->arena);
	void *vm, *found;
	int r;

	up->machine = vdc_line_value(plan, "machine", up->arena);
	if (!host || !up->machine)
		return vdc_err_set(err, -EBADMSG, "job %s has no plan", up->job->id);
	up->chipset = plan_flag(plan, "chipset", up->arena);
	up->ran = plan_flag(plan, "ran", up->arena);
	/* Who goes on may allow more than who began. */
	up->power_off = plan_flag(plan, "power_off", up->arena) || up->options->power_off;
	up->force_off = plan_flag(plan, "force_off", up->arena) || up->options->force_off;
	up->snapshot = plan_flag(plan, "snapshot", up->arena);
	up->definition = up->job->state;
	if (!level || vdc_level_parse(level, &up->barrier, NULL))
		up->barrier = (struct vdc_level){ .major = -1 };
	r = vdc_store_get(up->db, &vdc_vm_kind, up->job->object_id, VDC_WITH_LONG, up->arena, &vm,
			  err);
	if (!r)
		r = vdc_store_get(up->db, &vdc_host_kind, host, 0, up->arena, &found, err);
	if (r)
		return r;
	up->vm = vm;
	up->host = found;
	return 0;
}

struct opening {
	struct vdc_vm_upgrade_work *up;
	const struct vdc_vm_upgrade_case *what;
	char *id;
};

static struct vdc_job *new_job(const struct opening *o)
{
	const struct vdc_vm *vm = o->what->vm;
	struct vdc_arena *arena = o->up->arena;
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->action = vdc_arena_strdup(arena, VDC_VM_UPGRADE_ACTION);
	job->description = vdc_arena_format(arena, "upgrade of VM %s to machine type %s", vm->name,
					    o->what->plan.machine);
	job->status = VDC_JOB_STARTED;
	job->object_kind = vdc_arena_strdup(arena, vdc_vm_kind.name);
	job->object_id = vdc_arena_strdup(arena, vm->id);
	job->object_name = vdc_arena_strdup(arena, vm->name);
	job->correlation_id = vdc_arena_strdup(arena, vdc_event_correlation());
	job->start_time = vdc_time_now();
	job->plan = plan_text(o->up, o->what);
	return job;
}

/* Two of them in a cluster cannot come to be: the transactions are one after the other. */
static int find_or_make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct opening *o = ctx;
	struct vdc_job *job;
	int r = vdc_job_open_in_cluster(db, VDC_VM_UPGRADE_ACTION, o->what->cluster->id,
					o->up->arena, &o->id, err);

	if (r || o->id)
		return r;
	/* Positive: the transaction ends, and is not run again as for -EAGAIN. */
	if (!o->what->plan.machine || o->what->plan.n_blockers)
		return 1;
	job = new_job(o);
	r = vdc_store_put(db, &vdc_job_kind, job, o->up->arena, err);
	if (!r)
		r = vdc_event_note(db, VDC_SEVERITY_NORMAL, "vm_upgrade_began", &vdc_vm_kind,
				   o->what->vm, err, "%s has begun", job->description);
	o->id = job->id;
	return r;
}

static int take_begun(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		      struct vdc_err *err vdc_unused)
{
	const struct vdc_job_step *step = object;
	struct vdc_vm_upgrade_work *up = ctx;

	if (step->number > up->begun)
		up->begun = (int)step->number;
	return 0;
}

int vdc_vm_upgrade_open(struct vdc_vm_upgrade_work *up, const struct vdc_vm_upgrade_case *what,
			struct vdc_err *err)
{
	struct opening opening = { .up = up, .what = what };
	void *job;
	int r = vdc_db_transaction(up->db, find_or_make, &opening, err);

	if (r > 0)
		return vdc_err_set(err, -EAGAIN, "VM %s was dealt with by another process just now",
				   what->vm->name);
	if (!r)
		r = vdc_job_acquire(up->db, opening.id, VDC_JOB_TTL, &up->lease, err);
	if (r == -EBUSY)
		vdc_err_prefix(err,
			       "another VM of cluster %s is being upgraded: ", what->cluster->name);
	if (!r)
		r = vdc_store_get(up->db, &vdc_job_kind, opening.id, VDC_WITH_LONG, up->arena, &job,
				  err);
	if (r)
		return r;
	up->job = job;
	/* Who had it may have ended it between our look and our taking it. */
	if (up->job->status != VDC_JOB_STARTED)
		return vdc_err_set(err, -EAGAIN, "VM %s was upgraded by another process just now",
				   up->job->object_name);
	r = vdc_store_each_of(up->db, &vdc_job_step_kind, vdc_kind_field(&vdc_job_step_kind, "job"),
			      up->job->id, 0, NULL, take_begun, up, err);
	return r ? r : read_plan(up, err);
}

int vdc_vm_upgrade_keep(struct vdc_vm_upgrade_work *up, const char *definition, struct vdc_err *err)
{
	struct vdc_job *part = vdc_object_new(&vdc_job_kind, up->arena);
	int r;

	part->action = up->job->action;
	part->status = VDC_JOB_STARTED;
	part->state = vdc_arena_strdup(up->arena, definition);
	r = vdc_job_update(up->lease, up->db, part, up->arena, err);
	if (!r)
		up->definition = part->state;
	return r;
}

const char *vdc_vm_upgrade_snapshot_name(struct vdc_vm_upgrade_work *up)
{
	return vdc_arena_format(up->arena, "before-upgrade-%.8s", up->job->id);
}

struct writing {
	struct vdc_vm_upgrade_work *up;
	const char *message;
	void *object;
};

static int put_guarded(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	int r = vdc_job_guard(w->up->lease, db, err);

	return r ? r : vdc_store_put(db, &vdc_snapshot_kind, w->object, w->up->arena, err);
}

static int add_disk(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	const struct vdc_disk_attachment *attachment = object;
	struct vdc_buf *out = ctx;

	if (!vdc_is_true(attachment->read_only))
		vdc_buf_printf(out, "%s%s", out->len ? " " : "", attachment->disk.id);
	return 0;
}

/* It has the id of the job, so that doing it again changes nothing. */
int vdc_vm_upgrade_note_snapshot(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	struct vdc_snapshot *snapshot = vdc_object_new(&vdc_snapshot_kind, up->arena);
	struct writing w = { .up = up, .object = snapshot };
	vdc_autobuf disks = { 0 };
	int r = vdc_store_each_of(up->db, &vdc_disk_attachment_kind,
				  vdc_kind_field(&vdc_disk_attachment_kind, "vm"), up->vm->id, 0,
				  NULL, add_disk, &disks, err);

	if (r)
		return r;
	snapshot->id = vdc_arena_strdup(up->arena, up->job->id);
	snapshot->vm.id = up->vm->id;
	snapshot->name = vdc_arena_strdup(up->arena, vdc_vm_upgrade_snapshot_name(up));
	snapshot->description = vdc_arena_strdup(up->arena, up->job->description);
	snapshot->date = vdc_time_now();
	snapshot->type = VDC_SNAPSHOT_REGULAR;
	snapshot->status = VDC_SNAPSHOT_OK;
	snapshot->disks = vdc_arena_strdup(up->arena, vdc_buf_str(&disks));
	return vdc_db_transaction(up->db, put_guarded, &w, err);
}

static int end_job(struct vdc_db *db, const struct writing *w, bool good, struct vdc_err *err)
{
	struct vdc_job *part = vdc_object_new(&vdc_job_kind, w->up->arena);

	part->id = w->up->job->id;
	part->action = w->up->job->action;
	part->status = good ? VDC_JOB_FINISHED : VDC_JOB_FAILED;
	part->end_time = part->last_updated = vdc_time_now();
	part->message = vdc_arena_strdup(w->up->arena, w->message);
	part->percent = good ? 100 : VDC_UNSET;
	return vdc_store_put(db, &vdc_job_kind, part, w->up->arena, err);
}

static int write_failure(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	int r = vdc_job_guard(w->up->lease, db, err);

	if (!r)
		r = end_job(db, w, false, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_ERROR, "vm_upgrade_failed", &vdc_vm_kind,
				  w->up->vm, err, "VM %s was not upgraded: %s", w->up->vm->name,
				  w->message);
}

int vdc_vm_upgrade_fail(struct vdc_vm_upgrade_work *up, const char *message, struct vdc_err *err)
{
	struct writing w = { .up = up, .message = message };

	return vdc_db_transaction(up->db, write_failure, &w, err);
}

static void after_upgrade(const struct vdc_vm_upgrade_work *up, struct vdc_vm *vm)
{
	vm->compatibility_mode = 0;
	if (vdc_level_compare(up->barrier, vm->migration_barrier) > 0)
		vm->migration_barrier = up->barrier;
	vm->machine_type = vdc_arena_strdup(up->arena, up->machine);
	vm->running_machine_type = vm->machine_type;
	vm->running_qemu_version = up->host->qemu_version;
	vm->next_run_configuration_exists = 0;
	vm->host.id = up->host->id;
	vm->status = VDC_VM_UP;
	if (up->defined)
		vm->domain_xml = vdc_arena_strdup(up->arena, up->defined);
}

static int write_vm(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	struct vdc_vm_upgrade_work *up = w->up;
	struct vdc_vm *after;
	void *before;
	int r = vdc_job_guard(up->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_vm_kind, up->vm->id, VDC_WITH_LONG, up->arena, &before,
				  err);
	if (r)
		return r;
	after = vdc_object_copy(&vdc_vm_kind, before, up->arena);
	after_upgrade(up, after);
	r = vdc_update(db, &vdc_vm_kind, before, after, up->arena, NULL, err);
	if (!r)
		r = end_job(db, w, true, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "vm_upgraded", &vdc_vm_kind, after, err,
				  "VM %s: %s", up->vm->name, w->message);
}

int vdc_vm_upgrade_note_vm(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	struct writing w = { .up = up };

	w.message = vdc_arena_format(up->arena, "Upgrade successful: it runs with machine type %s",
				     up->machine);
	return vdc_db_transaction(up->db, write_vm, &w, err);
}
