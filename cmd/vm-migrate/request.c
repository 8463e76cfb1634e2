/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line asks for. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "cli/migration_options.h"
#include "cli/named.h"
#include "plan/vm_status.h"
#include "store/store.h"
#include "vm_migrate.h"

char *vm_migrate_write_options(const struct vm_migrate_request *request, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	vdc_migration_options_write(&request->options, &out);
	if (request->n && request->moves[0].to_id)
		vdc_buf_printf(&out, "to=%s\n", request->moves[0].to_id);
	if (request->n && request->moves[0].cluster_id)
		vdc_buf_printf(&out, "cluster=%s\n", request->moves[0].cluster_id);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

struct choosing {
	struct vdc_arena *arena;
	struct vdc_buf moves;
	const struct vdc_host *from, *to;
	const struct vdc_cluster *cluster;
	bool all; /* of the host: those that do not run are none */
};

static int add_vm(struct choosing *choosing, const struct vdc_vm *vm, struct vdc_err *err)
{
	struct vdc_move move = {
		.vm_id = vdc_arena_strdup(choosing->arena, vm->id),
		.vm_name = vdc_arena_strdup(choosing->arena, vm->name),
		.to_id = choosing->to ? choosing->to->id : NULL,
		.cluster_id = choosing->cluster ? choosing->cluster->id
			      : choosing->to	? choosing->to->cluster.id
						: NULL,
		.number = (int64_t)(choosing->moves.len / sizeof(struct vdc_move)) + 1,
	};

	if (choosing->from && (!vm->host.id || strcmp(vm->host.id, choosing->from->id) != 0))
		return choosing->all ? 0
				     : vdc_err_set(err, -EINVAL, "VM %s does not run on host %s",
						   vm->name, choosing->from->name);
	if (choosing->all && !vdc_vm_is_active(vm->status))
		return 0;
	vdc_buf_add(&choosing->moves, &move, sizeof(move));
	return 0;
}

static int add_one(void *ctx, const struct vdc_kind *kind vdc_unused, void *vm, struct vdc_err *err)
{
	return add_vm(ctx, vm, err);
}

static int find(struct vdc_call *call, const struct vdc_kind *kind, const char *option,
		const void *ret, struct vdc_err *err)
{
	const char *name = vdc_text_option(call, option);
	void *object;
	int r;

	if (!name)
		return 0;
	r = vdc_store_get(vdc_call_db(call), kind, name, 0, vdc_call_arena(call), &object, err);
	if (!r)
		*(void **)(uintptr_t)ret = object;
	return r;
}

static int add_vms(struct vdc_call *call, struct choosing *choosing, struct vdc_err *err)
{
	const char *const *names;
	int n = vdc_call_operands(call, &names), r;
	vdc_autobuf vms = { 0 };

	if (!n && !choosing->from)
		return vdc_err_set(err, -EINVAL,
				   "which VMs? Name them, or --from HOST for all on it");
	choosing->all = !n;
	if (!n)
		return vdc_store_each_of(vdc_call_db(call), &vdc_vm_kind,
					 vdc_kind_field(&vdc_vm_kind, "host"), choosing->from->id,
					 0, NULL, add_one, choosing, err);
	r = vdc_named_objects(call, &vdc_vm_kind, &vms, err);
	for (size_t i = 0; i < vms.len / sizeof(void *) && !r; i++)
		r = add_vm(choosing, ((void *const *)(const void *)vms.data)[i], err);
	return r;
}

int vm_migrate_read(struct vdc_call *call, struct vm_migrate_request *ret, struct vdc_err *err)
{
	struct choosing choosing = { .arena = vdc_call_arena(call) };
	int r = find(call, &vdc_host_kind, "from", &choosing.from, err);

	if (!r)
		r = find(call, &vdc_host_kind, "to", &choosing.to, err);
	if (!r)
		r = find(call, &vdc_cluster_kind, "cluster", &choosing.cluster, err);
	if (!r)
		r = add_vms(call, &choosing, err);
	if (!r) {
		*ret = (struct vm_migrate_request){
			.n = choosing.moves.len / sizeof(struct vdc_move),
			.options = vdc_migration_options_read(call),
		};
		ret->moves = vdc_arena_alloc(choosing.arena,
					     choosing.moves.len + sizeof(struct vdc_move));
		if (ret->n)
			memcpy(ret->moves, choosing.moves.data, choosing.moves.len);
	}
	vdc_buf_free(&choosing.moves);
	return r;
}
