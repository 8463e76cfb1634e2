/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a VM can move at all, where to, and with which settings. */
#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "act/migrate_part.h"
#include "base/release.h"
#include "base/setting.h"
#include "base/time.h"
#include "model/host_network.h"
#include "plan/drain.h"
#include "plan/level_vm.h"
#include "plan/vm_status.h"
#include "store/migration.h"
#include "store/store.h"

/* A scene older than that is read anew before somebody chooses by it. */
#define SCENE_AGE (30 * VDC_SECOND)
#define MIB (INT64_C(1) << 20)

enum { PRESET_BANDWIDTH = 52, PRESET_PER_GIB = 64, PRESET_STALL = 240, PRESET_AT_ONCE = 2 };

static int over(struct migrate_one *one, enum vdc_move_end end, const char *reason)
{
	one->move->end = end;
	one->move->reason = reason;
	return 2;
}

static bool is_set(int64_t value)
{
	return value != VDC_UNSET;
}

static const struct vdc_cluster *cluster_of(const struct migrate_run *run,
					    const struct vdc_host *host)
{
	return vdc_world_find(run->scene.world, &vdc_cluster_kind, host->cluster.id);
}

/* ovirt's max_outgoing_migrations, for hosts with one core less. */
int64_t migrate_most(const struct migrate_run *run, const struct vdc_host *host, bool out)
{
	const struct vdc_cluster *cluster = cluster_of(run, host);
	int64_t given = out ? run->options->outgoing : run->options->incoming;
	int64_t set = !cluster ? VDC_UNSET : out ? cluster->migrations_out : cluster->migrations_in;
	int64_t cores = host->cpu_count;

	if (is_set(given))
		return given;
	if (is_set(set))
		return set;
	if (!is_set(cores) || cores < 1)
		return 1;
	if (is_set(host->cpu_threads) && host->cpu_threads > 1)
		cores /= host->cpu_threads;
	return cores < 1 ? 1 : cores < PRESET_AT_ONCE ? cores : PRESET_AT_ONCE;
}

struct vdc_migration_limits migrate_limits(const struct migrate_one *one)
{
	const struct vdc_migrate_options *o = one->run->options;
	const struct vdc_cluster *c = cluster_of(one->run, one->from);
	int64_t per_gib = c && is_set(c->migration_timeout_per_gib) ? c->migration_timeout_per_gib
								    : PRESET_PER_GIB;
	int64_t stall =
		c && is_set(c->migration_stall_timeout) ? c->migration_stall_timeout : PRESET_STALL;

	return (struct vdc_migration_limits){
		.memory = is_set(one->vm->memory) ? one->vm->memory : 0,
		.timeout_per_gib =
			is_set(o->timeout_per_gib) ? o->timeout_per_gib : per_gib * VDC_SECOND,
		.stall_us = is_set(o->stall) ? o->stall : stall * VDC_SECOND,
		.post_copy = one->mover.task.migration.post_copy,
	};
}

/* A switch: the option's, the VM's, the cluster's, else off. */
static bool switched(int64_t option, int64_t vm, int64_t cluster)
{
	if (is_set(option))
		return option;
	if (vm == VDC_INHERITABLE_YES || vm == VDC_INHERITABLE_NO)
		return vm == VDC_INHERITABLE_YES;
	return cluster == VDC_INHERITABLE_YES;
}

/* All migrations of a host together stay below the cluster's total. */
static int64_t bandwidth_of(const struct migrate_one *one, const struct vdc_cluster *c)
{
	int64_t one_of_them = c && is_set(c->migration_bandwidth) ? c->migration_bandwidth
								  : PRESET_BANDWIDTH * MIB;
	int64_t share;

	if (is_set(one->run->options->bandwidth))
		return one->run->options->bandwidth;
	if (!c || !is_set(c->migration_total_mbps))
		return one_of_them;
	share = c->migration_total_mbps * 125000 / migrate_most(one->run, one->from, true);
	return share < one_of_them ? share : one_of_them;
}

/* As the source's libvirtd reaches the destination's: a socket of this machine is none of its. */
static const char *peer_uri(const struct vdc_host *to, struct vdc_arena *arena)
{
	const char *uri = to->libvirt_uri;

	if (uri && !vdc_virt_uri_is_local(uri) && !strstr(uri, "+unix:"))
		return uri;
	return vdc_arena_format(arena, "qemu+ssh://root@%s/system?no_tty=1",
				to->address ?: to->name);
}

