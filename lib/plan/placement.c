/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/placement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "plan/placement_part.h"

static struct place_ask new_ask(const struct vdc_placement *placement,
				const struct vdc_place_query *query, struct vdc_arena *arena)
{
	struct place_vm *vm = place_vm_of(placement, query->vm->id);

	return (struct place_ask){
		.placement = placement,
		.query = query,
		.vm = vm,
		.from = query->start || !vm || vm->host < 0 ? NULL : &placement->hosts[vm->host],
		.arena = arena,
	};
}

const char *vdc_place_refuses(struct vdc_placement *placement, const struct vdc_place_query *query,
			      const struct vdc_host *host, struct vdc_arena *arena,
			      const char **reason)
{
	struct place_ask ask = new_ask(placement, query, reason ? arena : NULL);
	const struct place_filter *refuses;

	ask.host = place_host_of(placement, host->id);
	if (!ask.vm || !ask.host || !ask.host->cluster) {
		if (reason)
			*reason = "it or the VM is in no cluster";
		return "cluster";
	}
	refuses = place_ask_all(placement, &ask, NULL);
	if (refuses && reason)
		*reason = ask.reason;
	return refuses ? refuses->name : NULL;
}

const char *vdc_place_never(struct vdc_placement *placement, const struct vdc_place_query *query,
			    const struct vdc_host *host, struct vdc_arena *arena,
			    const char **reason)
{
	struct place_ask ask = new_ask(placement, query, reason ? arena : NULL);
	bool fits;

	ask.host = place_host_of(placement, host->id);
	if (!ask.vm || !ask.host || !ask.host->cluster)
		return "cluster";
	fits = !query->accept_unknown && place_passes_static(placement, &ask);
	for (size_t i = 0; i < place_n_filters; i++) {
		const struct place_filter *filter = &place_filters[i];
		enum place_answer answer;

		if (filter->passing || (fits && filter->is_static))
			continue;
		ask.reason = NULL;
		answer = filter->fn(&ask);
		if (answer == PLACE_YES || (answer == PLACE_UNKNOWN && query->accept_unknown))
			continue;
		if (reason)
			*reason = ask.reason;
		return filter->name;
	}
	return NULL;
}

/* "no host is left: 2 memory, 1 status" */
static const char *count_reasons(const struct vdc_place_result *result, const char *cluster,
				 struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	if (!result->n)
		return vdc_arena_format(arena, "cluster %s has no hosts", cluster);
	for (size_t f = 0; f < place_n_filters; f++) {
		const struct vdc_place_choice *first = NULL;
		size_t count = 0;

		for (size_t i = 0; i < result->n; i++) {
			if (!result->hosts[i].filter ||
			    strcmp(result->hosts[i].filter, place_filters[f].name) != 0)
				continue;
			first = first ? first : &result->hosts[i];
			count++;
		}
		if (count > 1)
			vdc_buf_printf(&out, "%s%s and %zu more: %s", out.len ? "; " : "",
				       first->host->name, count - 1, first->reason);
		else if (count)
			vdc_buf_printf(&out, "%s%s: %s", out.len ? "; " : "", first->host->name,
				       first->reason);
	}
	return vdc_arena_format(arena, "no host of cluster %s can take it: %s", cluster,
				vdc_buf_str(&out));
}

static void ask_hosts(struct vdc_placement *placement, struct place_ask *ask,
		      const struct place_cluster *cluster, struct vdc_place_result *result)
{
	for (size_t i = 0; i < cluster->n_hosts; i++) {
		struct vdc_place_choice *choice = &result->hosts[i];
		const struct place_filter *refuses;
		const char *note = NULL;

		ask->host = &placement->hosts[cluster->hosts[i]];
		refuses = place_ask_all(placement, ask, &note);
		*choice = (struct vdc_place_choice){
			.host = ask->host->host,
			.filter = refuses ? refuses->name : NULL,
			.reason = refuses ? ask->reason : note,
		};
		result->n_fit += !refuses;
	}
}

