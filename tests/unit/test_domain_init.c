/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which domain may be made ready for leases, with which shape, and which as the master. */
#include "plan/domain_init.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

#define MIB (INT64_C(1) << 20)

static struct vdc_arena *arena;
static struct vdc_storage_domain *after;
static struct vdc_err why;

static int setup(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static struct vdc_storage_domain *domain_of(int64_t format, int64_t type, int64_t sector)
{
	struct vdc_storage_domain *domain = vdc_object_new(&vdc_storage_domain_kind, arena);

	domain->id = (char *)(uintptr_t) "c277ad93-0973-43d9-a0ca-22199bc8e801";
	domain->name = (char *)(uintptr_t) "data1";
	domain->data_center.id = (char *)(uintptr_t) "6a0f0a3e-5c47-4f0e-9a3a-7d2f1a8b9c01";
	domain->type = VDC_STORAGE_DOMAIN_DATA;
	domain->status = VDC_STORAGE_DOMAIN_ACTIVE;
	domain->storage_format = format;
	domain->storage_type = type;
	domain->block_size = sector;
	domain->alignment = MIB;
	domain->mount_point = (char *)(uintptr_t) "/mnt";
	return domain;
}

static int plan(const struct vdc_storage_domain *domain, int64_t sector, int64_t hosts)
{
	const struct vdc_domain_init_question question = { .domain = domain,
							   .sector = sector,
							   .hosts = hosts };

	return vdc_plan_domain_init(&question, arena, &after, &why);
}

static void every_format_goes_with_what_it_goes(void **state)
{
	static const struct {
		int64_t format, type, recorded, sector, hosts, alignment;
		int code;
	} cases[] = {
		{ VDC_STORAGE_V2, VDC_STORAGE_ISCSI, 512, 0, 0, 1, 0 },
		{ VDC_STORAGE_V2, VDC_STORAGE_NFS, 512, 0, 0, 0, -EINVAL },
		{ VDC_STORAGE_V3, VDC_STORAGE_NFS, 512, 0, 0, 1, 0 },
		{ VDC_STORAGE_V3, VDC_STORAGE_FCP, 512, 4096, 0, 0, -EINVAL },
		{ VDC_STORAGE_V4, VDC_STORAGE_FCP, 512, 512, 2000, 1, 0 },
		{ VDC_STORAGE_V4, VDC_STORAGE_FCP, 4096, 0, 0, 0, -EINVAL },
		{ VDC_STORAGE_V5, VDC_STORAGE_FCP, 512, 4096, 0, 1, 0 },
		{ VDC_STORAGE_V5, VDC_STORAGE_FCP, 512, 4096, 251, 2, 0 },
		{ VDC_STORAGE_V5, VDC_STORAGE_FCP, 4096, 0, 2000, 8, 0 },
		{ VDC_STORAGE_V5, VDC_STORAGE_FCP, 4096, 0, 2001, 0, -EINVAL },
		{ VDC_STORAGE_V5, VDC_STORAGE_NFS, 512, 4096, 0, 0, -EINVAL },
		{ VDC_STORAGE_V5, VDC_STORAGE_GLUSTERFS, 512, 4096, 0, 1, 0 },
		{ 0, VDC_STORAGE_FCP, 512, 0, 0, 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		int r = plan(domain_of(cases[i].format, cases[i].type, cases[i].recorded),
			     cases[i].sector, cases[i].hosts);

		if (r != cases[i].code)
			fail_msg("case %zu: %d, %s", i, r, r ? vdc_err_text(&why) : "taken");
		if (r)
			continue;
		assert_int_equal(after->block_size, cases[i].sector ?: cases[i].recorded);
		assert_int_equal(after->alignment, cases[i].alignment * MIB);
	}
}

static void larger_areas_that_are_recorded_stay(void **state)
{
	struct vdc_storage_domain *domain = domain_of(VDC_STORAGE_V5, VDC_STORAGE_FCP, 4096);

	(void)state;
	domain->alignment = 8 * MIB;
	assert_int_equal(plan(domain, 0, 0), 0);
	assert_int_equal(after->alignment, 8 * MIB);
	domain->alignment = 3 * MIB;
	assert_int_equal(plan(domain, 0, 0), -EINVAL);
}

static void leases_are_on_data_domains_of_a_data_centre(void **state)
{
	struct vdc_storage_domain *domain = domain_of(VDC_STORAGE_V5, VDC_STORAGE_FCP, 512);

	(void)state;
	domain->type = VDC_STORAGE_DOMAIN_ISO;
	assert_int_equal(plan(domain, 0, 0), -EINVAL);
	assert_non_null(strstr(vdc_err_text(&why), "of type iso"));
	domain->type = VDC_STORAGE_DOMAIN_DATA;
	domain->data_center.id = NULL;
	assert_int_equal(plan(domain, 0, 0), -EINVAL);
	assert_non_null(strstr(vdc_err_text(&why), "no data centre"));
}

static void a_data_centre_has_one_master(void **state)
{
	struct vdc_storage_domain *domain = domain_of(VDC_STORAGE_V5, VDC_STORAGE_FCP, 512);
	struct vdc_storage_domain *master = domain_of(VDC_STORAGE_V5, VDC_STORAGE_FCP, 512);
	struct vdc_domain_init_question question = { .domain = domain, .make_master = true };

	(void)state;
	domain->status = VDC_STORAGE_DOMAIN_UNINITIALIZED;
	assert_int_equal(vdc_plan_domain_init(&question, arena, &after, &why), 0);
	assert_true(vdc_is_true(after->master));
	assert_false(vdc_is_true(domain->master));
	assert_int_equal(after->status, VDC_STORAGE_DOMAIN_UNKNOWN);
	question.master = master; /* itself, done again */
	assert_int_equal(vdc_plan_domain_init(&question, arena, &after, &why), 0);
	master->id = (char *)(uintptr_t) "c277ad93-0973-43d9-a0ca-22199bc8e802";
	assert_int_equal(vdc_plan_domain_init(&question, arena, &after, &why), -EPERM);
	question.make_master = false;
	assert_int_equal(vdc_plan_domain_init(&question, arena, &after, &why), 0);
	assert_false(vdc_is_true(after->master));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_goes_with_what_it_goes),
		cmocka_unit_test(larger_areas_that_are_recorded_stay),
		cmocka_unit_test(leases_are_on_data_domains_of_a_data_centre),
		cmocka_unit_test(a_data_centre_has_one_master),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