/* Its own migration address, its address in the cluster's migration network, its address. */
static const char *address_of(const struct migrate_run *run, const struct vdc_host *to)
{
	const struct vdc_cluster *cluster = cluster_of(run, to);
	void *const *all;
	size_t n = vdc_world_all(run->scene.world, &vdc_host_network_kind, &all);

	if (to->migration_address)
		return to->migration_address;
	for (size_t i = 0; cluster && cluster->migration_network.id && i < n; i++) {
		const struct vdc_host_network *has = all[i];

		if (has->address && has->host.id && strcmp(has->host.id, to->id) == 0 &&
		    has->network.id && strcmp(has->network.id, cluster->migration_network.id) == 0)
			return has->address;
	}
	return to->address;
}

static const char *address_uri(const char *address, struct vdc_arena *arena)
{
	if (!address)
		return NULL;
	if (strchr(address, ':') && address[0] != '[')
		return vdc_arena_format(arena, "tcp://[%s]", address);
	return vdc_arena_format(arena, "tcp://%s", address);
}

struct vdc_virt_migration migrate_settings(const struct migrate_one *one)
{
	const struct vdc_migrate_options *o = one->run->options;
	const struct vdc_cluster *c = cluster_of(one->run, one->from);
	const struct vdc_cluster none = { 0 };
	const struct vdc_vm *vm = one->vm;
	int64_t downtime = is_set(o->downtime_ms) ? o->downtime_ms : vm->migration_downtime;

	c = c ? c : &none;
	return (struct vdc_virt_migration){
		.uuid = vm->id,
		.peer_uri = peer_uri(one->to, one->run->arena),
		.address_uri = address_uri(address_of(one->run, one->to), one->run->arena),
		.bandwidth = bandwidth_of(one, c == &none ? NULL : c),
		.downtime_ms = is_set(downtime) ? downtime : 0,
		.auto_converge = switched(o->auto_converge, vm->migration_auto_converge,
					  c->migration_auto_converge),
		.post_copy =
			switched(o->post_copy, vm->migration_post_copy, c->migration_post_copy),
		.compressed =
			switched(o->compressed, vm->migration_compressed, c->migration_compressed),
		.encrypted =
			switched(o->encrypted, vm->migration_encrypted, c->migration_encrypted),
		.unsafe = o->unsafe == 1,
	};
}

static int get(struct migrate_one *one, const struct vdc_kind *kind, const char *id,
	       const void *ret, struct vdc_err *err)
{
	void *object;
	int r = vdc_store_get(one->run->db, kind, id, 0, one->run->arena, &object, err);

	if (!r)
		*(void **)(uintptr_t)ret = object;
	return r;
}

/* Why the level of the cluster has not what is asked for; NULL: it has. */
static const char *level_lacks(const struct migrate_one *one, const struct vdc_cluster *cluster)
{
	const struct vdc_catalogue *catalogue = one->run->scene.catalogue;
	struct vdc_err err = { 0 };

	if (!catalogue || !switched(one->run->options->encrypted, one->vm->migration_encrypted,
				    cluster->migration_encrypted))
		return NULL;
	return vdc_plan_level_allows(catalogue, cluster, "encrypted_migration", &err) == -EPERM
		       ? vdc_arena_strdup(one->run->arena, vdc_err_text(&err))
		       : NULL;
}

/* What the database says of it now. One that may have been begun is looked for whatever that is. */
int migrate_prepare(struct migrate_one *one, struct vdc_err *err)
{
	const struct vdc_cluster *cluster;
	const char *why;
	int r = get(one, &vdc_vm_kind, one->move->vm_id, &one->vm, err);

	if (r)
		return r;
	one->move->vm_name = one->vm->name;
	if (one->resumed)
		return 0;
	if (!vdc_vm_is_active(one->vm->status) || !one->vm->host.id)
		return over(one, VDC_MOVE_REFUSED, "it does not run");
	if (one->vm->status != VDC_VM_UP && one->vm->status != VDC_VM_PAUSED &&
	    one->vm->status != VDC_VM_MIGRATING && one->vm->status != VDC_VM_POWERING_UP)
		return over(
			one, VDC_MOVE_REFUSED,
			vdc_arena_format(one->run->arena, "it is %s",
					 vdc_enum_word(&vdc_vm_status_values, one->vm->status)));
	r = get(one, &vdc_host_kind, one->vm->host.id, &one->from, err);
	if (!r)
		r = get(one, &vdc_cluster_kind, one->vm->cluster.id, &cluster, err);
	if (r)
		return r;
	one->move->from_name = one->from->name;
	why = vdc_plan_unmovable(one->vm, cluster, one->run->arena) ?: level_lacks(one, cluster);
	return why ? over(one, VDC_MOVE_REFUSED, why) : 0;
}

