/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a migration leaves in the database: the VM, the step and an event, or none of them. */
#include <errno.h>
#include <string.h>

#include "act/migrate_part.h"
#include "act/update.h"
#include "base/time.h"
#include "plan/vm_upgrade.h"
#include "store/events.h"
#include "store/store.h"

/* As in ovirt-engine's AuditLogType; the severity and number of an end. */
static const struct {
	const char *type;
	enum vdc_severity severity;
	int64_t code;
	enum vdc_job_status step;
} tales[] = {
	[VDC_MOVE_DONE] = { "vm_migrated", VDC_SEVERITY_NORMAL, 63, VDC_JOB_FINISHED },
	[VDC_MOVE_STAYED] = { "vm_migration_failed", VDC_SEVERITY_ERROR, 65, VDC_JOB_FAILED },
	[VDC_MOVE_REFUSED] = { "vm_migration_refused", VDC_SEVERITY_WARNING, 166, VDC_JOB_FAILED },
	[VDC_MOVE_BUSY] = { NULL, VDC_SEVERITY_NORMAL, VDC_UNSET, VDC_JOB_SKIPPED },
	[VDC_MOVE_SKIPPED] = { NULL, VDC_SEVERITY_NORMAL, VDC_UNSET, VDC_JOB_SKIPPED },
	[VDC_MOVE_STOPPED] = { "vm_migration_failed", VDC_SEVERITY_ERROR, 65, VDC_JOB_FAILED },
	[VDC_MOVE_UNKNOWN] = { "vm_migration_failed", VDC_SEVERITY_ERROR, 65, VDC_JOB_FAILED },
};

struct ending {
	struct migrate_one *one;
	enum vdc_move_end end;
	const char *reason;
};

static int add_event(struct vdc_db *db, const struct ending *e, const struct vdc_vm *vm,
		     const char *text, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_event *event = vdc_object_new(&vdc_event_kind, arena);

	event->type = vdc_arena_strdup(arena, e->end ? tales[e->end].type : "vm_migration_begun");
	event->severity = e->end ? tales[e->end].severity : VDC_SEVERITY_NORMAL;
	event->code = e->end ? tales[e->end].code : 62;
	event->description = vdc_arena_strdup(arena, text);
	event->job_id = vdc_arena_strdup(arena, vdc_job_lease_id(e->one->run->lease));
	vdc_event_about(event, &vdc_vm_kind, vm, arena);
	return vdc_event_add(db, event, arena, err);
}

static const char *tell(const struct ending *e, struct vdc_arena *arena)
{
	const struct vdc_move *move = e->one->move;
	const char *to = move->to_name ? move->to_name : "another host";

	switch (e->end) {
	case VDC_MOVE_DONE:
		return vdc_arena_format(arena, "VM %s moved from host %s to host %s in %lld.%lld s",
					move->vm_name, move->from_name, to,
					(long long)(move->took_us / VDC_SECOND),
					(long long)(move->took_us % VDC_SECOND / 100000));
	case VDC_MOVE_REFUSED:
		return vdc_arena_format(arena, "VM %s was not moved: %s", move->vm_name, e->reason);
	default:
		return vdc_arena_format(arena, "VM %s was not moved from host %s to host %s: %s",
					move->vm_name, move->from_name ? move->from_name : "?", to,
					e->reason);
	}
}

/* One that comes running from an older cluster goes on as there, in compatibility mode. */
static void enter_cluster(const struct migrate_one *one, struct vdc_vm *vm, struct vdc_arena *arena)
{
	const struct vdc_scene *scene = &one->run->scene;
	const struct vdc_cluster *from =
		vdc_world_find(scene->world, &vdc_cluster_kind, vm->cluster.id);
	const struct vdc_cluster *to =
		vdc_world_find(scene->world, &vdc_cluster_kind, one->to->cluster.id);

	if (from && to && from != to)
		vdc_plan_vm_entered(scene->catalogue, vm, from, to, one->to->architecture, true,
				    vdc_time_now(), arena);
}

