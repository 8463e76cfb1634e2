/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_check.h"

#include <errno.h>
#include <string.h>

#include "base/setting.h"
#include "doc/catalogue.h"
#include "model/domain_reach.h"
#include "model/storage_domain.h"
#include "unit.h"
#include "upgrade_case.h"

static void a_healthy_cluster(void **state)
{
	struct upgrade_case *c = *state;

	upgrade_check(c, true);
	for (size_t i = 0; i < c->findings.n; i++)
		print_message("%s\n", c->findings.items[i]->text);
	assert_int_equal(c->findings.n, 0);
}

static void preconditions_of_the_policy(void **state)
{
	struct upgrade_case *c = *state;
	static char pin[] = "0=1", device[] = "pci_0000_3b_00_0", engine[] = "hosted_engine";

	c->w.vms[0]->host.id = NULL; /* also VMs that do not run */
	c->w.vms[0]->status = VDC_VM_SUSPENDED;
	c->w.vms[1]->cpu_pinning = c->w.vms[2]->numa_pinning = pin;
	c->w.vms[3]->host_devices = device;
	c->w.vms[3]->origin = engine;
	c->w.vms[2]->affinity = VDC_VM_USER_MIGRATABLE;
	c->w.hosts[1]->os_type = NULL;
	upgrade_check(c, true);
	assert_true(upgrade_found(c, "VM_SUSPENDED", "a"));
	assert_true(upgrade_found(c, "VM_CPU_PINNED", "b"));
	assert_true(upgrade_found(c, "VM_NUMA_PINNED", "c"));
	assert_true(upgrade_found(c, "VM_NOT_MIGRATABLE", "c"));
	assert_true(upgrade_found(c, "VM_PCI_PASSTHROUGH", "d"));
	assert_true(upgrade_found(c, "VM_HOSTED_ENGINE", "d"));
	assert_true(upgrade_found(c, "HOST_OS_UNREADABLE", "h2"));
	upgrade_check(c, false); /* within one major version only the device is in the way */
	upgrade_found_only(c, "VM_BLOCKS_DRAIN", "d");
}

static void leaving_the_policy(void **state)
{
	struct upgrade_case *c = *state;

	c->w.hosts[2]->os_major = 9;
	vdc_plan_upgrade_policy_done(c->w.world, c->w.cluster, &c->findings);
	assert_int_equal(c->findings.n, 2);
	assert_true(upgrade_found(c, "HOST_OS_OLDER", "h1"));
	assert_true(upgrade_found(c, "HOST_OS_OLDER", "h2"));
	c->findings.n = 0;
	c->w.hosts[0]->os_major = c->w.hosts[1]->os_major = 9;
	vdc_plan_upgrade_policy_done(c->w.world, c->w.cluster, &c->findings);
	assert_int_equal(c->findings.n, 0);
}

static void hosts_that_are_not_up(void **state)
{
	struct upgrade_case *c = *state;

	c->w.hosts[1]->status = VDC_HOST_NON_RESPONSIVE;
	c->w.vms[1]->host.id = c->w.hosts[0]->id;
	upgrade_check(c, false);
	assert_true(upgrade_found(c, "HOST_NON_RESPONSIVE", "h2"));
	c->w.hosts[1]->status = VDC_HOST_MAINTENANCE;
	upgrade_check(c, false);
	assert_true(upgrade_found(c, "HOST_AWAY", "h2"));
}

static void vms_that_are_shut_down(void **state)
{
	struct upgrade_case *c = *state;

	c->w.vms[2]->eviction_strategy = VDC_EVICTION_NONE;
	upgrade_check(c, false);
	upgrade_found_only(c, "VM_STOPPED_BY_DRAIN", "c");
}

static void too_full(void **state)
{
	struct upgrade_case *c = *state;

	for (int i = 0; i < 4; i++)
		c->w.vms[i]->memory = 50 * GIB;
	upgrade_check(c, false);
	upgrade_found_only(c, "NO_PLAN", "c1");
	for (int i = 0; i < 4; i++)
		c->w.vms[i]->memory = 35 * GIB;
	upgrade_check(c, false);
	upgrade_found_only(c, "NO_RESERVE", "c1");
}

