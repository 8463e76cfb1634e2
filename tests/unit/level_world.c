/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "level_world.h"

#include "unit.h"

#define R(a, b, c) ((uint64_t)(a) << 48 | (uint64_t)(b) << 32 | (uint64_t)(c) << 16)
#define SUPPORTS(a) .supports = (a), .n_supports = VDC_COUNT(a)
#define MACHINES(a) .machines = (a), .n_machines = VDC_COUNT(a)
#define LIMITS(a) .limits = (a), .n_limits = VDC_COUNT(a)
#define FORMAT(n) .storage_format = VDC_STORAGE_V##n
#define X86 "x86_64"
#define TIB (INT64_C(1) << 40)

static const struct vdc_level_support
	agent_34[] = { { .agent_from = R(4, 14, 0), .agent_below = R(4, 50, 0) } },
	agent_35[] = { { .agent_from = R(4, 16, 0), .agent_below = R(4, 50, 0) } },
	agent_42[] = { { .agent_from = R(4, 20, 0) } },
	/* Two ways: the agent of 4.5, or that of 4.4 on a system that is new enough. */
	agent_45[] = { { .agent_from = R(4, 50, 0) },
		       { .agent_from = R(4, 40, 0),
			 .os_ids = "rhel centos ovirt_node",
			 .os_from = R(8, 3, 0),
			 .os_below = R(10, 0, 0) } },
	agent_46[] = { { .agent_from = R(4, 50, 0) } },
	agent_47[] = { { .agent_from = R(4, 50, 0),
			 .libvirt_from = R(8, 0, 0),
			 .qemu_from = R(6, 2, 0) } },
	agent_60[] = { { .agent_from = R(6, 0, 0), .agent_below = R(6, 8, 0) } },
	agent_62[] = { { .agent_from = R(6, 2, 0) } },
	agent_68[] = { { .agent_from = R(6, 8, 0) } },
	agent_69[] = { { .agent_from = R(6, 9, 0), .architecture = X86 } },
	machine[] = { { .machine = true } },
	machine_90[] = {
		{ .machine = true, .libvirt_from = R(10, 0, 0), .libvirt_below = R(11, 0, 0) }
	};

static const struct vdc_level_machine machines_34[] = { { X86, "i440fx", "pc-i440fx-rhel6.5.0" } },
				      machines_35[] = { { X86, "i440fx", "pc-i440fx-rhel7.0.0" } },
				      machines_42[] = { { X86, "i440fx", "pc-i440fx-rhel7.3.0" } },
				      machines_45[] = { { X86, "q35", "pc-q35-rhel8.3.0" },
							{ X86, "i440fx", "pc-i440fx-rhel7.6.0" },
							{ "ppc64le", "", "pseries-rhel8.3.0" } },
				      machines_46[] = { { X86, "q35", "pc-q35-rhel8.4.0" },
							{ X86, "i440fx", "pc-i440fx-rhel7.6.0" } },
				      machines_47[] = { { X86, "q35", "pc-q35-rhel8.6.0" },
							{ X86, "q35", "pc-q35-4.1" } },
				      machines_72[] = { { X86, "q35", "pc-q35-7.2" },
							{ X86, "i440fx", "pc-i440fx-7.2" },
							{ "aarch64", "", "virt-7.2" } },
				      machines_82[] = { { X86, "q35", "pc-q35-8.2" },
							{ "aarch64", "", "virt-8.2" } },
				      machines_90[] = { { X86, "q35", "pc-q35-9.0" } };

static const struct vdc_level_arch_limits limits_42[] = { { X86, { 384, 16, 254, 8, 6 * TIB } } },
					  limits_45[] = { { X86, { 512, 16, 254, 8, 6 * TIB } } },
					  limits_46[] = { { X86,
							    { 710, 10000, 254, 8, 16 * TIB } } };

static const struct vdc_level_entry rhv_levels[] = {
	{ { 3, 4 }, "3.4", FORMAT(3), SUPPORTS(agent_34), MACHINES(machines_34) },
	{ { 3, 5 }, "3.5", FORMAT(3), SUPPORTS(agent_35), MACHINES(machines_35) },
	{ { 4, 2 },
	  "4.2",
	  FORMAT(4),
	  SUPPORTS(agent_42),
	  MACHINES(machines_42),
	  LIMITS(limits_42) },
	{ { 4, 5 },
	  "4.5",
	  FORMAT(5),
	  SUPPORTS(agent_45),
	  MACHINES(machines_45),
	  LIMITS(limits_45) },
	{ { 4, 6 },
	  "4.6",
	  FORMAT(5),
	  SUPPORTS(agent_46),
	  MACHINES(machines_46),
	  LIMITS(limits_46) },
	{ { 4, 7 },
	  "4.7",
	  FORMAT(5),
	  SUPPORTS(agent_47),
	  MACHINES(machines_47),
	  LIMITS(limits_46) },
};

static const struct vdc_level_feature rhv_features[] = {
	{ "cirrus_display", "Cirrus as display", X86, LEVELS(RHV_34, RHV_42) },
	{ "incremental_backup", "backups of what changed", NULL, LEVELS(RHV_45, RHV_47) },
	{ "bochs_display", "BOCHS as display", X86, LEVELS(RHV_46, RHV_47) },
	{ "virtio_nic_renumbering", "virtio NICs are found elsewhere", X86,
	  LEVELS(RHV_46, RHV_47) },
};

