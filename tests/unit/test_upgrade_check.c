/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_check.h"

#include <errno.h>
#include <string.h>

#include "../helpers/small_world.h"
#include "base/setting.h"
#include "doc/catalogue.h"
#include "model/domain_reach.h"
#include "model/storage_domain.h"
#include "plan/upgrade_fix.h"
#include "unit.h"

static struct vdc_arena *arena;
static struct small_world w;
static struct vdc_findings findings;
static struct vdc_load_sample samples[3];
static struct vdc_upgrade_snapshot last; /* of check() */
static struct vdc_upgrade_question question;

static int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	w = small_world_new(arena);
	findings = (struct vdc_findings){ .arena = arena };
	last = (struct vdc_upgrade_snapshot){ 0 };
	question = (struct vdc_upgrade_question){
		.world = w.world,
		.snapshot = &last,
		.accept_unknown = true,
	};
	for (int i = 0; i < 3; i++)
		samples[i] = (struct vdc_load_sample){ .host_id = w.hosts[i]->id, .cpu = 2000 };
	return 0;
}

static int finish(void **state)
{
	(void)state;
	vdc_upgrade_snapshot_free(&last);
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
	c.samples = samples;
	c.n_samples = 3;
	if (vdc_upgrade_snapshot(w.world, &none, &c, arena, &snapshot, &err))
		fail_msg("%s", vdc_err_text(&err));
	return snapshot;
}

static void check_with(const struct vdc_upgrade_choice *choice)
{
	vdc_upgrade_snapshot_free(&last);
	last = snapshot_of(choice);
	findings.n = 0;
	vdc_plan_upgrade_check(&question, &findings);
}

