/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "level_damage.h"

#define TIB (INT64_C(1) << 40)

struct damage_fixture damage_fixture(void)
{
	struct damage_fixture f = { .w = test_world_new() };

	f.dc = test_data_center(&f.w, "dc", "4.2");
	f.dc->storage_format = VDC_STORAGE_V4;
	f.c = test_cluster(&f.w, "c", f.dc, "rhv", "4.5");
	f.h[0] = test_host(&f.w, "h0", f.c, "4.50.1");
	f.h[1] = test_host(&f.w, "h1", f.c, "4.50.2");
	f.vm = test_vm(&f.w, "v", f.c);
	f.vm->machine_type = test_text("pc-q35-rhel8.3.0");
	f.domain = test_add(&f.w, &vdc_storage_domain_kind, "s");
	f.domain->data_center.id = f.dc->id;
	f.domain->type = VDC_STORAGE_DOMAIN_DATA;
	f.domain->status = VDC_STORAGE_DOMAIN_ACTIVE;
	f.domain->storage_format = VDC_STORAGE_V4;
	f.question = (struct vdc_level_question){
		.catalogue = &test_catalogue,
		.world = f.w.world,
		.cluster = f.c,
		.to = test_level("4.6"),
	};
	return f;
}

struct damage_fixture damage_fixture_of_data_center(void)
{
	struct damage_fixture f = damage_fixture();

	f.question.cluster = NULL;
	f.question.data_center = f.dc;
	f.question.to = test_level("4.5");
	f.dc->storage_format = f.domain->storage_format = VDC_STORAGE_V5;
	return f;
}

void damage_drop(struct damage_fixture *f)
{
	vdc_arena_free(f->w.arena);
}

void damage_add_nic(struct damage_fixture *f, const char *interface)
{
	struct vdc_vm_nic *nic = test_add(&f->w, &vdc_vm_nic_kind, "nic");

	nic->vm.id = f->vm->id;
	nic->interface = test_text(interface);
}

static struct vdc_snapshot *add_snapshot(struct damage_fixture *f)
{
	struct vdc_snapshot *snapshot = test_add(&f->w, &vdc_snapshot_kind, "snapshot");

	snapshot->vm.id = f->vm->id;
	snapshot->type = VDC_SNAPSHOT_REGULAR;
	snapshot->status = VDC_SNAPSHOT_OK;
	return snapshot;
}

static void old_agent(struct damage_fixture *f)
{
	f->h[1]->agent_version = test_text("4.40");
	f->h[1]->os_type = test_text("rhel");
	f->h[1]->os_version = test_text("8.4");
}

static void no_facts(struct damage_fixture *f)
{
	f->h[1]->agent_version = NULL;
}

static void host_down(struct damage_fixture *f)
{
	f->h[0]->status = VDC_HOST_DOWN;
}

static void host_down_and_old(struct damage_fixture *f)
{
	host_down(f);
	f->h[0]->agent_version = test_text("4.20");
}

static void host_in_maintenance(struct damage_fixture *f)
{
	f->h[0]->status = VDC_HOST_MAINTENANCE;
}

static void cpu_lacking(struct damage_fixture *f)
{
	f->c->cpu_type = test_text("Icelake");
	f->h[0]->cpu_models = test_text("qemu64 Icelake");
	f->h[1]->cpu_models = test_text("qemu64");
}

static void cpu_reported(struct damage_fixture *f)
{
	f->h[1]->status = VDC_HOST_NON_OPERATIONAL;
	f->h[1]->reason = VDC_REASON_CPU_TYPE_LEVEL;
}

static void other_reason_reported(struct damage_fixture *f)
{
	f->h[1]->status = VDC_HOST_NON_OPERATIONAL;
	f->h[1]->reason = VDC_REASON_NETWORK_UNREACHABLE;
}

static void machine_lacking(struct damage_fixture *f)
{
	f->h[1]->machine_types = test_text("pc-q35-rhel8.3.0");
}

static void machines_not_told(struct damage_fixture *f)
{
	f->h[1]->machine_types = NULL;
}

static void machine_of_vm_lacking(struct damage_fixture *f)
{
	f->c->bios_type = VDC_UNSET;
	machine_lacking(f);
}

static void no_hosts(struct damage_fixture *f)
{
	f->h[0]->cluster.id = f->h[1]->cluster.id = test_text("another");
}

static void from_4_2(struct damage_fixture *f)
{
	f->c->version = test_level("4.2");
	f->vm->machine_type = test_text("pc-i440fx-rhel7.3.0");
}

static void with_cirrus(struct damage_fixture *f)
{
	from_4_2(f);
	f->vm->display_type = test_text("cirrus");
}

static void previewing(struct damage_fixture *f)
{
	add_snapshot(f)->status = VDC_SNAPSHOT_IN_PREVIEW;
}

