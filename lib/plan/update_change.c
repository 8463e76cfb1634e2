/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/update_change.h"

#include <string.h>

#include "plan/update_channel.h"
#include "plan/update_state.h"

struct change {
	const struct vdc_update_input *input;
	struct vdc_arena *arena;
	struct vdc_update_change *ret;
	void *const *known;
	size_t n_known;
};

static bool equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_the_same(const struct vdc_update *update, const struct vdc_update_offer *offer)
{
	return equal(update->version, offer->version) &&
	       equal(update->installed, offer->installed) &&
	       equal(update->packages, offer->packages);
}

static struct vdc_update *edit(struct change *change, const struct vdc_update *before)
{
	struct vdc_update_edit *e = &change->ret->edits[change->ret->n_edits++];

	e->before = before;
	e->after = before ? vdc_object_copy(&vdc_update_kind, before, change->arena)
			  : vdc_object_new(&vdc_update_kind, change->arena);
	return e->after;
}

/* Those of the component that are open, but SAME. */
static void supersede(struct change *change, enum vdc_component component,
		      const struct vdc_update *same, const char *why)
{
	for (size_t i = 0; i < change->n_known; i++) {
		const struct vdc_update *known = change->known[i];
		struct vdc_update *after;

		if (known == same || known->component != component ||
		    known->status == VDC_UPDATE_RUNNING || !vdc_update_is_open(known))
			continue;
		after = edit(change, known);
		after->status = VDC_UPDATE_SUPERSEDED;
		after->message = vdc_arena_strdup(change->arena, why);
	}
}

static const struct vdc_update *find_same(const struct change *change,
					  const struct vdc_update_offer *offer)
{
	for (size_t i = 0; i < change->n_known; i++) {
		const struct vdc_update *known = change->known[i];

		if (known->component == offer->component && vdc_update_is_open(known) &&
		    (known->status == VDC_UPDATE_RUNNING || is_the_same(known, offer)))
			return known;
	}
	return NULL;
}

static void add(struct change *change, const struct vdc_update_offer *offer,
		const struct vdc_channel_release *release)
{
	struct vdc_arena *arena = change->arena;
	struct vdc_update *update = edit(change, NULL);
	const char *libvirt = offer->libvirt_version, *qemu = offer->qemu_version;

	if (release) {
		libvirt = libvirt ? libvirt : release->libvirt_version;
		qemu = qemu ? qemu : release->qemu_version;
	}
	update->host.id = vdc_arena_strdup(arena, change->input->host->id);
	update->component = offer->component;
	update->installed = vdc_arena_strdup(arena, offer->installed);
	update->version = vdc_arena_strdup(arena, offer->version);
	update->channel = vdc_arena_strdup(arena, change->input->cluster->update_channel);
	update->status = VDC_UPDATE_PENDING;
	update->needs_reboot = offer->needs_reboot;
	update->packages = vdc_arena_strdup(arena, offer->packages);
	if (offer->packages)
		update->package_count = (int64_t)offer->n_packages;
	update->libvirt_version = vdc_arena_strdup(arena, libvirt);
	update->qemu_version = vdc_arena_strdup(arena, qemu);
	update->found = change->input->now;
	update->message = vdc_arena_strdup(arena, change->input->offers->remark);
}

static void refuse(struct change *change, const struct vdc_update_offer *offer,
		   const struct vdc_err *why)
{
	struct vdc_update_refusal *refusal = &change->ret->refusals[change->ret->n_refusals++];

	refusal->offer = offer;
	refusal->why = vdc_arena_strdup(change->arena, vdc_err_text(why));
	supersede(change, offer->component, NULL, refusal->why);
}

static void take(struct change *change, const struct vdc_update_offer *offer)
{
	const struct vdc_channel channel =
		vdc_channel_of(change->input->world, change->input->cluster->update_channel,
			       offer->component, change->arena);
	const struct vdc_update *same = find_same(change, offer);
	struct vdc_err err = { 0 };

	if (vdc_plan_channel_allows(&channel, offer->installed, offer->version, change->arena,
				    &err)) {
		refuse(change, offer, &err);
		return;
	}
	change->ret->available = true;
	supersede(change, offer->component, same,
		  vdc_arena_format(change->arena, "%s is offered now", offer->version));
	if (!same)
		add(change, offer, vdc_channel_find(&channel, offer->version));
}

static const struct vdc_update_offer *offer_of(const struct vdc_update_offers *offers,
					       enum vdc_component component)
{
	for (size_t i = 0; i < offers->n; i++)
		if (offers->items[i].component == component)
			return &offers->items[i];
	return NULL;
}

void vdc_plan_update_change(const struct vdc_update_input *input, struct vdc_arena *arena,
			    struct vdc_update_change *ret)
{
	static const enum vdc_component components[] = { VDC_COMPONENT_PLATFORM,
							 VDC_COMPONENT_VIRTUALIZATION };
	struct change change = { .input = input, .arena = arena, .ret = ret };

	change.n_known = vdc_world_all(input->world, &vdc_update_kind, &change.known);
	*ret = (struct vdc_update_change){
		.edits = vdc_arena_alloc(arena,
					 (change.n_known + VDC_OFFERS_MOST) * sizeof(*ret->edits)),
	};
	for (size_t i = 0; i < VDC_COUNT(components); i++) {
		const struct vdc_update_offer *offer = offer_of(input->offers, components[i]);

		if (offer)
			take(&change, offer);
		else
			supersede(&change, components[i], NULL, "it is not offered any more");
	}
}