static int refresh(struct migrate_run *run, struct vdc_err *err)
{
	struct vdc_scene fresh;
	int r;

	if (vdc_time_monotonic() - run->scene.read < SCENE_AGE)
		return 0;
	r = vdc_scene_open(run->db, &fresh, err);
	if (r)
		return r;
	vdc_scene_close(&run->scene);
	run->scene = fresh;
	migrate_place_all(run);
	return 0;
}

/* How many of ours are under way to it. */
static int64_t arriving(const struct migrate_run *run, const struct vdc_host *host)
{
	int64_t n = 0;

	for (size_t i = 0; i < run->n; i++) {
		const struct migrate_one *one = &run->ones[i];

		n += one->claimed && one->state != MIGRATE_OVER && one->to &&
		     strcmp(one->to->id, host->id) == 0;
	}
	return n;
}

static bool has_slot(const struct migrate_run *run, const struct vdc_host *host)
{
	return arriving(run, host) < migrate_most(run, host, false);
}

static int choose_given(struct migrate_one *one, const struct vdc_place_query *query,
			struct vdc_err *err)
{
	struct migrate_run *run = one->run;
	const char *filter, *reason = NULL;
	int r = get(one, &vdc_host_kind, one->move->to_id, &one->to, err);

	if (r)
		return r;
	one->move->to_name = one->to->name;
	if (strcmp(one->to->id, one->from->id) == 0)
		return over(one, VDC_MOVE_DONE, "it runs there already");
	filter = vdc_place_refuses(run->scene.placement, query, one->to, run->arena, &reason);
	if (filter)
		return over(one, VDC_MOVE_REFUSED,
			    vdc_arena_format(run->arena, "host %s cannot take it: %s",
					     one->to->name, reason));
	return has_slot(run, one->to) ? 0 : 1;
}

/* The best host that has a slot: not the one that would have been best an hour later. */
static int choose_best(struct migrate_one *one, const struct vdc_place_query *query,
		       struct vdc_err *err)
{
	struct migrate_run *run = one->run;
	struct vdc_place_result result;
	int r = vdc_place(run->scene.placement, query, run->arena, &result, err);

	if (r)
		return r;
	if (!result.best)
		return over(one, VDC_MOVE_REFUSED, result.none);
	for (size_t i = 0; i < result.n_fit; i++) {
		if (!has_slot(run, result.hosts[i].host))
			continue;
		r = get(one, &vdc_host_kind, result.hosts[i].host->id, &one->to, err);
		if (!r)
			one->move->to_name = one->to->name;
		return r;
	}
	return 1;
}

/* Besides those where it failed: hosts whose QEMU is older than the move asks for. */
static void ban_older(const struct migrate_one *one, struct vdc_place_query *query)
{
	struct vdc_arena *arena = one->run->arena;
	uint64_t from = vdc_release_parse(one->move->qemu_from);
	struct vdc_place_ban *bans;
	void *const *hosts;
	size_t n = vdc_world_all(one->run->scene.world, &vdc_host_kind, &hosts);

	bans = vdc_arena_alloc(arena, (n + MIGRATE_BANS) * sizeof(*bans));
	memcpy(bans, one->bans, one->n_bans * sizeof(*bans));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];

		if (vdc_release_parse(host->qemu_version) < from)
			bans[query->n_bans++] = (struct vdc_place_ban){
				vdc_arena_strdup(arena, host->id),
				"its QEMU is older than the one to move to",
			};
	}
	query->bans = bans;
}

int migrate_choose(struct migrate_one *one, struct vdc_err *err)
{
	struct vdc_place_query query = {
		.vm = one->vm,
		.cluster_id = one->move->cluster_id,
		.bans = one->bans,
		.n_bans = one->n_bans,
		.accept_unknown = one->run->options->accept_unknown == 1,
		.any_load = one->run->options->any_load,
	};
	int r = refresh(one->run, err);

	if (r)
		return r;
	if (one->move->qemu_from)
		ban_older(one, &query);
	return one->move->to_id ? choose_given(one, &query, err) : choose_best(one, &query, err);
}
