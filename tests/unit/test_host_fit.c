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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_fits_has_no_reason, fresh),
		cmocka_unit_test_setup(each_reason_names_what_is_wrong, fresh),
		cmocka_unit_test_setup(a_host_that_is_up_stays_in_a_mixed_cluster, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