static void check(bool os_major)
{
	question.os_major = os_major;
	check_with(NULL);
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

/* Three hosts of 8 CPUs; 80 % of two of them is 12.8. */
static void cpus_while_a_host_is_away(void **state)
{
	(void)state;
	samples[0].cpu = samples[1].cpu = samples[2].cpu = 4160;
	check(false);
	assert_int_equal(findings.n, 0);
	samples[1].cpu = 5000;
	check(false);
	only("CPU_SHORT", "c1");
	samples[1].host_id = "nobody";
	check(false);
	only("CPU_UNKNOWN", "c1");
	w.hosts[1]->status = VDC_HOST_MAINTENANCE; /* takes none, so nobody asks for its load */
	w.vms[1]->host.id = w.hosts[0]->id;
	check(false);
	assert_false(found("CPU_UNKNOWN", "c1"));
}

static struct vdc_storage_domain *add_domain(const char *name, int64_t status)
{
	struct vdc_storage_domain *domain = vdc_object_new(&vdc_storage_domain_kind, arena);

	domain->id = domain->name = vdc_arena_strdup(arena, name);
	domain->data_center.id = w.cluster->data_center.id = vdc_arena_strdup(arena, "dc");
	domain->type = VDC_STORAGE_DOMAIN_DATA;
	domain->status = status;
	vdc_world_add(w.world, &vdc_storage_domain_kind, domain);
	return domain;
}

static struct vdc_domain_reach *add_reach(struct vdc_host *host, struct vdc_storage_domain *domain)
{
	struct vdc_domain_reach *reach = vdc_object_new(&vdc_domain_reach_kind, arena);

	reach->host.id = host->id;
	reach->storage_domain.id = domain->id;
	reach->status = VDC_REACH_LOST;
	vdc_world_add(w.world, &vdc_domain_reach_kind, reach);
	return reach;
}

static void storage_that_is_not_there(void **state)
{
	struct vdc_storage_domain *d1 = add_domain("d1", VDC_STORAGE_DOMAIN_ACTIVE);
	struct vdc_storage_domain *d2 = add_domain("d2", VDC_STORAGE_DOMAIN_ACTIVE);
	struct vdc_domain_reach *reach;

	(void)state;
	add_reach(w.hosts[1], d1);
	reach = add_reach(w.hosts[1], d2);
	check(false);
	only("STORAGE_DOMAIN_NOT_REACHED", "h2");
	assert_non_null(strstr(findings.items[0]->text, "d1, d2"));
	reach->status = VDC_REACH_UNKNOWN;
	d1->status = VDC_STORAGE_DOMAIN_MAINTENANCE; /* on purpose */
	check(false);
	assert_int_equal(findings.n, 0);
	d2->status = VDC_STORAGE_DOMAIN_INACTIVE;
	check(false);
	only("STORAGE_DOMAIN_NOT_ACTIVE", "d2");
	d2->data_center.id = NULL;
	check(false);
	assert_int_equal(findings.n, 0);
}

static void use_catalogue(int major, int minor)
{
	const char *source = getenv("VDC_TEST_SRC");
	vdc_autofree char *directory = vdc_format("%s/levels", source ? source : ".");
	struct vdc_err err = { 0 };

	assert_int_equal(vdc_setting_set(VDC_SETTING_LEVELS_DIRECTORY, directory, &err), 0);
	if (vdc_catalogue_read(arena, &question.catalogue, &err))
		fail_msg("%s", vdc_err_text(&err));
	w.cluster->level_family = vdc_arena_strdup(arena, "rhv");
	w.cluster->version = (struct vdc_level){ major, minor };
}

static void levels_of_hosts(void **state)
{
	static char old[] = "4.20", new[] = "4.50", libvirt[] = "8.0.0";

	(void)state;
	use_catalogue(4, 7);
	w.hosts[2]->agent_version = new;
	w.hosts[2]->libvirt_version = libvirt;
	check(false);
	assert_int_equal(findings.n, 0); /* nothing is known of the others */
	w.hosts[1]->agent_version = old;
	check(false);
	only("HOST_LEVEL_TOO_LOW", "h2");
	question.raise_level = true; /* said once, of the present level */
	check(false);
	only("HOST_LEVEL_TOO_LOW", "h2");
	use_catalogue(9, 9);
	check(false);
	only("LEVEL_UNKNOWN", "c1");
}

/* Offers as one text: what, in which order. */
static const char *offers(void)
{
	struct vdc_upgrade_fixes fixes = vdc_plan_upgrade_fixes(&question, &findings);
	const char *text = "";

	for (size_t i = 0; i < fixes.n; i++) {
		const struct vdc_upgrade_fix *fix = &fixes.items[i];

		assert_non_null(fix->means);
		assert_true(!fix->instead_of || fix->asks);
		text = vdc_arena_format(arena, "%s%s%s%s\n", text, fix->instead_of ? "or " : "",
					fix->offer, fix->asks ? "?" : "");
	}
	return text;
}

static void what_can_be_done(void **state)
{
	static char pin[] = "0=1", device[] = "pci_0000_3b_00_0", vf[] = "sriov_0";

	(void)state;
	check(true);
	assert_string_equal(offers(), "");
	w.vms[0]->affinity = VDC_VM_PINNED; /* two findings, one remedy */
	w.vms[1]->cpu_pinning = w.vms[1]->numa_pinning = pin;
	w.vms[1]->cpu_pinning_policy = VDC_PINNING_DEDICATED;
	w.vms[2]->host_devices = device;
	w.vms[3]->eviction_strategy = VDC_EVICTION_NONE;
	w.hosts[1]->os_type = NULL;
	check(true);
	assert_string_equal(offers(), "read host h2 anew\n"
				      "set affinity of vm a to migratable\n"
				      "remove cpu_pinning of vm b\n"
				      "set cpu_pinning_policy of vm b to none\n"
				      "remove numa_pinning of vm b\n"
				      "or shut down vm a?\n"
				      "set eviction_strategy of vm c to live_migrate_if_possible\n"
				      "or shut down vm c?\n"
				      "set eviction_strategy of vm d to live_migrate\n");
	w = small_world_new(arena);
	question.world = w.world;
	w.vms[0]->host_devices = w.vms[1]->host_devices = vf;
	w.vms[2]->pinned_hosts = w.vms[2]->host.id;
	w.vms[3]->local_storage = 1;
	w.vms[3]->eviction_strategy = VDC_EVICTION_NONE;
	check(false);
	assert_string_equal(offers(), "set sriov_live_migration of cluster c1 to true\n"
				      "or shut down vm a?\n"
				      "or shut down vm b?\n"
				      "remove pinned_hosts of vm c\n"
				      "or shut down vm c?\n");
}

static void what_can_be_done_to_vms_and_hosts(void **state)
{
	static const char *const names[] = { "h1" };
	struct vdc_upgrade_choice one = vdc_upgrade_choice_default;

	(void)state;
	w.vms[1]->status = VDC_VM_SUSPENDED;
	w.vms[1]->host.id = NULL;
	w.hosts[2]->status = VDC_HOST_MAINTENANCE;
	w.vms[2]->host.id = NULL;
	w.vms[2]->status = VDC_VM_DOWN;
	check(true);
	assert_string_equal(offers(), "activate host h3?\n"
				      "resume vm b\n"
				      "or resume and shut down vm b?\n");
	w = small_world_new(arena);
	question.world = w.world;
	w.vms[0]->eviction_strategy = VDC_EVICTION_EXTERNAL;
	check(false); /* no host that is not upgraded */
	assert_string_equal(offers(), "set eviction_strategy of vm a to live_migrate_if_possible\n"
				      "or shut down vm a?\n");
	one.hosts = names;
	one.n_hosts = 1;
	check_with(&one);
	assert_string_equal(offers(), "set eviction_strategy of vm a to live_migrate_if_possible\n"
				      "or migrate vm a to host h2?\n"
				      "or shut down vm a?\n");
	w.hosts[0]->update_available = w.hosts[1]->update_available = 0;
	w.hosts[2]->update_available = 0;
	w.vms[0]->eviction_strategy = VDC_EVICTION_LIVE_MIGRATE;
	check(false);
	assert_string_equal(offers(), "look for updates of the hosts of cluster c1\n");
}

static void what_is_done_instead(void **state)
{
	struct vdc_upgrade_fixes fixes;

	(void)state;
	w.vms[0]->host_devices = w.vms[1]->host_devices = (char[]){ "sriov_0" };
	check(false);
	fixes = vdc_plan_upgrade_fixes(&question, &findings);
	assert_int_equal(fixes.n, 3); /* the cluster's, or each of both VMs */
	fixes.items[1].done = true;
	assert_false(vdc_upgrade_fix_is_moot(&fixes, &fixes.items[2]));
	fixes.items[1].done = false;
	fixes.items[0].done = true;
	assert_true(vdc_upgrade_fix_is_moot(&fixes, &fixes.items[1]));
	assert_true(vdc_upgrade_fix_is_moot(&fixes, &fixes.items[2]));
}

static void a_load_that_nobody_measured(void **state)
{
	(void)state;
	samples[0].host_id = samples[2].host_id = "nobody";
	check(false);
	assert_string_equal(offers(), "read host h1 anew\nread host h3 anew\n");
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
		TEST(a_healthy_cluster),
		TEST(preconditions_of_the_policy),
		TEST(leaving_the_policy),
		TEST(hosts_that_are_not_up),
		TEST(vms_that_are_shut_down),
		TEST(too_full),
		TEST(nothing_to_do),
		TEST(fingerprints),
		TEST(what_is_chosen),
		TEST(cpus_while_a_host_is_away),
		TEST(storage_that_is_not_there),
		TEST(levels_of_hosts),
		TEST(what_can_be_done),
		TEST(what_can_be_done_to_vms_and_hosts),
		TEST(what_is_done_instead),
		TEST(a_load_that_nobody_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
