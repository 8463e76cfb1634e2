/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Levels of VMs, why they are behind, where they may go; features of a cluster. */
#include <errno.h>
#include <string.h>

#include "level_world.h"
#include "plan/level_vm.h"
#include "unit.h"

#define RHV (&test_catalogue.families[0])
#define HCI (&test_catalogue.families[1])

struct fixture {
	struct test_world w;
	struct vdc_cluster *cluster;
	struct vdc_vm *vm;
};

/* A VM that is up in a cluster of level 4.6, with its machine type. */
static struct fixture make(void)
{
	struct fixture f = { .w = test_world_new() };

	f.cluster = test_cluster(&f.w, "new", NULL, "rhv", "4.6");
	f.vm = test_vm(&f.w, "vm", f.cluster);
	f.vm->status = VDC_VM_UP;
	f.vm->machine_type = f.vm->running_machine_type = test_text("pc-q35-rhel8.4.0");
	return f;
}

static void assert_level(struct fixture *f, int configured, int running, enum vdc_behind behind)
{
	struct vdc_vm_level level = vdc_plan_vm_level(RHV, f->cluster, f->vm);

	assert_int_equal(level.configured, configured);
	assert_int_equal(level.running, running);
	assert_int_equal(level.behind, behind);
}

static void a_vm_of_its_cluster_is_not_behind(void **state)
{
	struct fixture f = make();

	(void)state;
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->status = VDC_VM_DOWN;
	f.vm->running_machine_type = f.vm->machine_type = NULL;
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	assert_null(vdc_plan_vm_level(RHV, f.cluster, f.vm).machine);
	f.cluster->version = test_level(NULL);
	assert_level(&f, -1, -1, VDC_BEHIND_NOT);
	f.cluster->version = test_level("4.44");
	assert_level(&f, -1, -1, VDC_BEHIND_NOT);
	vdc_arena_free(f.w.arena);
}

static void what_runs_goes_before_what_is_defined(void **state)
{
	struct fixture f = make();

	(void)state;
	f.vm->running_machine_type = test_text("pc-q35-rhel8.3.0");
	assert_level(&f, RHV_46, RHV_45, VDC_BEHIND_MACHINE);
	assert_string_equal(vdc_plan_vm_level(RHV, f.cluster, f.vm).machine, "pc-q35-rhel8.3.0");
	f.vm->running_machine_type = NULL;
	assert_string_equal(vdc_plan_vm_level(RHV, f.cluster, f.vm).machine, "pc-q35-rhel8.4.0");
	f.vm->machine_type = test_text("pc-q35-rhel8.6.0");
	assert_level(&f, RHV_46, RHV_47, VDC_BEHIND_NOT);
	f.vm->machine_type = test_text("q35");
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->machine_type = NULL;
	f.vm->custom_emulated_machine = test_text("pc-q35-rhel8.3.0");
	assert_level(&f, RHV_46, RHV_45, VDC_BEHIND_PINNED);
	vdc_arena_free(f.w.arena);
}

static void a_machine_type_of_several_levels(void **state)
{
	struct fixture f = make();

	(void)state;
	f.vm->running_machine_type = test_text("pc-i440fx-rhel7.6.0");
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->running_level = test_level("4.5");
	assert_level(&f, RHV_46, RHV_45, VDC_BEHIND_PENDING);
	f.vm->status = VDC_VM_SUSPENDED;
	assert_level(&f, RHV_46, RHV_45, VDC_BEHIND_PENDING);
	f.vm->status = VDC_VM_DOWN; /* the level of a run that is over */
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->status = VDC_VM_UP;
	f.vm->running_level = test_level("3.5"); /* cannot be: the type came later */
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->running_level = test_level(NULL);
	f.cluster->version = test_level("4.7");
	assert_level(&f, RHV_47, RHV_46, VDC_BEHIND_MACHINE);
	vdc_arena_free(f.w.arena);
}

