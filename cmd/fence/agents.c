/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence agents */
#include <errno.h>
#include <string.h>

#include "act/fence_catalogue.h"
#include "base/log.h"
#include "base/similar.h"
#include "base/words.h"
#include "cli/list.h"
#include "fence.h"
#include "plan/fence_option.h"
#include "plan/fence_type.h"

static const char *type_of(const struct vdc_fence_program *program)
{
	return program->name + strlen("fence_");
}

static char *lines_without_end(struct vdc_arena *arena, const char *lines)
{
	size_t len = strlen(lines);

	return len ? vdc_arena_strndup(arena, lines, len - 1) : NULL;
}

/* TYPE NULL: a device that only its agent knows. */
static void add_device(struct vdc_buf *devices, const struct vdc_fence_program *program,
		       const struct vdc_fence_type *type, struct vdc_arena *arena)
{
	struct vdc_fence_device *device = vdc_object_new(&vdc_fence_device_kind, arena);

	device->type = vdc_arena_strdup(arena, type ? type->name : type_of(program));
	device->id = device->type;
	device->program = vdc_arena_strdup(arena, program->name);
	device->description =
		vdc_arena_strdup(arena, type ? type->help : program->metadata.description);
	device->actions = vdc_arena_strdup(arena, program->metadata.actions);
	if (type) {
		device->defaults = lines_without_end(arena, type->defaults);
		device->note = vdc_arena_strdup(arena, type->note);
	}
	vdc_buf_add(devices, &device, sizeof(device));
}

/* The types that have that program, and the one of its own name. */
static void add_devices(struct vdc_buf *devices, const struct vdc_fence_program *program,
			struct vdc_arena *arena)
{
	bool named = false;

	if (program->failure)
		return;
	for (const struct vdc_fence_type *type = vdc_fence_types; type->name; type++) {
		if (strcmp(type->program, program->name) != 0)
			continue;
		named = named || strcmp(type->name, type_of(program)) == 0;
		add_device(devices, program, type, arena);
	}
	if (!named)
		add_device(devices, program, NULL, arena);
}

static int by_type(const void *a, const void *b)
{
	const struct vdc_fence_device *const *x = a, *const *y = b;

	return strcmp((*x)->type, (*y)->type);
}

static int list_devices(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_fence_catalogue catalogue;
	struct vdc_list *list;
	vdc_autobuf devices = { 0 };
	void **all;
	int r = vdc_list_new(call, &vdc_fence_device_kind, &list, err);

	if (!r)
		r = vdc_fence_catalogue_read(arena, &catalogue, err);
	if (r)
		return r;
	for (size_t i = 0; i < catalogue.n; i++)
		add_devices(&devices, &catalogue.programs[i], arena);
	all = (void *)devices.data;
	if (devices.len)
		qsort(all, devices.len / sizeof(*all), sizeof(*all), by_type);
	for (size_t i = 0; !r && i < devices.len / sizeof(*all); i++)
		r = vdc_list_add(list, all[i], err);
	return r ? r : vdc_list_end(list, err);
}

/* -ENOENT becomes one that names what is near. */
static int suggest(const char *type, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_similar similar = { .word = type };
	struct vdc_fence_catalogue catalogue;
	char hint[VDC_SIMILAR_HINT];

	for (const struct vdc_fence_type *known = vdc_fence_types; known->name; known++)
		if (strcmp(known->name, type) != 0)
			vdc_similar_try(&similar, known->name);
	if (vdc_fence_catalogue_read(arena, &catalogue, NULL) == 0)
		for (size_t i = 0; i < catalogue.n; i++)
			if (strcmp(type_of(&catalogue.programs[i]), type) != 0)
				vdc_similar_try(&similar, type_of(&catalogue.programs[i]));
	return err ? vdc_err_set(err, -ENOENT, "%s%s", vdc_arena_strdup(arena, vdc_err_text(err)),
				 vdc_fence_type_find(type) ? "" : vdc_similar_hint(&similar, hint))
		   : -ENOENT;
}

int fence_program(const char *type, struct vdc_arena *arena, struct vdc_fence_program *ret,
		  struct vdc_err *err)
{
	const char *name = vdc_fence_program(type, arena);
	int r;

	if (!name)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not a type of power device", type);
	r = vdc_fence_catalogue_one(name, arena, ret, err);
	if (r == -ENOENT)
		return suggest(type, arena, err);
	if (!r && ret->failure)
		return vdc_err_set(err, -EBADMSG,
				   "the fence agent %s does not tell its options: %s", name,
				   ret->failure);
	return r;
}

/* What is sent where nothing else is said: the type's own goes before that of its agent. */
static char *preset_of(const struct vdc_fence_type *known, const struct vdc_fence_option *option,
		       struct vdc_arena *arena)
{
	const char *name = vdc_fence_option_name(option->name, strlen(option->name), arena);
	char *own = known && name ? vdc_line_value(known->defaults, name, arena) : NULL;

	return own ? own : option->preset;
}

static int list_options(struct vdc_call *call, const char *type, struct vdc_err *err)
{
	const struct vdc_fence_type *known = vdc_fence_type_find(type);
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_fence_program program;
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_fence_option_kind, &list, err);

	if (!r)
		r = fence_program(type, arena, &program, err);
	for (size_t i = 0; !r && i < program.metadata.n; i++) {
		struct vdc_fence_option *option = program.metadata.options[i];

		if (option->deprecated || vdc_fence_option_allowed(option->name, NULL))
			continue;
		if (option->choices)
			option->description =
				vdc_arena_format(arena, "%s%s%s", option->description ?: "",
						 option->description ? ": " : "", option->choices);
		option->preset = preset_of(known, option, arena);
		option->id = vdc_arena_format(arena, "%s %s", type, option->name);
		r = vdc_list_add(list, option, err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	if (!r && known && known->note)
		vdc_log(VDC_LOG_NOTICE, "%s: %s", type, known->note);
	return r;
}

int fence_agents(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *types;

	return vdc_call_operands(call, &types) ? list_options(call, types[0], err)
					       : list_devices(call, err);
}