/* Where it is now. A VM whose hosts do not answer is left to sync. */
static void place_vm(const struct ending *e, struct vdc_vm *vm, struct vdc_arena *arena)
{
	const struct migrate_one *one = e->one;
	bool paused = one->vm->status == VDC_VM_PAUSED || one->paused;

	if (e->end == VDC_MOVE_DONE && one->to) {
		vm->host.id = vdc_arena_strdup(arena, one->to->id);
		vm->running_qemu_version = vdc_arena_strdup(arena, one->to->qemu_version);
		enter_cluster(one, vm, arena);
	}
	if (e->end == VDC_MOVE_DONE || e->end == VDC_MOVE_STAYED) {
		vm->status = paused ? VDC_VM_PAUSED : VDC_VM_UP;
		vm->seen = vdc_time_now();
		vm->lost_since = VDC_UNSET;
	}
}

static int write_vm(struct vdc_db *db, const struct ending *e, struct vdc_vm **ret,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	void *before;
	int r = vdc_store_get(db, &vdc_vm_kind, e->one->move->vm_id, 0, arena, &before, err);

	if (r)
		return r;
	*ret = vdc_object_copy(&vdc_vm_kind, before, arena);
	if (e->end)
		place_vm(e, *ret, arena);
	else
		(*ret)->status = VDC_VM_MIGRATING;
	return vdc_update(db, &vdc_vm_kind, before, *ret, arena, NULL, err);
}

static int write_step(struct vdc_db *db, const struct ending *e, struct vdc_arena *arena,
		      struct vdc_err *err)
{
	struct vdc_job_step *step = &e->one->step;

	step->job.id = vdc_arena_strdup(arena, vdc_job_lease_id(e->one->run->lease));
	step->status = tales[e->end].step;
	step->end_time = vdc_time_now();
	step->message = vdc_arena_strdup(arena, e->reason ? e->reason : tell(e, arena));
	return vdc_store_put(db, &vdc_job_step_kind, step, arena, err);
}

/* The VM and the event about it; one that was removed meanwhile has neither. */
static int write_tale(struct vdc_db *db, const struct ending *e, struct vdc_arena *arena,
		      struct vdc_err *err)
{
	const struct migrate_one *one = e->one;
	struct vdc_vm *vm;
	const char *text;
	int r = write_vm(db, e, &vm, arena, err);

	if (r)
		return r == -ENOENT && e->end ? 0 : r;
	text = e->end ? tell(e, arena)
		      : vdc_arena_format(arena, "VM %s moves from host %s to host %s", vm->name,
					 one->from->name, one->to->name);
	return add_event(db, e, vm, text, arena, err);
}

static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct ending *e = ctx;
	struct vdc_arena *arena = e->one->run->arena;
	bool was_there = e->end == VDC_MOVE_DONE && !e->one->claimed;
	int r = vdc_job_guard(e->one->run->lease, db, err);

	if (!r && (!e->end || (tales[e->end].type && !was_there)))
		r = write_tale(db, e, arena, err);
	return r || !e->end ? r : write_step(db, e, arena, err);
}

int migrate_note_begun(struct migrate_one *one, struct vdc_err *err)
{
	struct ending e = { .one = one };

	return vdc_db_transaction(one->run->db, in_transaction, &e, err);
}

int migrate_end(struct migrate_one *one, enum vdc_move_end end, const char *reason,
		struct vdc_err *err)
{
	struct ending e = { .one = one, .end = end, .reason = reason };
	struct migrate_run *run = one->run;
	int r;

	one->move->end = end;
	one->move->reason = reason;
	one->move->took_us = one->started ? vdc_time_monotonic() - one->started : 0;
	one->state = MIGRATE_OVER;
	migrate_stop_child(&one->mover);
	migrate_stop_child(&one->watcher);
	migrate_stop_child(&one->finder);
	r = vdc_db_transaction(run->db, in_transaction, &e, err);
	if (r)
		return r;
	if (one->vm)
		vdc_placement_put(run->scene.placement, one->vm,
				  end == VDC_MOVE_DONE ? one->to : one->from);
	migrate_tell(one, VDC_MOVE_ENDED, NULL);
	return migrate_begin_next(run, err);
}
