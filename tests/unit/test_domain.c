/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "data_file.h"
#include "doc/capabilities.h"
#include "doc/domain.h"
#include "model/cluster.h"
#include "unit.h"

static struct vdc_domain read_domain(struct vdc_arena *arena, const char *xml, struct vdc_vm **vm)
{
	struct vdc_domain domain;

	*vm = vdc_object_new(&vdc_vm_kind, arena);
	assert_int_equal(vdc_domain_read(xml, arena, *vm, &domain, NULL), 0);
	return domain;
}

static void a_domain_tells_what_it_is(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm *vm;

	(void)state;
	domain = read_domain(arena, data_file(arena, "domain.xml"), &vm);
	assert_string_equal(vm->id, "0b5c2a52-6d4b-4a53-9b4e-1a2b3c4d5e6f");
	assert_string_equal(vm->name, "db1");
	assert_string_equal(vm->description, "Database");
	assert_int_equal(vm->memory, 2LL << 30);
	assert_int_equal(vm->memory_max, 16LL << 30);
	assert_int_equal(vm->memory_guaranteed, 1LL << 30);
	assert_int_equal(vm->vcpus, 2);
	assert_int_equal(vm->cpu_sockets, 8);
	assert_string_equal(vm->cpu_mode, "host_model");
	assert_string_equal(vm->cpu_pinning, "0=1-3\n1=5");
	assert_int_equal(vm->cpu_pinning_policy, VDC_PINNING_MANUAL);
	assert_string_equal(vm->numa_pinning, "0=1");
	assert_string_equal(vm->machine_type, "pc-q35-7.2");
	assert_int_equal(vm->bios_type, VDC_BIOS_Q35_SECURE_BOOT);
	assert_string_equal(vm->display_type, "vnc");
	assert_string_equal(vm->origin, "ovirt");
	assert_int_equal(vm->running_level.major, 4);
	assert_int_equal(vm->running_level.minor, 7);
	assert_string_equal(vm->lease_storage_domain.id, "1f2e3d4c-5b6a-4798-8796-a5b4c3d2e1f0");
	assert_string_equal(vm->host_devices,
			    "pci_0000_3b_00_0 usb_0x1234_0xbeef "
			    "mdev_c2177883_f1bb_47f0_914d_32a22e3a8804 sriov_0000_3b_02_1");
	assert_string_equal(domain.type, "kvm");
	assert_string_equal(domain.arch, "x86_64");
	assert_string_equal(domain.leases, "1f2e3d4c-5b6a-4798-8796-a5b4c3d2e1f0:"
					   "0b5c2a52-6d4b-4a53-9b4e-1a2b3c4d5e6f");
}

static void a_disk_that_is_copied_is_told(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm *vm;

	(void)state;
	domain = read_domain(
		arena,
		"<domain type='kvm'><name>v</name>"
		"<uuid>0b5c2a52-6d4b-4a53-9b4e-1a2b3c4d5e6f</uuid><devices>"
		"<disk type='block'><source dev='/dev/g/a'/><target dev='vda'/>"
		"<mirror type='block' job='copy'><source dev='/dev/h/a'/></mirror></disk>"
		"<disk type='block'><source dev='/dev/g/b'/><target dev='vdb'/></disk>"
		"</devices></domain>",
		&vm);
	assert_int_equal(domain.n_disks, 2);
	assert_true(domain.disks[0].copied);
	assert_string_equal(domain.disks[0].chain[0].path, "/dev/g/a");
	assert_int_equal(domain.disks[0].n_chain, 1);
	assert_false(domain.disks[1].copied);
}

static void its_disks_come_with_their_chains(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm *vm;

	(void)state;
	domain = read_domain(arena, data_file(arena, "domain.xml"), &vm);
	assert_int_equal(domain.n_disks, 3);
	assert_string_equal(domain.disks[0].target, "vda");
	assert_string_equal(domain.disks[0].serial, "6fbb4c2e-9a0c-4e0f-8a4b-3c1d2e3f4a5b");
	assert_true(domain.disks[0].shareable);
	assert_int_equal(domain.disks[0].n_chain, 2);
	assert_string_equal(domain.disks[0].chain[0].path,
			    "/rhev/data-center/mnt/blockSD/sd/images/img/top");
	assert_string_equal(domain.disks[0].chain[0].format, "qcow2");
	assert_true(domain.disks[0].chain[0].block);
	assert_int_equal(domain.disks[0].chain[0].index, 3);
	assert_string_equal(domain.disks[0].chain[1].path, "/images/base.raw");
	assert_string_equal(domain.disks[0].chain[1].format, "raw");
	assert_false(domain.disks[0].chain[1].block);
	assert_string_equal(domain.disks[1].device, "cdrom");
	assert_true(domain.disks[1].read_only);
	assert_int_equal(domain.disks[1].n_chain, 0);
	assert_string_equal(domain.disks[2].chain[0].path, "rbd:pool/image");
}

