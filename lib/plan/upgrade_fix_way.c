/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done to VMs, hosts and storage, beside changing an attribute. */
#include <string.h>

#include "model/storage_domain.h"
#include "plan/drain.h"
#include "plan/upgrade_fix_part.h"
#include "plan/vm_status.h"

/* "VERB KIND NAME REST", and what follows from it. */
struct words {
	const char *verb, *rest, *means;
};

static struct vdc_upgrade_fix new_fix(const struct fixing *fixing,
				      const struct vdc_finding *finding,
				      enum vdc_upgrade_fix_way way, const struct vdc_kind *kind,
				      const void *object, const struct words *words)
{
	return (struct vdc_upgrade_fix){
		.finding = finding,
		.way = way,
		.kind = kind,
		.object = object,
		.offer = vdc_arena_format(fixing->arena, "%s %s %s%s", words->verb, kind->word,
					  vdc_object_name(kind, object), words->rest),
		.means = words->means,
	};
}

/* Somebody may want things as they are: he is asked. */
static void add_instead(struct fixing *fixing, struct vdc_upgrade_fix fix)
{
	fix.instead_of = fixing->first;
	fix.asks = true;
	fixing_add(fixing, &fix);
}

static void stop(struct fixing *fixing, const struct vdc_finding *finding, const void *vm,
		 const char *verb)
{
	const struct words words = { verb, "", "it is off until somebody starts it" };

	add_instead(fixing, new_fix(fixing, finding, VDC_FIX_STOP, &vdc_vm_kind, vm, &words));
}

static void wake(struct fixing *fixing, const struct vdc_finding *finding, const void *object)
{
	static const struct words words = { "resume", "",
					    "it runs again on the host that has its memory" };
	const struct vdc_upgrade_fix fix =
		new_fix(fixing, finding, VDC_FIX_RESUME, &vdc_vm_kind, object, &words);

	fixing_add(fixing, &fix);
	stop(fixing, finding, object, "resume and shut down");
}

/* A host that keeps its place while others are upgraded, and takes the VM. */
static const struct vdc_host *refuge(const struct fixing *fixing, const struct vdc_vm *vm)
{
	const struct vdc_upgrade_snapshot *s = fixing->question->snapshot;
	const struct vdc_place_query query = {
		.vm = vm,
		.accept_unknown = fixing->question->accept_unknown,
	};

	if (vdc_plan_unmovable(vm, s->cluster, fixing->arena))
		return NULL;
	for (uint32_t h = 0; h < s->input.n_hosts; h++) {
		const struct vdc_host *host = s->hosts[h];

		if (!s->input.hosts[h].selected && !s->input.hosts[h].away &&
		    !(vm->host.id && strcmp(vm->host.id, host->id) == 0) &&
		    !vdc_place_refuses(s->placement, &query, host, fixing->arena, NULL))
			return host;
	}
	return NULL;
}

static void clear(struct fixing *fixing, const struct vdc_finding *finding, const void *object)
{
	const struct vdc_host *to = refuge(fixing, object);
	struct words words = { "migrate", "", "it runs there, on a host that is not upgraded" };
	struct vdc_upgrade_fix fix;

	if (to) {
		words.rest = vdc_arena_format(fixing->arena, " to host %s", to->name);
		fix = new_fix(fixing, finding, VDC_FIX_MOVE, &vdc_vm_kind, object, &words);
		fix.to = to;
		add_instead(fixing, fix);
	}
	stop(fixing, finding, object, "shut down");
}

/* What runs with that which goes from its definition; it is no remedy in place of that. */
static void end_what_runs(struct fixing *fixing, const struct vdc_finding *finding,
			  const void *object)
{
	static const struct words words = { "shut down", "",
					    "it is off until somebody starts it, as it is defined "
					    "then" };
	const struct vdc_vm *vm = object;
	struct vdc_upgrade_fix fix =
		new_fix(fixing, finding, VDC_FIX_STOP, &vdc_vm_kind, vm, &words);

	fix.asks = true;
	if (vm->host.id && vdc_vm_is_active(vm->status))
		fixing_add(fixing, &fix);
}

static void read_host(struct fixing *fixing, const struct vdc_finding *finding, const void *host,
		      const char *means)
{
	const struct words words = { "read", " anew", means };
	const struct vdc_upgrade_fix fix =
		new_fix(fixing, finding, VDC_FIX_READ, &vdc_host_kind, host, &words);

	fixing_add(fixing, &fix);
}

