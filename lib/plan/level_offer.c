/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_offer.h"

#include <errno.h>

#include "model/data_center.h"

struct offer {
	const struct vdc_level_family *family;
	vdc_level_set supported;
	const char *reason;
};

static struct offer find(const struct vdc_level_question *question,
			 const struct vdc_level_state *state)
{
	struct offer offer = { 0 };

	for (size_t i = 0; i < state->n_clusters; i++) {
		const struct vdc_cluster_offer *it = &state->clusters[i];

		if (it->cluster == question->cluster)
			offer = (struct offer){ it->family, it->supported, it->reason };
	}
	for (size_t i = 0; i < state->n_data_centers; i++) {
		const struct vdc_data_center_offer *it = &state->data_centers[i];

		if (it->data_center == question->data_center)
			offer = (struct offer){ it->family, it->supported, it->reason };
	}
	return offer;
}

int vdc_plan_level_offered(const struct vdc_level_question *question, struct vdc_arena *arena,
			   struct vdc_level *ret, struct vdc_err *err)
{
	const struct vdc_cluster *cluster = question->cluster;
	struct vdc_level_state state;
	struct offer offer;
	int r = vdc_plan_level_state(question->world, question->catalogue, arena, &state, err);

	if (r)
		return r;
	offer = find(question, &state);
	if (!offer.family || !offer.supported)
		return vdc_err_set(err, -EPERM, "%s %s is offered no higher level%s%s",
				   cluster ? vdc_cluster_kind.word : vdc_data_center_kind.word,
				   cluster ? cluster->name : question->data_center->name,
				   offer.reason ? ": " : "", offer.reason ? offer.reason : "");
	*ret = offer.family->levels[63 - __builtin_clzll(offer.supported)].level;
	return 0;
}
