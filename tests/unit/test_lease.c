/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where leases lie, and what sanlock 3.8.5 wrote there: tests/data/lease. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doc/lease_record.h"
#include "plan/lease_geometry.h"
#include "unit.h"

#define MIB (INT64_C(1) << 20)

static void areas_are_as_large_as_their_hosts_need(void **state)
{
	static const struct {
		int64_t sector, hosts, alignment, room;
	} cases[] = {
		{ 0, 0, 1, 2000 },	 { 512, 2000, 1, 2000 },  { 4096, 0, 1, 250 },
		{ 4096, 250, 1, 250 },	 { 4096, 251, 2, 500 },	  { 4096, 500, 2, 500 },
		{ 4096, 501, 4, 1000 },	 { 4096, 1000, 4, 1000 }, { 4096, 1001, 8, 2000 },
		{ 4096, 2000, 8, 2000 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_lease_geometry geometry;

		assert_int_equal(vdc_lease_geometry(VDC_STORAGE_V5, VDC_STORAGE_POSIXFS,
						    cases[i].sector, cases[i].hosts, &geometry,
						    NULL),
				 0);
		assert_int_equal(geometry.sector, cases[i].sector ?: 512);
		assert_int_equal(geometry.alignment, cases[i].alignment * MIB);
		assert_int_equal(geometry.hosts, cases[i].room);
		assert_true(vdc_lease_geometry_valid(&geometry));
	}
}

static void some_formats_do_not_go_with_some_storage(void **state)
{
	static const struct {
		int64_t format, type, sector, hosts;
		const char *why;
	} cases[] = {
		{ VDC_STORAGE_V1, VDC_STORAGE_FCP, 0, 0, "v3 and later" },
		{ 0, VDC_STORAGE_FCP, 0, 0, "(none)" },
		{ VDC_STORAGE_V2, VDC_STORAGE_NFS, 0, 0, "v2 is for iscsi and fcp" },
		{ VDC_STORAGE_V4, VDC_STORAGE_POSIXFS, 4096, 0, "need format v5" },
		{ VDC_STORAGE_V5, VDC_STORAGE_NFS, 4096, 0, "nfs always" },
		{ VDC_STORAGE_V5, VDC_STORAGE_FCP, 1024, 0, "1024" },
		{ VDC_STORAGE_V5, VDC_STORAGE_FCP, 512, 2001, "2001" },
		{ VDC_STORAGE_V5, VDC_STORAGE_GLANCE, 512, 0, "glance" },
		{ VDC_STORAGE_V5, 0, 512, 0, "(none)" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_lease_geometry geometry;
		struct vdc_err err = { 0 };

		assert_int_equal(vdc_lease_geometry(cases[i].format, cases[i].type, cases[i].sector,
						    cases[i].hosts, &geometry, &err),
				 -EINVAL);
		assert_non_null(strstr(vdc_err_text(&err), cases[i].why));
	}
}

static void a_block_domain_has_seven_volumes(void **state)
{
	struct vdc_lease_geometry geometry = { 512, MIB, 2000 };
	struct vdc_lease_volume all[VDC_LEASE_VOLUMES];

	(void)state;
	assert_int_equal(vdc_lease_volumes(VDC_STORAGE_V5, VDC_STORAGE_FCP, &geometry, all), 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(all[i].size % (128 * MIB), 0);
	assert_string_equal(all[4].name, "leases");
	assert_int_equal(all[4].size, 2048 * MIB);
	geometry = (struct vdc_lease_geometry){ 4096, 8 * MIB, 2000 };
	assert_int_equal(vdc_lease_volumes(VDC_STORAGE_V3, VDC_STORAGE_ISCSI, &geometry, all), 6);
	assert_int_equal(all[4].size, 2048 * 8 * MIB);
	assert_int_equal(vdc_lease_volumes(VDC_STORAGE_V4, VDC_STORAGE_NFS, &geometry, all), 6);
	assert_string_equal(all[5].name, "xleases");
	assert_int_equal(all[5].size, 0);
	assert_string_equal(all[2].name, "inbox");
	assert_int_equal(all[2].size, 16 * MIB);
	/* what must be zeros before the first use is within it */
	assert_int_equal(vdc_lease_volumes(VDC_STORAGE_V5, VDC_STORAGE_FCP, &geometry, all), 7);
	for (size_t i = 0; i < 7; i++)
		assert_true(all[i].head > 0 && all[i].head <= all[i].size);
}

static void not_every_area_is_one_of_sanlocks(void **state)
{
	(void)state;
	assert_false(vdc_lease_geometry_valid(&(struct vdc_lease_geometry){ 512, 2 * MIB, 1 }));
	assert_false(vdc_lease_geometry_valid(&(struct vdc_lease_geometry){ 4096, 3 * MIB, 1 }));
	assert_false(vdc_lease_geometry_valid(&(struct vdc_lease_geometry){ 0, 0, 0 }));
}

static void read_file(const char *name, uint8_t ret[VDC_LEASE_RECORD_SIZE])
{
	vdc_autofree char *path =
		vdc_format("%s/tests/data/lease/%s", getenv("VDC_TEST_SRC") ?: ".", name);
	FILE *in = fopen(path, "re");

	assert_non_null(in);
	assert_int_equal(fread(ret, 1, VDC_LEASE_RECORD_SIZE, in), VDC_LEASE_RECORD_SIZE);
	fclose(in);
}

static struct vdc_lease_record record_in(const char *name)
{
	uint8_t data[VDC_LEASE_RECORD_SIZE];
	struct vdc_lease_record record;

	read_file(name, data);
	vdc_lease_record_read(data, sizeof(data), &record);
	return record;
}

static void a_host_has_its_record(void **state)
{
	const struct vdc_lease_record record = record_in("host");

	(void)state;
	assert_int_equal(record.kind, VDC_LEASE_RECORD_HOST);
	assert_int_equal(record.sector, 512);
	assert_int_equal(record.owner_id, 7);
	assert_int_equal(record.owner_generation, 1);
	assert_int_equal(record.timestamp, 12178);
	assert_int_equal(record.io_timeout, 1);
	assert_string_equal(record.space, "LS");
	assert_string_equal(record.name, "5a17a0c6-cafe-4bd7-8a11-5d2f1d0f3c11");
	assert_true(vdc_lease_record_is_held(&record));
}

static void a_lease_has_its_leader(void **state)
{
	const struct vdc_lease_record record = record_in("resource");

	(void)state;
	assert_int_equal(record.kind, VDC_LEASE_RECORD_RESOURCE);
	assert_int_equal(record.hosts, 2000);
	assert_int_equal(record.lver, 1);
	assert_string_equal(record.space, "LS");
	assert_string_equal(record.name, VDC_SPM_LEASE);
	assert_true(vdc_lease_record_is_held(&record));
}

static void a_byte_that_flips_is_noticed(void **state)
{
	uint8_t data[VDC_LEASE_RECORD_SIZE];
	struct vdc_lease_record record;

	(void)state;
	read_file("resource", data);
	for (size_t i = 4; i < 172; i++) {
		data[i] ^= 0x10;
		vdc_lease_record_read(data, sizeof(data), &record);
		assert_int_equal(record.kind, VDC_LEASE_RECORD_DAMAGED);
		assert_false(vdc_lease_record_is_held(&record));
		data[i] ^= 0x10;
	}
	data[0] ^= 1;
	vdc_lease_record_read(data, sizeof(data), &record);
	assert_int_equal(record.kind, VDC_LEASE_RECORD_FOREIGN);
}

static void only_zeros_are_blank(void **state)
{
	uint8_t data[VDC_LEASE_RECORD_SIZE] = { 0 };
	struct vdc_lease_record record;

	(void)state;
	vdc_lease_record_read(data, sizeof(data), &record);
	assert_int_equal(record.kind, VDC_LEASE_RECORD_BLANK);
	vdc_lease_record_read(data, 100, &record);
	assert_int_equal(record.kind, VDC_LEASE_RECORD_FOREIGN);
	data[511] = 1;
	vdc_lease_record_read(data, sizeof(data), &record);
	assert_int_equal(record.kind, VDC_LEASE_RECORD_FOREIGN);
}

static void put_u64(uint8_t *data, size_t at, uint64_t value)
{
	for (size_t i = 0; i < sizeof(value); i++)
		data[at + i] = (uint8_t)(value >> 8 * i);
}

/* As a host leaves it whose leader another one wrote: 12003:12003:3:1:28176:7:RELEASED. */
static void an_owner_may_have_given_it_up_by_itself(void **state)
{
	struct vdc_lease_record leader = {
		.kind = VDC_LEASE_RECORD_RESOURCE,
		.owner_id = 3,
		.owner_generation = 1,
		.timestamp = 28176,
		.lver = 7,
	};
	const uint64_t fields[] = { 12003, 12003, 3, 1, 28176, 7 };
	uint8_t block[VDC_LEASE_RECORD_SIZE] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		put_u64(block, 8 * i, fields[i]);
	assert_false(vdc_lease_record_is_released(&leader, block, sizeof(block)));
	block[52] = 1;
	assert_true(vdc_lease_record_is_released(&leader, block, sizeof(block)));
	assert_false(vdc_lease_record_is_released(&leader, block, 100));
	/* of a time before */
	for (size_t i = 2; i < sizeof(fields) / sizeof(*fields); i++) {
		put_u64(block, 8 * i, fields[i] - 1);
		assert_false(vdc_lease_record_is_released(&leader, block, sizeof(block)));
		put_u64(block, 8 * i, fields[i]);
	}
	leader.kind = VDC_LEASE_RECORD_DAMAGED;
	assert_false(vdc_lease_record_is_released(&leader, block, sizeof(block)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_as_large_as_their_hosts_need),
		cmocka_unit_test(some_formats_do_not_go_with_some_storage),
		cmocka_unit_test(a_block_domain_has_seven_volumes),
		cmocka_unit_test(not_every_area_is_one_of_sanlocks),
		cmocka_unit_test(a_host_has_its_record),
		cmocka_unit_test(a_lease_has_its_leader),
		cmocka_unit_test(a_byte_that_flips_is_noticed),
		cmocka_unit_test(only_zeros_are_blank),
		cmocka_unit_test(an_owner_may_have_given_it_up_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
