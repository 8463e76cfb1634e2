/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a look says about one VM. */
#include "act/apply.h"

#include <errno.h>
#include <string.h>

#include "base/uuid.h"
#include "store/seen.h"

static bool is(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

static bool runs(const struct vdc_virt_domain *virt)
{
	return virt->state != VDC_VIRT_SHUTOFF && virt->state != VDC_VIRT_CRASHED;
}

static int64_t status_of(const struct vdc_virt_domain *virt)
{
	if (is(virt->job, "save"))
		return VDC_VM_SAVING_STATE;
	if (is(virt->job, "restore"))
		return VDC_VM_RESTORING_STATE;
	switch (virt->state) {
	case VDC_VIRT_PAUSED:
		return is(virt->reason, "starting_up") ? VDC_VM_WAIT_FOR_LAUNCH : VDC_VM_PAUSED;
	case VDC_VIRT_PMSUSPENDED:
		return VDC_VM_PAUSED;
	case VDC_VIRT_SHUTDOWN:
		return VDC_VM_POWERING_DOWN;
	case VDC_VIRT_SHUTOFF:
	case VDC_VIRT_CRASHED:
		return virt->managed_save || is(virt->reason, "saved") ? VDC_VM_SUSPENDED
								       : VDC_VM_DOWN;
	default:
		return VDC_VM_UP;
	}
}

/* Both ends of a migration show the VM; only one of them runs it. */
static enum vdc_vm_sight sight_of(const struct vdc_virt_domain *virt, const struct vdc_vm *vm,
				  const char *host_id)
{
	bool here = is(vm->host.id, host_id);

	if (!runs(virt))
		return VDC_VM_IS_OFF;
	if (is(virt->job, "migration_in"))
		return VDC_VM_ARRIVES;
	if (is(virt->job, "migration_out"))
		return VDC_VM_LEAVES;
	if (virt->state == VDC_VIRT_PAUSED && is(virt->reason, "migrating"))
		return here ? VDC_VM_LEAVES : VDC_VM_ARRIVES;
	if (virt->state == VDC_VIRT_PAUSED && is(virt->reason, "post_copy"))
		return VDC_VM_LEAVES;
	return VDC_VM_RUNS;
}

/* "booted" and "unknown" say nothing about a VM that runs. */
static const char *detail_of(const struct vdc_virt_domain *virt)
{
	if (virt->state == VDC_VIRT_PMSUSPENDED)
		return "pmsuspended";
	if (runs(virt) && virt->state != VDC_VIRT_PAUSED && !is(virt->reason, "post_copy"))
		return NULL;
	return virt->reason;
}

static struct vdc_vm_look look_at(struct vdc_apply *apply, const struct vdc_virt_domain *virt,
				  const struct vdc_vm *vm)
{
	return (struct vdc_vm_look){
		.sight = sight_of(virt, vm, apply->host->id),
		.host = apply->host->id,
		.rebooted = apply->rebooted,
		.status = status_of(virt),
		.detail = detail_of(virt),
		.now = apply->now,
	};
}

/* What changed for the VM in the database; what the host runs is the truth about its hardware. */
static void take_configuration(const struct vdc_vm *read, struct vdc_vm *vm)
{
	vm->name = read->name;
	vm->memory = read->memory;
	vm->memory_max = read->memory_max;
	vm->vcpus = read->vcpus;
	vm->cpu_sockets = read->cpu_sockets;
	vm->cpu_cores = read->cpu_cores;
	vm->cpu_threads = read->cpu_threads;
	vm->cpu_mode = read->cpu_mode;
	vm->cpu_pinning = read->cpu_pinning;
	vm->numa_pinning = read->numa_pinning;
	vm->host_devices = read->host_devices;
	vm->machine_type = read->machine_type;
	vm->display_type = read->display_type;
	vm->bios_type = read->bios_type;
	vm->domain_xml = read->domain_xml;
	if (read->lease_storage_domain.id)
		vm->lease_storage_domain = read->lease_storage_domain;
	/* Policies that say more than the XML can are left alone. */
	if (!vm->cpu_pinning_policy || vm->cpu_pinning_policy <= VDC_PINNING_MANUAL)
		vm->cpu_pinning_policy = read->cpu_pinning_policy;
	if (!vm->custom_cpu_model)
		vm->custom_cpu_model = read->custom_cpu_model;
	if (!vm->description)
		vm->description = read->description;
	if (!vm->origin)
		vm->origin = read->origin;
	if (vm->memory_guaranteed == VDC_UNSET)
		vm->memory_guaranteed = read->memory_guaranteed;
}

static bool differs(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

static bool knows_domain(const struct vdc_apply *apply, const char *id)
{
	for (size_t i = 0; i < apply->domains.n; i++)
		if (strcmp(vdc_object_id(apply->domains.objects[i]), id) == 0)
			return true;
	return false;
}

/* Reads both XMLs: VM gets the configuration of its next start, DOMAIN the devices of now. */
static int read_xml(struct vdc_apply *apply, const struct vdc_virt_domain *virt, struct vdc_vm *vm,
		    struct vdc_domain *domain, struct vdc_err *err)
{
	struct vdc_vm *live = vdc_object_new(&vdc_vm_kind, apply->arena);
	struct vdc_vm *next = vdc_object_new(&vdc_vm_kind, apply->arena);
	struct vdc_domain unused;
	int r = vdc_domain_read(virt->xml, apply->arena, live, domain, err);

	if (!r && virt->next_xml)
		r = vdc_domain_read(virt->next_xml, apply->arena, next, &unused, err);
	else
		next = live;
	if (r)
		return vdc_err_prefix(err, "host %s: VM %s: ", apply->host->name, virt->name);
	if (next->lease_storage_domain.id && !knows_domain(apply, next->lease_storage_domain.id))
		next->lease_storage_domain.id = NULL;
	next->domain_xml =
		vdc_arena_strdup(apply->arena, virt->next_xml ? virt->next_xml : virt->xml);
	take_configuration(next, vm);
	if (runs(virt)) {
		vm->running_machine_type = live->machine_type;
		vm->next_run_configuration_exists =
			differs(live->machine_type, next->machine_type) ||
			live->memory_max != next->memory_max || live->vcpus != next->vcpus;
	}
	return 0;
}

/* Names are unique in a cluster for us; libvirt knows only those of one host. */
static int make_name_unique(struct vdc_apply *apply, struct vdc_vm *vm, struct vdc_err *err)
{
	char *holder = NULL;
	int r = vdc_store_vm_named(apply->db, vm->cluster.id, vm->name, apply->arena, &holder, err);

	if (!r && holder && strcmp(holder, vm->id) != 0)
		vm->name = vdc_arena_format(apply->arena, "%s-%.8s", vm->name, vm->id);
	return r;
}

static void take_verdict(struct vdc_apply *apply, const struct vdc_vm_verdict *verdict,
			 struct vdc_vm *vm)
{
	bool ran = vdc_vm_is_active(vm->status), runs_now = vdc_vm_is_active(verdict->status);

	vm->status = verdict->status;
	vm->status_detail = vdc_arena_strdup(apply->arena, verdict->detail);
	vm->host.id = vdc_arena_strdup(apply->arena, verdict->host);
	vm->lost_since = verdict->lost_since;
	if (verdict->news == VDC_VM_NEWS_STARTED) {
		vm->start_time = apply->now;
		vm->stop_time = VDC_UNSET;
	}
	if (ran && !runs_now)
		vm->stop_time = apply->now;
	if (verdict->exit || runs_now)
		vm->exit_status = verdict->exit;
	/* The process is that of the host's QEMU of this moment. */
	if (apply->host && (verdict->news == VDC_VM_NEWS_STARTED ||
			    verdict->news == VDC_VM_NEWS_MIGRATED || !vm->running_qemu_version))
		vm->running_qemu_version = runs_now ? apply->host->qemu_version : NULL;
	if (!runs_now) {
		vm->running_qemu_version = NULL;
		vm->running_machine_type = NULL;
		vm->next_run_configuration_exists = 0;
		if (vm->status != VDC_VM_SUSPENDED) /* its saved memory has that level */
			vm->running_level = (struct vdc_level){ -1, -1 };
	}
}

static int write_vm_sample(struct vdc_apply *apply, const struct vdc_look_domain *domain,
			   const char *id, struct vdc_err *err)
{
	int64_t rss = vdc_virt_stat(&domain->virt, "balloon.rss", -1);
	struct vdc_sample sample = {
		.time = apply->now,
		.cpu = domain->cpu,
		.memory_used = rss < 0 || rss > INT64_MAX / 1024 ? -1 : rss * 1024,
	};

	if (sample.cpu < 0 && sample.memory_used < 0)
		return 0;
	return vdc_store_vm_sample(apply->db, id, &sample, err);
}

static int get_vm(struct vdc_apply *apply, const char *uuid, struct vdc_vm **ret,
		  struct vdc_err *err)
{
	void *vm = NULL;
	int r = vdc_store_get(apply->db, &vdc_vm_kind, uuid, VDC_WITH_LONG, apply->arena, &vm, err);

	if (r && r != -ENOENT)
		return r;
	*ret = vm;
	return 0;
}

/* Its end was an event, and the host may not know it any more. */
static int apply_end(struct vdc_apply *apply, const struct vdc_look_domain *domain,
		     struct vdc_err *err)
{
	struct vdc_vm *before, *after;
	struct vdc_vm_look look;
	struct vdc_vm_verdict verdict;
	int r = get_vm(apply, domain->virt.uuid, &before, err);

	if (r || !before)
		return r;
	look = look_at(apply, &domain->virt, before);
	vdc_apply_no_sighting(apply, before, &look);
	verdict = vdc_vm_judge(before, &look);
	if (verdict.ignore)
		return 0;
	after = vdc_object_copy(&vdc_vm_kind, before, apply->arena);
	take_verdict(apply, &verdict, after);
	after->seen = apply->now;
	r = vdc_apply_write(apply, &vdc_vm_kind, before, after, err);
	return r ? r : vdc_apply_vm_news(apply, before, after, verdict.news, err);
}

static int write_vm(struct vdc_apply *apply, const struct vdc_look_domain *domain,
		    const struct vdc_vm *before, struct vdc_vm *after,
		    const struct vdc_domain *devices, struct vdc_err *err)
{
	bool local = false;
	int r = make_name_unique(apply, after, err);

	if (!r)
		r = vdc_apply_write(apply, &vdc_vm_kind, before, after, err);
	if (!r)
		r = vdc_apply_disks(apply, domain, devices, after, &local, err);
	if (!r && after->local_storage != local) {
		struct vdc_vm *with = vdc_object_copy(&vdc_vm_kind, after, apply->arena);

		with->local_storage = local;
		r = vdc_apply_write(apply, &vdc_vm_kind, after, with, err);
	}
	if (!r)
		r = vdc_apply_nics(apply, devices, after, err);
	if (!r && runs(&domain->virt))
		r = write_vm_sample(apply, domain, after->id, err);
	return r;
}

/* Of the two hosts one is ours; the event names the other as where the VM was. */
static int tell_twice(struct vdc_apply *apply, const struct vdc_vm *vm,
		      const struct vdc_vm_look *look, enum vdc_vm_news news, struct vdc_err *err)
{
	struct vdc_vm elsewhere = *vm;

	elsewhere.host.id = vdc_arena_strdup(apply->arena, look->rival);
	return vdc_apply_vm_news(apply, &elsewhere, vm, news, err);
}

static bool came_running(const struct vdc_virt_domain *virt, const struct vdc_vm_verdict *verdict)
{
	return verdict->news == VDC_VM_NEWS_MIGRATED || vdc_apply_came_by_migration(virt);
}

int vdc_apply_domain(struct vdc_apply *apply, const struct vdc_look_domain *domain,
		     struct vdc_err *err)
{
	const struct vdc_virt_domain *virt = &domain->virt;
	struct vdc_vm *before, *after, *was;
	struct vdc_vm_verdict verdict;
	struct vdc_vm_look look;
	struct vdc_domain devices;
	bool elsewhere;
	int r;

	if (domain->gone)
		return apply_end(apply, domain, err);
	if (!virt->uuid || !vdc_uuid_valid(virt->uuid) || !virt->xml)
		return vdc_err_set(err, -EBADMSG, "host %s: a VM without UUID or XML",
				   apply->host->name);
	r = get_vm(apply, virt->uuid, &before, err);
	if (r)
		return r;
	elsewhere = before && !is(before->cluster.id, apply->cluster->id);
	/* A definition that was left behind in another cluster says nothing about the VM. */
	if (elsewhere && !runs(virt) && !vdc_vm_is_active(before->status))
		return 0;
	was = before ?: vdc_object_new(&vdc_vm_kind, apply->arena);
	after = vdc_object_copy(&vdc_vm_kind, was, apply->arena);
	look = look_at(apply, virt, was);
	if (look.sight == VDC_VM_IS_OFF)
		vdc_apply_no_sighting(apply, was, &look);
	if (look.sight == VDC_VM_RUNS && !vdc_apply_sighting(apply, virt, was, &look)) {
		apply->result.vms++;
		return 0;
	}
	verdict = vdc_vm_judge(was, &look);
	apply->result.vms += look.rival || is(verdict.host, apply->host->id);
	if (verdict.ignore)
		return tell_twice(apply, was, &look, verdict.news, err);
	after->id = vdc_arena_strdup(apply->arena, virt->uuid);
	if (!before)
		after->cluster.id = apply->cluster->id;
	r = read_xml(apply, virt, after, &devices, err);
	if (r)
		return r;
	take_verdict(apply, &verdict, after);
	after->seen = apply->now;
	if (elsewhere && is(verdict.host, apply->host->id))
		r = vdc_apply_cluster(apply, was, came_running(virt, &verdict), after, err);
	if (!r)
		r = write_vm(apply, domain, before, after, &devices, err);
	if (!r)
		r = vdc_apply_vm_news(apply, was, after, verdict.news, err);
	return r ? r : vdc_apply_vm_mode(apply, was, after, err);
}

int vdc_apply_absence(struct vdc_apply *apply, const struct vdc_vm *vm, enum vdc_vm_sight sight,
		      bool last_chance, struct vdc_err *err)
{
	struct vdc_vm_look look = {
		.sight = sight,
		.host = vm->host.id,
		.rebooted = apply->rebooted,
		.last_chance = last_chance,
		.now = apply->now,
	};
	struct vdc_vm_verdict verdict;
	struct vdc_vm *after;
	int r;

	if (sight == VDC_VM_MISSING && !last_chance)
		vdc_apply_no_sighting(apply, vm, &look);
	verdict = vdc_vm_judge(vm, &look);
	if (verdict.ignore)
		return 0;
	after = vdc_object_copy(&vdc_vm_kind, vm, apply->arena);
	take_verdict(apply, &verdict, after);
	r = vdc_apply_write(apply, &vdc_vm_kind, vm, after, err);
	return r ? r : vdc_apply_vm_news(apply, vm, after, verdict.news, err);
}