static void nothing_to_do(void **state)
{
	struct upgrade_case *c = *state;

	for (int i = 0; i < 3; i++)
		c->w.hosts[i]->update_available = 0;
	c->w.cluster->upgrade_in_progress = 1;
	upgrade_check(c, false);
	assert_true(upgrade_found(c, "NO_HOST_TO_UPGRADE", "c1"));
	assert_true(upgrade_found(c, "UPGRADE_RUNNING", "c1"));
}

/* Three hosts of 8 CPUs; 80 % of two of them is 12.8. */
static void cpus_while_a_host_is_away(void **state)
{
	struct upgrade_case *c = *state;

	c->samples[0].cpu = c->samples[1].cpu = c->samples[2].cpu = 4160;
	upgrade_check(c, false);
	assert_int_equal(c->findings.n, 0);
	c->samples[1].cpu = 5000;
	upgrade_check(c, false);
	upgrade_found_only(c, "CPU_SHORT", "c1");
	c->samples[1].host_id = "nobody";
	upgrade_check(c, false);
	upgrade_found_only(c, "CPU_UNKNOWN", "c1");
	c->w.hosts[1]->status = VDC_HOST_MAINTENANCE; /* takes none, so nobody asks for its load */
	c->w.vms[1]->host.id = c->w.hosts[0]->id;
	upgrade_check(c, false);
	assert_false(upgrade_found(c, "CPU_UNKNOWN", "c1"));
}

static struct vdc_storage_domain *add_domain(struct upgrade_case *c, const char *name,
					     int64_t status)
{
	struct vdc_storage_domain *domain = vdc_object_new(&vdc_storage_domain_kind, c->arena);

	domain->id = domain->name = vdc_arena_strdup(c->arena, name);
	domain->data_center.id = c->w.cluster->data_center.id = vdc_arena_strdup(c->arena, "dc");
	domain->type = VDC_STORAGE_DOMAIN_DATA;
	domain->status = status;
	vdc_world_add(c->w.world, &vdc_storage_domain_kind, domain);
	return domain;
}

static struct vdc_domain_reach *add_reach(struct upgrade_case *c, struct vdc_host *host,
					  struct vdc_storage_domain *domain)
{
	struct vdc_domain_reach *reach = vdc_object_new(&vdc_domain_reach_kind, c->arena);

	reach->host.id = host->id;
	reach->storage_domain.id = domain->id;
	reach->status = VDC_REACH_LOST;
	vdc_world_add(c->w.world, &vdc_domain_reach_kind, reach);
	return reach;
}

static void storage_that_is_not_there(void **state)
{
	struct upgrade_case *c = *state;
	struct vdc_storage_domain *d1 = add_domain(c, "d1", VDC_STORAGE_DOMAIN_ACTIVE);
	struct vdc_storage_domain *d2 = add_domain(c, "d2", VDC_STORAGE_DOMAIN_ACTIVE);
	struct vdc_domain_reach *reach;

	add_reach(c, c->w.hosts[1], d1);
	reach = add_reach(c, c->w.hosts[1], d2);
	upgrade_check(c, false);
	upgrade_found_only(c, "STORAGE_DOMAIN_NOT_REACHED", "h2");
	assert_non_null(strstr(c->findings.items[0]->text, "d1, d2"));
	reach->status = VDC_REACH_UNKNOWN;
	d1->status = VDC_STORAGE_DOMAIN_MAINTENANCE; /* on purpose */
	upgrade_check(c, false);
	assert_int_equal(c->findings.n, 0);
	d2->status = VDC_STORAGE_DOMAIN_INACTIVE;
	upgrade_check(c, false);
	upgrade_found_only(c, "STORAGE_DOMAIN_NOT_ACTIVE", "d2");
	d2->data_center.id = NULL;
	upgrade_check(c, false);
	assert_int_equal(c->findings.n, 0);
}

