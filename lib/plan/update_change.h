/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of the updates of a host when it was looked at again. Pure. */
#pragma once

#include "model/cluster.h"
#include "model/host.h"
#include "model/world.h"
#include "plan/update_offer.h"

struct vdc_update_input {
	const struct vdc_world *world; /* releases of channels, and the updates of the host */
	const struct vdc_cluster *cluster;
	const struct vdc_host *host;
	const struct vdc_update_offers *offers;
	int64_t now;
};

/* An update as it was, NULL for a new one, and as it is to be. */
struct vdc_update_edit {
	const struct vdc_update *before;
	struct vdc_update *after;
};

struct vdc_update_refusal {
	const struct vdc_update_offer *offer;
	const char *why;
};

struct vdc_update_change {
	struct vdc_update_edit *edits; /* those that end come before those that are new */
	size_t n_edits;
	struct vdc_update_refusal refusals[VDC_OFFERS_MOST]; /* the channel does not lead there */
	size_t n_refusals;
	bool available; /* something is offered that the channel lets pass */
};

/*
 * What is offered as it was before stays the update that it is, with its approval or its failure;
 * something else is a new update, pending, and supersedes what was open of that component. One that is
 * being carried out is left alone.
 */
void vdc_plan_update_change(const struct vdc_update_input *input, struct vdc_arena *arena,
			    struct vdc_update_change *ret);
