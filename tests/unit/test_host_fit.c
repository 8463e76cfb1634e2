/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/host_fit.h"

#include <string.h>

#include "unit.h"

static char x86[] = "x86_64", s390[] = "s390x", models[] = "qemu64 Nehalem", nehalem[] = "Nehalem",
	    family[] = "Intel Nehalem Family", icelake[] = "Icelake";

static struct vdc_host host;
static struct vdc_cluster cluster;
static struct vdc_fit_input input;

static int fresh(void **state)
{
	(void)state;
	host = (struct vdc_host){
		.architecture = x86,
		.cpu_models = models,
		.os_major = 12,
	};
	cluster = (struct vdc_cluster){
		.cpu_architecture = x86,
		.cpu_type = nehalem,
	};
	input = (struct vdc_fit_input){
		.host = &host,
		.cluster = &cluster,
		.missing_networks = "",
		.other_os_major = 12,
		.other_name = "h1",
	};
	return 0;
}

static struct vdc_fit verdict(struct vdc_arena *arena)
{
	return vdc_host_fits(&input, arena);
}

static void what_fits_has_no_reason(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	assert_int_equal(verdict(arena).reason, 0);
	cluster.cpu_type = family;
	assert_int_equal(verdict(arena).reason, 0);
	cluster.cpu_type = icelake;
	host.cpu_models = NULL; /* it did not say */
	assert_int_equal(verdict(arena).reason, 0);
}

static void each_reason_names_what_is_wrong(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	input.other_os_major = 11;
	assert_int_equal(verdict(arena).reason, VDC_REASON_MIXED_OS);
	assert_non_null(strstr(verdict(arena).detail, "h1"));
	input.missing_networks = "storage";
	assert_int_equal(verdict(arena).reason, VDC_REASON_NETWORK_UNREACHABLE);
	assert_non_null(strstr(verdict(arena).detail, "storage"));
	cluster.cpu_type = icelake;
	assert_int_equal(verdict(arena).reason, VDC_REASON_CPU_TYPE);
	assert_non_null(strstr(verdict(arena).detail, "Icelake"));
	cluster.cpu_architecture = s390;
	assert_int_equal(verdict(arena).reason, VDC_REASON_ARCHITECTURE);
	assert_non_null(strstr(verdict(arena).detail, "s390x"));
}

static void a_host_that_is_up_stays_in_a_mixed_cluster(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	input.other_os_major = 11;
	input.is_up = true;
	assert_int_equal(verdict(arena).reason, 0);
	input.is_up = false;
	input.other_os_major = VDC_UNSET;
	assert_int_equal(verdict(arena).reason, 0);
}

static void its_cluster_s_level_must_be_among_its_own(void **state)
{
	static const struct vdc_level_support from_4_14 = { .agent_from = UINT64_C(0x4000e) << 32 };
	static const struct vdc_level_support from_4_16 = { .agent_from = UINT64_C(0x40010) << 32 };
	static const struct vdc_level_entry levels[] = {
		{ .level = { 3, 4 }, .supports = &from_4_14, .n_supports = 1 },
		{ .level = { 3, 5 }, .supports = &from_4_16, .n_supports = 1 },
	};
	static const struct vdc_level_family rhv = { .name = "rhv", .levels = levels, .n_levels = 2 };
	static char agent[] = "vdsm-4.14.11-5.el6ev", old[] = "vdsm-4.13.2-0.18.el6ev";
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	cluster.version = (struct vdc_level){ 3, 5 };
	host.agent_version = agent;
	assert_int_equal(verdict(arena).reason, 0); /* nobody knows the family */
	input.family = &rhv;
	assert_int_equal(verdict(arena).reason, VDC_REASON_CLUSTER_VERSION);
	assert_non_null(strstr(verdict(arena).detail, "3.5 of its cluster; 3.4 is its highest"));
	cluster.version.minor = 4;
	assert_int_equal(verdict(arena).reason, 0);
	host.agent_version = old;
	assert_int_equal(verdict(arena).reason, VDC_REASON_VERSION);
	assert_non_null(strstr(verdict(arena).detail, "no level of family rhv"));
	cluster.version.minor = 9; /* the family lacks it: not for us to say */
	assert_int_equal(verdict(arena).reason, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_fits_has_no_reason, fresh),
		cmocka_unit_test_setup(each_reason_names_what_is_wrong, fresh),
		cmocka_unit_test_setup(a_host_that_is_up_stays_in_a_mixed_cluster, fresh),
		cmocka_unit_test_setup(its_cluster_s_level_must_be_among_its_own, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
