/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_policy.h"

#include <errno.h>
#include <stdio.h>

#include <string.h>

#include "plan/upgrade_gate.h"
#include "unit.h"

static const struct {
	const char *text;
	const char *family; /* NULL: unreadable */
	int64_t major, minor, platform;
} vectors[] = {
	/* OSParserTest of ovirt-engine */
	{ "RHEL - 7.2 - 9.el7", "RHEL", 7, 2, 7 },
	{ "RHEL - 7 - 1.1503.el7.centos.2.8", "RHEL", 7, -1, 7 },
	{ "oVirt Node - 3.6 - 0.999.201509231315.el7.centos", "RHEL", 3, 6, 7 },
	{ "oVirt Node - 3.6 - 0.999", "RHEL", 3, 6, 3 },
	{ "RHEV Hypervisor - 7.2 - 20151112.1.el7ev", "RHEL", 7, 2, 7 },
	{ "Fedora - 19 - 1", "Fedora", 19, 1, 19 },
	{ "fedora - 22 - x", "fedora", 22, -1, 22 },
	{ "Fedora - 22", "Fedora", 22, -1, 22 },
	{ "RHEL - Server - 6.el6", "RHEL", 6, -1, 6 },
	{ "RHEL - Server - 6.el7_2", "RHEL", 7, -1, 7 },
	{ "RHEL - Server - 6.el9", NULL, -1, -1, -1 },
	{ "Debian - 12", "Debian", 12, -1, 12 },
	{ "  Debian   -  12.5  - 1", "Debian", 12, 5, 12 },
	{ "SLES - 15.10.3 - a - b", "SLES", 15, 10, 15 },
	{ "RHEL", NULL, -1, -1, -1 },
	{ "RHEL-7", NULL, -1, -1, -1 },
	{ "RHEL - ", NULL, -1, -1, -1 },
	{ " - 7", NULL, -1, -1, -1 },
	{ "RHEL - seven - x", NULL, -1, -1, -1 },
	{ "RHEL - 99999999999999999999", NULL, -1, -1, -1 },
	{ "A name that is longer than any that a vendor would give to its system - 7", NULL, -1, -1,
	  -1 },
	{ "", NULL, -1, -1, -1 },
	{ NULL, NULL, -1, -1, -1 },
};

static void every_odd_string_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(vectors); i++) {
		struct vdc_os os;
		bool readable = vdc_os_parse(vectors[i].text, &os);

		if (readable != !!vectors[i].family || os.major != vectors[i].major ||
		    os.minor != vectors[i].minor || os.platform != vectors[i].platform)
			fail_msg("'%s': %s %lld.%lld (%lld)", vectors[i].text, os.family,
				 (long long)os.major, (long long)os.minor, (long long)os.platform);
		if (readable)
			assert_string_equal(os.family, vectors[i].family);
		else
			assert_string_equal(os.family, "");
	}
}

static struct vdc_os of(const char *text)
{
	struct vdc_os os;

	vdc_os_parse(text, &os);
	return os;
}

