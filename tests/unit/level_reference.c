/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "level_reference.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Both ends are spaces, so that no word is found inside of another. */
static bool has_word(const char *words, const char *word)
{
	char all[4096], one[256];

	if (!words)
		return false;
	snprintf(all, sizeof(all), " %s ", words);
	snprintf(one, sizeof(one), " %s ", word);
	return strstr(all, one);
}

/* In our worlds all versions are numbers and dots. */
static uint64_t number(const char *version)
{
	unsigned part[4] = { 0, 0, 0, 0 };
	uint64_t all = 0;

	if (version)
		sscanf(version, "%u.%u.%u.%u", &part[0], &part[1], &part[2], &part[3]);
	for (int i = 0; i < 4; i++)
		all = all * 65536 + part[i];
	return all;
}

static bool within(const char *version, uint64_t from, uint64_t below)
{
	uint64_t n = number(version);

	if (n == 0)
		return from == 0 && below == 0;
	return n >= from && (below == 0 || n < below);
}

static bool has_os(const struct vdc_level_support *need, const struct vdc_host *host)
{
	char id[64] = "";

	if (!need->os_ids)
		return true;
	for (size_t i = 0; host->os_type && host->os_type[i] && i < sizeof(id) - 1; i++)
		id[i] = (char)(host->os_type[i] | ' ');
	return id[0] && has_word(need->os_ids, id) &&
	       within(host->os_version, need->os_from, need->os_below);
}

static bool offers_one(const struct vdc_level_entry *entry, const struct vdc_host *host)
{
	for (size_t i = 0; i < entry->n_machines; i++)
		if (same(entry->machines[i].architecture, host->architecture) &&
		    has_word(host->machine_types, entry->machines[i].name))
			return true;
	return false;
}

bool ref_host_can(const struct vdc_level_family *family, const struct vdc_host *host, size_t level)
{
	const struct vdc_level_entry *entry = &family->levels[level];

	for (size_t i = 0; i < entry->n_supports; i++) {
		const struct vdc_level_support *need = &entry->supports[i];

		if (within(host->agent_version, need->agent_from, need->agent_below) &&
		    within(host->libvirt_version, need->libvirt_from, need->libvirt_below) &&
		    within(host->qemu_version, need->qemu_from, need->qemu_below) &&
		    has_os(need, host) &&
		    (!need->architecture || same(need->architecture, host->architecture)) &&
		    (!need->machine || offers_one(entry, host)))
			return true;
	}
	return false;
}

bool ref_host_counts(const struct vdc_host *host)
{
	static const char *const there[] = { "up", "maintenance", "preparing_for_maintenance",
					     "non_operational", "error" };

	for (size_t i = 0; i < VDC_COUNT(there); i++)
		if (same(vdc_enum_word(&vdc_host_status_values, host->status), there[i]))
			return true;
	return false;
}

