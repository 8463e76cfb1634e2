/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "model/data_center.h"
#include "plan/level_host.h"
#include "plan/level_part.h"

const struct vdc_kind *const vdc_level_world_kinds[] = {
	&vdc_data_center_kind,
	&vdc_cluster_kind,
	&vdc_host_kind,
	NULL,
};

struct work {
	const struct vdc_catalogue *catalogue;
	struct vdc_arena *arena;
	struct vdc_level_judge **judges; /* by family */
	struct vdc_level_state state;
	struct level_groups hosts, clusters;
};

static const char *cluster_of(const void *host)
{
	return ((const struct vdc_host *)host)->cluster.id;
}

static const char *data_center_of(const void *cluster)
{
	return ((const struct vdc_cluster *)cluster)->data_center.id;
}

static struct vdc_level_judge *judge_of(struct work *work, size_t family)
{
	if (!work->judges[family])
		work->judges[family] =
			vdc_level_judge_new(&work->catalogue->families[family], work->arena);
	return work->judges[family];
}

static size_t hosts_with_level(struct work *work, size_t cluster, size_t family)
{
	size_t n = 0;

	for
		LEVEL_EACH_OF(i, work->hosts, cluster)
	n += vdc_plan_host_levels(judge_of(work, family), work->state.hosts[i - 1].host).can != 0;
	return n;
}

/*
 * The family of a cluster that names none: one that has the cluster's level before one that does
 * not, then the one in which most of its hosts have a level, then the first.
 */
static size_t family_shown(struct work *work, size_t c)
{
	const struct vdc_cluster *cluster = work->state.clusters[c].cluster;
	size_t best = 0, most = 0;

	for (size_t f = 0; f < work->catalogue->n_families; f++) {
		size_t n = 2 * hosts_with_level(work, c, f) + 1;

		if (vdc_family_level(&work->catalogue->families[f], cluster->version) >= 0)
			n += SIZE_MAX / 2;
		if (n > most) {
			most = n;
			best = f;
		}
	}
	return best;
}

static int find_family(struct work *work, size_t c, size_t *ret, struct vdc_err *err)
{
	const struct vdc_cluster *cluster = work->state.clusters[c].cluster;
	const struct vdc_level_family *family;

	if (!cluster->level_family) {
		*ret = family_shown(work, c);
		return 0;
	}
	family = vdc_catalogue_family(work->catalogue, cluster->level_family);
	if (!family)
		return vdc_err_set(err, -EINVAL,
				   "cluster %s: the catalogue has no family of levels '%s'",
				   cluster->name, cluster->level_family);
	*ret = (size_t)(family - work->catalogue->families);
	return 0;
}

static void say_host(struct level_list *why, const struct vdc_level_family *family,
		     const struct vdc_host_state *state)
{
	struct vdc_level top;

	if (state->levels.reason) {
		level_list_add(why, "host %s: %s", state->host->name, state->levels.reason);
		return;
	}
	top = family->levels[state->levels.newest].level;
	level_list_add(why, "host %s runs %d.%d at most", state->host->name, top.major, top.minor);
}

static const char *with_level(const struct vdc_level_family *family, int level,
			      struct level_list *why, struct vdc_arena *arena)
{
	struct vdc_level next = family->levels[level].level;
	const char *text = level_list_text(why, arena);

	return text ? vdc_arena_format(arena, "%d.%d: %s", next.major, next.minor, text) : NULL;
}

/* Why the next level is not offered; those above it have to wait for it anyway. */
static const char *why_not_more(struct work *work, size_t c)
{
	const struct vdc_cluster_offer *offer = &work->state.clusters[c];
	vdc_level_set above = level_above(offer->family, offer->cluster->version);
	int next = level_lowest(above & ~offer->supported);
	struct level_list why = { .separator = "; ", .most = LEVEL_LIST_NAMED };

	if (next < 0)
		return NULL;
	for
		LEVEL_EACH_OF(i, work->hosts, c)
		{
			const struct vdc_host_state *state = &work->state.hosts[i - 1];

			if (!(state->levels.now & level_bit(next)))
				say_host(&why, offer->family, state);
		}
	return with_level(offer->family, next, &why, work->arena);
}

static int offer_of_cluster(struct work *work, size_t c, struct vdc_err *err)
{
	struct vdc_cluster_offer *offer = &work->state.clusters[c];
	int lowest = VDC_FAMILY_LEVELS_MAX;
	size_t f;
	int r = find_family(work, c, &f, err);

	if (r)
		return r;
	offer->family = &work->catalogue->families[f];
	offer->level = vdc_family_level(offer->family, offer->cluster->version);
	offer->bound = level_above(offer->family, (struct vdc_level){ -1, -1 });
	for
		LEVEL_EACH_OF(i, work->hosts, c)
		{
			struct vdc_host_state *state = &work->state.hosts[i - 1];

			state->family = offer->family;
			state->levels = vdc_plan_host_levels(judge_of(work, f), state->host);
			offer->bound &= state->levels.now;
			if (level_highest(state->levels.now) < lowest) {
				lowest = level_highest(state->levels.now);
				offer->least = state->host;
			}
		}
	offer->supported = offer->bound & level_above(offer->family, offer->cluster->version);
	offer->reason = why_not_more(work, c);
	return 0;
}

