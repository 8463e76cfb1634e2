/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each code of the check: raising a healthy cluster finds nothing, and each single damage to it has
 * exactly the findings that it must have.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "level_damage.h"
#include "unit.h"

/* "CODE:object CODE:object", in the order found. */
static const char *codes_of(const struct damage_fixture *f)
{
	static char all[1024];
	struct vdc_findings findings = { .arena = f->w.arena };
	size_t len = 0;

	all[0] = '\0';
	assert_int_equal(vdc_plan_level_check(&f->question, &findings, NULL), 0);
	for (size_t i = 0; i < findings.n; i++) {
		const struct vdc_finding *found = findings.items[i];

		assert_non_null(found->advice);
		if (!strstr(found->text, found->object))
			assert_string_equal(found->kind, "cluster");
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s:%s", i ? " " : "",
					found->code, found->object);
	}
	return all;
}

static void nothing_stands_against_a_healthy_cluster(void **state)
{
	struct damage_fixture f = damage_fixture();

	(void)state;
	assert_string_equal(codes_of(&f), "");
	damage_drop(&f);
	f = damage_fixture_of_data_center();
	assert_string_equal(codes_of(&f), "");
	damage_drop(&f);
}

static void each_damage_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; cluster_damages[i].damage; i++) {
		struct damage_fixture f = damage_fixture();

		cluster_damages[i].damage(&f);
		assert_string_equal(codes_of(&f), cluster_damages[i].codes);
		damage_drop(&f);
	}
	for (size_t i = 0; data_center_damages[i].damage; i++) {
		struct damage_fixture f = damage_fixture_of_data_center();

		data_center_damages[i].damage(&f);
		assert_string_equal(codes_of(&f), data_center_damages[i].codes);
		damage_drop(&f);
	}
}

static bool in_a_table(const char *code)
{
	for (size_t i = 0; cluster_damages[i].damage; i++)
		if (strstr(cluster_damages[i].codes, code))
			return true;
	for (size_t i = 0; data_center_damages[i].damage; i++)
		if (strstr(data_center_damages[i].codes, code))
			return true;
	return false;
}

static void each_code_has_its_damage(void **state)
{
	(void)state;
	for (size_t n = 0; vdc_level_codes[n].code; n++)
		if (!in_a_table(vdc_level_codes[n].code))
			fail_msg("nothing causes %s", vdc_level_codes[n].code);
}

static void bad_questions_are_refused(void **state)
{
	static const struct {
		const char *to, *words;
	} table[] = {
		{ "4.44", "family rhv has no level 4.44; its levels go from 3.4 to 4.7" },
		{ "4.1", "no level 4.1" },
		{ "3.5", "below 4.2 of its data centre dc" },
		{ "4.2", "c is at level 4.5, which is above 4.2; see compat-level lower" },
	};
	struct damage_fixture f = damage_fixture();
	struct vdc_findings findings = { .arena = f.w.arena };
	struct vdc_err err;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		f.question.to = test_level(table[i].to);
		assert_int_equal(vdc_plan_level_check(&f.question, &findings, &err), -EINVAL);
		if (!strstr(err.msg, table[i].words))
			fail_msg("'%s' is not in: %s", table[i].words, err.msg);
	}
	f.question.to = test_level(NULL);
	assert_int_equal(vdc_plan_level_check(&f.question, &findings, &err), -EINVAL);
	f.question.to = test_level("4.6");
	f.c->level_family = test_text("nobody");
	assert_int_equal(vdc_plan_level_check(&f.question, &findings, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "'nobody'"));
	f.question.cluster = NULL;
	f.question.data_center = test_data_center(&f.w, "empty", NULL);
	assert_int_equal(vdc_plan_level_check(&f.question, &findings, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "it has no clusters"));
	assert_int_equal(findings.n, 0);
	damage_drop(&f);
}

static void two_families_in_a_data_center(void **state)
{
	struct damage_fixture f = damage_fixture_of_data_center();
	struct vdc_findings findings = { .arena = f.w.arena };
	struct vdc_err err;

	(void)state;
	test_cluster(&f.w, "other", f.dc, "qemu", "9.0");
	assert_int_equal(vdc_plan_level_check(&f.question, &findings, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "different families"));
	damage_drop(&f);
}

/* The whole of `check` has 300 ms; sanitizers cost some of it here. */
static void ten_thousand_vms_take_no_time(void **state)
{
	struct damage_fixture f = damage_fixture();
	struct vdc_findings findings = { .arena = f.w.arena };
	clock_t before;
	double ms;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		f.vm = test_vm(&f.w, vdc_arena_format(f.w.arena, "vm-%d", i), f.c);
		f.vm->machine_type = test_text("pc-q35-rhel8.3.0");
		f.vm->running_machine_type = f.vm->machine_type;
		f.vm->status = VDC_VM_UP;
		damage_add_nic(&f, "virtio");
	}
	before = clock();
	assert_int_equal(vdc_plan_level_check(&f.question, &findings, NULL), 0);
	ms = (double)(clock() - before) * 1000 / CLOCKS_PER_SEC;
	print_message("10,000 VMs: %.1f ms\n", ms);
	assert_int_equal(findings.n, 20000);
	assert_true(ms < 300);
	damage_drop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_stands_against_a_healthy_cluster),
		cmocka_unit_test(each_damage_is_found),
		cmocka_unit_test(each_code_has_its_damage),
		cmocka_unit_test(bad_questions_are_refused),
		cmocka_unit_test(two_families_in_a_data_center),
		cmocka_unit_test(ten_thousand_vms_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
