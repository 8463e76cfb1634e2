/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known about a VM that is to be upgraded, and what its host says of it now. */
#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "act/errand.h"
#include "act/look.h"
#include "act/vm_upgrade_work.h"
#include "base/setting.h"
#include "store/job.h"

enum { AT_ONCE = 16 };

struct asked {
	struct vdc_host *host;
	struct vdc_target target;
	const char *vm_id;
	struct vdc_virt_now now;
	bool answered;
};

static int ask(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct asked *asked = ctx;
	struct vdc_virt_now now;
	vdc_autovirt *virt = NULL;
	int r = vdc_virt_open(asked->target.uri, VDC_VIRT_READ_ONLY, &virt, err);

	if (!r)
		r = vdc_virt_now(virt, asked->vm_id, &now, err);
	return r ? r : vdc_send(sender, &now, sizeof(now));
}

/* The text of the reason is a constant of the same program at the same address. */
static int heard(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct asked *asked = ctx;

	asked->answered = len == sizeof(asked->now);
	if (asked->answered)
		memcpy(&asked->now, data, len);
	return 0;
}

struct gathered {
	struct vdc_db *db;
	struct vdc_arena *arena;
	const struct vdc_vm_upgrade_options *options;
	struct vdc_vm_upgrade_case *ret;
	struct asked *asked;
	size_t n;
	bool busy; /* another process is upgrading just this VM */
};

static void add_host(struct gathered *g, struct vdc_host *host)
{
	g->asked[g->n++] = (struct asked){
		.host = host,
		.vm_id = g->ret->vm->id,
		.target = vdc_target_of(host, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
					g->arena),
	};
}

/* The host that it runs on; else those of the cluster that could have it defined. */
static int choose_hosts(struct gathered *g, struct vdc_err *err)
{
	const struct vdc_vm *vm = g->ret->vm;
	struct vdc_objects hosts;
	int r = vdc_gather(g->db, &vdc_host_kind, "cluster", vm->cluster.id, g->arena, &hosts, err);

	if (r)
		return r;
	g->asked = vdc_arena_alloc(g->arena, (hosts.n + 1) * sizeof(*g->asked));
	for (size_t i = 0; i < hosts.n; i++) {
		struct vdc_host *host = hosts.objects[i];
		bool wanted = vm->host.id ? strcmp(vm->host.id, host->id) == 0
					  : host->status == VDC_HOST_UP;

		if (!vm->host.id && g->options->host)
			wanted = strcmp(g->options->host, host->name) == 0;
		if (wanted)
			add_host(g, host);
	}
	if (!g->n && !vm->host.id && g->options->host)
		return vdc_err_set(err, -ENOENT, "cluster %s has no host %s", g->ret->cluster->name,
				   g->options->host);
	if (!g->n)
		return vdc_err_set(err, -EHOSTUNREACH,
				   "VM %s: no host of cluster %s is up: see inventory sync",
				   vm->name, g->ret->cluster->name);
	return 0;
}

static int ask_hosts(struct gathered *g, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(AT_ONCE);
	int r = vdc_virt_load(err);

	for (size_t i = 0; !r && i < g->n; i++)
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &g->asked[i],
					   .work = ask,
					   .got = heard,
					   .limit_us = g->asked[i].target.limit_us,
				   });
	return r ? r : vdc_pool_run(pool, -1, err);
}

/* A definition may have been left behind on several hosts. */
static int choose_host(struct gathered *g, const struct asked **ret, struct vdc_err *err)
{
	const struct asked *found = NULL, *any = NULL;

	for (size_t i = 0; i < g->n; i++) {
		const struct asked *asked = &g->asked[i];

		if (!asked->answered)
			continue;
		any = any ?: asked;
		if (!asked->now.known)
			continue;
		if (found)
			return vdc_err_set(err, -EINVAL,
					   "VM %s is defined on hosts %s and %s: say with --host "
					   "where to start it",
					   g->ret->vm->name, found->host->name, asked->host->name);
		found = asked;
	}
	if (!any)
		return vdc_err_set(err, -EHOSTUNREACH, "host %s does not answer",
				   g->asked->host->name);
	*ret = found ?: any;
	return 0;
}

static int64_t status_of(const struct vdc_virt_now *now)
{
	if (!now->known || !vdc_virt_is_active(now->state))
		return now->managed_save ? VDC_VM_SUSPENDED : VDC_VM_DOWN;
	switch (now->state) {
	case VDC_VIRT_RUNNING:
	case VDC_VIRT_BLOCKED:
		return VDC_VM_UP;
	case VDC_VIRT_SHUTDOWN:
		return VDC_VM_POWERING_DOWN;
	default:
		return VDC_VM_PAUSED;
	}
}

/* What the host says now counts; since when it is off is then not known. */
static void take_state(struct vdc_vm *vm, const struct asked *asked)
{
	int64_t status = status_of(&asked->now);

	if (status == vm->status)
		return;
	if (status == VDC_VM_DOWN && vm->status != VDC_VM_IMAGE_LOCKED &&
	    vm->status != VDC_VM_IMAGE_ILLEGAL)
		vm->stop_time = VDC_UNSET;
	else if (status == VDC_VM_DOWN)
		return;
	vm->status = status;
	if (status == VDC_VM_DOWN)
		vm->running_machine_type = NULL;
}

static int read_domain(struct gathered *g, struct vdc_vm_disk *disk, struct vdc_err *err)
{
	void *domain;
	int r;

	if (!disk->disk->storage_domain.id)
		return 0;
	r = vdc_store_get(g->db, &vdc_storage_domain_kind, disk->disk->storage_domain.id, 0,
			  g->arena, &domain, err);
	if (!r)
		disk->domain = domain;
	return r;
}

