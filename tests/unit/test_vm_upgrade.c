/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/vm_upgrade.h"

#include <string.h>

#include "unit.h"

#define TYPES \
	"pc-i440fx-7.2 pc-q35-7.2 pc-q35-10.0 pc-q35-9.2 pc-i440fx-10.0 pc-q35-2.9 pc q35 microvm"

static char web[] = "web", old_cluster[] = "old", new_cluster[] = "new", host1[] = "h1",
	    q35_old[] = "pc-q35-7.2", pc_old[] = "pc-i440fx-7.2", types[] = TYPES, x86[] = "x86_64",
	    disk_id[] = "d1", other_id[] = "d2", both[] = "d2 d1", one[] = "d2", snap[] = "s",
	    pinned[] = "pc-q35-6.0", own[] = "own", same[] = "qemu";

static struct vdc_vm vm;
static struct vdc_cluster cluster;
static struct vdc_host host;
static struct vdc_disk disks[2];
static struct vdc_disk_attachment attachments[2];
static struct vdc_vm_disk vm_disks[2];
static struct vdc_snapshot snapshot;
static const struct vdc_snapshot *snapshots[] = { &snapshot };
static struct vdc_vm_upgrade_input input;
static struct vdc_arena *arena;

/* Off, in compatibility mode, with a snapshot of both disks: nothing stands in the way. */
static int fresh(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	vm = (struct vdc_vm){
		.name = web,
		.status = VDC_VM_DOWN,
		.stop_time = 100,
		.compatibility_mode = 1,
		.migrated_from_cluster = old_cluster,
		.migrated_from_level = { 7, 2 },
		.machine_type = q35_old,
	};
	cluster = (struct vdc_cluster){ .name = new_cluster, .version = { 10, 0 } };
	host = (struct vdc_host){ .name = host1, .machine_types = types, .architecture = x86 };
	for (int i = 0; i < 2; i++) {
		disks[i] = (struct vdc_disk){ .id = i ? other_id : disk_id,
					      .format = VDC_DISK_COW,
					      .storage_type = VDC_DISK_IMAGE };
		attachments[i] = (struct vdc_disk_attachment){ .read_only = 0 };
		vm_disks[i] = (struct vdc_vm_disk){ &disks[i], &attachments[i], NULL };
	}
	snapshot = (struct vdc_snapshot){ .name = snap,
					  .date = 100,
					  .type = VDC_SNAPSHOT_REGULAR,
					  .status = VDC_SNAPSHOT_OK,
					  .disks = both };
	input = (struct vdc_vm_upgrade_input){
		.vm = &vm,
		.cluster = &cluster,
		.host = &host,
		.disks = vm_disks,
		.n_disks = 2,
		.snapshots = snapshots,
		.n_snapshots = 1,
	};
	return 0;
}