static void use_catalogue(struct upgrade_case *c, int major, int minor)
{
	const char *source = getenv("VDC_TEST_SRC");
	vdc_autofree char *directory = vdc_format("%s/levels", source ? source : ".");
	struct vdc_err err = { 0 };

	assert_int_equal(vdc_setting_set(VDC_SETTING_LEVELS_DIRECTORY, directory, &err), 0);
	if (vdc_catalogue_read(c->arena, &c->question.catalogue, &err))
		fail_msg("%s", vdc_err_text(&err));
	c->w.cluster->level_family = vdc_arena_strdup(c->arena, "rhv");
	c->w.cluster->version = (struct vdc_level){ major, minor };
}

static void levels_of_hosts(void **state)
{
	struct upgrade_case *c = *state;
	static char old[] = "4.20", new[] = "4.50", libvirt[] = "8.0.0";

	use_catalogue(c, 4, 7);
	c->w.hosts[2]->agent_version = new;
	c->w.hosts[2]->libvirt_version = libvirt;
	upgrade_check(c, false);
	assert_int_equal(c->findings.n, 0); /* nothing is known of the others */
	c->w.hosts[1]->agent_version = old;
	upgrade_check(c, false);
	upgrade_found_only(c, "HOST_LEVEL_TOO_LOW", "h2");
	c->question.raise_level = true; /* said once, of the present level */
	upgrade_check(c, false);
	upgrade_found_only(c, "HOST_LEVEL_TOO_LOW", "h2");
	use_catalogue(c, 9, 9);
	upgrade_check(c, false);
	upgrade_found_only(c, "LEVEL_UNKNOWN", "c1");
}

static void fingerprints(void **state)
{
	struct upgrade_case *c = *state;
	struct vdc_upgrade_snapshot one = upgrade_case_snapshot(c, NULL);
	struct vdc_upgrade_snapshot same = upgrade_case_snapshot(c, NULL), other;

	assert_string_equal(one.fingerprint, same.fingerprint);
	c->w.vms[3]->host.id = c->w.hosts[2]->id;
	other = upgrade_case_snapshot(c, NULL);
	assert_string_not_equal(one.fingerprint, other.fingerprint);
	vdc_upgrade_snapshot_free(&one);
	vdc_upgrade_snapshot_free(&same);
	vdc_upgrade_snapshot_free(&other);
}

static void what_is_chosen(void **state)
{
	struct upgrade_case *c = *state;
	static const char *const names[] = { "h2", "nobody" };
	static const struct vdc_catalogue none;
	struct vdc_upgrade_choice choice = vdc_upgrade_choice_default;
	struct vdc_upgrade_snapshot snapshot;
	struct vdc_err err = { 0 };

	choice.hosts = names;
	choice.n_hosts = 1;
	snapshot = upgrade_case_snapshot(c, &choice);
	assert_false(snapshot.input.hosts[0].selected);
	assert_true(snapshot.input.hosts[1].selected);
	assert_int_equal(snapshot.input.max_away, 1);
	vdc_upgrade_snapshot_free(&snapshot);
	choice.n_hosts = 2;
	choice.cluster_id = c->w.cluster->id;
	assert_int_equal(
		vdc_upgrade_snapshot(c->w.world, &none, &choice, c->arena, &snapshot, &err),
		-ENOENT);
	assert_non_null(strstr(vdc_err_text(&err), "nobody"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, upgrade_case_begin, upgrade_case_end)
		TEST(a_healthy_cluster),
		TEST(preconditions_of_the_policy),
		TEST(leaving_the_policy),
		TEST(hosts_that_are_not_up),
		TEST(vms_that_are_shut_down),
		TEST(too_full),
		TEST(nothing_to_do),
		TEST(cpus_while_a_host_is_away),
		TEST(storage_that_is_not_there),
		TEST(levels_of_hosts),
		TEST(fingerprints),
		TEST(what_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
