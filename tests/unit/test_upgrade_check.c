/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_check.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

#define GIB (INT64_C(1) << 30)

static struct vdc_arena *arena;
static struct vdc_world *world;
static struct vdc_cluster cluster;
static struct vdc_host hosts[3];
static struct vdc_vm vms[4];
static struct vdc_findings findings;

static struct vdc_host host_of(const char *id)
{
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, arena);

	vdc_object_preset(&vdc_host_kind, host, arena);
	host->id = host->name = vdc_arena_strdup(arena, id);
	host->cluster.id = cluster.id;
	host->status = VDC_HOST_UP;
	host->memory = 100 * GIB;
	host->update_available = 1;
	host->os_type = vdc_arena_strdup(arena, "RHEL");
	host->os_major = 8;
	host->cpu_count = 8;
	host->architecture = vdc_arena_strdup(arena, "x86_64");
	return *host;
}

static struct vdc_vm vm_of(const char *id, struct vdc_host *host)
{
	struct vdc_vm *vm = vdc_object_new(&vdc_vm_kind, arena);

	vdc_object_preset(&vdc_vm_kind, vm, arena);
	vm->id = vm->name = vdc_arena_strdup(arena, id);
	vm->cluster.id = cluster.id;
	vm->host.id = host->id;
	vm->status = VDC_VM_UP;
	vm->memory = 20 * GIB;
	vm->vcpus = 1;
	return *vm;
}

/* A cluster that nothing is wrong with: three hosts, four VMs. */
static int begin(void **state)
{
	static const char *const host_ids[] = { "h1", "h2", "h3" };
	static const char *const vm_ids[] = { "a", "b", "c", "d" };
	struct vdc_cluster *made;

	(void)state;
	arena = vdc_arena_new();
	world = vdc_world_new(arena);
	made = vdc_object_new(&vdc_cluster_kind, arena);
	vdc_object_preset(&vdc_cluster_kind, made, arena);
	cluster = *made;
	cluster.id = cluster.name = vdc_arena_strdup(arena, "c1");
	vdc_world_add(world, &vdc_cluster_kind, &cluster);
	for (int i = 0; i < 3; i++) {
		hosts[i] = host_of(host_ids[i]);
		vdc_world_add(world, &vdc_host_kind, &hosts[i]);
	}
	for (int i = 0; i < 4; i++) {
		vms[i] = vm_of(vm_ids[i], &hosts[i % 3]);
		vdc_world_add(world, &vdc_vm_kind, &vms[i]);
	}
	findings = (struct vdc_findings){ .arena = arena };
	return 0;
}