static int done(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static struct vdc_vm_upgrade plan(void)
{
	return vdc_plan_vm_upgrade(&input, arena);
}

/* Exactly these blockers, in this order; ends with 0. */
static void blocked_by(const enum vdc_vm_upgrade_block *expected)
{
	struct vdc_vm_upgrade upgrade = plan();
	size_t n = 0;

	for (; expected[n]; n++)
		if (n < upgrade.n_blockers)
			assert_int_equal(upgrade.blockers[n].block, expected[n]);
	assert_int_equal(upgrade.n_blockers, n);
}
#define BLOCKED_BY(...) blocked_by((const enum vdc_vm_upgrade_block[]){ __VA_ARGS__ })

static void a_vm_that_is_ready(void **state)
{
	struct vdc_vm_upgrade upgrade = plan();

	(void)state;
	BLOCKED_BY(0);
	assert_string_equal(upgrade.machine, "pc-q35-10.0");
	assert_string_equal(upgrade.backup, "s");
	assert_false(upgrade.runs || upgrade.make_snapshot || upgrade.chipset_changes);
}

static void only_what_migrated_and_is_in_the_mode(void **state)
{
	(void)state;
	vm.compatibility_mode = 0;
	BLOCKED_BY(VDC_VM_UPGRADE_NOT_IN_MODE, 0);
	assert_null(strstr(plan().blockers[0].text, "cold boot"));
	vm.next_run_configuration_exists = 1;
	assert_non_null(strstr(plan().blockers[0].text, "cold boot"));
	vm.migrated_from_cluster = NULL;
	BLOCKED_BY(VDC_VM_UPGRADE_NOT_MIGRATED, 0);
}

static void a_pinned_machine_type_stays(void **state)
{
	(void)state;
	vm.custom_emulated_machine = pinned;
	BLOCKED_BY(VDC_VM_UPGRADE_PINNED, 0);
	assert_non_null(strstr(plan().blockers[0].text, "pc-q35-6.0"));
}

static void only_what_is_off_or_may_be_shut_down(void **state)
{
	(void)state;
	input.no_backup = true;
	vm.status = VDC_VM_UP;
	vm.running_machine_type = q35_old;
	BLOCKED_BY(VDC_VM_UPGRADE_NOT_OFF, 0);
	input.power_off = true;
	BLOCKED_BY(0);
	assert_true(plan().runs);
	for (int64_t status = VDC_VM_UNASSIGNED; status <= VDC_VM_POWERING_DOWN; status++) {
		vm.status = status;
		if (status == VDC_VM_UP || status == VDC_VM_DOWN)
			BLOCKED_BY(0);
		else
			BLOCKED_BY(VDC_VM_UPGRADE_STATUS, 0);
	}
}

static void a_backup_of_every_disk_since_the_power_off(void **state)
{
	(void)state;
	snapshot.date = 99;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
	snapshot.date = VDC_UNSET;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
	snapshot.date = 101;
	BLOCKED_BY(0);
	snapshot.disks = one;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
	attachments[0].read_only = 1;
	BLOCKED_BY(0);
	attachments[0].read_only = 0;
	disks[0].content_type = VDC_CONTENT_ISO;
	BLOCKED_BY(0);
	snapshot.type = VDC_SNAPSHOT_BACKUP;
	BLOCKED_BY(0);
	snapshot.type = VDC_SNAPSHOT_NEXT_RUN;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
	snapshot.type = VDC_SNAPSHOT_REGULAR;
	snapshot.status = VDC_SNAPSHOT_LOCKED;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
	input.no_backup = true;
	BLOCKED_BY(0);
	input.no_backup = false;
	attachments[0].read_only = attachments[1].read_only = 1;
	BLOCKED_BY(0); /* nothing that could be lost */
}

static void when_it_stopped_is_not_known_no_backup_is_late_enough(void **state)
{
	(void)state;
	vm.stop_time = VDC_UNSET;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
}

static void a_snapshot_of_a_vm_that_runs_is_too_early(void **state)
{
	(void)state;
	vm.status = VDC_VM_UP;
	input.power_off = true;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_BACKUP, 0);
	input.snapshot = true;
	BLOCKED_BY(0);
	assert_true(plan().make_snapshot);
}

static void no_snapshot_of_shared_disks_luns_and_raw_ones(void **state)
{
	(void)state;
	input.snapshot = true;
	BLOCKED_BY(0);
	assert_false(plan().make_snapshot); /* the one that is there does */
	input.n_snapshots = 0;
	BLOCKED_BY(0);
	assert_true(plan().make_snapshot);
	disks[0].shareable = 1;
	disks[1].storage_type = VDC_DISK_LUN;
	BLOCKED_BY(VDC_VM_UPGRADE_SHAREABLE, VDC_VM_UPGRADE_DIRECT_LUN, 0);
	disks[1].storage_type = VDC_DISK_IMAGE;
	disks[1].format = VDC_DISK_RAW;
	BLOCKED_BY(VDC_VM_UPGRADE_SHAREABLE, VDC_VM_UPGRADE_NOT_QCOW2, 0);
	attachments[0].read_only = attachments[1].read_only = 1;
	BLOCKED_BY(0);
}

static void no_snapshot_where_space_is_critical(void **state)
{
	static char name[] = "san";
	struct vdc_storage_domain domain = { .name = name, .space = VDC_STORAGE_SPACE_CRITICAL };

	(void)state;
	vm_disks[1].domain = &domain;
	BLOCKED_BY(0); /* the snapshot that is there does */
	input.snapshot = true;
	input.n_snapshots = 0;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_SPACE, 0);
	assert_non_null(strstr(plan().blockers[0].text, "domain san"));
	attachments[1].read_only = 1;
	BLOCKED_BY(0);
	attachments[1].read_only = 0;
	input.no_backup = true;
	BLOCKED_BY(0);
	input.no_backup = false;
	domain.space = VDC_STORAGE_SPACE_LOW;
	BLOCKED_BY(0);
}

