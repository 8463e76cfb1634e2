/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Levels of hosts by what they run, and what clusters and data centres offer. */
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "level_world.h"
#include "plan/level_host.h"
#include "unit.h"

static struct vdc_host_levels levels_in(size_t family, const struct vdc_host *host)
{
	static struct vdc_arena *arena;

	vdc_arena_free(arena);
	arena = vdc_arena_new();
	return vdc_plan_host_levels(vdc_level_judge_new(&test_catalogue.families[family], arena),
				    host);
}

static struct vdc_host blank(void)
{
	return (struct vdc_host){
		.status = VDC_HOST_UP,
		.agent_major = VDC_UNSET,
		.os_major = VDC_UNSET,
		.architecture = test_text("x86_64"),
	};
}

static void the_agent_decides(void **state)
{
	const struct {
		const char *agent;
		vdc_level_set can;
	} table[] = {
		{ "vdsm-4.13.2-1.el6ev", 0 },
		{ "vdsm-4.14.11-5.el6ev", LEVELS(RHV_34, RHV_34) },
		{ "vdsm-4.16.7.4-1.el6ev", LEVELS(RHV_34, RHV_35) },
		{ "4.20.0", LEVELS(RHV_34, RHV_42) },
		{ "4.49.9", LEVELS(RHV_34, RHV_42) },
		{ "4.50.0-1", LEVELS(RHV_42, RHV_46) },
		{ "none", 0 },
		{ NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		struct vdc_host host = blank();

		host.agent_version = test_text(table[i].agent);
		assert_int_equal(levels_in(0, &host).can, table[i].can);
	}
}

static void numbers_serve_where_the_text_is_missing(void **state)
{
	struct vdc_host host = blank();

	(void)state;
	host.agent_major = 4;
	host.agent_minor = 16;
	host.agent_build = 7;
	host.agent_revision = VDC_UNSET;
	assert_int_equal(levels_in(0, &host).can, LEVELS(RHV_34, RHV_35));
	host.agent_version = test_text("4.14.1");
	assert_int_equal(levels_in(0, &host).can, LEVELS(RHV_34, RHV_34));
}

static void the_system_counts_where_the_agent_does_not_tell(void **state)
{
	const struct {
		const char *os, *version;
		int64_t major, minor;
		bool can;
	} table[] = {
		{ "rhel", "8.3", VDC_UNSET, VDC_UNSET, true },
		{ "RHEL", "8.6 - 1.el8", VDC_UNSET, VDC_UNSET, true },
		{ "oVirt Node", NULL, 8, 4, true },
		{ "RHEL", "8.2", VDC_UNSET, VDC_UNSET, false },
		{ "RHEL", "10.0", VDC_UNSET, VDC_UNSET, false },
		{ "RHEL", NULL, VDC_UNSET, VDC_UNSET, false },
		{ "rhe", "8.6", VDC_UNSET, VDC_UNSET, false },
		{ "rhelx", "8.6", VDC_UNSET, VDC_UNSET, false },
		{ "Debian", "12", VDC_UNSET, VDC_UNSET, false },
		{ NULL, "8.6", VDC_UNSET, VDC_UNSET, false },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		struct vdc_host host = blank();

		host.agent_version = test_text("4.40.60");
		host.os_type = test_text(table[i].os);
		host.os_version = test_text(table[i].version);
		host.os_major = table[i].major;
		host.os_minor = table[i].minor;
		assert_int_equal(levels_in(0, &host).newest, table[i].can ? RHV_45 : RHV_42);
	}
}

static void every_condition_of_one_alternative_must_hold(void **state)
{
	struct vdc_host host = blank();

	(void)state;
	host.agent_version = test_text("4.50.3");
	host.libvirt_version = test_text("8.0.0");
	assert_int_equal(levels_in(0, &host).newest, RHV_46);
	host.qemu_version = test_text("6.1.9");
	assert_int_equal(levels_in(0, &host).newest, RHV_46);
	host.qemu_version = test_text("6.2.0");
	assert_int_equal(levels_in(0, &host).newest, RHV_47);
	host.libvirt_version = test_text("7.9.9");
	assert_int_equal(levels_in(0, &host).newest, RHV_46);
	host.agent_version = test_text("6.9.0");
	assert_int_equal(levels_in(1, &host).newest, HCI_69);
	host.architecture = test_text("aarch64");
	assert_int_equal(levels_in(1, &host).newest, HCI_68);
	host.architecture = NULL;
	assert_int_equal(levels_in(1, &host).newest, HCI_68);
}

static void machine_types_decide_where_there_is_no_agent(void **state)
{
	const struct {
		const char *architecture, *machines, *libvirt;
		vdc_level_set can;
	} table[] = {
		{ "x86_64", "q35 pc-q35-7.2", "9.0.0", LEVELS(QEMU_72, QEMU_72) },
		{ "x86_64", "pc-i440fx-7.2 pc-q35-8.2 pc", "9.0.0", LEVELS(QEMU_72, QEMU_82) },
		{ "x86_64", "pc-q35-9.0", "9.0.0", 0 },
		{ "x86_64", "pc-q35-9.0", "10.0.0", LEVELS(QEMU_90, QEMU_90) },
		{ "x86_64", "pc-q35-9.0", "11.0.0", 0 },
		{ "x86_64", "pc-q35-9.0", NULL, 0 },
		{ "x86_64", "pc-q35-7 pc-q35-7.20 q35-7.2 virt-7.2", "9.0.0", 0 },
		{ "aarch64", "pc-q35-7.2 virt-8.2", "9.0.0", LEVELS(QEMU_82, QEMU_82) },
		{ NULL, "virt-7.2", "9.0.0", LEVELS(QEMU_72, QEMU_72) },
		{ "x86_64", NULL, "9.0.0", 0 },
	};
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_level_judge *judge = vdc_level_judge_new(&test_catalogue.families[2], arena);

	(void)state;
	/* Twice with one judge: what it remembers must not differ from what it finds. */
	for (size_t i = 0; i < 2 * VDC_COUNT(table); i++) {
		struct vdc_host host = blank();
		size_t row = i % VDC_COUNT(table);

		host.architecture = test_text(table[row].architecture);
		host.machine_types = test_text(table[row].machines);
		host.libvirt_version = test_text(table[row].libvirt);
		assert_int_equal(vdc_plan_host_levels(judge, &host).can, table[row].can);
	}
}

static void only_a_host_that_is_there_counts(void **state)
{
	(void)state;
	for (int64_t status = 0; status <= VDC_HOST_KDUMPING; status++) {
		struct vdc_host host = blank();
		struct vdc_host_levels levels;
		bool counts = status == VDC_HOST_UP || status == VDC_HOST_MAINTENANCE ||
			      status == VDC_HOST_PREPARING_FOR_MAINTENANCE ||
			      status == VDC_HOST_NON_OPERATIONAL || status == VDC_HOST_ERROR;

		host.agent_version = test_text("4.16");
		host.status = status;
		levels = levels_in(0, &host);
		assert_int_equal(levels.can, LEVELS(RHV_34, RHV_35));
		assert_int_equal(levels.now, counts ? levels.can : 0);
		assert_int_equal(!levels.reason, counts);
		if (levels.reason && status)
			assert_non_null(
				strstr(levels.reason, vdc_host_status_values.words[status]));
	}
}

static void a_host_without_level_says_why(void **state)
{
	struct vdc_host host = blank();

	(void)state;
	assert_string_equal(levels_in(0, &host).reason, "nothing is known of what it runs");
	host.agent_version = test_text("vdsm-4.9-1");
	host.libvirt_version = test_text("1.2.3");
	assert_string_equal(levels_in(0, &host).reason,
			    "agent vdsm-4.9-1, libvirt 1.2.3 reach no level of family rhv");
	assert_int_equal(levels_in(0, &host).newest, -1);
}

static struct vdc_level_state judge_world(struct test_world *w)
{
	struct vdc_level_state state;

	assert_int_equal(vdc_plan_level_state(w->world, &test_catalogue, w->arena, &state, NULL),
			 0);
	return state;
}

/* RHV's own example of an upgrade from 3.4 to 3.5. */
static void the_walk_from_3_4_to_3_5(void **state)
{
	struct test_world w = test_world_new();
	struct vdc_data_center *dc = test_data_center(&w, "dc", "3.4");
	struct vdc_cluster *c = test_cluster(&w, "c", dc, "rhv", "3.4");
	struct vdc_host *a = test_host(&w, "a", c, "vdsm-4.14.11-5.el6ev");
	struct vdc_host *b = test_host(&w, "b", c, "vdsm-4.14.11-5.el6ev");
	struct vdc_level_state s = judge_world(&w);

	(void)state;
	assert_int_equal(s.clusters[0].supported, 0);
	assert_int_equal(s.data_centers[0].supported, 0);
	assert_ptr_equal(s.clusters[0].least, a);
	a->agent_version = test_text("vdsm-4.16.7.4-1.el6ev");
	s = judge_world(&w);
	assert_int_equal(s.clusters[0].supported, 0);
	assert_ptr_equal(s.clusters[0].least, b);
	assert_string_equal(s.clusters[0].reason, "3.5: host b runs 3.4 at most");
	b->agent_version = a->agent_version;
	s = judge_world(&w);
	assert_int_equal(s.clusters[0].supported, LEVELS(RHV_35, RHV_35));
	assert_int_equal(s.data_centers[0].supported, 0);
	assert_string_equal(s.data_centers[0].reason, "3.5: cluster c is at 3.4");
	c->version = test_level("3.5");
	s = judge_world(&w);
	assert_int_equal(s.clusters[0].supported, 0);
	assert_int_equal(s.data_centers[0].supported, LEVELS(RHV_35, RHV_35));
	dc->version = test_level("3.5");
	s = judge_world(&w);
	assert_int_equal(s.data_centers[0].supported, 0);
	assert_int_equal(s.data_centers[0].level, RHV_35);
	vdc_arena_free(w.arena);
}

static void a_host_that_is_down_is_named(void **state)
{
	struct test_world w = test_world_new();
	struct vdc_cluster *c = test_cluster(&w, "c", NULL, "rhv", "3.4");
	struct vdc_level_state s;

	(void)state;
	for (int i = 0; i < 5; i++)
		test_host(&w, vdc_arena_format(w.arena, "h%d", i), c, "4.16.0")->status =
			i ? VDC_HOST_DOWN : VDC_HOST_UP;
	s = judge_world(&w);
	assert_int_equal(s.clusters[0].supported, 0);
	assert_int_equal(s.clusters[0].bound, 0);
	assert_string_equal(s.clusters[0].least->name, "h1");
	assert_string_equal(
		s.clusters[0].reason,
		"3.5: host h1: it is down; host h2: it is down; host h3: it is down and 1 more");
	vdc_arena_free(w.arena);
}

static void empty_clusters_and_data_centers(void **state)
{
	struct test_world w = test_world_new();
	struct vdc_data_center *dc = test_data_center(&w, "dc", "3.4");
	struct vdc_level_state s = judge_world(&w);

	(void)state;
	assert_int_equal(s.data_centers[0].supported, 0);
	assert_null(s.data_centers[0].family);
	assert_string_equal(s.data_centers[0].reason, "it has no clusters");
	test_cluster(&w, "c", dc, "rhv", "3.5");
	s = judge_world(&w);
	assert_int_equal(s.clusters[0].supported, LEVELS(RHV_42, RHV_47));
	assert_int_equal(s.clusters[0].bound, LEVELS(RHV_34, RHV_47));
	assert_null(s.clusters[0].least);
	assert_null(s.clusters[0].reason);
	assert_int_equal(s.data_centers[0].supported, LEVELS(RHV_35, RHV_35));
	test_cluster(&w, "no level", dc, "rhv", NULL);
	s = judge_world(&w);
	assert_int_equal(s.clusters[1].supported, LEVELS(RHV_34, RHV_47));
	assert_int_equal(s.clusters[1].level, -1);
	assert_int_equal(s.data_centers[0].supported, 0);
	assert_string_equal(s.data_centers[0].reason, "3.5: cluster no level has no level");
	test_cluster(&w, "other", dc, "hci", "6.2");
	s = judge_world(&w);
	assert_null(s.data_centers[0].family);
	assert_int_equal(s.data_centers[0].supported, 0);
	vdc_arena_free(w.arena);
}

static void a_cluster_shows_its_family(void **state)
{
	struct test_world w = test_world_new();
	struct vdc_cluster *rhv = test_cluster(&w, "rhv", NULL, NULL, NULL);
	struct vdc_cluster *qemu = test_cluster(&w, "qemu", NULL, NULL, NULL);
	struct vdc_cluster *named = test_cluster(&w, "named", NULL, NULL, "6.2");
	struct vdc_host *lone;
	struct vdc_level_state s;
	struct vdc_err err = { 0 };

	(void)state;
	test_host(&w, "r", rhv, "4.50");
	test_host(&w, "q", qemu, NULL)->machine_types = test_text("pc-q35-8.2");
	test_host(&w, "n", named, "4.50");
	lone = test_host(&w, "lone", NULL, NULL);
	lone->cluster.id = test_text("a cluster of another document");
	lone->machine_types = test_text("pc-q35-7.2");
	test_host(&w, "nothing", NULL, NULL)->machine_types = NULL;
	s = judge_world(&w);
	assert_string_equal(s.clusters[0].family->name, "rhv");
	assert_string_equal(s.clusters[1].family->name, "qemu");
	assert_string_equal(s.clusters[2].family->name, "hci");
	assert_string_equal(s.hosts[2].family->name, "hci");
	assert_string_equal(s.hosts[3].family->name, "qemu");
	assert_int_equal(s.hosts[3].levels.newest, QEMU_72);
	assert_non_null(s.hosts[4].family);
	assert_int_equal(s.hosts[4].levels.newest, -1);
	named->level_family = test_text("nobody");
	assert_int_equal(vdc_plan_level_state(w.world, &test_catalogue, w.arena, &s, &err), -22);
	assert_non_null(strstr(err.msg, "cluster named"));
	assert_non_null(strstr(err.msg, "'nobody'"));
	assert_int_equal(
		vdc_plan_level_state(w.world, &(struct vdc_catalogue){ 0 }, w.arena, &s, NULL),
		-22);
	vdc_arena_free(w.arena);
}

static void a_level_between_ours_is_placed(void **state)
{
	struct test_world w = test_world_new();
	struct vdc_data_center *dc = test_data_center(&w, "dc", "4.3");
	struct vdc_cluster *c = test_cluster(&w, "c", dc, "rhv", "4.3");
	struct vdc_level_state s;

	(void)state;
	test_host(&w, "h", c, "4.50");
	s = judge_world(&w);
	assert_int_equal(s.clusters[0].level, -1);
	assert_int_equal(s.clusters[0].supported, LEVELS(RHV_45, RHV_46));
	assert_string_equal(s.clusters[0].reason, "4.7: host h runs 4.6 at most");
	assert_int_equal(s.data_centers[0].supported, 0);
	c->version = test_level("4.6");
	s = judge_world(&w);
	assert_int_equal(s.data_centers[0].supported, LEVELS(RHV_45, RHV_46));
	vdc_arena_free(w.arena);
}

/* The whole of `show` has 30 ms of CPU, so that this must be a few; sanitizers cost some. */
static void a_thousand_hosts_take_no_time(void **state)
{
	struct test_world w = test_world_new();
	clock_t before;
	double ms;

	(void)state;
	for (int i = 0; i < 50; i++) {
		const char *name = vdc_arena_format(w.arena, "c%d", i);
		struct vdc_cluster *c = test_cluster(&w, name, NULL, NULL, NULL);
		struct vdc_buf words = { 0 };

		for (int m = 0; m < 100; m++)
			vdc_buf_printf(&words, "pc-q35-%d.%d ", i, m);
		for (int h = 0; h < 20; h++) {
			struct vdc_host *host =
				test_host(&w, vdc_arena_format(w.arena, "%s-%d", name, h), c, NULL);

			host->machine_types = vdc_arena_strdup(w.arena, vdc_buf_str(&words));
		}
		vdc_buf_free(&words);
	}
	before = clock();
	judge_world(&w);
	ms = (double)(clock() - before) * 1000 / CLOCKS_PER_SEC;
	print_message("1,000 hosts: %.1f ms\n", ms);
	assert_true(ms < 60);
	vdc_arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_agent_decides),
		cmocka_unit_test(numbers_serve_where_the_text_is_missing),
		cmocka_unit_test(the_system_counts_where_the_agent_does_not_tell),
		cmocka_unit_test(every_condition_of_one_alternative_must_hold),
		cmocka_unit_test(machine_types_decide_where_there_is_no_agent),
		cmocka_unit_test(only_a_host_that_is_there_counts),
		cmocka_unit_test(a_host_without_level_says_why),
		cmocka_unit_test(the_walk_from_3_4_to_3_5),
		cmocka_unit_test(a_host_that_is_down_is_named),
		cmocka_unit_test(empty_clusters_and_data_centers),
		cmocka_unit_test(a_cluster_shows_its_family),
		cmocka_unit_test(a_level_between_ours_is_placed),
		cmocka_unit_test(a_thousand_hosts_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