static void the_order_of_reasons(void **state)
{
	struct fixture f = make();

	(void)state;
	f.vm->running_machine_type = test_text("pc-q35-rhel8.3.0");
	assert_level(&f, RHV_46, RHV_45, VDC_BEHIND_MACHINE);
	f.vm->next_run_configuration_exists = 1;
	assert_level(&f, RHV_46, RHV_45, VDC_BEHIND_PENDING);
	f.vm->custom_compatibility_version = test_level("4.5");
	assert_level(&f, RHV_45, RHV_45, VDC_BEHIND_OWN_LEVEL);
	f.vm->custom_emulated_machine = test_text("pc-q35-rhel8.3.0");
	assert_level(&f, RHV_45, RHV_45, VDC_BEHIND_PINNED);
	f.vm->compatibility_mode = 1;
	assert_level(&f, RHV_45, RHV_45, VDC_BEHIND_COMPATIBILITY);
	vdc_arena_free(f.w.arena);
}

static void what_does_not_hold_it_back_is_no_reason(void **state)
{
	struct fixture f = make();

	(void)state;
	f.vm->custom_emulated_machine = test_text("pc-q35-rhel8.4.0");
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->custom_compatibility_version = test_level("4.6");
	assert_level(&f, RHV_46, RHV_46, VDC_BEHIND_NOT);
	f.vm->custom_compatibility_version = test_level("4.7");
	f.vm->running_machine_type = test_text("pc-q35-rhel8.6.0");
	assert_level(&f, RHV_47, RHV_47, VDC_BEHIND_NOT);
	f.vm->next_run_configuration_exists = 1;
	assert_level(&f, RHV_47, RHV_47, VDC_BEHIND_PENDING);
	f.vm->custom_compatibility_version = test_level("4.3"); /* none of ours */
	assert_level(&f, -1, RHV_47, VDC_BEHIND_OWN_LEVEL);
	vdc_arena_free(f.w.arena);
}

static void compatibility_mode_keeps_the_level_of_the_source(void **state)
{
	struct fixture f = make();
	struct vdc_vm_level level;

	(void)state;
	f.cluster->version = test_level("6.8");
	f.vm->compatibility_mode = 1;
	f.vm->migrated_from_level = test_level("6.0");
	level = vdc_plan_vm_level(HCI, f.cluster, f.vm);
	assert_int_equal(level.configured, HCI_68);
	assert_int_equal(level.running, HCI_60);
	assert_int_equal(level.behind, VDC_BEHIND_COMPATIBILITY);
	f.vm->migrated_from_level = test_level("6.2"); /* what it was started with goes first */
	f.vm->running_level = test_level("6.0");
	assert_int_equal(vdc_plan_vm_level(HCI, f.cluster, f.vm).running, HCI_60);
	f.vm->migrated_from_level = test_level("6.0");
	f.vm->status = VDC_VM_DOWN; /* a cold boot does not end it */
	assert_int_equal(vdc_plan_vm_level(HCI, f.cluster, f.vm).running, HCI_60);
	f.vm->compatibility_mode = 0; /* an upgrade does */
	level = vdc_plan_vm_level(HCI, f.cluster, f.vm);
	assert_int_equal(level.running, HCI_68);
	assert_int_equal(level.behind, VDC_BEHIND_NOT);
	vdc_arena_free(f.w.arena);
}

static void reasons_have_words(void **state)
{
	(void)state;
	assert_string_equal(vdc_enum_word(&vdc_behind_values, VDC_BEHIND_NOT), "");
	assert_string_equal(vdc_enum_word(&vdc_behind_values, VDC_BEHIND_PENDING), "pending");
	assert_string_equal(vdc_enum_word(&vdc_behind_values, VDC_BEHIND_COMPATIBILITY),
			    "compatibility_mode");
	assert_string_equal(vdc_enum_word(&vdc_behind_values, VDC_BEHIND_MACHINE), "machine_type");
}

/* Two clusters of family hci and a VM that is up in the first. */
static struct fixture make_pair(const char *from, const char *to, struct vdc_cluster **other)
{
	struct fixture f = { .w = test_world_new() };

	f.cluster = test_cluster(&f.w, "from", NULL, "hci", from);
	*other = test_cluster(&f.w, "to", NULL, "hci", to);
	f.vm = test_vm(&f.w, "vm", f.cluster);
	f.vm->status = VDC_VM_UP;
	return f;
}

static int enters(const struct fixture *f, const struct vdc_cluster *to, const char *words)
{
	struct vdc_err err = { 0 };
	int r = vdc_plan_vm_may_enter(&test_catalogue, f->vm, f->cluster, to, &err);

	if (r) {
		assert_non_null(strstr(err.msg, "VM vm"));
		assert_non_null(strstr(err.msg, to->name));
		if (words && !strstr(err.msg, words))
			fail_msg("'%s' is not in: %s", words, err.msg);
	}
	return r;
}