static void one_vm_of_a_cluster_at_a_time(void **state)
{
	(void)state;
	input.other = "db";
	BLOCKED_BY(VDC_VM_UPGRADE_RUNNING, 0);
	assert_non_null(strstr(plan().blockers[0].text, "VM db"));
}

static void every_obstacle_at_once(void **state)
{
	(void)state;
	vm.compatibility_mode = 0;
	vm.custom_emulated_machine = pinned;
	vm.status = VDC_VM_UP;
	host.machine_types = NULL;
	input.other = "db";
	BLOCKED_BY(VDC_VM_UPGRADE_NOT_IN_MODE, VDC_VM_UPGRADE_PINNED, VDC_VM_UPGRADE_NOT_OFF,
		   VDC_VM_UPGRADE_NO_BACKUP, VDC_VM_UPGRADE_NO_MACHINE, VDC_VM_UPGRADE_RUNNING, 0);
}

static void pc_becomes_q35_only_when_asked(void **state)
{
	(void)state;
	vm.machine_type = pc_old;
	assert_string_equal(plan().machine, "pc-i440fx-10.0");
	assert_false(plan().chipset_changes);
	input.chipset = "q35";
	assert_string_equal(plan().machine, "pc-q35-10.0");
	assert_true(plan().chipset_changes);
	BLOCKED_BY(0);
	vm.machine_type = NULL;
	BLOCKED_BY(VDC_VM_UPGRADE_CHIPSET, 0);
}

static void what_it_runs_with_counts_not_what_waits(void **state)
{
	(void)state;
	vm.running_machine_type = pc_old;
	assert_string_equal(plan().machine, "pc-i440fx-10.0");
}

static void the_level_says_which_type_is_its_own(void **state)
{
	const struct vdc_level_machine machines[] = {
		{ "aarch64", "q35", "pc-q35-10.0" },
		{ "x86_64", "q35", "pc-q35-rhel9.6.0" }, /* of another maker than the host's */
		{ "x86_64", "q35", "pc-q35-9.2" },
		{ "x86_64", "i440fx", "pc-i440fx-9.2" },
	};
	const struct vdc_level_entry level = { .machines = machines, .n_machines = 4 };

	(void)state;
	input.level = &level;
	assert_string_equal(plan().machine, "pc-q35-9.2");
	vm.machine_type = pc_old;
	BLOCKED_BY(VDC_VM_UPGRADE_NO_MACHINE, 0); /* this host does not offer that */
	assert_non_null(strstr(plan().blockers[0].text, "host h1"));
}

static void newest_of_its_own_line(void **state)
{
	static const char rhel[] = "pc-q35-rhel8.10.0 pc-q35-rhel8.6.0 pc-q35-rhel9.2.0 "
				   "pc-i440fx-rhel7.6.0 pc-q35-10.0";

	(void)state;
	assert_string_equal(vdc_machine_newest(rhel, "pc-q35-rhel8.3.0", NULL, arena),
			    "pc-q35-rhel9.2.0");
	assert_string_equal(vdc_machine_newest(rhel, "pc-i440fx-rhel7.0.0", "q35", arena),
			    "pc-q35-rhel9.2.0");
	assert_string_equal(vdc_machine_newest("virt-7.2 virt-10.1 virt", "virt-6.0", NULL, arena),
			    "virt-10.1");
	assert_string_equal(vdc_machine_newest(TYPES, "pc-q35-2.9", NULL, arena), "pc-q35-10.0");
	assert_null(vdc_machine_newest(TYPES, "microvm", NULL, arena));
	assert_null(vdc_machine_newest(NULL, "pc-q35-2.9", NULL, arena));
	assert_null(vdc_machine_newest("pc-q35-", "pc-q35-2.9", NULL, arena));
}