static const struct vdc_level_removal rhv_removals[] = {
	{ "pc-i440fx-rhel7.6.0", X86, R(9, 1, 0) },
	{ "pc-q35-rhel8.3.0", X86, R(10, 0, 0) },
};

static const struct vdc_level_entry hci_levels[] = {
	{ { 6, 0 },
	  "6.0.0 R5",
	  SUPPORTS(agent_60),
	  .storage_format = VDC_UNSET,
	  .enters = LEVELS(HCI_68, HCI_69),
	  .enters_architectures = X86 },
	{ { 6, 2 },
	  "6.2.0",
	  SUPPORTS(agent_62),
	  .storage_format = VDC_UNSET,
	  .enters = LEVELS(HCI_68, HCI_69) },
	{ { 6, 8 }, "6.8.0 SP", SUPPORTS(agent_68), .storage_format = VDC_UNSET },
	{ { 6, 9 }, "6.9.0", SUPPORTS(agent_69), .storage_format = VDC_UNSET },
};

static const struct vdc_level_feature hci_features[] = {
	{ "l3_cache", "L3 cache", NULL, LEVELS(HCI_68, HCI_69) },
};

static const struct vdc_level_entry qemu_levels[] = {
	{ { 7, 2 }, "7.2", SUPPORTS(machine), MACHINES(machines_72), .storage_format = VDC_UNSET },
	{ { 8, 2 }, "8.2", SUPPORTS(machine), MACHINES(machines_82), .storage_format = VDC_UNSET },
	{ { 9, 0 },
	  "9.0",
	  SUPPORTS(machine_90),
	  MACHINES(machines_90),
	  .storage_format = VDC_UNSET },
};

static const struct vdc_level_family families[] = {
	{ "rhv", "RHV", "rhv.xml", rhv_levels, VDC_COUNT(rhv_levels), rhv_features,
	  VDC_COUNT(rhv_features), rhv_removals, VDC_COUNT(rhv_removals) },
	{ "hci", "HCI", "hci.xml", hci_levels, VDC_COUNT(hci_levels), hci_features,
	  VDC_COUNT(hci_features), NULL, 0 },
	{ "qemu", "QEMU", "qemu.xml", qemu_levels, VDC_COUNT(qemu_levels), NULL, 0, NULL, 0 },
};

const struct vdc_catalogue test_catalogue = { families, VDC_COUNT(families) };

char *test_text(const char *s)
{
	return (char *)(uintptr_t)s;
}

struct vdc_level test_level(const char *text)
{
	struct vdc_level level = { -1, -1 };

	if (text)
		assert_int_equal(vdc_level_parse(text, &level, NULL), 0);
	return level;
}

struct test_world test_world_new(void)
{
	struct vdc_arena *arena = vdc_arena_new();

	return (struct test_world){ arena, vdc_world_new(arena) };
}

void *test_add(struct test_world *w, const struct vdc_kind *kind, const char *name)
{
	void *object = vdc_object_new(kind, w->arena);
	const struct vdc_field *field = vdc_kind_field(kind, "name");

	vdc_object_preset(kind, object, w->arena);
	*(char **)object = vdc_arena_strdup(w->arena, name);
	if (field)
		*vdc_text_of(field, object) = vdc_arena_strdup(w->arena, name);
	vdc_world_add(w->world, kind, object);
	return object;
}

struct vdc_data_center *test_data_center(struct test_world *w, const char *name, const char *level)
{
	struct vdc_data_center *dc = test_add(w, &vdc_data_center_kind, name);

	dc->version = test_level(level);
	return dc;
}

struct vdc_cluster *test_cluster(struct test_world *w, const char *name,
				 const struct vdc_data_center *dc, const char *family,
				 const char *level)
{
	struct vdc_cluster *cluster = test_add(w, &vdc_cluster_kind, name);

	cluster->data_center.id = dc ? dc->id : NULL;
	cluster->level_family = test_text(family);
	cluster->version = test_level(level);
	cluster->cpu_architecture = test_text(X86);
	cluster->bios_type = VDC_BIOS_Q35_SEA_BIOS;
	return cluster;
}

struct vdc_host *test_host(struct test_world *w, const char *name,
			   const struct vdc_cluster *cluster, const char *agent)
{
	struct vdc_host *host = test_add(w, &vdc_host_kind, name);

	host->cluster.id = cluster ? cluster->id : NULL;
	host->status = VDC_HOST_UP;
	host->agent_version = test_text(agent);
	host->architecture = test_text(X86);
	host->machine_types =
		test_text("pc pc-i440fx-rhel6.5.0 pc-i440fx-rhel7.0.0 pc-i440fx-rhel7.3.0 "
			  "pc-i440fx-rhel7.6.0 q35 pc-q35-rhel8.3.0 pc-q35-rhel8.4.0");
	return host;
}

struct vdc_vm *test_vm(struct test_world *w, const char *name, const struct vdc_cluster *cluster)
{
	struct vdc_vm *vm = test_add(w, &vdc_vm_kind, name);

	vm->cluster.id = cluster->id;
	return vm;
}

void test_merge(const struct test_world *w, const struct vdc_kind *kind, void *object,
		const void *change)
{
	char scratch[VDC_SCRATCH];

	for (size_t i = 1; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		const char *text = vdc_value_text(f, change, scratch);

		if (text)
			assert_int_equal(vdc_value_parse(f, text, object, w->arena, NULL), 0);
	}
}
