/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "level_reference_part.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool ref_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Both ends are spaces, so that no word is found inside of another. */
bool ref_has_word(const char *words, const char *word)
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
	return id[0] && ref_has_word(need->os_ids, id) &&
	       within(host->os_version, need->os_from, need->os_below);
}

static bool offers_one(const struct vdc_level_entry *entry, const struct vdc_host *host)
{
	for (size_t i = 0; i < entry->n_machines; i++)
		if (ref_same(entry->machines[i].architecture, host->architecture) &&
		    ref_has_word(host->machine_types, entry->machines[i].name))
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
		    (!need->architecture || ref_same(need->architecture, host->architecture)) &&
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
		if (ref_same(vdc_enum_word(&vdc_host_status_values, host->status), there[i]))
			return true;
	return false;
}

bool ref_has_level(const struct vdc_level_family *family, struct vdc_level level)
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
	count += ref_same(host->cluster.id, cluster->id) && can_any(family, host);
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

		if (cluster->level_family && ref_same(cluster->level_family, family->name))
			return family;
		if (cluster->version.major >= 0 && ref_has_level(family, cluster->version))
			points += 1000;
		if (points > most) {
			most = points;
			best = family;
		}
	}
	return best;
}

bool ref_all_hosts_run(const struct test_world *w, const struct vdc_cluster *cluster, size_t level)
{
	const struct vdc_level_family *family = ref_family(w, cluster);

	EACH(vdc_host, host, w, vdc_host_kind, n, all)
	if (ref_same(host->cluster.id, cluster->id) &&
	    !(ref_host_counts(host) && ref_host_can(family, host, level)))
		return false;
	return true;
}

long ref_value(struct vdc_level level)
{
	return level.major < 0 ? -1 : level.major * 100000L + level.minor;
}

bool ref_cluster_offers(const struct test_world *w, const struct vdc_cluster *cluster, size_t level)
{
	return ref_value(ref_family(w, cluster)->levels[level].level) >
		       ref_value(cluster->version) &&
	       ref_all_hosts_run(w, cluster, level);
}

bool ref_data_center_offers(const struct test_world *w, const struct vdc_data_center *dc,
			    const struct vdc_level_family *family, size_t level)
{
	long wanted = ref_value(family->levels[level].level);

	if (wanted <= ref_value(dc->version))
		return false;
	EACH(vdc_cluster, cluster, w, vdc_cluster_kind, n, all)
	if (ref_same(cluster->data_center.id, dc->id) && ref_value(cluster->version) < wanted)
		return false;
	return true;
}

const struct vdc_level_entry *ref_entry_of(const struct vdc_level_family *family,
					   struct vdc_level level)
{
	const struct vdc_level_entry *entry = NULL;

	for (size_t i = 0; i < family->n_levels; i++)
		if (ref_value(family->levels[i].level) <= ref_value(level))
			entry = &family->levels[i];
	return entry;
}

static const struct vdc_level_machine *
machine_in(const struct vdc_level_entry *entry, const struct vdc_cluster *cluster, const char *name)
{
	for (size_t i = 0; name && i < entry->n_machines; i++)
		if (ref_same(entry->machines[i].name, name) &&
		    ref_same(entry->machines[i].architecture, cluster->cpu_architecture))
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

const struct vdc_host *ref_host_without(const struct test_world *w,
					const struct vdc_cluster *cluster, const char *machine)
{
	EACH(vdc_host, host, w, vdc_host_kind, n, all)
	if (ref_same(host->cluster.id, cluster->id) && host->machine_types &&
	    !ref_has_word(host->machine_types, machine))
		return host;
	return NULL;
}

const char *ref_machine_for(const struct test_world *w, const struct vdc_cluster *cluster,
			    const struct vdc_level_entry *entry, const char *chipset)
{
	const char *first = NULL;

	for (size_t i = 0; i < entry->n_machines; i++) {
		const struct vdc_level_machine *m = &entry->machines[i];

		if (!ref_same(m->chipset, chipset) ||
		    !ref_same(m->architecture, cluster->cpu_architecture))
			continue;
		if (!ref_host_without(w, cluster, m->name))
			return m->name;
		first = first ? first : m->name;
	}
	return first;
}

bool ref_is_held(const struct vdc_vm *vm)
{
	static const char *const off[] = { "", "unassigned", "down", "image_locked",
					   "image_illegal" };

	for (size_t i = 0; i < VDC_COUNT(off); i++)
		if (ref_same(vdc_enum_word(&vdc_vm_status_values, vm->status), off[i]))
			return false;
	return true;
}

bool ref_feature(const struct vdc_level_family *family, const struct vdc_level_entry *entry,
		 const char *name, const struct vdc_cluster *cluster)
{
	for (size_t i = 0; entry && i < family->n_features; i++) {
		const struct vdc_level_feature *f = &family->features[i];

		if (ref_same(f->name, name))
			return (f->levels >> (entry - family->levels) & 1) &&
			       (!f->architectures ||
				ref_has_word(f->architectures, cluster->cpu_architecture));
	}
	return false;
}

static bool knows(const struct vdc_level_family *family, const char *name)
{
	for (size_t i = 0; i < family->n_features; i++)
		if (ref_same(family->features[i].name, name))
			return true;
	return false;
}

bool ref_is_uefi(const struct vdc_cluster *cluster, const struct vdc_vm *vm)
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
	if (ref_has_level(family, cluster->version))
		now = ref_entry_of(family, cluster->version);
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
	const struct vdc_level_entry *to = ref_entry_of(family, question->to), *has;
	bool raises = ref_value(question->to) > ref_value(cluster->version);
	struct vdc_level_limits limits = { VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET };

	*after = *vm;
	if (vm->custom_compatibility_version.major >= 0 || vm->compatibility_mode == 1 ||
	    (vm->origin && strcasecmp(vm->origin, "external") == 0))
		return VDC_LEVEL_OWN;
	has = level_of_machine(family, cluster, vm->machine_type);
	if (has && !vm->custom_emulated_machine && !machine_in(to, cluster, vm->machine_type) &&
	    (ref_value(has->level) < ref_value(to->level)) == raises) {
		const char *chipset = machine_in(has, cluster, vm->machine_type)->chipset;

		after->machine_type = test_text(ref_machine_for(w, cluster, to, chipset));
		if (!after->machine_type) {
			after->machine_type = vm->machine_type;
			after->custom_compatibility_version = cluster->version;
			return VDC_LEVEL_REFUSED;
		}
	}
	for (size_t i = 0; i < to->n_limits; i++)
		if (ref_same(to->limits[i].architecture, cluster->cpu_architecture))
			limits = to->limits[i].limits;
	fit(after, &limits);
	if (ref_same(vm->display_type, "cirrus") && knows(family, "cirrus_display") &&
	    !ref_feature(family, to, "cirrus_display", cluster))
		after->display_type = test_text("vga");
	if (ref_same(vm->display_type, "bochs") && knows(family, "bochs_display") &&
	    !(ref_feature(family, to, "bochs_display", cluster) && ref_is_uefi(cluster, vm)))
		after->display_type = test_text("vga");
	if (!ref_is_held(vm))
		return VDC_LEVEL_NOW;
	after->next_run_configuration_exists = 1;
	if (vm->running_level.major < 0)
		after->running_level = runs_at(family, cluster, vm);
	return VDC_LEVEL_PENDING;
}
