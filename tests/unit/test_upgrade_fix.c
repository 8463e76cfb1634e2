/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is offered about the findings of a check. */
#include "plan/upgrade_fix.h"

#include <string.h>

#include "unit.h"
#include "upgrade_case.h"

#define QEMU_10 (UINT64_C(10) << 48)

/* Offers as one text: what, in which order. */
static const char *offers(struct upgrade_case *c)
{
	struct vdc_upgrade_fixes fixes = vdc_plan_upgrade_fixes(&c->question, &c->findings);
	const char *text = "";

	for (size_t i = 0; i < fixes.n; i++) {
		const struct vdc_upgrade_fix *fix = &fixes.items[i];

		assert_non_null(fix->means);
		assert_true(!fix->instead_of || fix->asks);
		text = vdc_arena_format(c->arena, "%s%s%s%s\n", text, fix->instead_of ? "or " : "",
					fix->offer, fix->asks ? "?" : "");
	}
	return text;
}

static void what_can_be_done(void **state)
{
	struct upgrade_case *c = *state;
	static char pin[] = "0=1", device[] = "pci_0000_3b_00_0", vf[] = "sriov_0";

	upgrade_check(c, true);
	assert_string_equal(offers(c), "");
	c->w.vms[0]->affinity = VDC_VM_PINNED; /* two findings, one remedy */
	c->w.vms[1]->cpu_pinning = c->w.vms[1]->numa_pinning = pin;
	c->w.vms[1]->cpu_pinning_policy = VDC_PINNING_DEDICATED;
	c->w.vms[2]->host_devices = device;
	c->w.vms[3]->eviction_strategy = VDC_EVICTION_NONE;
	c->w.hosts[1]->os_type = NULL;
	upgrade_check(c, true);
	assert_string_equal(offers(c), "read host h2 anew\n"
				       "set affinity of vm a to migratable\n"
				       "remove cpu_pinning of vm b\n"
				       "set cpu_pinning_policy of vm b to none\n"
				       "remove numa_pinning of vm b\n"
				       "remove host_devices of vm c?\n"
				       "shut down vm c?\n"
				       "or shut down vm a?\n"
				       "set eviction_strategy of vm c to live_migrate_if_possible\n"
				       "set eviction_strategy of vm d to live_migrate\n");
	c->w = small_world_new(c->arena);
	c->question.world = c->w.world;
	c->w.vms[0]->host_devices = c->w.vms[1]->host_devices = vf;
	c->w.vms[2]->pinned_hosts = c->w.vms[2]->host.id;
	c->w.vms[3]->local_storage = 1;
	c->w.vms[3]->eviction_strategy = VDC_EVICTION_NONE;
	upgrade_check(c, false);
	assert_string_equal(offers(c), "set sriov_live_migration of cluster c1 to true\n"
				       "or shut down vm a?\n"
				       "or shut down vm b?\n"
				       "remove pinned_hosts of vm c\n"
				       "or shut down vm c?\n");
}

static void what_can_be_done_to_vms_and_hosts(void **state)
{
	struct upgrade_case *c = *state;
	static const char *const names[] = { "h1" };
	struct vdc_upgrade_choice one = vdc_upgrade_choice_default;

	c->w.vms[1]->status = VDC_VM_SUSPENDED;
	c->w.vms[1]->host.id = NULL;
	c->w.hosts[2]->status = VDC_HOST_MAINTENANCE;
	c->w.vms[2]->host.id = NULL;
	c->w.vms[2]->status = VDC_VM_DOWN;
	upgrade_check(c, true);
	assert_string_equal(offers(c), "activate host h3?\n"
				       "resume vm b\n"
				       "or resume and shut down vm b?\n");
	c->w.hosts[2]->status = VDC_HOST_NON_RESPONSIVE;
	c->w.vms[1]->status = VDC_VM_DOWN;
	upgrade_check(c, true);
	assert_string_equal(offers(c), "read host h3 anew\n"
				       "or restart the libvirt daemons of host h3?\n");
	c->w = small_world_new(c->arena);
	c->question.world = c->w.world;
	c->w.vms[0]->eviction_strategy = VDC_EVICTION_EXTERNAL;
	upgrade_check(c, false); /* no host that is not upgraded */
	assert_string_equal(offers(c), "set eviction_strategy of vm a to live_migrate_if_possible\n"
				       "or shut down vm a?\n");
	one.hosts = names;
	one.n_hosts = 1;
	upgrade_check_with(c, &one);
	assert_string_equal(offers(c), "set eviction_strategy of vm a to live_migrate_if_possible\n"
				       "or migrate vm a to host h2?\n"
				       "or shut down vm a?\n");
	c->w.hosts[0]->update_available = c->w.hosts[1]->update_available = 0;
	c->w.hosts[2]->update_available = 0;
	c->w.vms[0]->eviction_strategy = VDC_EVICTION_LIVE_MIGRATE;
	upgrade_check(c, false);
	assert_string_equal(offers(c), "look for updates of the hosts of cluster c1\n");
}

