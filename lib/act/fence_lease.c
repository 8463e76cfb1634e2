/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_lease.h"

#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "act/sanlock_ask.h"
#include "base/setting.h"
#include "base/time.h"
#include "model/cluster.h"
#include "model/domain_reach.h"

/* Others see the same lockspaces: more of them would say nothing new. */
enum { MOST_ASKED = 8 };

struct looking {
	struct vdc_arena *arena;
	const struct vdc_host *victim;
	struct vdc_sanlock_asked asked[MOST_ASKED];
	size_t n;
};

struct choosing {
	const struct vdc_host *victim;
	const struct vdc_host **hosts;
	size_t n, most;
	struct vdc_arena *arena;
};

static int hosts_of(struct vdc_db *db, struct choosing *c, const char *cluster_id,
		    struct vdc_err *err)
{
	struct vdc_objects hosts = { 0 };
	int r = vdc_gather(db, &vdc_host_kind, "cluster", cluster_id, c->arena, &hosts, err);

	for (size_t i = 0; i < hosts.n && c->n < c->most && !r; i++) {
		const struct vdc_host *host = hosts.objects[i];

		if (host->status == VDC_HOST_UP && strcmp(host->id, c->victim->id) != 0)
			c->hosts[c->n++] = host;
	}
	return r;
}

int vdc_lease_witnesses(struct vdc_db *db, const struct vdc_host *host, size_t most,
			struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n,
			struct vdc_err *err)
{
	struct choosing c = {
		.victim = host,
		.hosts = vdc_arena_alloc(arena, (most + 1) * sizeof(*c.hosts)),
		.most = most,
		.arena = arena,
	};
	const char *own = host->cluster.id;
	struct vdc_objects clusters = { 0 };
	const struct vdc_cluster *cluster;
	void *found;
	int r = vdc_store_get(db, &vdc_cluster_kind, own, 0, arena, &found, err);

	cluster = r ? NULL : found;
	if (!r)
		r = hosts_of(db, &c, own, err);
	if (!r && cluster->data_center.id)
		r = vdc_gather(db, &vdc_cluster_kind, "data_center", cluster->data_center.id, arena,
			       &clusters, err);
	for (size_t i = 0; i < clusters.n && !r && c.n < most; i++) {
		const struct vdc_cluster *other = clusters.objects[i];

		if (strcmp(other->id, own) != 0)
			r = hosts_of(db, &c, other->id, err);
	}
	if (r)
		return r;
	*ret = c.hosts;
	*n = c.n;
	return 0;
}

static int choose(struct vdc_db *db, struct looking *looking, struct vdc_err *err)
{
	const struct vdc_host **hosts;
	int r = vdc_lease_witnesses(db, looking->victim, MOST_ASKED, looking->arena, &hosts,
				    &looking->n, err);

	for (size_t i = 0; i < looking->n && !r; i++)
		looking->asked[i] = (struct vdc_sanlock_asked){ .host = hosts[i] };
	return r;
}

/* A lockspace has the id of its storage domain. Where its host joined it once stands in the inventory. */
static int find_lockspaces(struct vdc_db *db, const struct looking *looking,
			   struct vdc_lease_victim *victim, struct vdc_err *err)
{
	struct vdc_objects reaches;
	const char **names;
	int r = vdc_gather(db, &vdc_domain_reach_kind, "host", looking->victim->id, looking->arena,
			   &reaches, err);

	if (r)
		return r;
	names = vdc_arena_alloc(looking->arena, (reaches.n + 1) * sizeof(*names));
	for (size_t i = 0; i < reaches.n; i++) {
		const struct vdc_domain_reach *reach = reaches.objects[i];

		if (reach->lockspace_generation > 0)
			names[victim->n_lockspaces++] = reach->storage_domain.id;
	}
	victim->lockspaces = names;
	return 0;
}

static struct vdc_lease_finding judge(const struct looking *looking,
				      const struct vdc_lease_victim *victim)
{
	struct vdc_lease_witness witnesses[MOST_ASKED];

	for (size_t i = 0; i < looking->n; i++)
		witnesses[i] = (struct vdc_lease_witness){
			.host = looking->asked[i].host->name,
			.report = looking->asked[i].failure ? NULL : &looking->asked[i].report,
			.failure = looking->asked[i].failure,
		};
	return vdc_plan_host_lease(victim, witnesses, looking->n,
				   vdc_setting_number(VDC_SETTING_FENCE_LEASE_AGE) / VDC_SECOND,
				   looking->arena);
}

static void answer(const struct looking *looking, const struct vdc_lease_victim *victim,
		   struct vdc_lease_look *ret)
{
	const struct vdc_lease_finding finding = judge(looking, victim);

	*ret = (struct vdc_lease_look){
		.verdict = finding.verdict,
		.evidence = finding.evidence,
		.age_us = finding.age < 0 ? VDC_UNSET : finding.age * VDC_SECOND,
		.renews_us = finding.renews < 0 ? VDC_UNSET : finding.renews * VDC_SECOND,
		.asked = looking->n,
	};
	for (size_t i = 0; i < looking->n; i++)
		ret->answered += !looking->asked[i].failure;
}

int vdc_lease_look(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
		   struct vdc_lease_look *ret, struct vdc_err *err)
{
	struct looking looking = { .arena = arena };
	struct vdc_lease_victim victim = { 0 };
	const char *names[2] = { 0 };
	void *found;
	int r = vdc_store_get(db, &vdc_host_kind, host_id, 0, arena, &found, err);

	if (r)
		return r;
	looking.victim = found;
	victim.host_id = looking.victim->spm_id;
	victim.certain_name = looking.victim->sanlock_name;
	names[0] = looking.victim->sanlock_name ?: looking.victim->id;
	names[1] = looking.victim->hardware_uuid;
	victim.names = names;
	victim.n_names = victim.certain_name || !names[1] ? 1 : 2;
	r = choose(db, &looking, err);
	if (!r)
		r = find_lockspaces(db, &looking, &victim, err);
	if (!r)
		r = vdc_sanlock_ask(looking.asked, looking.n, VDC_SANLOCK_PEERS, 0, arena, err);
	if (!r)
		answer(&looking, &victim, ret);
	return r;
}
