/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_check.h"

#include <errno.h>
#include <string.h>

#include "../helpers/small_world.h"
#include "unit.h"

static struct vdc_arena *arena;
static struct small_world w;
static struct vdc_findings findings;

static int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	w = small_world_new(arena);
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

	c.cluster_id = w.cluster->id;
	c.accept_unknown = true;
	if (vdc_upgrade_snapshot(w.world, &none, &c, arena, &snapshot, &err))
		fail_msg("%s", vdc_err_text(&err));
	return snapshot;
}

static void check(bool os_major)
{
	struct vdc_upgrade_snapshot snapshot = snapshot_of(NULL);

	findings.n = 0;
	vdc_plan_upgrade_check(&(struct vdc_upgrade_question){ .world = w.world,
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
	w.vms[0]->host.id = NULL; /* also VMs that do not run */
	w.vms[0]->status = VDC_VM_SUSPENDED;
	w.vms[1]->cpu_pinning = w.vms[2]->numa_pinning = pin;
	w.vms[3]->host_devices = device;
	w.vms[3]->origin = engine;
	w.vms[2]->affinity = VDC_VM_USER_MIGRATABLE;
	w.hosts[1]->os_type = NULL;
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
	w.hosts[2]->os_major = 9;
	vdc_plan_upgrade_policy_done(w.world, w.cluster, &findings);
	assert_int_equal(findings.n, 2);
	assert_true(found("HOST_OS_OLDER", "h1"));
	assert_true(found("HOST_OS_OLDER", "h2"));
	findings.n = 0;
	w.hosts[0]->os_major = w.hosts[1]->os_major = 9;
	vdc_plan_upgrade_policy_done(w.world, w.cluster, &findings);
	assert_int_equal(findings.n, 0);
}

static void hosts_that_are_not_up(void **state)
{
	(void)state;
	w.hosts[1]->status = VDC_HOST_NON_RESPONSIVE;
	w.vms[1]->host.id = w.hosts[0]->id;
	check(false);
	assert_true(found("HOST_NON_RESPONSIVE", "h2"));
	w.hosts[1]->status = VDC_HOST_MAINTENANCE;
	check(false);
	assert_true(found("HOST_AWAY", "h2"));
}

static void vms_that_are_shut_down(void **state)
{
	(void)state;
	w.vms[2]->eviction_strategy = VDC_EVICTION_NONE;
	check(false);
	only("VM_STOPPED_BY_DRAIN", "c");
}

static void too_full(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		w.vms[i]->memory = 50 * GIB;
	check(false);
	only("NO_PLAN", "c1");
	for (int i = 0; i < 4; i++)
		w.vms[i]->memory = 35 * GIB;
	check(false);
	only("NO_RESERVE", "c1");
}

static void nothing_to_do(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		w.hosts[i]->update_available = 0;
	w.cluster->upgrade_in_progress = 1;
	check(false);
	assert_true(found("NO_HOST_TO_UPGRADE", "c1"));
	assert_true(found("UPGRADE_RUNNING", "c1"));
}

static void fingerprints(void **state)
{
	struct vdc_upgrade_snapshot a = snapshot_of(NULL), b = snapshot_of(NULL), c;

	(void)state;
	assert_string_equal(a.fingerprint, b.fingerprint);
	w.vms[3]->host.id = w.hosts[2]->id;
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
	choice.cluster_id = w.cluster->id;
	assert_int_equal(vdc_upgrade_snapshot(w.world, &none, &choice, arena, &snapshot, &err),
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