#define EACH(type, var, w, kind, n_, all_)                       \
	void *const *all_;                                       \
	size_t n_ = vdc_world_all((w)->world, &(kind), &(all_)); \
	const struct type *var;                                  \
	for (size_t i_##var = 0; i_##var < (n_) && ((var) = (all_)[i_##var], true); i_##var++)

static bool has_level(const struct vdc_level_family *family, struct vdc_level level)
{
	for (size_t i = 0; i < family->n_levels; i++)
		if (family->levels[i].level.major == level.major &&
		    family->levels[i].level.minor == level.minor)
			return true;
	return false;
}

static bool can_any(const struct vdc_level_family *family, const struct vdc_host *host)
{
	for (size_t i = 0; i < family->n_levels; i++)
		if (ref_host_can(family, host, i))
			return true;
	return false;
}

static int hosts_that_can(const struct test_world *w, const struct vdc_level_family *family,
			  const struct vdc_cluster *cluster)
{
	int count = 0;

	EACH(vdc_host, host, w, vdc_host_kind, n, all)
	count += same(host->cluster.id, cluster->id) && can_any(family, host);
	return count;
}

const struct vdc_level_family *ref_family(const struct test_world *w,
					  const struct vdc_cluster *cluster)
{
	const struct vdc_level_family *best = NULL;
	int most = -1;

	for (size_t i = 0; i < test_catalogue.n_families; i++) {
		const struct vdc_level_family *family = &test_catalogue.families[i];
		int points = hosts_that_can(w, family, cluster);

		if (cluster->level_family && same(cluster->level_family, family->name))
			return family;
		if (cluster->version.major >= 0 && has_level(family, cluster->version))
			points += 1000;
		if (points > most) {
			most = points;
			best = family;
		}
	}
	return best;
}

static bool all_hosts_run(const struct test_world *w, const struct vdc_cluster *cluster,
			  size_t level)
{
	const struct vdc_level_family *family = ref_family(w, cluster);

	EACH(vdc_host, host, w, vdc_host_kind, n, all)
	if (same(host->cluster.id, cluster->id) &&
	    !(ref_host_counts(host) && ref_host_can(family, host, level)))
		return false;
	return true;
}

static long value(struct vdc_level level)
{
	return level.major < 0 ? -1 : level.major * 100000L + level.minor;
}

bool ref_cluster_offers(const struct test_world *w, const struct vdc_cluster *cluster, size_t level)
{
	return value(ref_family(w, cluster)->levels[level].level) > value(cluster->version) &&
	       all_hosts_run(w, cluster, level);
}

bool ref_data_center_offers(const struct test_world *w, const struct vdc_data_center *dc,
			    const struct vdc_level_family *family, size_t level)
{
	long wanted = value(family->levels[level].level);

	if (wanted <= value(dc->version))
		return false;
	EACH(vdc_cluster, cluster, w, vdc_cluster_kind, n, all)
	if (same(cluster->data_center.id, dc->id) && value(cluster->version) < wanted)
		return false;
	return true;
}

static const struct vdc_level_entry *entry_of(const struct vdc_level_family *family,
					      struct vdc_level level)
{
	const struct vdc_level_entry *entry = NULL;

	for (size_t i = 0; i < family->n_levels; i++)
		if (value(family->levels[i].level) <= value(level))
			entry = &family->levels[i];
	return entry;
}

static const struct vdc_level_machine *
machine_in(const struct vdc_level_entry *entry, const struct vdc_cluster *cluster, const char *name)
{
	for (size_t i = 0; name && i < entry->n_machines; i++)
		if (same(entry->machines[i].name, name) &&
		    same(entry->machines[i].architecture, cluster->cpu_architecture))
			return &entry->machines[i];
	return NULL;
}

/* The newest level that has it. */
static const struct vdc_level_entry *level_of_machine(const struct vdc_level_family *family,
						      const struct vdc_cluster *cluster,
						      const char *name)
{
	const struct vdc_level_entry *newest = NULL;

	for (size_t i = 0; i < family->n_levels; i++)
		if (machine_in(&family->levels[i], cluster, name))
			newest = &family->levels[i];
	return newest;
}

static const struct vdc_host *host_without(const struct test_world *w,
					   const struct vdc_cluster *cluster, const char *machine)
{
	EACH(vdc_host, host, w, vdc_host_kind, n, all)
	if (same(host->cluster.id, cluster->id) && host->machine_types &&
	    !has_word(host->machine_types, machine))
		return host;
	return NULL;
}

static const char *machine_for(const struct test_world *w, const struct vdc_cluster *cluster,
			       const struct vdc_level_entry *entry, const char *chipset)
{
	const char *first = NULL;

	for (size_t i = 0; i < entry->n_machines; i++) {
		const struct vdc_level_machine *m = &entry->machines[i];

		if (!same(m->chipset, chipset) || !same(m->architecture, cluster->cpu_architecture))
			continue;
		if (!host_without(w, cluster, m->name))
			return m->name;
		first = first ? first : m->name;
	}
	return first;
}

static bool is_held(const struct vdc_vm *vm)
{
	static const char *const off[] = { "", "unassigned", "down", "image_locked",
					   "image_illegal" };

	for (size_t i = 0; i < VDC_COUNT(off); i++)
		if (same(vdc_enum_word(&vdc_vm_status_values, vm->status), off[i]))
			return false;
	return true;
}

static bool feature(const struct vdc_level_family *family, const struct vdc_level_entry *entry,
		    const char *name, const struct vdc_cluster *cluster)
{
	for (size_t i = 0; entry && i < family->n_features; i++) {
		const struct vdc_level_feature *f = &family->features[i];

		if (same(f->name, name))
			return (f->levels >> (entry - family->levels) & 1) &&
			       (!f->architectures ||
				has_word(f->architectures, cluster->cpu_architecture));
	}
	return false;
}

static bool knows(const struct vdc_level_family *family, const char *name)
{
	for (size_t i = 0; i < family->n_features; i++)
		if (same(family->features[i].name, name))
			return true;
	return false;
}

static bool is_uefi(const struct vdc_cluster *cluster, const struct vdc_vm *vm)
{
	int64_t bios =
		vm->bios_type > VDC_BIOS_CLUSTER_DEFAULT ? vm->bios_type : cluster->bios_type;

	return bios >= VDC_BIOS_Q35_OVMF;
}

static int64_t less(int64_t a, int64_t b)
{
	return b == VDC_UNSET || a < b ? a : b;
}

/* Takes one socket after the other, then cores, then threads, until it fits. */
static void fit(struct vdc_vm *vm, const struct vdc_level_limits *most)
{
	int64_t s = vm->cpu_sockets > 0 ? vm->cpu_sockets : 1,
		c = vm->cpu_cores > 0 ? vm->cpu_cores : 1,
		t = vm->cpu_threads > 0 ? vm->cpu_threads : 1;
	bool told = vm->cpu_sockets > 0 || vm->cpu_cores > 0 || vm->cpu_threads > 0;

	s = less(s, most->sockets);
	c = less(c, most->cores_per_socket);
	t = less(t, most->threads_per_core);
	while (most->vcpus != VDC_UNSET && s * c * t > most->vcpus) {
		if (s > 1)
			s--;
		else if (c > 1)
			c--;
		else
			t--;
	}
	vm->cpu_sockets = less(vm->cpu_sockets, s);
	vm->cpu_cores = less(vm->cpu_cores, c);
	vm->cpu_threads = less(vm->cpu_threads, t);
	vm->vcpus = less(vm->vcpus, told ? s * c * t : most->vcpus);
	vm->memory = less(vm->memory, most->memory);
	vm->memory_max = less(vm->memory_max, most->memory);
	vm->memory_guaranteed = less(vm->memory_guaranteed, most->memory);
}

static struct vdc_level runs_at(const struct vdc_level_family *family,
				const struct vdc_cluster *cluster, const struct vdc_vm *vm)
{
	const char *name = vm->running_machine_type ? vm->running_machine_type : vm->machine_type;
	const struct vdc_level_entry *newest, *now = NULL;

	if (!name)
		name = vm->custom_emulated_machine;
	newest = level_of_machine(family, cluster, name);
	if (has_level(family, cluster->version))
		now = entry_of(family, cluster->version);
	if (newest && !(now && machine_in(now, cluster, name)))
		return newest->level;
	return cluster->version;
}

enum vdc_vm_level_effect ref_vm_after(const struct test_world *w,
				      const struct vdc_level_question *question,
				      const struct vdc_vm *vm, struct vdc_vm *after)
{
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_family *family = ref_family(w, cluster);
	const struct vdc_level_entry *to = entry_of(family, question->to), *has;
	bool raises = value(question->to) > value(cluster->version);
	struct vdc_level_limits limits = { VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET };

	*after = *vm;
	if (vm->custom_compatibility_version.major >= 0 || vm->compatibility_mode == 1 ||
	    (vm->origin && strcasecmp(vm->origin, "external") == 0))
		return VDC_LEVEL_OWN;
	has = level_of_machine(family, cluster, vm->machine_type);
	if (has && !vm->custom_emulated_machine && !machine_in(to, cluster, vm->machine_type) &&
	    (value(has->level) < value(to->level)) == raises) {
		const char *chipset = machine_in(has, cluster, vm->machine_type)->chipset;

		after->machine_type = test_text(machine_for(w, cluster, to, chipset));
		if (!after->machine_type) {
			after->machine_type = vm->machine_type;
			after->custom_compatibility_version = cluster->version;
			return VDC_LEVEL_REFUSED;
		}
	}
	for (size_t i = 0; i < to->n_limits; i++)
		if (same(to->limits[i].architecture, cluster->cpu_architecture))
			limits = to->limits[i].limits;
	fit(after, &limits);
	if (same(vm->display_type, "cirrus") && knows(family, "cirrus_display") &&
	    !feature(family, to, "cirrus_display", cluster))
		after->display_type = test_text("vga");
	if (same(vm->display_type, "bochs") && knows(family, "bochs_display") &&
	    !(feature(family, to, "bochs_display", cluster) && is_uefi(cluster, vm)))
		after->display_type = test_text("vga");
	if (!is_held(vm))
		return VDC_LEVEL_NOW;
	after->next_run_configuration_exists = 1;
	if (vm->running_level.major < 0)
		after->running_level = runs_at(family, cluster, vm);
	return VDC_LEVEL_PENDING;
}

/* Findings */

struct found {
	const struct test_world *w;
	const char **texts;
	size_t n, most;
};

static void add(struct found *found, const char *code, const char *id)
{
	if (found->n < found->most)
		found->texts[found->n++] = vdc_arena_format(found->w->arena, "%s:%s", code, id);
}

static bool removed(const struct vdc_level_family *family, const struct vdc_cluster *cluster,
		    const char *machine, uint64_t qemu)
{
	for (size_t i = 0; machine && i < family->n_removals; i++)
		if (same(family->removals[i].machine, machine) &&
		    same(family->removals[i].architecture, cluster->cpu_architecture) &&
		    qemu >= family->removals[i].qemu)
			return true;
	return false;
}

static void find_hosts(struct found *found, const struct vdc_level_question *question)
{
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_family *family = ref_family(found->w, cluster);
	size_t to = (size_t)(entry_of(family, question->to) - family->levels), count = 0;

	EACH(vdc_host, host, found->w, vdc_host_kind, n, all)
	{
		if (!same(host->cluster.id, cluster->id))
			continue;
		count++;
		if (!ref_host_counts(host))
			add(found, "HOST_UNREACHABLE", host->id);
		if (!ref_host_can(family, host, to))
			add(found, "HOST_LEVEL_TOO_LOW", host->id);
	}
	if (!count)
		add(found, "CLUSTER_WITHOUT_HOSTS", cluster->id);
	for (size_t i = 0; i < family->n_features; i++)
		if (feature(family, entry_of(family, cluster->version), family->features[i].name,
			    cluster) &&
		    !feature(family, &family->levels[to], family->features[i].name, cluster)) {
			add(found, "LEVEL_DROPS_FEATURES", cluster->id);
			break;
		}
}

static bool has_part(const struct test_world *w, const struct vdc_vm *vm, const char *what)
{
	EACH(vdc_vm_nic, nic, w, vdc_vm_nic_kind, n, all)
	if (same(nic->vm.id, vm->id) && same(nic->interface, what))
		return true;
	EACH(vdc_snapshot, snapshot, w, vdc_snapshot_kind, n2, all2)
	if (same(snapshot->vm.id, vm->id) &&
	    ((same(what, "memory") && snapshot->memory == 1) ||
	     (same(what, "preview") && (snapshot->type == VDC_SNAPSHOT_PREVIEW ||
					snapshot->status == VDC_SNAPSHOT_IN_PREVIEW))))
		return true;
	return false;
}

static void find_own(struct found *found, const struct vdc_level_question *question,
		     const struct vdc_vm *vm)
{
	const struct vdc_level_family *family = ref_family(found->w, question->cluster);
	struct vdc_level own = vm->custom_compatibility_version;

	if (vm->compatibility_mode == 1)
		add(found, "VM_COMPATIBILITY_MODE", vm->id);
	if (own.major < 0 || (vm->origin && strcasecmp(vm->origin, "external") == 0))
		return;
	add(found, "VM_OWN_LEVEL", vm->id);
	if (!has_level(family, own) ||
	    !all_hosts_run(found->w, question->cluster,
			   (size_t)(entry_of(family, own) - family->levels)))
		add(found, "VM_OWN_LEVEL_NOT_RUN", vm->id);
}

static void find_follower(struct found *found, const struct vdc_level_question *question,
			  const struct vdc_vm *vm, const struct vdc_vm *after)
{
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_family *family = ref_family(found->w, cluster);
	const struct vdc_level_entry *at = entry_of(family, cluster->version),
				     *to = entry_of(family, question->to);
	bool pinned = vm->custom_emulated_machine;

	if (is_held(vm))
		add(found, vm->status == VDC_VM_SUSPENDED ? "VM_SUSPENDED" : "VM_PENDING", vm->id);
	if (!pinned && has_part(found->w, vm, "memory"))
		add(found, "VM_SNAPSHOT_MEMORY", vm->id);
	if (after->vcpus != vm->vcpus || after->cpu_sockets != vm->cpu_sockets ||
	    after->cpu_cores != vm->cpu_cores || after->cpu_threads != vm->cpu_threads ||
	    after->memory != vm->memory || after->memory_max != vm->memory_max ||
	    after->memory_guaranteed != vm->memory_guaranteed)
		add(found, "VM_CLAMPED", vm->id);
	if (!pinned && has_part(found->w, vm, "virtio") &&
	    feature(family, to, "virtio_nic_renumbering", cluster) &&
	    !feature(family, at, "virtio_nic_renumbering", cluster))
		add(found, "VM_NIC_RENUMBERED", vm->id);
	if (vm->display_type && !same(after->display_type, vm->display_type))
		add(found, "VM_DISPLAY", vm->id);
	if (!vm->display_type && vm->type == VDC_VM_SERVER && is_uefi(cluster, vm) &&
	    feature(family, to, "bochs_display", cluster) &&
	    !feature(family, at, "bochs_display", cluster))
		add(found, "VM_DISPLAY_BOCHS", vm->id);
}

static void find_machine(struct found *found, const struct vdc_level_question *question,
			 const struct vdc_vm *vm, const char *machine)
{
	const struct vdc_cluster *cluster = question->cluster;

	if (machine && host_without(found->w, cluster, machine))
		add(found, "VM_MACHINE_TYPE", vm->id);
	if (removed(ref_family(found->w, cluster), cluster, machine, question->qemu))
		add(found, "VM_MACHINE_REMOVED", vm->id);
}

static bool runs(const struct vdc_vm *vm)
{
	return is_held(vm) && vm->status != VDC_VM_SUSPENDED && vm->status != VDC_VM_SAVING_STATE;
}

/* Whether its next start has a machine type that the level gave to it. */
static bool find_vm(struct found *found, const struct vdc_level_question *question,
		    const struct vdc_vm *vm)
{
	const char *running = runs(vm) ? vm->running_machine_type : NULL;
	struct vdc_vm after = *vm;
	bool given;

	if (value(question->to) != value(question->cluster->version)) {
		enum vdc_vm_level_effect effect = ref_vm_after(found->w, question, vm, &after);

		if (has_part(found->w, vm, "preview"))
			add(found, "VM_PREVIEW", vm->id);
		if (effect == VDC_LEVEL_OWN)
			find_own(found, question, vm);
		else if (effect == VDC_LEVEL_REFUSED)
			add(found, "VM_CANNOT_FOLLOW", vm->id);
		else
			find_follower(found, question, vm, &after);
	}
	given = after.machine_type && !same(after.machine_type, vm->machine_type);
	if (vm->custom_emulated_machine)
		after.machine_type = vm->custom_emulated_machine;
	if (!given)
		find_machine(found, question, vm, after.machine_type);
	if (running && (given || !same(running, after.machine_type)))
		find_machine(found, question, vm, running);
	return given;
}

static void find_level_machine(struct found *found, const struct vdc_level_question *question,
			       const char *machine)
{
	const struct vdc_cluster *cluster = question->cluster;

	EACH(vdc_host, host, found->w, vdc_host_kind, n, all)
	if (same(host->cluster.id, cluster->id) && host->machine_types &&
	    !has_word(host->machine_types, machine))
		add(found, "HOST_MACHINE_TYPE", host->id);
	if (removed(ref_family(found->w, cluster), cluster, machine, question->qemu))
		add(found, "LEVEL_MACHINE_REMOVED", cluster->id);
}

size_t ref_findings(const struct test_world *w, const struct vdc_level_question *question,
		    const char **texts, size_t most)
{
	struct found found = { w, texts, 0, most };
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_entry *to = entry_of(ref_family(w, cluster), question->to);
	const char *q35 = machine_for(w, cluster, to, "q35"),
		   *pc = machine_for(w, cluster, to, "i440fx");
	bool uses_q35 = cluster->bios_type >= VDC_BIOS_Q35_SEA_BIOS,
	     uses_pc = cluster->bios_type == VDC_BIOS_I440FX_SEA_BIOS;

	find_hosts(&found, question);
	EACH(vdc_vm, vm, w, vdc_vm_kind, n, all)
	if (same(vm->cluster.id, cluster->id) && find_vm(&found, question, vm)) {
		uses_q35 = uses_q35 || strstr(vm->machine_type, "q35");
		uses_pc = uses_pc || strstr(vm->machine_type, "i440fx");
	}
	if (uses_q35 && q35)
		find_level_machine(&found, question, q35);
	if (uses_pc && pc)
		find_level_machine(&found, question, pc);
	return found.n;
}