static void only_pairs_of_the_catalogue(void **state)
{
	const struct {
		const char *from, *to;
		int r;
	} table[] = {
		{ "6.0", "6.8", 0 },	  { "6.0", "6.9", 0 },	    { "6.2", "6.8", 0 },
		{ "6.8", "6.9", -EPERM }, { "6.0", "6.2", -EPERM }, { "6.8", "6.0", -EPERM },
		{ "6.8", "6.8", -EPERM }, { NULL, "6.8", -EPERM },  { "6.0", NULL, -EPERM },
		{ "6.0", "6.7", -EPERM },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		struct vdc_cluster *to;
		struct fixture f = make_pair(table[i].from, table[i].to, &to);

		assert_int_equal(enters(&f, to, "no such pair"), table[i].r);
		assert_int_equal(enters(&f, f.cluster, NULL), 0);
		f.vm->status = VDC_VM_DOWN; /* it starts anew there */
		assert_int_equal(enters(&f, to, NULL), 0);
		vdc_arena_free(f.w.arena);
	}
}

static void pairs_hold_on_their_architecture_and_family(void **state)
{
	struct vdc_cluster *to;
	struct fixture f = make_pair("6.0", "6.8", &to);

	(void)state;
	f.cluster->cpu_architecture = test_text("aarch64");
	assert_int_equal(enters(&f, to, "no such pair"), -EPERM);
	f.cluster->cpu_architecture = test_text("x86_64");
	to->level_family = test_text("rhv");
	assert_int_equal(enters(&f, to, "no such pair"), -EPERM);
	to->level_family = NULL;
	assert_int_equal(enters(&f, to, "levels of to is not known"), -EPERM);
	f.cluster->level_family = NULL;
	assert_int_equal(enters(&f, to, "levels of from is not known"), -EPERM);
	vdc_arena_free(f.w.arena);
}

static void the_level_of_the_vm_makes_the_pair(void **state)
{
	struct vdc_cluster *to;
	struct fixture f = make_pair("6.8", "6.9", &to);

	(void)state;
	f.vm->compatibility_mode = 1;
	f.vm->migrated_from_level = test_level("6.0");
	assert_int_equal(enters(&f, to, NULL), 0);
	vdc_arena_free(f.w.arena);
}

static void back_to_the_source_until_it_is_upgraded(void **state)
{
	struct vdc_cluster *to;
	struct fixture f = make_pair("6.8", "6.0", &to);

	(void)state;
	f.vm->migrated_from_cluster = test_text("to");
	f.vm->migrated_from_level = test_level("6.0");
	assert_int_equal(enters(&f, to, NULL), -EPERM);
	f.vm->compatibility_mode = 1;
	assert_int_equal(enters(&f, to, NULL), 0);
	to->version = test_level("6.2"); /* it was raised since */
	assert_int_equal(enters(&f, to, NULL), -EPERM);
	to->version = test_level("6.0");
	f.vm->migrated_from_cluster = test_text("another");
	assert_int_equal(enters(&f, to, NULL), -EPERM);
	f.vm->migrated_from_cluster = test_text("to");
	f.vm->compatibility_mode = 0;
	f.vm->migration_barrier = test_level("6.8");
	assert_int_equal(enters(&f, to, "level 6.8"), -EPERM);
	vdc_arena_free(f.w.arena);
}

static void nothing_passes_the_barrier(void **state)
{
	struct vdc_cluster *to;
	struct fixture f = make_pair("6.8", "6.2", &to);

	(void)state;
	f.vm->status = VDC_VM_DOWN;
	assert_int_equal(enters(&f, to, NULL), 0);
	f.vm->migration_barrier = test_level("6.8");
	assert_int_equal(enters(&f, to, "never go below"), -EPERM);
	to->version = test_level("6.8");
	assert_int_equal(enters(&f, to, NULL), 0);
	to->version = test_level("6.9");
	assert_int_equal(enters(&f, to, NULL), 0);
	to->version = test_level(NULL);
	assert_int_equal(enters(&f, to, "has no level"), -EPERM);
	f.cluster->version = test_level(NULL);
	assert_int_equal(enters(&f, f.cluster, NULL), 0);
	f.cluster->version = test_level("6.2");
	assert_int_equal(enters(&f, f.cluster, "never go below"), -EPERM);
	vdc_arena_free(f.w.arena);
}

