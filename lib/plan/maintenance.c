/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/maintenance.h"

#include <stdlib.h>
#include <string.h>

#include "plan/maintenance_part.h"
#include "plan/vm_status.h"

#define CODE(name, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_ERROR, .advice = (advice_) }

const struct vdc_finding_code vdc_maintenance_codes[] = {
	CODE(VM_BLOCKS_DRAIN,
	     "remove what binds it to its host, stop it, or set its eviction_strategy to "
	     "live_migrate_if_possible, so that it is shut down"),
	CODE(VM_WITHOUT_DESTINATION,
	     "see vm-migrate --explain; make room elsewhere, or stop the VM"),
	CODE(SPM_CANNOT_MOVE,
	     "bring another host of the data center up, or raise its spm_priority above -1"),
	CODE(SPM_CONTENDING, "wait until it has won or lost: see inventory list host"),
	CODE(HA_WITHOUT_CAPACITY,
	     "add a host or stop VMs, or accept with --no-reserve that the next failure stops it"),
	CODE(HOST_DOES_NOT_ANSWER, "bring the host back, or fence it; then its VMs are known"),
	CODE(HOST_IN_MAINTENANCE,
	     "bring it back with host-maintenance leave, and let it enter again: that empties it"),
	CODE(HOST_IS_BUSY, "wait until that is over"),
	CODE(JOB_RUNS, "wait until it is over, or run its command again if it was cut off"),
	{ 0 },
};

static void check_status(struct maintenance_work *w, size_t at)
{
	const struct vdc_host *host = w->input->hosts[at];

	switch (host->status) {
	case VDC_HOST_MAINTENANCE:
		if (w->n_on[at])
			MAINTENANCE_FOUND(w, at, HOST_IN_MAINTENANCE, vdc_host_kind, host,
					  "host %s is in maintenance already, and has %zu VM%s",
					  host->name, w->n_on[at], w->n_on[at] == 1 ? "" : "s");
		break;
	case VDC_HOST_CONNECTING:
	case VDC_HOST_UNASSIGNED:
		MAINTENANCE_FOUND(w, at, HOST_DOES_NOT_ANSWER, vdc_host_kind, host,
				  "host %s does not answer%s%s", host->name,
				  host->status_detail ? ": " : "", host->status_detail ?: "");
		break;
	case VDC_HOST_NON_RESPONSIVE:
	case VDC_HOST_DOWN:
		if (w->n_on[at])
			MAINTENANCE_FOUND(w, at, HOST_DOES_NOT_ANSWER, vdc_host_kind, host,
					  "host %s is %s and has %zu VM%s", host->name,
					  vdc_enum_word(&vdc_host_status_values, host->status),
					  w->n_on[at], w->n_on[at] == 1 ? "" : "s");
		break;
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALLING_OS:
	case VDC_HOST_PENDING_APPROVAL:
	case VDC_HOST_KDUMPING:
	case VDC_HOST_REBOOT:
		MAINTENANCE_FOUND(w, at, HOST_IS_BUSY, vdc_host_kind, host, "host %s is %s",
				  host->name, vdc_enum_word(&vdc_host_status_values, host->status));
		break;
	default:
		break;
	}
}

bool maintenance_drains(const struct maintenance_work *w, const struct vdc_host *host)
{
	for (size_t i = 0; i < w->input->n_hosts; i++)
		if (w->input->hosts[i] == host)
			return true;
	return false;
}

static const char *data_center_of(const struct maintenance_work *w, const struct vdc_host *host)
{
	const struct vdc_cluster *cluster =
		vdc_world_find(w->input->world, &vdc_cluster_kind, host->cluster.id);

	return cluster ? cluster->data_center.id : NULL;
}

/* A host of the data centre that stays, and may become the storage pool manager. */
static bool has_heir(const struct maintenance_work *w, const struct vdc_host *spm)
{
	const char *ours = data_center_of(w, spm), *theirs;
	void *const *all;
	size_t n = vdc_world_all(w->input->world, &vdc_host_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];

		theirs = data_center_of(w, host);
		if (host != spm && host->status == VDC_HOST_UP && !maintenance_drains(w, host) &&
		    host->spm_priority > -1 && ours && theirs && strcmp(ours, theirs) == 0)
			return true;
	}
	return false;
}

