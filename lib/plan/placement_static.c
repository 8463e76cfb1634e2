/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters whose answer hangs on what a host is, not on what it does. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "plan/level_vm.h"
#include "plan/placement_part.h"

static bool is(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

/* Where it runs says what it needs. One that starts fits the architecture of its cluster. */
enum place_answer place_architecture(struct place_ask *ask)
{
	const char *has = ask->host->host->architecture;
	const char *needs = ask->from ? ask->from->host->architecture
				      : ask->host->cluster->cluster->cpu_architecture;

	if (!needs && (!ask->from || !has))
		return PLACE_YES;
	if (!has || !needs)
		return place_says(ask, PLACE_UNKNOWN, "its architecture is unknown");
	if (strcasecmp(has, needs) == 0)
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "its architecture is %s, not %s", has, needs);
}

/* The first word of WORDS that OTHERS lack; false: none. */
static bool missing(const char *words, const char *others, char out[PLACE_WORD])
{
	while (place_next_word(&words, out))
		if (!vdc_words_have(others, out))
			return true;
	return false;
}

/* The guest sees its host's CPU, or what libvirt made of it: the new one must have all of it. */
static enum place_answer same_cpu(struct place_ask *ask, bool exactly)
{
	const struct vdc_host *from = ask->from->host, *to = ask->host->host;
	char name[PLACE_WORD];

	if (!from->cpu_model || !to->cpu_model)
		return place_says(ask, PLACE_UNKNOWN, "its CPU, or that of the VM, is unknown");
	if (from->cpu_vendor && to->cpu_vendor && strcmp(from->cpu_vendor, to->cpu_vendor) != 0)
		return place_says(ask, PLACE_NO, "its CPU is made by %s, the VM's by %s",
				  to->cpu_vendor, from->cpu_vendor);
	if (strcmp(from->cpu_model, to->cpu_model) != 0 &&
	    (exactly || !vdc_words_have(to->cpu_models, from->cpu_model)))
		return place_says(ask, PLACE_NO, "its CPU is %s, the VM's %s", to->cpu_model,
				  from->cpu_model);
	if (missing(from->cpu_features, to->cpu_features, name))
		return place_says(ask, PLACE_NO, "its CPU lacks the feature %s", name);
	return PLACE_YES;
}

enum place_answer place_cpu(struct place_ask *ask)
{
	const struct vdc_vm *vm = ask->vm->vm;
	const struct vdc_host *host = ask->host->host;

	if (is(vm->cpu_mode, "host_passthrough") || is(vm->cpu_mode, "maximum"))
		return ask->from ? same_cpu(ask, true) : PLACE_YES;
	if (vm->custom_cpu_model && !is(vm->cpu_mode, "host_model")) {
		if (!host->cpu_models)
			return place_says(ask, PLACE_UNKNOWN,
					  "which CPU models it can give is unknown");
		if (vdc_words_have(host->cpu_models, vm->custom_cpu_model))
			return PLACE_YES;
		return place_says(ask, PLACE_NO, "it cannot give the CPU model %s",
				  vm->custom_cpu_model);
	}
	if (is(vm->cpu_mode, "host_model"))
		return ask->from ? same_cpu(ask, false) : PLACE_YES;
	return PLACE_YES; /* QEMU's own, which every host of the architecture has */
}

enum place_answer place_machine(struct place_ask *ask)
{
	const struct vdc_vm *vm = ask->vm->vm;
	const char *machine = ask->from ? vm->running_machine_type : vm->custom_emulated_machine;
	const char *types = ask->host->host->machine_types;

	if (!machine)
		machine = vm->machine_type ? vm->machine_type : vm->custom_emulated_machine;
	if (!machine)
		return ask->from ? place_says(ask, PLACE_UNKNOWN,
					      "the machine type that the VM runs with is unknown")
				 : PLACE_YES;
	if (!types)
		return place_says(ask, PLACE_UNKNOWN, "which machine types it offers is unknown");
	if (vdc_words_have(types, machine))
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "it does not offer the machine type %s", machine);
}

/* Without a catalogue: a VM that was upgraded never goes back below, and nothing else is known. */
static enum place_answer level_alone(struct place_ask *ask)
{
	const struct vdc_vm *vm = ask->vm->vm;
	const struct vdc_cluster *to = ask->host->cluster->cluster;

	if (vm->migration_barrier.major >= 0) {
		if (to->version.major < 0)
			return place_says(ask, PLACE_UNKNOWN, "the level of cluster %s is unknown",
					  to->name);
		if (vdc_level_compare(to->version, vm->migration_barrier) < 0)
			return place_says(ask, PLACE_NO,
					  "the VM was upgraded to level %d.%d and cluster %s has "
					  "%d.%d: it cannot go back",
					  vm->migration_barrier.major, vm->migration_barrier.minor,
					  to->name, to->version.major, to->version.minor);
	}
	if (ask->vm->cluster && ask->vm->cluster->cluster == to)
		return PLACE_YES;
	return place_says(ask, PLACE_UNKNOWN,
			  "whether a VM may go to cluster %s is unknown: there is no catalogue of "
			  "levels",
			  to->name);
}

enum place_answer place_level(struct place_ask *ask)
{
	const struct vdc_catalogue *catalogue = ask->placement->catalogue;
	const struct vdc_cluster *to = ask->host->cluster->cluster;
	const char *from = ask->vm->cluster ? ask->vm->cluster->cluster->data_center.id : NULL;
	struct vdc_err why = { 0 };

	if (from && to->data_center.id && strcmp(from, to->data_center.id) != 0)
		return place_says(ask, PLACE_NO,
				  "cluster %s belongs to another data centre, with other storage",
				  to->name);
	if (!catalogue || !ask->vm->cluster)
		return level_alone(ask);
	if (!vdc_plan_vm_may_enter(catalogue, ask->vm->vm, ask->vm->cluster->cluster, to, &why))
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "%s", vdc_err_text(&why));
}

static const char *os_text(struct place_ask *ask, const struct place_host *host)
{
	return vdc_arena_format(ask->arena, "%s %" PRId64, host->os.family, host->os.platform);
}

/* Running VMs never go to an older major version. */
static enum place_answer upgrade(struct place_ask *ask)
{
	enum vdc_os_verdict verdict;

	if (!ask->from)
		return PLACE_YES;
	verdict = vdc_os_compare(&ask->host->os, &ask->from->os);
	if (verdict == VDC_OS_NEWER || verdict == VDC_OS_SAME)
		return PLACE_YES;
	if (verdict == VDC_OS_UNREADABLE)
		return place_says(ask, PLACE_UNKNOWN,
				  "the cluster is being upgraded, and the operating system of %s "
				  "is unreadable",
				  vdc_os_readable(&ask->host->os) ? ask->from->host->name
								  : "the host");
	return place_says(
		ask, PLACE_NO,
		"the cluster is being upgraded: its operating system is %s, the VM runs on "
		"%s",
		os_text(ask, ask->host), os_text(ask, ask->from));
}

enum place_answer place_policy(struct place_ask *ask)
{
	return ask->host->cluster->upgrade ? upgrade(ask) : PLACE_YES;
}

/* ovirt-engine: "cluster_maintenance" starts nothing but what is highly available. */
enum place_answer place_maintenance(struct place_ask *ask)
{
	if (!ask->host->cluster->maintenance || !ask->query->start || ask->query->again ||
	    vdc_is_true(ask->vm->vm->high_availability))
		return PLACE_YES;
	return place_says(ask, PLACE_NO,
			  "the cluster is under maintenance: only highly available VMs start");
}
