/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "placement_case.h"

#include <string.h>

#include "unit.h"

char *placement_text(const struct placement_case *c, const char *text)
{
	return vdc_arena_strdup(c->arena, text);
}

void *placement_add(struct placement_case *c, const struct vdc_kind *kind, const char *id)
{
	void *object = vdc_object_new(kind, c->arena);

	*vdc_text_of(&kind->fields[0], object) = placement_text(c, id);
	vdc_object_preset(kind, object, c->arena);
	vdc_world_add(c->world, kind, object);
	return object;
}

static struct vdc_host *add_host(struct placement_case *c, const char *name)
{
	struct vdc_host *host = placement_add(c, &vdc_host_kind, name);

	host->name = placement_text(c, name);
	host->cluster.id = c->cluster->id;
	host->status = VDC_HOST_UP;
	host->architecture = placement_text(c, "x86_64");
	host->cpu_model = placement_text(c, "Nehalem");
	host->cpu_models = placement_text(c, "qemu64 Nehalem");
	host->cpu_features = placement_text(c, "aes avx");
	host->machine_types = placement_text(c, "pc-q35-7.2 pc-q35-8.0");
	host->os_type = placement_text(c, "RHEL");
	host->os_major = 8;
	host->cpu_count = 4;
	host->memory = 16 * GIB;
	return host;
}

struct vdc_vm *placement_vm(struct placement_case *c, const char *name, struct vdc_host *host)
{
	struct vdc_vm *vm = placement_add(c, &vdc_vm_kind, name);

	vm->name = placement_text(c, name);
	vm->cluster.id = c->cluster->id;
	vm->host.id = host ? host->id : NULL;
	vm->status = host ? VDC_VM_UP : VDC_VM_DOWN;
	vm->memory = 4 * GIB;
	vm->vcpus = 2;
	vm->running_machine_type = placement_text(c, "pc-q35-7.2");
	return vm;
}

void placement_measure(struct placement_case *c, const char *host, int64_t minutes_ago,
		       int64_t percent)
{
	c->samples[c->n_samples++] =
		(struct vdc_load_sample){ host, NOW - minutes_ago * MINUTE, percent * 10 * 4 };
}

int placement_case_begin(void **state)
{
	struct vdc_arena *arena = vdc_arena_new();
	struct placement_case *c = vdc_arena_alloc(arena, sizeof(*c));

	c->arena = arena;
	c->world = vdc_world_new(arena);
	c->cluster = placement_add(c, &vdc_cluster_kind, "c1");
	c->cluster->name = placement_text(c, "c");
	c->cluster->version = (struct vdc_level){ 4, 7 };
	c->h1 = add_host(c, "h1");
	c->h2 = add_host(c, "h2");
	c->h3 = add_host(c, "h3");
	c->vm = placement_vm(c, "v1", c->h1);
	c->query = (struct vdc_place_query){ .vm = c->vm };
	*state = c;
	return 0;
}

int placement_case_end(void **state)
{
	struct placement_case *c = *state;

	vdc_placement_free(c->placement);
	vdc_arena_free(c->arena);
	return 0;
}

void placement_ask(struct placement_case *c)
{
	const struct vdc_placement_input input = {
		.world = c->world,
		.samples = c->samples,
		.n_samples = c->n_samples,
		.now = NOW,
		.reach_age = 10 * MINUTE,
	};
	struct vdc_err err = { 0 };

	vdc_placement_free(c->placement);
	c->placement = vdc_placement_new(&input, c->arena);
	if (vdc_place(c->placement, &c->query, c->arena, &c->result, &err))
		fail_msg("%s", vdc_err_text(&err));
}

const struct vdc_place_choice *placement_choice(const struct placement_case *c,
						const struct vdc_host *host)
{
	for (size_t i = 0; i < c->result.n; i++)
		if (c->result.hosts[i].host == host)
			return &c->result.hosts[i];
	fail_msg("%s is no choice", host->name);
	return NULL;
}

void placement_refused(struct placement_case *c, const struct vdc_host *host, const char *filter,
		       const char *words)
{
	const struct vdc_place_choice *choice;
	const char *reason = NULL, *pair;

	placement_ask(c);
	choice = placement_choice(c, host);
	pair = vdc_place_refuses(c->placement, &c->query, host, c->arena, &reason);
	if (!filter) {
		assert_null(choice->filter);
		assert_null(pair);
		return;
	}
	assert_non_null(choice->filter);
	assert_string_equal(choice->filter, filter);
	assert_non_null(strstr(choice->reason, words));
	assert_string_equal(pair, filter);
	assert_string_equal(reason, choice->reason);
}
