/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/vm_upgrade.h"

#include <string.h>

#include "base/words.h"
#include "model/fields.h"
#include "plan/vm_status.h"

const struct vdc_enum vdc_vm_upgrade_block_values = {
	.name = "obstacle to an upgrade",
	VDC_WORD_LIST("not_migrated", "not_in_compatibility_mode", "pinned", "status", "not_off",
		      "no_backup", "shareable_disk", "direct_lun", "not_qcow2", "no_space",
		      "chipset", "no_machine_type", "upgrade_running"),
};

enum { MOST_BLOCKERS = 64 };

struct judge {
	const struct vdc_vm_upgrade_input *input;
	struct vdc_arena *arena;
	struct vdc_vm_upgrade_blocker *blockers;
	struct vdc_vm_upgrade *ret;
};

static void add(struct judge *judge, enum vdc_vm_upgrade_block what, const char *text)
{
	if (judge->ret->n_blockers < MOST_BLOCKERS)
		judge->blockers[judge->ret->n_blockers++] =
			(struct vdc_vm_upgrade_blocker){ what, text };
}
#define block(judge, what, ...) add(judge, what, vdc_arena_format((judge)->arena, __VA_ARGS__))

static void judge_mode(struct judge *judge)
{
	const struct vdc_vm *vm = judge->input->vm;

	if (!vm->migrated_from_cluster)
		block(judge, VDC_VM_UPGRADE_NOT_MIGRATED,
		      "VM %s did not come from an older cluster: there is nothing to upgrade",
		      vm->name);
	else if (!vdc_is_true(vm->compatibility_mode))
		block(judge, VDC_VM_UPGRADE_NOT_IN_MODE,
		      "VM %s is not in compatibility mode: it was upgraded already%s", vm->name,
		      vdc_is_true(vm->next_run_configuration_exists)
			      ? "; what waits for its next cold boot needs no upgrade"
			      : "");
	if (vm->custom_emulated_machine)
		block(judge, VDC_VM_UPGRADE_PINNED,
		      "VM %s is pinned to machine type %s: unpin it first (compat-level vm set %s "
		      "--machine none)",
		      vm->name, vm->custom_emulated_machine, vm->name);
}

static void judge_status(struct judge *judge)
{
	const struct vdc_vm *vm = judge->input->vm;

	judge->ret->runs = vm->status == VDC_VM_UP;
	if (vm->status == VDC_VM_DOWN)
		return;
	if (vm->status != VDC_VM_UP)
		block(judge, VDC_VM_UPGRADE_STATUS,
		      "VM %s is %s: it must be off, or up to be shut down", vm->name,
		      vdc_enum_word(&vdc_vm_status_values, vm->status));
	else if (!judge->input->power_off)
		block(judge, VDC_VM_UPGRADE_NOT_OFF,
		      "VM %s is up: shut it down, or give --power-off", vm->name);
}

static bool is_written(const struct vdc_vm_disk *disk)
{
	return !vdc_is_true(disk->attachment->read_only) &&
	       disk->disk->content_type != VDC_CONTENT_ISO;
}

static bool covers(const struct vdc_snapshot *snapshot, const struct vdc_vm_upgrade_input *input)
{
	for (size_t i = 0; i < input->n_disks; i++)
		if (is_written(&input->disks[i]) &&
		    !vdc_words_have(snapshot->disks, input->disks[i].disk->id))
			return false;
	return true;
}

static bool is_backup(const struct vdc_snapshot *snapshot)
{
	return snapshot->status == VDC_SNAPSHOT_OK &&
	       (snapshot->type == VDC_SNAPSHOT_REGULAR || snapshot->type == VDC_SNAPSHOT_BACKUP);
}

static bool writes(const struct vdc_vm_upgrade_input *input)
{
	for (size_t i = 0; i < input->n_disks; i++)
		if (is_written(&input->disks[i]))
			return true;
	return false;
}

/* One of a VM that ran since does not hold what it wrote last. */
static const struct vdc_snapshot *find_backup(const struct vdc_vm_upgrade_input *input)
{
	const struct vdc_vm *vm = input->vm;

	if (vm->status != VDC_VM_DOWN || vm->stop_time == VDC_UNSET)
		return NULL;
	for (size_t i = 0; i < input->n_snapshots; i++) {
		const struct vdc_snapshot *snapshot = input->snapshots[i];

		if (is_backup(snapshot) && snapshot->date != VDC_UNSET &&
		    snapshot->date >= vm->stop_time && covers(snapshot, input))
			return snapshot;
	}
	return NULL;
}