static void previewing_by_type(struct damage_fixture *f)
{
	f->vm->custom_compatibility_version = test_level("4.5");
	add_snapshot(f)->type = VDC_SNAPSHOT_PREVIEW;
}

static void suspended(struct damage_fixture *f)
{
	f->vm->status = VDC_VM_SUSPENDED;
}

static void memory_snapshot(struct damage_fixture *f)
{
	add_snapshot(f)->memory = 1;
	add_snapshot(f);
}

static void pinned(struct damage_fixture *f)
{
	memory_snapshot(f);
	damage_add_nic(f, "virtio");
	f->vm->custom_emulated_machine = test_text("pc-q35-rhel8.3.0");
}

static void running(struct damage_fixture *f)
{
	f->vm->status = VDC_VM_UP;
	f->vm->running_machine_type = f->vm->machine_type;
}

static void own_level(struct damage_fixture *f)
{
	running(f);
	memory_snapshot(f);
	damage_add_nic(f, "virtio");
	f->vm->memory = 100 * TIB;
	f->vm->custom_compatibility_version = test_level("4.5");
}

static void own_level_too_high(struct damage_fixture *f)
{
	f->vm->custom_compatibility_version = test_level("4.7");
}

static void own_level_unknown(struct damage_fixture *f)
{
	f->vm->custom_compatibility_version = test_level("4.44");
}

static void compatibility_mode(struct damage_fixture *f)
{
	running(f);
	damage_add_nic(f, "virtio");
	f->vm->compatibility_mode = 1;
}

static void external(struct damage_fixture *f)
{
	running(f);
	damage_add_nic(f, "virtio");
	f->vm->origin = test_text("EXTERNAL");
}

static void too_big(struct damage_fixture *f)
{
	f->vm->vcpus = f->vm->cpu_sockets = 711;
}

void damage_of_another_cluster(struct damage_fixture *f)
{
	too_big(f);
	running(f);
	f->vm->cluster.id = test_text("another");
}

static void no_chipset(struct damage_fixture *f)
{
	f->question.to = test_level("4.7");
	for (int i = 0; i < 2; i++) {
		f->h[i]->libvirt_version = test_text("8.0.0");
		f->h[i]->qemu_version = test_text("6.2.0");
		f->h[i]->machine_types = test_text("pc-q35-4.1 pc-i440fx-rhel7.6.0");
	}
	f->vm->machine_type = test_text("pc-i440fx-rhel7.6.0");
}

static void pinned_to_what_a_host_lacks(struct damage_fixture *f)
{
	pinned(f);
	f->h[1]->machine_types = test_text("pc-q35-rhel8.4.0");
}

static void runs_with_what_a_host_lacks(struct damage_fixture *f)
{
	running(f);
	f->h[0]->machine_types = test_text("pc-q35-rhel8.4.0");
}

static void removed_under_a_pin(struct damage_fixture *f)
{
	f->question.qemu = UINT64_C(10) << 48;
	f->vm->custom_emulated_machine = f->vm->machine_type;
}

static void removed_under_a_running_vm(struct damage_fixture *f)
{
	f->question.qemu = UINT64_C(10) << 48;
	running(f);
}

static void removed_after_its_end(struct damage_fixture *f)
{
	f->question.qemu = UINT64_C(10) << 48; /* it is off, and its next start has another type */
}

static void removed_at_the_present_level(struct damage_fixture *f)
{
	f->question.qemu = UINT64_C(11) << 48;
	f->question.to = f->c->version;
	damage_add_nic(f, "virtio");
}

static void not_removed_yet(struct damage_fixture *f)
{
	removed_under_a_pin(f);
	f->question.qemu--;
}

static void removed_with_the_level(struct damage_fixture *f)
{
	f->c->bios_type = VDC_BIOS_I440FX_SEA_BIOS;
	f->question.qemu = UINT64_C(9) << 48 | UINT64_C(1) << 32;
}

static void nic(struct damage_fixture *f)
{
	damage_add_nic(f, "e1000");
	damage_add_nic(f, "virtio");
	damage_add_nic(f, "virtio");
}

static void other_nic(struct damage_fixture *f)
{
	damage_add_nic(f, "e1000");
}

static void nic_above_4_6(struct damage_fixture *f)
{
	nic(f);
	no_chipset(f);
	f->c->version = test_level("4.6");
	f->vm->machine_type = NULL;
}

static void nic_on_ppc(struct damage_fixture *f)
{
	nic(f);
	f->c->cpu_architecture = test_text("ppc64le");
	f->vm->machine_type = NULL;
	f->h[0]->architecture = f->h[1]->architecture = f->c->cpu_architecture;
}

static void uefi(struct damage_fixture *f)
{
	f->vm->bios_type = VDC_BIOS_Q35_SECURE_BOOT;
}