static int read_disks(struct gathered *g, struct vdc_vm_upgrade_input *input, struct vdc_err *err)
{
	struct vdc_objects attachments;
	struct vdc_vm_disk *disks;
	int r = vdc_gather(g->db, &vdc_disk_attachment_kind, "vm", input->vm->id, g->arena,
			   &attachments, err);

	if (r)
		return r;
	disks = vdc_arena_alloc(g->arena, (attachments.n + 1) * sizeof(*disks));
	for (size_t i = 0; !r && i < attachments.n; i++) {
		void *disk;

		disks[i].attachment = attachments.objects[i];
		r = vdc_store_get(g->db, &vdc_disk_kind, disks[i].attachment->disk.id, 0, g->arena,
				  &disk, err);
		if (!r)
			disks[i].disk = disk;
		if (!r)
			r = read_domain(g, &disks[i], err);
	}
	input->disks = disks;
	input->n_disks = attachments.n;
	return r;
}

static int read_snapshots(struct gathered *g, struct vdc_vm_upgrade_input *input,
			  struct vdc_err *err)
{
	struct vdc_objects snapshots;
	int r = vdc_gather(g->db, &vdc_snapshot_kind, "vm", input->vm->id, g->arena, &snapshots,
			   err);

	if (r)
		return r;
	input->snapshots = (const struct vdc_snapshot *const *)(const void *)snapshots.objects;
	input->n_snapshots = snapshots.n;
	return 0;
}

/* Another one of the cluster that is being upgraded, or was when its process ended. */
static int read_open_job(struct gathered *g, struct vdc_vm_upgrade_input *input,
			 struct vdc_err *err)
{
	struct vdc_vm_upgrade_case *ret = g->ret;
	char *id, *owner = NULL;
	const struct vdc_job *job;
	void *object;
	int r = vdc_job_open_in_cluster(g->db, VDC_VM_UPGRADE_ACTION, ret->cluster->id, g->arena,
					&id, err);

	if (r || !id)
		return r;
	r = vdc_store_get(g->db, &vdc_job_kind, id, 0, g->arena, &object, err);
	if (!r)
		r = vdc_job_owner(g->db, id, g->arena, &owner, err);
	if (r)
		return r;
	job = object;
	if (owner)
		input->other = vdc_arena_format(g->arena, "%s (by %s)", job->object_name, owner);
	else
		ret->unfinished = job->object_name;
	g->busy = owner && strcmp(job->object_id, ret->vm->id) == 0;
	ret->goes_on = !owner && strcmp(job->object_id, ret->vm->id) == 0;
	return 0;
}

/* Of the cluster; without one the level that the machine type belongs to. */
static void find_levels(struct gathered *g, const struct vdc_catalogue *catalogue,
			struct vdc_vm_upgrade_input *input)
{
	const struct vdc_cluster *cluster = g->ret->cluster;
	const struct vdc_level_family *family =
		catalogue ? vdc_catalogue_family(catalogue, cluster->level_family) : NULL;
	int at = family ? vdc_family_level(family, cluster->version) : -1;

	if (at >= 0)
		input->level = &family->levels[at];
	g->ret->barrier = cluster->version;
	g->ret->plan = vdc_plan_vm_upgrade(input, g->arena);
	if (cluster->version.major >= 0 || !family)
		return;
	at = vdc_family_machine_level(family, input->host->architecture, g->ret->plan.machine);
	if (at >= 0)
		g->ret->barrier = family->levels[at].level;
}

static int read_case(struct gathered *g, const char *vm_id, struct vdc_err *err)
{
	void *vm, *cluster;
	int r = vdc_store_get(g->db, &vdc_vm_kind, vm_id, VDC_WITH_LONG, g->arena, &vm, err);

	if (!r)
		r = vdc_store_get(g->db, &vdc_cluster_kind, ((struct vdc_vm *)vm)->cluster.id, 0,
				  g->arena, &cluster, err);
	if (r)
		return r;
	g->ret->vm = vm;
	g->ret->cluster = cluster;
	return 0;
}

int vdc_vm_upgrade_look(struct vdc_db *db, const struct vdc_catalogue *catalogue, const char *vm_id,
			const struct vdc_vm_upgrade_options *options, struct vdc_arena *arena,
			struct vdc_vm_upgrade_case *ret, struct vdc_err *err)
{
	struct vdc_vm_upgrade_case found = { 0 };
	struct gathered g = { .db = db, .arena = arena, .options = options, .ret = &found };
	struct vdc_vm_upgrade_input input = {
		.chipset = options->chipset,
		.power_off = options->power_off,
		.snapshot = options->snapshot,
		.no_backup = options->no_backup,
	};
	const struct asked *asked;
	int r = read_case(&g, vm_id, err);

	if (!r)
		r = choose_hosts(&g, err);
	if (!r)
		r = ask_hosts(&g, err);
	if (!r)
		r = choose_host(&g, &asked, err);
	if (r)
		return r;
	take_state(found.vm, asked);
	found.host = asked->host;
	input.vm = found.vm;
	input.cluster = found.cluster;
	input.host = found.host;
	r = read_disks(&g, &input, err);
	if (!r)
		r = read_snapshots(&g, &input, err);
	if (!r)
		r = read_open_job(&g, &input, err);
	if (r)
		return r;
	find_levels(&g, catalogue, &input);
	if (found.goes_on) /* it was looked at when it was begun */
		found.plan.n_blockers = 0;
	if (g.busy) { /* in the middle of it the VM may be in any state */
		found.plan.blockers += found.plan.n_blockers - 1;
		found.plan.n_blockers = 1;
	}
	*ret = found;
	return 0;
}