static void its_interfaces_know_where_they_are_plugged(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm *vm;

	(void)state;
	domain = read_domain(arena, data_file(arena, "domain.xml"), &vm);
	assert_int_equal(domain.n_nics, 2);
	assert_string_equal(domain.nics[0].mac, "52:54:00:00:00:01");
	assert_string_equal(domain.nics[0].bridge, "br0");
	assert_string_equal(domain.nics[0].model, "virtio");
	assert_null(domain.nics[1].bridge);
}

static void the_least_domain_is_one(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm *vm;

	(void)state;
	domain = read_domain(arena, "<domain><name>x</name><memory>1024</memory></domain>", &vm);
	assert_null(vm->id);
	assert_int_equal(vm->memory, 1048576);
	assert_int_equal(vm->vcpus, VDC_UNSET);
	assert_int_equal(vm->cpu_pinning_policy, VDC_PINNING_NONE);
	assert_null(vm->host_devices);
	assert_int_equal(domain.n_disks, 0);
	assert_string_equal(domain.leases, "");
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"<domain>",
		"<network><name>x</name></network>",
		"<domain/>",
		"<!DOCTYPE domain [<!ENTITY a 'b'>]><domain><name>&a;</name></domain>",
	};
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_vm *vm = vdc_object_new(&vdc_vm_kind, arena);
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, arena);
	struct vdc_domain domain;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		assert_int_equal(vdc_domain_read(bad[i], arena, vm, &domain, NULL), -EBADMSG);
		assert_int_equal(vdc_capabilities_read(bad[i], arena, host, NULL), -EBADMSG);
	}
}

static void numbers_out_of_range_are_no_value(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain domain;
	struct vdc_vm *vm;

	(void)state;
	domain = read_domain(arena,
			     "<domain><name>x</name><memory unit='TiB'>99999999999</memory>"
			     "<vcpu>99999999999999999999</vcpu></domain>",
			     &vm);
	assert_int_equal(vm->memory, VDC_UNSET);
	assert_int_equal(vm->vcpus, VDC_UNSET);
	assert_int_equal(domain.n_nics, 0);
}

static void capabilities_of_a_host(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, arena);

	(void)state;
	assert_int_equal(
		vdc_capabilities_read(data_file(arena, "capabilities.xml"), arena, host, NULL), 0);
	assert_string_equal(host->hardware_uuid, "4c4c4544-0042-3510-8052-b4c04f4d3232");
	assert_string_equal(host->architecture, "x86_64");
	assert_string_equal(host->cpu_model, "Skylake-Server");
	assert_string_equal(host->cpu_vendor, "Intel");
	assert_string_equal(host->cpu_features, "vmx pcid");
	assert_int_equal(host->cpu_sockets, 2);
	assert_int_equal(host->cpu_cores, 8);
	assert_int_equal(host->cpu_threads, 2);
	assert_int_equal(host->numa_nodes, 2);
	assert_string_equal(host->machine_types, "pc-i440fx-7.2 pc pc-q35-7.2 q35");
	assert_int_equal(strncmp(host->cpu_xml, "<cpu>", 5), 0);
	assert_int_equal(vdc_domain_capabilities_read(data_file(arena, "domain_capabilities.xml"),
						      arena, host, NULL),
			 0);
	assert_string_equal(host->cpu_models, "qemu64 Nehalem");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_domain_tells_what_it_is),
		cmocka_unit_test(a_disk_that_is_copied_is_told),
		cmocka_unit_test(its_disks_come_with_their_chains),
		cmocka_unit_test(its_interfaces_know_where_they_are_plugged),
		cmocka_unit_test(the_least_domain_is_one),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(numbers_out_of_range_are_no_value),
		cmocka_unit_test(capabilities_of_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
