/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would be chosen, and why. */
#include <errno.h>
#include <string.h>

#include "cli/exit_code.h"
#include "cli/list.h"
#include "model/migration.h"
#include "plan/drain.h"
#include "plan/vm_status.h"
#include "vm_migrate.h"

struct asking {
	struct vdc_scene *scene;
	struct vdc_arena *arena;
	const struct vm_migrate_request *request;
	struct vdc_list *list;
};

static struct vdc_place_query query_of(const struct asking *asking, const struct vdc_move *move,
				       const struct vdc_vm *vm)
{
	return (struct vdc_place_query){
		.vm = vm,
		.start = !vdc_vm_is_active(vm->status),
		.cluster_id = move->cluster_id,
		.accept_unknown = asking->request->options.accept_unknown == 1,
	};
}

static int explain(struct asking *asking, const struct vdc_move *move, const struct vdc_vm *vm,
		   struct vdc_err *err)
{
	struct vdc_place_query query = query_of(asking, move, vm);
	struct vdc_place_result result;
	int r = vdc_place(asking->scene->placement, &query, asking->arena, &result, err);

	for (size_t i = 0; i < result.n && !r; i++) {
		const struct vdc_place_choice *choice = &result.hosts[i];
		struct vdc_destination *row = vdc_object_new(&vdc_destination_kind, asking->arena);

		if (move->to_id && strcmp(choice->host->id, move->to_id) != 0)
			continue;
		row->id = vdc_arena_format(asking->arena, "%s %s", vm->id, choice->host->id);
		row->vm = vdc_arena_strdup(asking->arena, vm->name);
		row->host = vdc_arena_strdup(asking->arena, choice->host->name);
		row->fits = !choice->filter;
		if (!choice->filter)
			row->score = choice->score;
		row->filter = vdc_arena_strdup(asking->arena, choice->filter);
		row->reason = vdc_arena_strdup(asking->arena, choice->reason);
		r = vdc_list_add(asking->list, row, err);
	}
	return r;
}

static const char *refusal(const struct asking *asking, const struct vdc_vm *vm)
{
	const struct vdc_cluster *cluster =
		vdc_world_find(asking->scene->world, &vdc_cluster_kind, vm->cluster.id);

	if (!vdc_vm_is_active(vm->status) || !vm->host.id)
		return "it does not run";
	return cluster ? vdc_plan_unmovable(vm, cluster, asking->arena) : NULL;
}

static int destination(struct asking *asking, const struct vdc_move *move, const struct vdc_vm *vm,
		       const struct vdc_host **to, const char **reason, struct vdc_err *err)
{
	struct vdc_place_query query = query_of(asking, move, vm);
	struct vdc_place_result result;
	int r;

	if (move->to_id) {
		*to = vdc_world_find(asking->scene->world, &vdc_host_kind, move->to_id);
		if (!vdc_place_refuses(asking->scene->placement, &query, *to, asking->arena,
				       reason))
			*reason = NULL;
		return 0;
	}
	r = vdc_place(asking->scene->placement, &query, asking->arena, &result, err);
	if (r)
		return r;
	*to = result.best;
	*reason = result.none;
	return 0;
}

static int preview(struct asking *asking, struct vdc_move *move, const struct vdc_vm *vm,
		   struct vdc_err *err)
{
	struct vdc_migration *row = vdc_object_new(&vdc_migration_kind, asking->arena);
	const struct vdc_host *from =
		vdc_world_find(asking->scene->world, &vdc_host_kind, vm->host.id);
	const struct vdc_host *to = NULL;
	const char *reason = refusal(asking, vm);
	int r = reason ? 0 : destination(asking, move, vm, &to, &reason, err);

	if (r)
		return r;
	row->id = vm->id;
	row->vm = vm->name;
	row->from = from ? from->name : NULL;
	row->to = to ? to->name : NULL;
	row->reason = vdc_arena_strdup(asking->arena, reason);
	move->end = reason ? VDC_MOVE_REFUSED : VDC_MOVE_PLANNED;
	if (to && to == from) {
		move->end = VDC_MOVE_DONE;
		row->reason = vdc_arena_strdup(asking->arena, "it runs there already");
	}
	row->result = move->end;
	if (move->end == VDC_MOVE_PLANNED)
		vdc_placement_put(asking->scene->placement, vm, to);
	return vdc_list_add(asking->list, row, err);
}

static int each(struct vdc_call *call, const struct vm_migrate_request *request,
		const struct vdc_kind *kind,
		int (*fn)(struct asking *asking, struct vdc_move *move, const struct vdc_vm *vm,
			  struct vdc_err *err),
		struct vdc_err *err)
{
	struct vdc_scene scene = { 0 };
	struct asking asking = { &scene, vdc_call_arena(call), request, NULL };
	int r = vdc_list_new(call, kind, &asking.list, err);

	if (!r)
		r = vdc_scene_open(vdc_call_db(call), &scene, err);
	for (size_t i = 0; i < request->n && !r; i++)
		vdc_placement_leaves(scene.placement, request->moves[i].vm_id);
	for (size_t i = 0; i < request->n && !r; i++) {
		const struct vdc_vm *vm =
			vdc_world_find(scene.world, &vdc_vm_kind, request->moves[i].vm_id);

		r = vm ? fn(&asking, &request->moves[i], vm, err)
		       : vdc_err_set(err, -ENOENT, "VM %s is gone", request->moves[i].vm_name);
	}
	if (!r)
		r = vdc_list_end(asking.list, err);
	vdc_scene_close(&scene);
	return r;
}

static int explain_one(struct asking *asking, struct vdc_move *move, const struct vdc_vm *vm,
		       struct vdc_err *err)
{
	return explain(asking, move, vm, err);
}

int vm_migrate_explain(struct vdc_call *call, const struct vm_migrate_request *request,
		       struct vdc_err *err)
{
	return each(call, request, &vdc_destination_kind, explain_one, err);
}

int vm_migrate_preview(struct vdc_call *call, const struct vm_migrate_request *request,
		       struct vdc_err *err)
{
	int r = each(call, request, &vdc_migration_kind, preview, err);

	return r ? r : vm_migrate_exit_code(request->moves, request->n, vdc_call_arena(call));
}
