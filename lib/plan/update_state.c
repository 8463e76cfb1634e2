/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/update_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/release.h"
#include "plan/update_channel.h"

const struct vdc_kind *const vdc_update_kinds[] = {
	&vdc_cluster_kind, &vdc_host_kind, &vdc_channel_release_kind, &vdc_update_kind, NULL,
};

bool vdc_update_is_open(const struct vdc_update *update)
{
	return update->status == VDC_UPDATE_PENDING || update->status == VDC_UPDATE_APPROVED ||
	       update->status == VDC_UPDATE_RUNNING || update->status == VDC_UPDATE_FAILED;
}

/* The platform that virtualization of that version cannot do without, where the host lacks it. */
static const char *lacks_platform(const struct vdc_world *world,
				  const struct vdc_update_state *state, struct vdc_arena *arena)
{
	const struct vdc_channel channel = vdc_channel_of(world, state->cluster->update_channel,
							  VDC_COMPONENT_VIRTUALIZATION, arena);
	const struct vdc_channel_release *release =
		vdc_channel_find(&channel, state->update->version);
	const char *has = state->host->os_version;

	if (!release || !release->platform ||
	    vdc_release_parse(has) >= vdc_release_parse(release->platform))
		return NULL;
	return vdc_arena_format(arena, "the platform goes first: it needs %s, and the host has %s",
				release->platform, has ? has : "nobody knows what");
}

/* PLATFORM: the open update of the platform of the same host; NULL: there is none. */
static const char *waits_for_platform(const struct vdc_world *world,
				      const struct vdc_update_state *state,
				      const struct vdc_update *platform, struct vdc_arena *arena)
{
	const struct vdc_update *update = state->update;

	if (update->component != VDC_COMPONENT_VIRTUALIZATION)
		return NULL;
	if (platform && !vdc_release_same_minor(update->installed, update->version))
		return vdc_arena_format(arena,
					"the platform goes before the next minor version: first %s",
					platform->name);
	return lacks_platform(world, state, arena);
}

static const char *waits_for_somebody(const struct vdc_update_state *state, struct vdc_arena *arena)
{
	const struct vdc_update *update = state->update;

	switch (update->status) {
	case VDC_UPDATE_RUNNING:
		return "it is being carried out";
	case VDC_UPDATE_FAILED:
		return vdc_arena_format(arena, "it failed%s%s; once approved it is tried again",
					update->message ? ": " : "",
					update->message ? update->message : "");
	case VDC_UPDATE_PENDING:
		return state->cluster->update_approval == VDC_APPROVAL_MANUAL
			       ? "it waits for approval"
			       : NULL;
	default:
		return NULL;
	}
}

static int compare(const void *a, const void *b)
{
	const struct vdc_update_state *x = a, *y = b;
	int c = strcmp(x->cluster->name, y->cluster->name);

	c = c ? c : strcmp(x->host->name, y->host->name);
	if (c)
		return c;
	if (x->update->component != y->update->component)
		return x->update->component < y->update->component ? -1 : 1;
	return strcmp(x->update->name, y->update->name);
}

static size_t gather(const struct vdc_world *world, struct vdc_update_state *states)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_update_kind, &all), found = 0;

	for (size_t i = 0; i < n; i++) {
		struct vdc_update_state *state = &states[found];

		state->update = all[i];
		state->host = vdc_world_find(world, &vdc_host_kind, state->update->host.id);
		state->cluster = state->host ? vdc_world_find(world, &vdc_cluster_kind,
							      state->host->cluster.id)
					     : NULL;
		if (state->cluster && vdc_update_is_open(state->update))
			found++;
	}
	if (found)
		qsort(states, found, sizeof(*states), compare);
	return found;
}

size_t vdc_plan_update_states(const struct vdc_world *world, struct vdc_arena *arena,
			      struct vdc_update_state **ret)
{
	const struct vdc_update_state *platform = NULL;
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_update_kind, &all);
	struct vdc_update_state *states = vdc_arena_alloc(arena, (n + 1) * sizeof(*states));

	n = gather(world, states);
	for (size_t i = 0; i < n; i++) {
		struct vdc_update_state *state = &states[i];

		if (platform && platform->host != state->host)
			platform = NULL;
		if (state->update->component == VDC_COMPONENT_PLATFORM)
			platform = state;
		state->waits = waits_for_somebody(state, arena);
		if (!state->waits)
			state->waits = waits_for_platform(
				world, state, platform ? platform->update : NULL, arena);
	}
	*ret = states;
	return n;
}