static void judge_lone_host(struct work *work, struct vdc_host_state *state)
{
	for (size_t f = 0; f < work->catalogue->n_families; f++) {
		struct vdc_host_levels levels =
			vdc_plan_host_levels(judge_of(work, f), state->host);

		if (state->family && !levels.can)
			continue;
		state->family = &work->catalogue->families[f];
		state->levels = levels;
		if (levels.can)
			return;
	}
}

static const char *why_data_center(struct work *work, size_t d)
{
	const struct vdc_data_center_offer *offer = &work->state.data_centers[d];
	struct level_list why = { .separator = "; ", .most = LEVEL_LIST_NAMED };
	int next;

	if (!work->clusters.head[d])
		return "it has no clusters";
	if (!offer->family)
		return "its clusters have levels of different families";
	next = level_lowest(level_above(offer->family, offer->data_center->version) &
			    ~offer->supported);
	if (next < 0)
		return NULL;
	for
		LEVEL_EACH_OF(i, work->clusters, d)
		{
			const struct vdc_cluster *cluster = work->state.clusters[i - 1].cluster;

			if (!level_is_set(cluster->version))
				level_list_add(&why, "cluster %s has no level", cluster->name);
			else if (vdc_level_compare(cluster->version,
						   offer->family->levels[next].level) < 0)
				level_list_add(&why, "cluster %s is at %d.%d", cluster->name,
					       cluster->version.major, cluster->version.minor);
		}
	return with_level(offer->family, next, &why, work->arena);
}

static void offer_of_data_center(struct work *work, size_t d)
{
	struct vdc_data_center_offer *offer = &work->state.data_centers[d];
	bool mixed = false;

	offer->level = -1;
	for
		LEVEL_EACH_OF(i, work->clusters, d)
		{
			const struct vdc_level_family *family = work->state.clusters[i - 1].family;

			mixed = mixed || (offer->family && offer->family != family);
			offer->family = family;
		}
	if (mixed)
		offer->family = NULL;
	if (offer->family) {
		offer->level = vdc_family_level(offer->family, offer->data_center->version);
		offer->supported = level_above(offer->family, offer->data_center->version);
		for
			LEVEL_EACH_OF(i, work->clusters, d)
		offer->supported &=
			~level_above(offer->family, work->state.clusters[i - 1].cluster->version);
	}
	offer->reason = why_data_center(work, d);
}

static void fill(struct work *work, const struct vdc_world *world)
{
	struct vdc_level_state *state = &work->state;
	void *const *hosts, *const *clusters, *const *data_centers;

	state->n_hosts = vdc_world_all(world, &vdc_host_kind, &hosts);
	state->n_clusters = vdc_world_all(world, &vdc_cluster_kind, &clusters);
	state->n_data_centers = vdc_world_all(world, &vdc_data_center_kind, &data_centers);
	state->hosts = vdc_arena_alloc(work->arena, (state->n_hosts + 1) * sizeof(*state->hosts));
	state->clusters =
		vdc_arena_alloc(work->arena, (state->n_clusters + 1) * sizeof(*state->clusters));
	state->data_centers = vdc_arena_alloc(work->arena, (state->n_data_centers + 1) *
								   sizeof(*state->data_centers));
	for (size_t i = 0; i < state->n_hosts; i++)
		state->hosts[i].host = hosts[i];
	for (size_t i = 0; i < state->n_clusters; i++)
		state->clusters[i].cluster = clusters[i];
	for (size_t i = 0; i < state->n_data_centers; i++)
		state->data_centers[i].data_center = data_centers[i];
	work->hosts = level_group(clusters, state->n_clusters, hosts, state->n_hosts, cluster_of,
				  work->arena);
	work->clusters = level_group(data_centers, state->n_data_centers, clusters,
				     state->n_clusters, data_center_of, work->arena);
}

int vdc_plan_level_state(const struct vdc_world *world, const struct vdc_catalogue *catalogue,
			 struct vdc_arena *arena, struct vdc_level_state *ret, struct vdc_err *err)
{
	struct work work = { .catalogue = catalogue, .arena = arena };
	int r = 0;

	if (!catalogue->n_families)
		return vdc_err_set(err, -EINVAL, "the catalogue has no family of levels");
	work.judges = vdc_arena_alloc(arena, catalogue->n_families * sizeof(*work.judges));
	fill(&work, world);
	for (size_t c = 0; !r && c < work.state.n_clusters; c++)
		r = offer_of_cluster(&work, c, err);
	if (r)
		return r;
	for (size_t i = 0; i < work.state.n_hosts; i++)
		if (!work.state.hosts[i].family)
			judge_lone_host(&work, &work.state.hosts[i]);
	for (size_t d = 0; d < work.state.n_data_centers; d++)
		offer_of_data_center(&work, d);
	*ret = work.state;
	return 0;
}