static void uefi_of_cluster(struct damage_fixture *f)
{
	f->c->bios_type = VDC_BIOS_Q35_OVMF;
	f->vm->bios_type = VDC_BIOS_CLUSTER_DEFAULT;
}

static void uefi_desktop(struct damage_fixture *f)
{
	uefi(f);
	f->vm->type = VDC_VM_DESKTOP;
}

static void uefi_with_display(struct damage_fixture *f)
{
	uefi(f);
	f->vm->display_type = test_text("qxl");
}

static void bochs_without_uefi(struct damage_fixture *f)
{
	f->vm->display_type = test_text("bochs");
}

static void at_the_level(struct damage_fixture *f)
{
	f->question.to = f->c->version;
	running(f);
	nic(f);
	uefi(f);
}

static void without_level(struct damage_fixture *f)
{
	f->c->version = test_level(NULL);
	nic(f);
}

static void all_at_once(struct damage_fixture *f)
{
	host_down_and_old(f);
	f->h[1]->status = VDC_HOST_NON_RESPONSIVE;
	running(f);
	nic(f);
	previewing(f);
	too_big(f);
}

const struct damage cluster_damages[] = {
	{ old_agent, "HOST_LEVEL_TOO_LOW:h1" },
	{ no_facts, "HOST_LEVEL_TOO_LOW:h1" },
	{ host_down, "HOST_UNREACHABLE:h0" },
	{ host_down_and_old, "HOST_UNREACHABLE:h0 HOST_LEVEL_TOO_LOW:h0" },
	{ host_in_maintenance, "" },
	{ cpu_lacking, "HOST_CPU_TYPE:h1" },
	{ cpu_reported, "HOST_CPU_TYPE:h1" },
	{ other_reason_reported, "" },
	{ machine_lacking, "HOST_MACHINE_TYPE:h1" },
	{ machine_of_vm_lacking, "HOST_MACHINE_TYPE:h1" },
	{ machines_not_told, "" },
	{ no_hosts, "CLUSTER_WITHOUT_HOSTS:c" },
	{ from_4_2, "LEVEL_DROPS_FEATURES:c" },
	{ with_cirrus, "LEVEL_DROPS_FEATURES:c VM_DISPLAY:v" },
	{ previewing, "VM_PREVIEW:v" },
	{ previewing_by_type, "VM_PREVIEW:v VM_OWN_LEVEL:v" },
	{ suspended, "VM_SUSPENDED:v" },
	{ memory_snapshot, "VM_SNAPSHOT_MEMORY:v" },
	{ pinned, "" },
	{ running, "VM_PENDING:v" },
	{ own_level, "VM_OWN_LEVEL:v" },
	{ own_level_too_high, "VM_OWN_LEVEL:v VM_OWN_LEVEL_NOT_RUN:v" },
	{ own_level_unknown, "VM_OWN_LEVEL:v VM_OWN_LEVEL_NOT_RUN:v" },
	{ compatibility_mode, "VM_COMPATIBILITY_MODE:v" },
	{ external, "" },
	{ too_big, "VM_CLAMPED:v" },
	{ damage_of_another_cluster, "" },
	{ no_chipset, "VM_CANNOT_FOLLOW:v" },
	{ pinned_to_what_a_host_lacks, "VM_MACHINE_TYPE:v" },
	{ runs_with_what_a_host_lacks, "VM_PENDING:v VM_MACHINE_TYPE:v" },
	{ removed_under_a_pin, "VM_MACHINE_REMOVED:v" },
	{ removed_under_a_running_vm, "VM_PENDING:v VM_MACHINE_REMOVED:v" },
	{ removed_after_its_end, "" },
	{ removed_at_the_present_level, "VM_MACHINE_REMOVED:v LEVEL_MACHINE_REMOVED:c" },
	{ not_removed_yet, "" },
	{ removed_with_the_level, "LEVEL_MACHINE_REMOVED:c" },
	{ nic, "VM_NIC_RENUMBERED:v" },
	{ other_nic, "" },
	{ nic_above_4_6, "" },
	{ nic_on_ppc, "" },
	{ uefi, "VM_DISPLAY_BOCHS:v" },
	{ uefi_of_cluster, "VM_DISPLAY_BOCHS:v" },
	{ uefi_desktop, "" },
	{ uefi_with_display, "" },
	{ bochs_without_uefi, "VM_DISPLAY:v" },
	{ at_the_level, "" },
	{ without_level, "VM_NIC_RENUMBERED:v" },
	{ all_at_once, "HOST_UNREACHABLE:h0 HOST_LEVEL_TOO_LOW:h0 HOST_UNREACHABLE:h1 "
		       "VM_PREVIEW:v VM_PENDING:v VM_CLAMPED:v VM_NIC_RENUMBERED:v" },
	{ NULL, NULL },
};
