/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of leases of virtual machines, byte by byte as vdsm's xlease.py packs it. */
#include <stdio.h>
#include <string.h>

#include "doc/vm_lease_index.h"
#include "unit.h"

static const char vm[] = "99999999-0000-4000-8000-000000000001";

/* struct ">i x 4s x 48s x 10s x c 440x c" and, for each record, "48s x 11s x c c c" */
enum { HEADER = 512, RECORD = 64, TIME_AT = 59, STATE_AT = 70 };

static char data[VDC_VM_LEASE_INDEX_SIZE];

static char *record_at(size_t n)
{
	return data + HEADER + n * RECORD;
}

static void put_record(size_t n, const char *id, char updating)
{
	char *record = record_at(n);

	memset(record, 0, RECORD);
	memcpy(record, id, strlen(id));
	memcpy(record + 49, "00003145728", 11);
	record[61] = updating;
	record[62] = '-';
	record[63] = '\n';
}

/* A format of no lease. */
static int make_index(void **state)
{
	(void)state;
	memset(data, 0, sizeof(data));
	memcpy(data, "\x12\x15\x20\x16", 4);
	memcpy(data + 5, "0001", 4);
	memcpy(data + 10, "c277ad93-0973-43d9-a0ca-22199bc8e801", 36);
	memcpy(data + TIME_AT, "1563949824", 10);
	data[STATE_AT] = '-';
	data[HEADER - 1] = '\n';
	for (size_t i = 0; i < VDC_VM_LEASE_RECORDS; i++)
		put_record(i, "", '-');
	return 0;
}

static void state_becomes(size_t at, char value, enum vdc_vm_lease_index_state expected)
{
	char before = data[at];

	data[at] = value;
	if (vdc_vm_lease_index_state(data) != expected)
		fail_msg("byte %zu as %d", at, value);
	data[at] = before;
}

static void the_header_says_the_state(void **state)
{
	static const size_t guarded[] = { 0, 1, 2, 3, 5, 6, 7, 8, STATE_AT, HEADER - 1 };

	(void)state;
	assert_int_equal(vdc_vm_lease_index_state(data), VDC_VM_LEASE_INDEX_GOOD);
	state_becomes(STATE_AT, 'u', VDC_VM_LEASE_INDEX_UPDATING);
	for (size_t i = 0; i < VDC_COUNT(guarded); i++) {
		state_becomes(guarded[i], '\0', VDC_VM_LEASE_INDEX_DAMAGED);
		state_becomes(guarded[i], 'x', VDC_VM_LEASE_INDEX_DAMAGED);
	}
	/* Name and time are for people. */
	state_becomes(10, 'x', VDC_VM_LEASE_INDEX_GOOD);
	state_becomes(TIME_AT, 'x', VDC_VM_LEASE_INDEX_GOOD);
}

static void blank_is_all_of_it(void **state)
{
	(void)state;
	memset(data, 0, sizeof(data));
	assert_int_equal(vdc_vm_lease_index_state(data), VDC_VM_LEASE_INDEX_BLANK);
	state_becomes(sizeof(data) - 1, '\n', VDC_VM_LEASE_INDEX_DAMAGED);
	state_becomes(HEADER, 'x', VDC_VM_LEASE_INDEX_DAMAGED);
}

static struct vdc_vm_lease_record read_record(size_t n)
{
	struct vdc_vm_lease_record record;

	vdc_vm_lease_record_read(data, n, &record);
	return record;
}

static void records_are_where_they_belong(void **state)
{
	static const size_t places[] = { 0, 1, 7, VDC_VM_LEASE_RECORDS - 1 };

	(void)state;
	/* 62 blocks of 4096 bytes (vdsm, INDEX_SIZE): what is beyond is not read. */
	assert_int_equal(VDC_VM_LEASE_RECORDS, 3960);
	assert_true(HEADER + VDC_VM_LEASE_RECORDS * RECORD <= VDC_VM_LEASE_INDEX_SIZE);
	for (size_t i = 0; i < VDC_COUNT(places); i++) {
		struct vdc_vm_lease_record record;

		assert_string_equal(read_record(places[i]).id, "");
		put_record(places[i], vm, i % 2 ? 'u' : '-');
		record = read_record(places[i]);
		assert_string_equal(record.id, vm);
		assert_int_equal(record.updating, i % 2);
		assert_false(record.damaged);
	}
	assert_string_equal(read_record(2).id, "");
}

static void a_record_that_is_none_is_damaged(void **state)
{
	static const struct {
		size_t at;
		char value;
	} cases[] = { { 61, 'x' }, { 61, 0 }, { 62, 'u' }, { 62, 0 },	{ 63, 0 },
		      { 0, 'x' },  { 35, 0 }, { 40, 'x' }, { 8, '\n' }, { 3, '\xff' } };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_vm_lease_record record;

		put_record(3, vm, '-');
		record_at(3)[cases[i].at] = cases[i].value;
		record = read_record(3);
		if (!record.damaged || *record.id || record.updating)
			fail_msg("case %zu: %d '%s'", i, record.damaged, record.id);
	}
	/* Its offset is for people, its place counts. */
	put_record(3, vm, '-');
	memset(record_at(3) + 49, 'x', 11);
	assert_string_equal(read_record(3).id, vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_header_says_the_state, make_index),
		cmocka_unit_test_setup(blank_is_all_of_it, make_index),
		cmocka_unit_test_setup(records_are_where_they_belong, make_index),
		cmocka_unit_test_setup(a_record_that_is_none_is_damaged, make_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