static void a_running_vm_never_goes_to_an_older_system(void **state)
{
	static const struct {
		const char *candidate, *reference;
		enum vdc_os_verdict verdict;
		int64_t weight;
	} rows[] = {
		{ "RHEL - 7.1 - 1", "RHEL - 6.6 - 1", VDC_OS_NEWER, 0 },
		{ "RHEL - 6.6 - 1", "RHEL - 6.6 - 1", VDC_OS_SAME, 100000 },
		{ "RHEL - 6.5 - 1", "RHEL - 6.6 - 1", VDC_OS_SAME, 100000 },
		{ "RHEL - 6.9 - 1", "RHEL - 7.0 - 1", VDC_OS_OLDER, 1000000 },
		{ "Fedora - 23 - 1", "Fedora - 22 - 5", VDC_OS_NEWER, 0 },
		{ "Fedora - 21 - 1", "Fedora - 22 - 1", VDC_OS_OLDER, 1000000 },
		{ "Fedora - 23 - 1", "RHEL - 7.0 - 1", VDC_OS_OTHER, 1000000 },
		{ "Debian - 13 - 1", "Debian - 12 - 1", VDC_OS_NEWER, 0 },
		{ "RHEV Hypervisor - 7.2 - 1", "RHEL - 6.0 - 1", VDC_OS_NEWER, 0 },
		{ "oVirt Node - 3.6 - 0.el7", "RHEL - 7.1 - 1", VDC_OS_SAME, 100000 },
		{ "oVirt Node - 3.6 - 0.el6", "RHEL - 7.1 - 1", VDC_OS_OLDER, 1000000 },
		{ "?", "RHEL - 7.1 - 1", VDC_OS_UNREADABLE, 1000000 },
		{ "RHEL - 7.1 - 1", "?", VDC_OS_UNREADABLE, 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		struct vdc_os candidate = of(rows[i].candidate), reference = of(rows[i].reference);

		assert_int_equal(vdc_os_compare(&candidate, &reference), rows[i].verdict);
		assert_int_equal(vdc_upgrade_weight(&candidate, &reference), rows[i].weight);
	}
}

static void one_that_starts_prefers_the_newest(void **state)
{
	struct vdc_os hosts[] = { of("RHEL - 6.6 - 1"), of("?"), of("RHEL - 7.1 - 1"),
				  of("RHEL - 7.0 - 1") };
	struct vdc_os mixed[] = { of("RHEL - 6.6 - 1"), of("Fedora - 22 - 1") };
	struct vdc_os newest = vdc_os_newest(hosts, VDC_COUNT(hosts));

	(void)state;
	assert_int_equal(newest.platform, 7);
	assert_int_equal(vdc_upgrade_start_weight(&hosts[0], &newest), 1000000);
	assert_int_equal(vdc_upgrade_start_weight(&hosts[1], &newest), 1000000);
	assert_int_equal(vdc_upgrade_start_weight(&hosts[2], &newest), 0);
	assert_int_equal(vdc_upgrade_start_weight(&hosts[3], &newest), 0);
	newest = vdc_os_newest(mixed, VDC_COUNT(mixed));
	assert_false(vdc_os_readable(&newest));
	assert_int_equal(vdc_upgrade_start_weight(&mixed[0], &newest), 0);
	newest = vdc_os_newest(hosts + 1, 1);
	assert_int_equal(vdc_upgrade_start_weight(&hosts[1], &newest), 0);
}

static void a_host_says_it_in_parts(void **state)
{
	char debian[] = "Debian", rhel[] = "RHEL", full[] = "7.2 - 9.el7", twelve[] = "12";
	struct vdc_host host = { .os_major = VDC_UNSET, .os_minor = VDC_UNSET };
	struct vdc_os os = vdc_os_of_host(&host);

	(void)state;
	assert_false(vdc_os_readable(&os));
	host.os_type = debian;
	os = vdc_os_of_host(&host);
	assert_false(vdc_os_readable(&os));
	host.os_major = 11;
	os = vdc_os_of_host(&host);
	assert_true(vdc_os_readable(&os));
	assert_int_equal(os.platform, 11);
	host.os_version = twelve;
	os = vdc_os_of_host(&host);
	assert_int_equal(os.platform, 12);
	host.os_type = rhel;
	host.os_version = full;
	os = vdc_os_of_host(&host);
	assert_int_equal(os.major, 7);
	assert_int_equal(os.minor, 2);
}

static void the_policies_have_several_spellings(void **state)
{
	static char spellings[][40] = { "in_cluster_upgrade", "InClusterUpgrade", "InClusterPolicy",
					"8d5d7bec-68de-4a67-b53e-0ac54686d586" };
	struct vdc_cluster cluster = { .scheduling_policy = NULL };

	(void)state;
	assert_false(vdc_policy_is_upgrade(&cluster));
	for (size_t i = 0; i < VDC_COUNT(spellings); i++) {
		cluster.scheduling_policy = spellings[i];
		assert_true(vdc_policy_is_upgrade(&cluster));
		assert_false(vdc_policy_is_maintenance(&cluster));
	}
}

static int change(const char *policy, const struct vdc_vm *before, const struct vdc_vm *after,
		  struct vdc_err *err)
{
	char text[40], name[] = "c";
	struct vdc_cluster cluster = { .name = name, .scheduling_policy = text };
	vdc_autoarena *arena = vdc_arena_new();

	snprintf(text, sizeof(text), "%s", policy);
	return vdc_plan_may_change_vm(&cluster, before, after, arena, err);
}

static void nothing_is_bound_or_suspended_meanwhile(void **state)
{
	char name[] = "web1", pin[] = "0=1";
	struct vdc_vm free_vm = { .name = name, .affinity = VDC_VM_MIGRATABLE };
	struct vdc_vm pinned = { .name = name, .cpu_pinning = pin };
	struct vdc_vm suspended = { .name = name, .status = VDC_VM_SUSPENDED };
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(change("in_cluster_upgrade", NULL, &free_vm, &err), 0);
	assert_int_equal(change("in_cluster_upgrade", NULL, &pinned, &err), -EPERM);
	assert_non_null(strstr(err.msg, "VM web1 is bound to CPUs"));
	assert_non_null(strstr(err.msg, "BOUND_TO_HOST_WHILE_UPGRADING_CLUSTER"));
	assert_int_equal(change("in_cluster_upgrade", &free_vm, &pinned, &err), -EPERM);
	assert_int_equal(change("in_cluster_upgrade", &pinned, &pinned, &err), 0);
	assert_int_equal(change("in_cluster_upgrade", &free_vm, &suspended, &err), -EPERM);
	assert_non_null(strstr(err.msg, "VM_CANNOT_SUSPEND_CLUSTER_UPGRADING"));
	assert_int_equal(change("cluster_maintenance", &free_vm, &suspended, &err), 0);
	assert_int_equal(change("none", &free_vm, &pinned, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_odd_string_is_read),
		cmocka_unit_test(a_running_vm_never_goes_to_an_older_system),
		cmocka_unit_test(one_that_starts_prefers_the_newest),
		cmocka_unit_test(a_host_says_it_in_parts),
		cmocka_unit_test(the_policies_have_several_spellings),
		cmocka_unit_test(nothing_is_bound_or_suspended_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
