/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one reading of a host brings into a database. */
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/host_network.h"
#include "model/network.h"
#include "model/vm_nic.h"
#include "scratch_sync.h"

static void a_host_becomes_what_it_is(void **state)
{
	struct vdc_host *host;
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_int_equal(summary.read, 1);
	assert_int_equal(summary.failed, 0);
	host = get(s->db, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_UP);
	assert_null(host->status_detail);
	assert_int_equal(host->failures, 0);
	assert_true(host->seen > 0);
	assert_true(host->memory > 0);
	assert_string_equal(host->architecture, "i686");
	assert_non_null(host->libvirt_version);
	assert_null(host->qemu_version);
	assert_int_equal(events(s, "host_up"), 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM host_samples"), 1);
	assert_int_equal(number_of(s->db, "SELECT vms FROM host_samples"), 1);
}

static void its_vms_are_added(void **state)
{
	struct vdc_vm *vm;
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	vm = get(s->db, &vdc_vm_kind, "db1");
	assert_string_equal(vm->id, DB1);
	assert_int_equal(vm->status, VDC_VM_UP);
	assert_string_equal(vm->host.name, "h1");
	assert_string_equal(vm->cluster.name, "c");
	assert_int_equal(vm->memory, 512 << 20);
	assert_int_equal(vm->vcpus, 2);
	assert_non_null(strstr(vm->domain_xml, "<name>db1</name>"));
	assert_int_equal(vm->local_storage, 1);
	vm = get(s->db, &vdc_vm_kind, "off1");
	assert_string_equal(vm->id, OFF1);
	assert_int_equal(vm->status, VDC_VM_DOWN);
	assert_null(vm->host.id);
	assert_int_equal(events(s, "vm_started"), 1);
}

static void disks_belong_to_the_domain_they_lie_in(void **state)
{
	struct vdc_disk *disk;
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM disks"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM disk_attachments"), 2);
	disk = get(s->db, &vdc_disk_kind, "db1_vda");
	assert_string_equal(disk->storage_domain.name, "sd");
	assert_int_equal(disk->local, 0);
	assert_int_equal(disk->format, VDC_DISK_COW);
	assert_string_equal(disk->path, "/shared/vms/db1.qcow2");
	disk = get(s->db, &vdc_disk_kind, "db1_vdb");
	assert_null(disk->storage_domain.id);
	assert_int_equal(disk->local, 1);
}

static void networks_are_found_and_joined(void **state)
{
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_string_equal(
		((struct vdc_network *)get(s->db, &vdc_network_kind, "default"))->bridge, "virbr0");
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM host_networks "
					  "WHERE status = 'up' AND bridge = 'virbr0'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM nics n JOIN networks w ON "
					  "w.id = n.network_id WHERE w.name = 'default' AND "
					  "n.mac = '52:54:00:12:34:56'"),
			 1);
}

static void a_second_reading_changes_nothing_but_times(void **state)
{
	const char *host;
	int64_t before;
	SCRATCH(s);

	prepare(s);
	host = add_host(s, "h1", node_uri());
	sync_one(s, host);
	before = number_of(s->db, "SELECT COUNT(*) FROM events");
	sync_one(s, host);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events"), before);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM disks"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM nics"), 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM networks"), 1);
}

static void what_an_administrator_set_stays(void **state)
{
	struct vdc_vm *vm;
	const char *host;
	SCRATCH(s);

	prepare(s);
	host = add_host(s, "h1", node_uri());
	sync_one(s, host);
	PUT(s, vdc_vm_kind, "id", DB1, "description", "ours", "priority", "7");
	sync_one(s, host);
	vm = get(s->db, &vdc_vm_kind, DB1);
	assert_string_equal(vm->description, "ours");
	assert_int_equal(vm->priority, 7);
}

static void a_vm_that_is_off_runs_at_no_level(void **state)
{
	const char *host;
	SCRATCH(s);

	prepare(s);
	host = add_host(s, "h1", node_uri());
	sync_one(s, host);
	PUT(s, vdc_vm_kind, "id", DB1, "running_level", "4.5");
	PUT(s, vdc_vm_kind, "id", OFF1, "running_level", "4.5");
	sync_one(s, host);
	assert_int_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->running_level.minor, 5);
	assert_int_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, OFF1))->running_level.major, -1);
}

static void a_required_network_that_is_missing_makes_it_non_operational(void **state)
{
	struct vdc_host *host;
	SCRATCH(s);

	prepare(s);
	PUT(s, vdc_network_kind, "name", "storage", "data_center", "dc", "required", "true");
	sync_one(s, add_host(s, "h1", node_uri()));
	host = get(s->db, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_NON_OPERATIONAL);
	assert_int_equal(host->reason, VDC_REASON_NETWORK_UNREACHABLE);
	assert_non_null(strstr(host->status_detail, "storage"));
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM host_networks "
					  "WHERE status = 'missing'"),
			 1);
	PUT(s, vdc_network_kind, "name", "storage", "data_center", "dc", "required", "false");
	sync_one(s, host->id);
	host = get(s->db, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_UP);
	assert_int_equal(host->reason, 0);
	assert_null(host->status_detail);
}

static void names_that_two_hosts_use_are_told_apart(void **state)
{
	SCRATCH(s);

	prepare(s);
	PUT(s, vdc_vm_kind, "name", "db1", "cluster", "c");
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_string_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->name, "db1-11111111");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_host_becomes_what_it_is),
		on_both(its_vms_are_added),
		on_both(disks_belong_to_the_domain_they_lie_in),
		on_both(networks_are_found_and_joined),
		on_both(a_second_reading_changes_nothing_but_times),
		on_both(what_an_administrator_set_stays),
		on_both(a_vm_that_is_off_runs_at_no_level),
		on_both(a_required_network_that_is_missing_makes_it_non_operational),
		on_both(names_that_two_hosts_use_are_told_apart),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