static void chipsets_are_told_by_the_type(void **state)
{
	(void)state;
	assert_string_equal(vdc_machine_chipset("pc-q35-rhel8.3.0"), "q35");
	assert_string_equal(vdc_machine_chipset("q35"), "q35");
	assert_string_equal(vdc_machine_chipset("pc"), "i440fx");
	assert_string_equal(vdc_machine_chipset("pc-1.0"), "i440fx");
	assert_string_equal(vdc_machine_chipset("virt-7.2"), "");
	assert_string_equal(vdc_machine_chipset(NULL), "");
}

/* Moving. */
static struct vdc_cluster from;

static void move(bool live, int running, int at)
{
	vdc_plan_vm_moved(&vm, &from, &cluster, live, running, at, 7, arena);
}

static int fresh_move(void **state)
{
	fresh(state);
	vm = (struct vdc_vm){ .name = web,
			      .migrated_from_level = { -1, 0 },
			      .migrated_at = VDC_UNSET };
	from = (struct vdc_cluster){ .name = old_cluster,
				     .level_family = same,
				     .version = { 7, 2 } };
	cluster.level_family = same;
	cluster.id = own;
	return 0;
}

static void coming_from_an_older_cluster(void **state)
{
	(void)state;
	move(true, -1, -1);
	assert_int_equal(vm.compatibility_mode, 1);
	assert_string_equal(vm.migrated_from_cluster, "old");
	assert_int_equal(vm.migrated_from_level.major, 7);
	assert_int_equal(vm.migrated_at, 7);
	assert_string_equal(vm.cluster.id, "own");
}

static void started_there_or_from_one_as_new_it_is_no_mode(void **state)
{
	(void)state;
	move(false, 0, 1);
	assert_int_equal(vm.compatibility_mode, 0);
	from.version = cluster.version;
	move(true, 0, 1);
	assert_int_equal(vm.compatibility_mode, 0);
	assert_null(vm.migrated_from_cluster);
	assert_string_equal(vm.cluster.id, "own");
}

static void where_levels_cannot_be_compared_the_machine_type_decides(void **state)
{
	(void)state;
	from.level_family = own;
	move(true, -1, 3);
	assert_int_equal(vm.compatibility_mode, 0);
	move(true, 3, 3);
	assert_int_equal(vm.compatibility_mode, 0);
	move(true, 2, 3);
	assert_int_equal(vm.compatibility_mode, 1);
}

static void going_back_ends_it_and_going_on_does_not(void **state)
{
	struct vdc_cluster newest = { .name = own, .level_family = same, .version = { 11, 0 } };

	(void)state;
	move(true, -1, -1);
	vdc_plan_vm_moved(&vm, &cluster, &newest, true, -1, -1, 9, arena);
	assert_int_equal(vm.compatibility_mode, 1);
	assert_string_equal(vm.migrated_from_cluster, "old");
	assert_int_equal(vm.migrated_at, 7);
	vdc_plan_vm_moved(&vm, &newest, &from, true, -1, -1, 9, arena);
	assert_int_equal(vm.compatibility_mode, 0);
	assert_null(vm.migrated_from_cluster);
	assert_int_equal(vm.migrated_from_level.major, -1);
	assert_int_equal(vm.migrated_at, VDC_UNSET);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
#define MOVE(name) cmocka_unit_test_setup_teardown(name, fresh_move, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_vm_that_is_ready),
		TEST(only_what_migrated_and_is_in_the_mode),
		TEST(a_pinned_machine_type_stays),
		TEST(only_what_is_off_or_may_be_shut_down),
		TEST(a_backup_of_every_disk_since_the_power_off),
		TEST(when_it_stopped_is_not_known_no_backup_is_late_enough),
		TEST(a_snapshot_of_a_vm_that_runs_is_too_early),
		TEST(no_snapshot_of_shared_disks_luns_and_raw_ones),
		TEST(no_snapshot_where_space_is_critical),
		TEST(one_vm_of_a_cluster_at_a_time),
		TEST(every_obstacle_at_once),
		TEST(pc_becomes_q35_only_when_asked),
		TEST(what_it_runs_with_counts_not_what_waits),
		TEST(the_level_says_which_type_is_its_own),
		TEST(newest_of_its_own_line),
		TEST(chipsets_are_told_by_the_type),
		MOVE(coming_from_an_older_cluster),
		MOVE(started_there_or_from_one_as_new_it_is_no_mode),
		MOVE(where_levels_cannot_be_compared_the_machine_type_decides),
		MOVE(going_back_ends_it_and_going_on_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