/* QEMU 10 offers pc-q35-6.2 no more, hosts up to 9.0. */
static void a_machine_type_that_goes(void **state)
{
	static const struct vdc_level_removal removed[] = {
		{ "pc-q35-6.2", "x86_64", QEMU_10 },
		{ "pc-q35-8.2", "x86_64", QEMU_10 },
	};
	static const struct vdc_level_family family = {
		.name = "f",
		.removals = removed,
		.n_removals = VDC_COUNT(removed),
	};
	static const struct vdc_catalogue catalogue = { &family, 1 };
	struct vdc_upgrade_choice choice = vdc_upgrade_choice_default;
	struct upgrade_case *c = *state;
	struct vdc_vm *vm = c->w.vms[0];

	c->question.catalogue = &catalogue;
	c->question.qemu = choice.qemu = QEMU_10;
	c->w.cluster->level_family = vdc_arena_strdup(c->arena, "f");
	for (int i = 0; i < 3; i++) {
		c->w.hosts[i]->architecture = vdc_arena_strdup(c->arena, "x86_64");
		c->w.hosts[i]->machine_types = vdc_arena_strdup(
			c->arena, i == 1 ? "pc-q35-6.2 pc-q35-7.2 pc-q35-8.2 pc-i440fx-8.2"
					 : "pc-q35-6.2 pc-q35-7.2 pc-q35-8.2 pc-q35-9.0");
		c->w.vms[i]->running_machine_type = vdc_arena_strdup(c->arena, "pc-q35-7.2");
	}
	c->w.vms[3]->running_machine_type = vdc_arena_strdup(c->arena, "pc-q35-7.2");
	vm->running_machine_type = vm->machine_type = vdc_arena_strdup(c->arena, "pc-q35-6.2");
	upgrade_check_with(c, &choice);
	assert_true(upgrade_found(c, "VM_MACHINE_REMOVED", "a"));
	assert_string_equal(offers(c), "set machine_type of vm a to pc-q35-7.2?\n"
				       "shut down vm a?\n");
	vm->machine_type = vdc_arena_strdup(c->arena, "pc-q35-7.2"); /* from its next start on */
	assert_string_equal(offers(c), "shut down vm a?\n");
	vm->machine_type = vm->running_machine_type;
	vm->compatibility_mode = 1; /* it may have to go back where it came from */
	assert_string_equal(offers(c), "shut down vm a?\n");
	vm->compatibility_mode = 0;
	vm->custom_emulated_machine = vm->machine_type;
	assert_string_equal(offers(c), "shut down vm a?\n");
}

/* What libvirt has as well is changed there, too: the next look at the host would bring it back. */
static void what_libvirt_has_too(void **state)
{
	struct upgrade_case *c = *state;
	struct vdc_upgrade_fixes fixes;

	c->w.vms[0]->cpu_pinning = c->w.vms[0]->numa_pinning = (char[]){ "0=1" };
	c->w.vms[0]->affinity = VDC_VM_USER_MIGRATABLE;
	upgrade_check(c, true);
	fixes = vdc_plan_upgrade_fixes(&c->question, &c->findings);
	assert_int_equal(fixes.n, 3);
	for (size_t i = 0; i < fixes.n; i++)
		assert_int_equal(fixes.items[i].way,
				 strcmp(fixes.items[i].field->name, "affinity") == 0
					 ? VDC_FIX_SET
					 : VDC_FIX_DEFINE);
}

static void what_is_done_instead(void **state)
{
	struct upgrade_case *c = *state;
	struct vdc_upgrade_fixes fixes;

	c->w.vms[0]->host_devices = c->w.vms[1]->host_devices = (char[]){ "sriov_0" };
	upgrade_check(c, false);
	fixes = vdc_plan_upgrade_fixes(&c->question, &c->findings);
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
	struct upgrade_case *c = *state;

	c->samples[0].host_id = c->samples[2].host_id = "nobody";
	upgrade_check(c, false);
	assert_string_equal(offers(c), "read host h1 anew\nread host h3 anew\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, upgrade_case_begin, upgrade_case_end)
		TEST(what_can_be_done),		TEST(what_can_be_done_to_vms_and_hosts),
		TEST(a_machine_type_that_goes), TEST(what_libvirt_has_too),
		TEST(what_is_done_instead),	TEST(a_load_that_nobody_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
