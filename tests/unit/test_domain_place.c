/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the lockspace of a storage domain lies, by what the inventory says of the domain. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/domain_place.h"
#include "unit.h"

#define ID "c277ad93-0973-43d9-a0ca-22199bc8e801"
#define MIB (INT64_C(1) << 20)

static struct vdc_storage_domain domain(int64_t type)
{
	return (struct vdc_storage_domain){
		.id = (char *)(uintptr_t)ID,
		.name = (char *)(uintptr_t) "data",
		.data_center = { .id = (char *)(uintptr_t)ID },
		.type = VDC_STORAGE_DOMAIN_DATA,
		.status = VDC_STORAGE_DOMAIN_ACTIVE,
		.storage_type = type,
		.storage_format = VDC_STORAGE_V5,
		.block_size = 512,
		.alignment = MIB,
		.io_timeout = 10,
		.extend_transport = VDC_EXTEND_DATABASE,
	};
}

static void the_directory_may_name_the_domain_or_not(void **state)
{
	static const struct {
		const char *mount, *place;
	} cases[] = {
		{ "/shared", "/shared/" ID "/dom_md/ids" },
		{ "/shared/", "/shared/" ID "/dom_md/ids" },
		{ "/", "/" ID "/dom_md/ids" },
		{ "/mnt/" ID, "/mnt/" ID "/dom_md/ids" },
		{ "/mnt/" ID "//", "/mnt/" ID "/dom_md/ids" },
		{ "/mnt/x" ID, "/mnt/x" ID "/" ID "/dom_md/ids" },
		{ "relative", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_storage_domain nfs = domain(VDC_STORAGE_NFS);
		struct vdc_err err = { 0 };
		char *place;
		int r;

		nfs.mount_point = (char *)(uintptr_t)cases[i].mount;
		r = vdc_storage_domain_place(&nfs, "ids", arena, &place, &err);
		assert_int_equal(r, cases[i].place ? 0 : -EINVAL);
		if (cases[i].place)
			assert_string_equal(place, cases[i].place);
		else
			assert_non_null(strstr(vdc_err_text(&err), "mount_point"));
	}
}

static void a_block_domain_has_a_volume_group(void **state)
{
	struct vdc_storage_domain fcp = domain(VDC_STORAGE_FCP);
	vdc_autoarena *arena = vdc_arena_new();
	char *place;

	(void)state;
	assert_int_equal(vdc_storage_domain_place(&fcp, "leases", arena, &place, NULL), 0);
	assert_string_equal(place, "/dev/" ID "/leases");
	fcp.volume_group = (char *)(uintptr_t) "vg0";
	assert_int_equal(vdc_storage_domain_place(&fcp, "leases", arena, &place, NULL), 0);
	assert_string_equal(place, "/dev/vg0/leases");
	fcp.volume_group = (char *)(uintptr_t) "../etc";
	assert_int_equal(vdc_storage_domain_place(&fcp, "leases", arena, &place, NULL), -EINVAL);
}

static void numbers_have_a_limit(void **state)
{
	static const struct {
		int64_t sector, alignment, transport, most;
	} cases[] = {
		{ 512, 1, VDC_EXTEND_DATABASE, 2000 },	{ 512, 1, VDC_EXTEND_MAILBOX, 249 },
		{ 4096, 1, VDC_EXTEND_DATABASE, 250 },	{ 4096, 1, VDC_EXTEND_MAILBOX, 249 },
		{ 4096, 4, VDC_EXTEND_DATABASE, 1000 }, { 4096, 8, VDC_EXTEND_DATABASE, 2000 },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_storage_domain fcp = domain(VDC_STORAGE_FCP);
		struct vdc_lockspace *space;

		fcp.block_size = cases[i].sector;
		fcp.alignment = cases[i].alignment * MIB;
		fcp.extend_transport = cases[i].transport;
		assert_int_equal(
			vdc_storage_domain_lockspace(&fcp, cases[i].most, "h", arena, &space, NULL),
			0);
		assert_int_equal(space->host_id, cases[i].most);
		assert_int_equal(space->alignment, cases[i].alignment * MIB);
		assert_string_equal(space->sanlock_name, "h");
		assert_int_equal(vdc_storage_domain_lockspace(&fcp, cases[i].most + 1, "h", arena,
							      &space, NULL),
				 -EINVAL);
	}
}

static void a_host_is_told_the_figures(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_storage_domain fcp = domain(VDC_STORAGE_FCP);
	const struct vdc_storage_domain *known;
	struct vdc_lockspace *space;

	(void)state;
	fcp.warning_low_space_indicator = 17;
	fcp.critical_space_action_blocker = 3;
	fcp.extend_chunk = 512 * MIB;
	fcp.extend_percent = 40;
	assert_int_equal(vdc_storage_domain_lockspace(&fcp, 1, "h", arena, &space, NULL), 0);
	known = vdc_lockspace_domain(space, arena);
	assert_string_equal(known->volume_group, space->volume_group);
	assert_int_equal(known->warning_low_space_indicator, 17);
	assert_int_equal(known->critical_space_action_blocker, 3);
	assert_int_equal(known->extend_chunk, 512 * MIB);
	assert_int_equal(known->extend_percent, 40);
	/* An older document does not say. */
	space->warning_low_space_indicator = space->critical_space_action_blocker = VDC_UNSET;
	space->extend_chunk = space->extend_percent = VDC_UNSET;
	known = vdc_lockspace_domain(space, arena);
	assert_int_equal(known->warning_low_space_indicator, 10);
	assert_int_equal(known->critical_space_action_blocker, 5);
	assert_int_equal(known->extend_chunk, 2560 * MIB);
	assert_int_equal(known->extend_percent, 20);
}

static void its_shape_must_be_one_of_sanlocks(void **state)
{
	struct vdc_storage_domain odd = domain(VDC_STORAGE_FCP);
	struct vdc_lease_geometry geometry;
	struct vdc_err err = { 0 };

	(void)state;
	odd.alignment = 2 * MIB;
	assert_int_equal(vdc_storage_domain_geometry(&odd, &geometry, &err), -EINVAL);
	assert_non_null(strstr(vdc_err_text(&err), "storage domain data"));
	odd = domain(VDC_STORAGE_NFS);
	odd.block_size = 4096;
	assert_int_equal(vdc_storage_domain_geometry(&odd, &geometry, NULL), -EINVAL);
	odd = domain(VDC_STORAGE_FCP);
	odd.storage_format = VDC_STORAGE_V1;
	assert_int_equal(vdc_storage_domain_geometry(&odd, &geometry, NULL), -EINVAL);
	/* Nobody recorded its format. */
	odd.storage_format = 0;
	assert_int_equal(vdc_storage_domain_geometry(&odd, &geometry, NULL), 0);
	assert_int_equal(geometry.hosts, 2000);
}

static void hosts_are_in_what_is_attached(void **state)
{
	static const struct {
		int64_t status;
		bool shared;
	} cases[] = {
		{ VDC_STORAGE_DOMAIN_ACTIVE, true },
		{ VDC_STORAGE_DOMAIN_UNKNOWN, true },
		{ VDC_STORAGE_DOMAIN_INACTIVE, true },
		{ VDC_STORAGE_DOMAIN_LOCKED, true },
		{ VDC_STORAGE_DOMAIN_MAINTENANCE, false },
		{ VDC_STORAGE_DOMAIN_UNATTACHED, false },
		{ VDC_STORAGE_DOMAIN_UNINITIALIZED, false },
	};
	struct vdc_storage_domain nfs = domain(VDC_STORAGE_NFS);

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		nfs.status = cases[i].status;
		assert_int_equal(vdc_storage_domain_is_shared(&nfs), cases[i].shared);
	}
	nfs.status = VDC_STORAGE_DOMAIN_ACTIVE;
	nfs.type = VDC_STORAGE_DOMAIN_ISO;
	assert_false(vdc_storage_domain_is_shared(&nfs));
	nfs.type = VDC_STORAGE_DOMAIN_DATA;
	nfs.data_center.id = NULL;
	assert_false(vdc_storage_domain_is_shared(&nfs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_directory_may_name_the_domain_or_not),
		cmocka_unit_test(a_block_domain_has_a_volume_group),
		cmocka_unit_test(numbers_have_a_limit),
		cmocka_unit_test(a_host_is_told_the_figures),
		cmocka_unit_test(its_shape_must_be_one_of_sanlocks),
		cmocka_unit_test(hosts_are_in_what_is_attached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