/* What is not known of a host may be known once somebody looks. */
static void look(struct fixing *fixing, const struct vdc_finding *finding, const void *object)
{
	read_host(fixing, finding, object, "what is known of it changes, and its status with it");
}

static void revive(struct fixing *fixing, const struct vdc_finding *finding, const void *object)
{
	static const struct words words = { "restart the libvirt daemons of", "",
					    "its virtual machines go on, and it is read anew" };

	look(fixing, finding, object);
	add_instead(fixing, new_fix(fixing, finding, VDC_FIX_SOFT, &vdc_host_kind, object, &words));
}

static void measure(struct fixing *fixing, const struct vdc_finding *finding,
		    const void *object vdc_unused)
{
	const struct vdc_upgrade_snapshot *s = fixing->question->snapshot;

	for (uint32_t h = 0; h < s->input.n_hosts; h++)
		if (!s->input.hosts[h].away &&
		    vdc_placement_cpu_used(s->placement, s->hosts[h]) == VDC_UNSET)
			read_host(fixing, finding, s->hosts[h], "its load is measured");
}

static void activate(struct fixing *fixing, const struct vdc_finding *finding, const void *object)
{
	static const struct words words = { "activate", "",
					    "it takes virtual machines again if it is well" };
	const struct vdc_host *host = object;

	if (host->status == VDC_HOST_MAINTENANCE || host->status == VDC_HOST_NON_OPERATIONAL ||
	    host->status == VDC_HOST_INSTALL_FAILED)
		add_instead(fixing, new_fix(fixing, finding, VDC_FIX_ACTIVATE, &vdc_host_kind, host,
					    &words));
}

static void read_storage(struct fixing *fixing, const struct vdc_finding *finding,
			 const struct vdc_kind *kind, const void *object, const char *verb)
{
	const struct words words = {
		verb, " anew",
		"what hosts read is active again, and a host that alone reads less than the others "
		"becomes non_operational"
	};
	const struct vdc_upgrade_fix fix =
		new_fix(fixing, finding, VDC_FIX_STORAGE, kind, object, &words);

	fixing_add(fixing, &fix);
}

static void read_domain(struct fixing *fixing, const struct vdc_finding *finding,
			const void *object)
{
	read_storage(fixing, finding, &vdc_storage_domain_kind, object, "have hosts read");
}

static void read_reach(struct fixing *fixing, const struct vdc_finding *finding, const void *object)
{
	read_storage(fixing, finding, &vdc_host_kind, object, "read the storage of");
}

static void look_for_updates(struct fixing *fixing, const struct vdc_finding *finding,
			     const void *object)
{
	static const struct words words = {
		"look for updates of the hosts of", "",
		"what they can get is recorded, and nothing is installed"
	};
	const struct vdc_upgrade_fix fix =
		new_fix(fixing, finding, VDC_FIX_UPDATES, &vdc_cluster_kind, object, &words);

	fixing_add(fixing, &fix);
}

static const struct {
	const char *code;
	const struct vdc_kind *kind;
	void (*fix)(struct fixing *fixing, const struct vdc_finding *finding, const void *object);
} ways[] = {
	{ "VM_SUSPENDED", &vdc_vm_kind, wake },
	{ "VM_BLOCKS_DRAIN", &vdc_vm_kind, clear },
	{ "VM_MACHINE_REMOVED", &vdc_vm_kind, end_what_runs },
	{ "VM_PCI_PASSTHROUGH", &vdc_vm_kind, end_what_runs },
	{ "HOST_OS_UNREADABLE", &vdc_host_kind, look },
	{ "HOST_NON_RESPONSIVE", &vdc_host_kind, revive },
	{ "HOST_AWAY", &vdc_host_kind, activate },
	{ "CPU_UNKNOWN", &vdc_cluster_kind, measure },
	{ "STORAGE_DOMAIN_NOT_ACTIVE", &vdc_storage_domain_kind, read_domain },
	{ "STORAGE_DOMAIN_NOT_REACHED", &vdc_host_kind, read_reach },
	{ "NO_HOST_TO_UPGRADE", &vdc_cluster_kind, look_for_updates },
};

void fixing_way(struct fixing *fixing, const struct vdc_finding *finding)
{
	const struct vdc_world *world = fixing->question->world;

	for (size_t i = 0; i < VDC_COUNT(ways); i++) {
		const void *object =
			strcmp(finding->code, ways[i].code) == 0
				? vdc_world_find(world, ways[i].kind, finding->object_id)
				: NULL;

		if (object)
			ways[i].fix(fixing, finding, object);
	}
}
