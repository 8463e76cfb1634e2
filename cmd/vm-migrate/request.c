/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line asks for. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "doc/doc.h"
#include "plan/vm_status.h"
#include "store/store.h"
#include "vm_migrate.h"

/* Options that are numbers: where they go. */
static const struct {
	const char *name;
	size_t offset;
	int64_t divide; /* durations are microseconds, downtime is milliseconds */
	enum { NUMBER, SWITCH, FLAG } how;
} numbers[] = {
#define MEMBER(member) offsetof(struct vdc_migrate_options, member)
	{ "accept-unknown", MEMBER(accept_unknown), 1, FLAG },
	{ "auto-converge", MEMBER(auto_converge), 1, SWITCH },
	{ "bandwidth", MEMBER(bandwidth), 1, NUMBER },
	{ "compressed", MEMBER(compressed), 1, SWITCH },
	{ "disks-are-shared", MEMBER(unsafe), 1, FLAG },
	{ "downtime", MEMBER(downtime_ms), 1000, NUMBER },
	{ "encrypted", MEMBER(encrypted), 1, SWITCH },
	{ "incoming", MEMBER(incoming), 1, NUMBER },
	{ "outgoing", MEMBER(outgoing), 1, NUMBER },
	{ "post-copy", MEMBER(post_copy), 1, SWITCH },
	{ "retries", MEMBER(retries), 1, NUMBER },
	{ "stall-timeout", MEMBER(stall), 1, NUMBER },
	{ "timeout-per-gib", MEMBER(timeout_per_gib), 1, NUMBER },
#undef MEMBER
};

static int64_t *member(struct vdc_migrate_options *options, size_t i)
{
	return (int64_t *)((uintptr_t)options + numbers[i].offset);
}

static struct vdc_migrate_options read_options(struct vdc_call *call)
{
	struct vdc_migrate_options options = vdc_migrate_options();

	for (size_t i = 0; i < VDC_COUNT(numbers); i++) {
		const char *name = numbers[i].name;

		if (!vdc_given(call, name))
			continue;
		if (numbers[i].how == FLAG)
			*member(&options, i) = 1;
		else if (numbers[i].how == SWITCH)
			*member(&options, i) = strcmp(vdc_text_option(call, name), "yes") == 0;
		else
			*member(&options, i) = vdc_int_option(call, name, 0) / numbers[i].divide;
	}
	return options;
}

char *vm_migrate_write_options(const struct vm_migrate_request *request, struct vdc_arena *arena)
{
	struct vdc_migrate_options options = request->options;
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < VDC_COUNT(numbers); i++)
		if (*member(&options, i) != VDC_UNSET)
			vdc_buf_printf(&out, "%s=%" PRId64 "\n", numbers[i].name,
				       *member(&options, i));
	if (request->n && request->moves[0].to_id)
		vdc_buf_printf(&out, "to=%s\n", request->moves[0].to_id);
	if (request->n && request->moves[0].cluster_id)
		vdc_buf_printf(&out, "cluster=%s\n", request->moves[0].cluster_id);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

void vm_migrate_read_options(const char *text, struct vdc_migrate_options *ret)
{
	for (const char *line = text; line && *line;) {
		const char *equals = strchr(line, '='), *end = strchrnul(line, '\n');

		for (size_t i = 0; equals && i < VDC_COUNT(numbers); i++)
			if (strlen(numbers[i].name) == (size_t)(equals - line) &&
			    strncmp(numbers[i].name, line, (size_t)(equals - line)) == 0)
				*member(ret, i) = strtoll(equals + 1, NULL, 10);
		line = *end ? end + 1 : end;
	}
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
	const struct vdc_move *known = (const void *)choosing->moves.data;

	if (choosing->from && (!vm->host.id || strcmp(vm->host.id, choosing->from->id) != 0))
		return choosing->all ? 0
				     : vdc_err_set(err, -EINVAL, "VM %s does not run on host %s",
						   vm->name, choosing->from->name);
	if (choosing->all && !vdc_vm_is_active(vm->status))
		return 0;
	for (int64_t i = 0; i < move.number - 1; i++)
		if (strcmp(known[i].vm_id, move.vm_id) == 0)
			return 0; /* named twice */
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

/* Names first: the database is not read from inside of a reading. */
struct document {
	struct vdc_arena *arena;
	struct vdc_buf names;
};

static int take_name(void *ctx, const struct vdc_kind *kind, void *object,
		     struct vdc_place place vdc_unused, struct vdc_arena *arena vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	struct document *document = ctx;
	const struct vdc_vm *vm = object;
	const char *name =
		kind == &vdc_vm_kind ? vdc_arena_strdup(document->arena, vm->id ?: vm->name) : NULL;

	if (name)
		vdc_buf_add(&document->names, &name, sizeof(name));
	return 0;
}

static int add_named(struct vdc_call *call, struct choosing *choosing, const char *name,
		     struct vdc_err *err)
{
	void *vm;
	int r = vdc_store_get(vdc_call_db(call), &vdc_vm_kind, name, 0, choosing->arena, &vm, err);

	return r ? r : add_vm(choosing, vm, err);
}

/* "-": the VMs of a document, as inventory list and export write them. */
static int add_document(struct vdc_call *call, struct choosing *choosing, struct vdc_err *err)
{
	const struct vdc_doc_options options = { .name = "standard input", .hint = &vdc_vm_kind };
	struct document document = { .arena = choosing->arena };
	int r = vdc_doc_read(stdin, &options, take_name, &document, err);
	const char *const *names = (const void *)document.names.data;

	for (size_t i = 0; i < document.names.len / sizeof(*names) && !r; i++)
		r = add_named(call, choosing, names[i], err);
	vdc_buf_free(&document.names);
	return r;
}

static int add_vms(struct vdc_call *call, struct choosing *choosing, struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(call);
	const char *const *names;
	int n = vdc_call_operands(call, &names), r = 0;

	if (!n && !choosing->from)
		return vdc_err_set(err, -EINVAL,
				   "which VMs? Name them, or --from HOST for all on it");
	choosing->all = !n;
	if (!n)
		return vdc_store_each_of(db, &vdc_vm_kind, vdc_kind_field(&vdc_vm_kind, "host"),
					 choosing->from->id, 0, NULL, add_one, choosing, err);
	for (int i = 0; i < n && !r; i++)
		r = strcmp(names[i], "-") == 0 ? add_document(call, choosing, err)
					       : add_named(call, choosing, names[i], err);
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
			.options = read_options(call),
		};
		ret->moves = vdc_arena_alloc(choosing.arena,
					     choosing.moves.len + sizeof(struct vdc_move));
		if (ret->n)
			memcpy(ret->moves, choosing.moves.data, choosing.moves.len);
	}
	vdc_buf_free(&choosing.moves);
	return r;
}