static void check_spm(struct maintenance_work *w, size_t at)
{
	const struct vdc_host *host = w->input->hosts[at];

	if (host->spm_status == VDC_SPM_CONTENDING)
		MAINTENANCE_FOUND(w, at, SPM_CONTENDING, vdc_host_kind, host,
				  "host %s is about to become the storage pool manager",
				  host->name);
	else if (host->spm_status == VDC_SPM_SPM && !has_heir(w, host))
		MAINTENANCE_FOUND(w, at, SPM_CANNOT_MOVE, vdc_host_kind, host,
				  "host %s is the storage pool manager, and no other host of the "
				  "data center that is up could be it",
				  host->name);
}

static bool is_about(const struct vdc_job *job, const char *id)
{
	return job->object_id && strcmp(job->object_id, id) == 0;
}

/* Migrations are waited for. */
static void check_jobs(struct maintenance_work *w, size_t at)
{
	const struct vdc_host *host = w->input->hosts[at];

	for (size_t j = 0; j < w->input->n_jobs; j++) {
		const struct vdc_job *job = w->input->jobs[j];

		if (job->action && strcmp(job->action, "vm-migrate") == 0)
			continue;
		if (is_about(job, host->id))
			MAINTENANCE_FOUND(w, at, JOB_RUNS, vdc_host_kind, host,
					  "host %s: %s is not over (job %s)", host->name,
					  job->description ?: job->action, job->id);
		for (size_t v = 0; v < w->ret->n_vms; v++) {
			const struct vdc_maintenance_vm *one = &w->ret->vms[v];

			if (one->host == host && is_about(job, one->vm->id))
				MAINTENANCE_FOUND(w, at, JOB_RUNS, vdc_vm_kind, one->vm,
						  "VM %s: %s is not over (job %s)", one->vm->name,
						  job->description ?: job->action, job->id);
		}
	}
}

static int by_name(const void *a, const void *b)
{
	const struct vdc_maintenance_vm *one = a, *other = b;

	return strcmp(one->vm->name, other->vm->name);
}

static void gather(struct maintenance_work *w)
{
	struct vdc_maintenance *ret = w->ret;
	void *const *all;
	size_t n = vdc_world_all(w->input->world, &vdc_vm_kind, &all);

	ret->vms = vdc_arena_alloc(w->arena, (n + 1) * sizeof(*ret->vms));
	for (size_t h = 0; h < w->input->n_hosts; h++) {
		const struct vdc_host *host = w->input->hosts[h];
		const struct vdc_cluster *cluster =
			vdc_world_find(w->input->world, &vdc_cluster_kind, host->cluster.id);
		size_t first = ret->n_vms;

		for (size_t i = 0; i < n; i++) {
			const struct vdc_vm *vm = all[i];

			if (!vdc_vm_is_active(vm->status) || !vm->host.id ||
			    strcmp(vm->host.id, host->id) != 0)
				continue;
			ret->vms[ret->n_vms++] = (struct vdc_maintenance_vm){
				.vm = vm,
				.host = host,
				.verdict = vdc_plan_drain(vm, cluster, w->arena),
			};
		}
		w->n_on[h] = ret->n_vms - first;
		if (w->n_on[h])
			qsort(ret->vms + first, w->n_on[h], sizeof(*ret->vms), by_name);
	}
}

static void check_blockers(struct maintenance_work *w, size_t at)
{
	for (size_t v = 0; v < w->ret->n_vms; v++) {
		const struct vdc_maintenance_vm *one = &w->ret->vms[v];

		if (one->host == w->input->hosts[at] && !one->verdict.drain)
			MAINTENANCE_FOUND(w, at, VM_BLOCKS_DRAIN, vdc_vm_kind, one->vm,
					  "VM %s blocks the drain of host %s: %s", one->vm->name,
					  one->host->name, one->verdict.reason);
	}
}

void vdc_plan_maintenance(const struct vdc_maintenance_input *input, struct vdc_arena *arena,
			  struct vdc_maintenance *ret)
{
	struct maintenance_work w = {
		.input = input,
		.arena = arena,
		.ret = ret,
		.n_on = vdc_arena_alloc(arena, (input->n_hosts + 1) * sizeof(*w.n_on)),
	};

	*ret = (struct vdc_maintenance){
		.refusals = vdc_arena_alloc(arena, (input->n_hosts + 1) * sizeof(*ret->refusals)),
	};
	for (size_t h = 0; h < input->n_hosts; h++)
		ret->refusals[h] = (struct vdc_findings){ .arena = arena };
	gather(&w);
	for (size_t h = 0; h < input->n_hosts; h++) {
		check_status(&w, h);
		check_spm(&w, h);
		check_jobs(&w, h);
		check_blockers(&w, h);
	}
	maintenance_place(&w);
	if (!input->no_reserve)
		maintenance_reserve(&w);
}