int vdc_place(struct vdc_placement *placement, const struct vdc_place_query *query,
	      struct vdc_arena *arena, struct vdc_place_result *ret, struct vdc_err *err)
{
	struct place_ask ask = new_ask(placement, query, arena);
	const char *id = query->cluster_id ? query->cluster_id : query->vm->cluster.id;
	const struct place_cluster *cluster = place_cluster_of(placement, id);
	struct vdc_place_result result = { 0 };

	if (!cluster || !ask.vm)
		return vdc_err_set(err, -ENOENT, "VM %s: there is no such cluster",
				   vdc_object_name(&vdc_vm_kind, query->vm));
	result.n = cluster->n_hosts;
	result.hosts = vdc_arena_alloc(arena, (result.n + 1) * sizeof(*result.hosts));
	ask_hosts(placement, &ask, cluster, &result);
	place_rank(placement, &ask, &result);
	if (result.n_fit)
		result.best = result.hosts[0].host;
	else
		result.none = count_reasons(&result, cluster->cluster->name, arena);
	*ret = result;
	return 0;
}

static void count(struct vdc_placement *placement, const struct place_vm *vm, ptrdiff_t at,
		  int64_t sign)
{
	struct place_host *host;

	if (at < 0)
		return;
	host = &placement->hosts[at];
	if (vm->vm->memory != VDC_UNSET)
		host->memory += sign * vm->vm->memory;
	if (vm->vm->vcpus != VDC_UNSET) {
		host->vcpus += sign * vm->vm->vcpus;
		/* Nobody knows yet what it will use there: a tenth of its CPUs, as ovirt-engine's
		 * VcpuConsumptionPercentage. */
		host->added += sign * vm->vm->vcpus * 100;
	}
}

static ptrdiff_t index_of(const struct vdc_placement *placement, const struct vdc_host *host)
{
	const struct place_host *found = host ? place_host_of(placement, host->id) : NULL;

	return found ? found - placement->hosts : -1;
}

void vdc_placement_put(struct vdc_placement *placement, const struct vdc_vm *vm,
		       const struct vdc_host *host)
{
	struct place_vm *known = place_vm_of(placement, vm->id);

	if (!known)
		return;
	count(placement, known, known->host, -1);
	count(placement, known, known->other, -1);
	known->host = index_of(placement, host);
	known->other = -1;
	known->leaves = false;
	count(placement, known, known->host, 1);
}

void vdc_placement_reserve(struct vdc_placement *placement, const struct vdc_vm *vm,
			   const struct vdc_host *host)
{
	struct place_vm *known = place_vm_of(placement, vm->id);

	if (!known)
		return;
	count(placement, known, known->other, -1);
	known->other = index_of(placement, host);
	count(placement, known, known->other, 1);
}

bool place_counts_at(const struct vdc_placement *placement, const struct place_vm *vm,
		     const struct place_host *host)
{
	ptrdiff_t at = host - placement->hosts;

	return vm->host == at || vm->other == at;
}

int64_t place_memory_limit(const struct place_host *host, int64_t percent)
{
	int64_t allowed = host->cluster ? host->cluster->cluster->overcommit_percent : 100;

	if (host->host->memory == VDC_UNSET)
		return VDC_UNSET;
	if (!percent)
		percent = allowed > 0 ? allowed : 100;
	return host->host->memory / 100 * percent;
}

int64_t vdc_placement_used(const struct vdc_placement *placement, const struct vdc_host *host)
{
	const struct place_host *found = place_host_of(placement, host->id);

	return found ? found->memory : VDC_UNSET;
}

int64_t vdc_placement_limit(const struct vdc_placement *placement, const struct vdc_host *host)
{
	const struct place_host *found = place_host_of(placement, host->id);

	return found ? place_memory_limit(found, 0) : VDC_UNSET;
}