static int finish(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static struct vdc_upgrade_snapshot snapshot_of(const struct vdc_upgrade_choice *choice)
{
	static const struct vdc_catalogue none;
	struct vdc_upgrade_choice c = choice ? *choice : vdc_upgrade_choice_default;
	struct vdc_upgrade_snapshot snapshot;
	struct vdc_err err = { 0 };

	c.cluster_id = cluster.id;
	c.accept_unknown = true;
	if (vdc_upgrade_snapshot(world, &none, &c, arena, &snapshot, &err))
		fail_msg("%s", vdc_err_text(&err));
	return snapshot;
}

static void check(bool os_major)
{
	struct vdc_upgrade_snapshot snapshot = snapshot_of(NULL);

	findings.n = 0;
	vdc_plan_upgrade_check(&(struct vdc_upgrade_question){ .world = world,
							       .snapshot = &snapshot,
							       .os_major = os_major },
			       &findings);
	vdc_upgrade_snapshot_free(&snapshot);
}

static bool found(const char *code, const char *object)
{
	for (size_t i = 0; i < findings.n; i++)
		if (strcmp(findings.items[i]->code, code) == 0 &&
		    strcmp(findings.items[i]->object, object) == 0)
			return true;
	return false;
}

static void only(const char *code, const char *object)
{
	if (!found(code, object))
		fail_msg("no %s of %s", code, object);
	assert_int_equal(findings.n, 1);
}

static void a_healthy_cluster(void **state)
{
	(void)state;
	check(true);
	for (size_t i = 0; i < findings.n; i++)
		print_message("%s\n", findings.items[i]->text);
	assert_int_equal(findings.n, 0);
}

static void preconditions_of_the_policy(void **state)
{
	static char pin[] = "0=1", device[] = "pci_0000_3b_00_0", engine[] = "hosted_engine";

	(void)state;
	vms[0].host.id = NULL; /* also VMs that do not run */
	vms[0].status = VDC_VM_SUSPENDED;
	vms[1].cpu_pinning = vms[2].numa_pinning = pin;
	vms[3].host_devices = device;
	vms[3].origin = engine;
	vms[2].affinity = VDC_VM_USER_MIGRATABLE;
	hosts[1].os_type = NULL;
	check(true);
	assert_true(found("VM_SUSPENDED", "a"));
	assert_true(found("VM_CPU_PINNED", "b"));
	assert_true(found("VM_NUMA_PINNED", "c"));
	assert_true(found("VM_NOT_MIGRATABLE", "c"));
	assert_true(found("VM_PCI_PASSTHROUGH", "d"));
	assert_true(found("VM_HOSTED_ENGINE", "d"));
	assert_true(found("HOST_OS_UNREADABLE", "h2"));
	check(false); /* within one major version only the device is in the way */
	only("VM_BLOCKS_DRAIN", "d");
}

static void leaving_the_policy(void **state)
{
	(void)state;
	hosts[2].os_major = 9;
	vdc_plan_upgrade_policy_done(world, &cluster, &findings);
	assert_int_equal(findings.n, 2);
	assert_true(found("HOST_OS_OLDER", "h1"));
	assert_true(found("HOST_OS_OLDER", "h2"));
	findings.n = 0;
	hosts[0].os_major = hosts[1].os_major = 9;
	vdc_plan_upgrade_policy_done(world, &cluster, &findings);
	assert_int_equal(findings.n, 0);
}

static void hosts_that_are_not_up(void **state)
{
	(void)state;
	hosts[1].status = VDC_HOST_NON_RESPONSIVE;
	vms[1].host.id = hosts[0].id;
	check(false);
	assert_true(found("HOST_NON_RESPONSIVE", "h2"));
	hosts[1].status = VDC_HOST_MAINTENANCE;
	check(false);
	assert_true(found("HOST_AWAY", "h2"));
}

static void vms_that_are_shut_down(void **state)
{
	(void)state;
	vms[2].eviction_strategy = VDC_EVICTION_NONE;
	check(false);
	only("VM_STOPPED_BY_DRAIN", "c");
}

static void too_full(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		vms[i].memory = 50 * GIB;
	check(false);
	only("NO_PLAN", "c1");
	for (int i = 0; i < 4; i++)
		vms[i].memory = 35 * GIB;
	check(false);
	only("NO_RESERVE", "c1");
}

static void nothing_to_do(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		hosts[i].update_available = 0;
	cluster.upgrade_in_progress = 1;
	check(false);
	assert_true(found("NO_HOST_TO_UPGRADE", "c1"));
	assert_true(found("UPGRADE_RUNNING", "c1"));
}

static void fingerprints(void **state)
{
	struct vdc_upgrade_snapshot a = snapshot_of(NULL), b = snapshot_of(NULL), c;

	(void)state;
	assert_string_equal(a.fingerprint, b.fingerprint);
	vms[3].host.id = hosts[2].id;
	c = snapshot_of(NULL);
	assert_string_not_equal(a.fingerprint, c.fingerprint);
	vdc_upgrade_snapshot_free(&a);
	vdc_upgrade_snapshot_free(&b);
	vdc_upgrade_snapshot_free(&c);
}

static void what_is_chosen(void **state)
{
	static const char *const names[] = { "h2", "nobody" };
	static const struct vdc_catalogue none;
	struct vdc_upgrade_choice choice = vdc_upgrade_choice_default;
	struct vdc_upgrade_snapshot snapshot;
	struct vdc_err err = { 0 };

	(void)state;
	choice.hosts = names;
	choice.n_hosts = 1;
	snapshot = snapshot_of(&choice);
	assert_false(snapshot.input.hosts[0].selected);
	assert_true(snapshot.input.hosts[1].selected);
	assert_int_equal(snapshot.input.max_away, 1);
	vdc_upgrade_snapshot_free(&snapshot);
	choice.n_hosts = 2;
	choice.cluster_id = cluster.id;
	assert_int_equal(vdc_upgrade_snapshot(world, &none, &choice, arena, &snapshot, &err),
			 -ENOENT);
	assert_non_null(strstr(vdc_err_text(&err), "nobody"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
		TEST(a_healthy_cluster),      TEST(preconditions_of_the_policy),
		TEST(leaving_the_policy),     TEST(hosts_that_are_not_up),
		TEST(vms_that_are_shut_down), TEST(too_full),
		TEST(nothing_to_do),	      TEST(fingerprints),
		TEST(what_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