static void an_own_level_must_exist_there(void **state)
{
	struct vdc_cluster *to;
	struct fixture f = make_pair("6.8", "6.9", &to);

	(void)state;
	f.vm->status = VDC_VM_DOWN;
	f.vm->custom_compatibility_version = test_level("6.8");
	assert_int_equal(enters(&f, to, NULL), 0);
	to->level_family = test_text("rhv");
	assert_int_equal(enters(&f, to, "level 6.8 of its own"), -EPERM);
	to->level_family = NULL;
	assert_int_equal(enters(&f, to, NULL), 0);
	vdc_arena_free(f.w.arena);
}

static int allows(const struct fixture *f, const char *feature, const char *words)
{
	struct vdc_err err = { 0 };
	int r = vdc_plan_level_allows(&test_catalogue, f->cluster, feature, &err);

	if (words && !strstr(err.msg, words))
		fail_msg("'%s' is not in: %s", words, err.msg);
	return r;
}

static void features_come_and_go_with_levels(void **state)
{
	struct fixture f = make();

	(void)state;
	assert_int_equal(allows(&f, "bochs_display", NULL), 0);
	assert_int_equal(
		allows(&f, "cirrus_display", "at level 4.6, which does not have it any more"),
		-EPERM);
	assert_int_equal(allows(&f, "teleport", "'teleport'"), -ENOENT);
	f.cluster->version = test_level("4.5");
	assert_int_equal(allows(&f, "incremental_backup", NULL), 0);
	assert_int_equal(allows(&f, "bochs_display",
				"bochs_display comes with level 4.6; cluster new is at 4.5"),
			 -EPERM);
	f.cluster->version = test_level("4.55"); /* as the one below */
	assert_int_equal(allows(&f, "bochs_display", NULL), 0);
	f.cluster->version = test_level("4.4");
	assert_int_equal(allows(&f, "incremental_backup", "4.5"), -EPERM);
	f.cluster->version = test_level("2.0");
	assert_int_equal(allows(&f, "cirrus_display", "comes with level 3.4"), -EPERM);
	f.cluster->version = test_level("4.7");
	f.cluster->cpu_architecture = test_text("s390x");
	assert_int_equal(allows(&f, "incremental_backup", NULL), 0);
	assert_int_equal(allows(&f, "bochs_display", "s390x"), -EPERM);
	f.cluster->cpu_architecture = NULL;
	assert_int_equal(allows(&f, "bochs_display", NULL), 0);
	vdc_arena_free(f.w.arena);
}

static void without_level_or_family_all_is_open(void **state)
{
	struct fixture f = make();

	(void)state;
	f.cluster->version = test_level(NULL);
	assert_int_equal(allows(&f, "cirrus_display", NULL), 0);
	f.cluster->version = test_level("4.7");
	f.cluster->level_family = NULL;
	assert_int_equal(allows(&f, "cirrus_display", NULL), 0);
	f.cluster->level_family = test_text("nobody");
	assert_int_equal(allows(&f, "cirrus_display", "'nobody'"), -EINVAL);
	vdc_arena_free(f.w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vm_of_its_cluster_is_not_behind),
		cmocka_unit_test(what_runs_goes_before_what_is_defined),
		cmocka_unit_test(a_machine_type_of_several_levels),
		cmocka_unit_test(the_order_of_reasons),
		cmocka_unit_test(what_does_not_hold_it_back_is_no_reason),
		cmocka_unit_test(compatibility_mode_keeps_the_level_of_the_source),
		cmocka_unit_test(reasons_have_words),
		cmocka_unit_test(only_pairs_of_the_catalogue),
		cmocka_unit_test(pairs_hold_on_their_architecture_and_family),
		cmocka_unit_test(the_level_of_the_vm_makes_the_pair),
		cmocka_unit_test(back_to_the_source_until_it_is_upgraded),
		cmocka_unit_test(nothing_passes_the_barrier),
		cmocka_unit_test(an_own_level_must_exist_there),
		cmocka_unit_test(features_come_and_go_with_levels),
		cmocka_unit_test(without_level_or_family_all_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
