/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reasons of many: what is alike is said once. */
#include "plan/reasons.h"

#include <string.h>

#include "unit.h"

static struct vdc_arena *arena;
static struct vdc_reasons all;

static int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	all = (struct vdc_reasons){ 0 };
	return 0;
}

static int finish(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static void add(const char *name, const char *text)
{
	vdc_reasons_add(&all, name, text, arena);
}

static const char *text(void)
{
	return vdc_reasons_text(&all, arena);
}

static void each_as_it_came(void **state)
{
	(void)state;
	assert_string_equal(text(), "");
	add(NULL, "it cannot be read");
	add("b", "VM b: no room");
	add("a", "VM a: no network");
	add("b", "VM b: no room"); /* again */
	assert_string_equal(text(), "it cannot be read; VM b: no room; VM a: no network");
}

static void those_that_are_alike_once(void **state)
{
	(void)state;
	add("vm1", "VM vm1: domain 'vm1' has no room on h2");
	add("x", "VM x blocks the drain: it is pinned");
	add("vm10", "VM vm10: domain 'vm10' has no room on h2");
	add("vm2", "VM vm2: domain 'vm2' has no room on h3"); /* another host */
	add("y", "VM y blocks the drain: it is pinned");
	add("h2", "VM h2: domain 'h2' has no room on h2"); /* nobody can tell: it is said */
	assert_string_equal(text(), "VM vm1: domain 'vm1' has no room on h2 (1 other alike: vm10); "
				    "VM x blocks the drain: it is pinned (1 other alike: y); "
				    "VM vm2: domain 'vm2' has no room on h3; "
				    "VM h2: domain 'h2' has no room on h2");
}

static void a_name_is_no_part_of_another_word(void **state)
{
	(void)state;
	add("a", "VM a: a-b is away");
	add("c", "VM c: c-b is away");
	assert_string_equal(text(), "VM a: a-b is away; VM c: c-b is away");
}

static void a_thousand_are_short(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		const char *name = vdc_arena_format(arena, "vm%d", i);

		add(name, vdc_arena_format(arena, "VM %s: no host takes it", name));
	}
	assert_string_equal(text(), "VM vm0: no host takes it (999 others alike: vm1, vm2, vm3, "
				    "vm4, vm5, vm6, vm7, vm8, vm9, vm10 and 989 more)");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(each_as_it_came),
		TEST(those_that_are_alike_once),
		TEST(a_name_is_no_part_of_another_word),
		TEST(a_thousand_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