static void judge_disk(struct judge *judge, const struct vdc_vm_disk *of)
{
	const struct vdc_disk *disk = of->disk;
	const char *vm = judge->input->vm->name, *name = disk->name ?: disk->id;
	const char *instead = "make a backup and give --no-backup";

	if (vdc_is_true(disk->shareable))
		block(judge, VDC_VM_UPGRADE_SHAREABLE,
		      "VM %s: disk %s is shareable, no snapshot can be made of it: %s", vm, name,
		      instead);
	else if (disk->storage_type == VDC_DISK_LUN)
		block(judge, VDC_VM_UPGRADE_DIRECT_LUN,
		      "VM %s: disk %s is a LUN, no snapshot can be made of it: %s", vm, name,
		      instead);
	else if (disk->format != VDC_DISK_COW)
		block(judge, VDC_VM_UPGRADE_NOT_QCOW2,
		      "VM %s: disk %s is not qcow2, no snapshot can be made of it: %s", vm, name,
		      instead);
	if (of->domain && of->domain->space == VDC_STORAGE_SPACE_CRITICAL)
		block(judge, VDC_VM_UPGRADE_NO_SPACE,
		      "VM %s: disk %s: the space of storage domain %s is critically low, and a "
		      "snapshot takes some of it: add storage, or %s",
		      vm, name, of->domain->name, instead);
}

static void judge_backup(struct judge *judge)
{
	const struct vdc_vm_upgrade_input *input = judge->input;
	const struct vdc_snapshot *backup = find_backup(input);

	if (backup)
		judge->ret->backup = backup->name ?: backup->id;
	if (backup || input->no_backup || !writes(input))
		return;
	if (!input->snapshot) {
		block(judge, VDC_VM_UPGRADE_NO_BACKUP,
		      "VM %s: no snapshot or backup of all its disks was made since it was powered "
		      "off: give --snapshot, or --no-backup",
		      input->vm->name);
		return;
	}
	judge->ret->make_snapshot = true;
	for (size_t i = 0; i < input->n_disks; i++)
		if (is_written(&input->disks[i]))
			judge_disk(judge, &input->disks[i]);
}

/* The first type of the level that the host offers, for some makers have types of their own. */
static const char *machine_of_level(const struct vdc_vm_upgrade_input *input, const char *chipset)
{
	const struct vdc_level_entry *level = input->level;
	const char *architecture = input->cluster->cpu_architecture;

	if (!architecture && input->host)
		architecture = input->host->architecture;
	for (size_t i = 0; input->host && i < level->n_machines; i++) {
		const struct vdc_level_machine *m = &level->machines[i];

		if ((!architecture || strcmp(m->architecture, architecture) == 0) &&
		    strcmp(m->chipset, chipset) == 0 &&
		    vdc_words_have(input->host->machine_types, m->name))
			return m->name;
	}
	return vdc_level_machine_of(level, architecture, chipset);
}

/* Without a level the newest that the host offers. */
static const char *find_machine(struct judge *judge, const char *now, const char *chipset)
{
	const struct vdc_vm_upgrade_input *input = judge->input;
	const char *machine = input->level ? machine_of_level(input, chipset) : NULL;

	if (!machine && input->host)
		machine =
			vdc_machine_newest(input->host->machine_types, now, chipset, judge->arena);
	return machine;
}

static void judge_machine(struct judge *judge)
{
	const struct vdc_vm_upgrade_input *input = judge->input;
	const struct vdc_vm *vm = input->vm;
	const char *now = vm->running_machine_type ?: vm->machine_type;
	const char *had = vdc_machine_chipset(now), *chipset = input->chipset ?: had, *machine;

	if (!now || (input->chipset && !*had)) {
		block(judge, VDC_VM_UPGRADE_CHIPSET,
		      "VM %s: its machine type%s%s has no chipset to %s", vm->name, now ? " " : "",
		      now ? now : " is unknown and", input->chipset ? "change" : "keep");
		return;
	}
	machine = find_machine(judge, now, chipset);
	if (!machine)
		block(judge, VDC_VM_UPGRADE_NO_MACHINE,
		      "VM %s: cluster %s has no machine type that follows %s%s%s", vm->name,
		      input->cluster->name, now, *chipset ? " with chipset " : "", chipset);
	else if (input->host && !vdc_words_have(input->host->machine_types, machine))
		block(judge, VDC_VM_UPGRADE_NO_MACHINE, "host %s does not offer machine type %s",
		      input->host->name, machine);
	judge->ret->machine = machine;
	judge->ret->chipset_changes = strcmp(had, chipset) != 0;
}

struct vdc_vm_upgrade vdc_plan_vm_upgrade(const struct vdc_vm_upgrade_input *input,
					  struct vdc_arena *arena)
{
	struct vdc_vm_upgrade ret = { 0 };
	struct judge judge = {
		.input = input,
		.arena = arena,
		.blockers = vdc_arena_alloc(arena, MOST_BLOCKERS * sizeof(*judge.blockers)),
		.ret = &ret,
	};

	judge_mode(&judge);
	judge_status(&judge);
	judge_backup(&judge);
	judge_machine(&judge);
	if (input->other)
		block(&judge, VDC_VM_UPGRADE_RUNNING,
		      "VM %s: VM %s of cluster %s is being upgraded, and only one at a time may be",
		      input->vm->name, input->other, input->cluster->name);
	ret.blockers = judge.blockers;
	return ret;
}
