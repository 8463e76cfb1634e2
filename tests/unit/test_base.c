/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ground floor: errors, arenas, growing strings, UUIDs, times, durations, sizes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/sha1.h"
#include "base/size.h"
#include "base/time.h"
#include "base/uuid.h"
#include "unit.h"

static void test_err(void **state)
{
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(vdc_err_set(&err, -ENOENT, "host %s: no such host", "h1"), -ENOENT);
	assert_int_equal(vdc_err_prefix(&err, "cluster %s: ", "c"), -ENOENT);
	assert_string_equal(vdc_err_text(&err), "cluster c: host h1: no such host");
	assert_int_equal(vdc_err_set(NULL, -EBUSY, "nobody listens"), -EBUSY);
	vdc_err_at(&err, -EINVAL, 3, 7, "bad");
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 7);
	err = (struct vdc_err){ .code = -ENOENT };
	assert_string_equal(vdc_err_text(&err), strerror(ENOENT));
}

static void test_err_prefix_never_overflows(void **state)
{
	struct vdc_err err = { 0 };
	char longest[2 * sizeof(err.msg)];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	vdc_err_set(&err, -EINVAL, "%s", longest);
	vdc_err_prefix(&err, "%s", longest);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

static void test_arena(void **state)
{
	struct vdc_arena *arena = vdc_arena_new();
	char *text;

	(void)state;
	for (size_t size = 1; size < 100000; size = size * 3 + 1) {
		char *p = vdc_arena_alloc(arena, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	vdc_arena_reset(arena);
	assert_int_equal(vdc_arena_used(arena), 0);
	text = vdc_arena_format(arena, "%s-%d", "vm", 7);
	assert_string_equal(text, "vm-7");
	assert_null(vdc_arena_strdup(arena, NULL));
	vdc_arena_free(arena);
	vdc_arena_free(NULL);
}

static void test_arena_is_zeroed_after_reset(void **state)
{
	struct vdc_arena *arena = vdc_arena_new();
	char *p = vdc_arena_alloc(arena, 1000);

	(void)state;
	memset(p, 1, 1000);
	vdc_arena_reset(arena);
	p = vdc_arena_alloc(arena, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	vdc_arena_free(arena);
}

static void test_buf(void **state)
{
	struct vdc_buf buf = { 0 };
	char *text;

	(void)state;
	assert_string_equal(vdc_buf_str(&buf), "");
	vdc_buf_puts(&buf, "a");
	vdc_buf_putc(&buf, 'b');
	vdc_buf_printf(&buf, "%0200d", 1);
	assert_int_equal(buf.len, 202);
	vdc_buf_clear(&buf);
	vdc_buf_puts(&buf, "again");
	text = vdc_buf_steal(&buf);
	assert_string_equal(text, "again");
	assert_string_equal(vdc_buf_str(&buf), "");
	free(text);
	vdc_buf_free(&buf);
}

static void test_uuid(void **state)
{
	char a[VDC_UUID_LEN + 1], b[VDC_UUID_LEN + 1];

	(void)state;
	assert_int_equal(vdc_uuid_random(a), 0);
	assert_int_equal(vdc_uuid_random(b), 0);
	assert_true(vdc_uuid_valid(a));
	assert_string_not_equal(a, b);
	assert_int_equal(a[14], '4');
	assert_false(vdc_uuid_valid(""));
	assert_false(vdc_uuid_valid("c277ad93-0973-43d9-a0ca-22199bc8e80"));
	assert_false(vdc_uuid_valid("c277ad93-0973-43d9-a0ca-22199bc8e8011"));
	assert_false(vdc_uuid_valid("c277ad93x0973-43d9-a0ca-22199bc8e801"));
	/* One that is cut off anywhere is not read beyond its end. */
	for (size_t len = 0; len < VDC_UUID_LEN; len++) {
		vdc_autofree char *cut = vdc_strndup(a, len);

		assert_false(vdc_uuid_valid(cut));
	}
}

static void a_uuid_has_its_bytes(void **state)
{
	static const uint8_t expected[VDC_UUID_BYTES] = { 0xc2, 0x77, 0xad, 0x93, 0x09, 0x73,
							  0x43, 0xd9, 0xa0, 0xca, 0x22, 0x19,
							  0x9b, 0xc8, 0xe8, 0x01 };
	char text[VDC_UUID_LEN + 1];
	uint8_t bytes[VDC_UUID_BYTES];

	(void)state;
	assert_true(vdc_uuid_parse("C277ad93-0973-43D9-a0ca-22199bc8E801", bytes));
	assert_memory_equal(bytes, expected, sizeof(bytes));
	assert_false(vdc_uuid_parse("c277ad93-0973-43d9-a0ca-22199bc8e80x", bytes));
	vdc_uuid_text(bytes, text);
	assert_string_equal(text, "c277ad93-0973-43d9-a0ca-22199bc8e801");
}

static void test_time_format(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 1500000, "1970-01-01T00:00:01.5Z" },
		{ 1, "1970-01-01T00:00:00.000001Z" },
		{ -1, "1969-12-31T23:59:59.999999Z" },
		{ INT64_C(1769860800000000), "2026-01-31T12:00:00Z" },
	};
	char text[VDC_TIME_LEN + 1];
	int64_t us;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		assert_string_equal(vdc_time_format(cases[i].us, text), cases[i].text);
		assert_int_equal(vdc_time_parse(cases[i].text, &us, NULL), 0);
		assert_int_equal(us, cases[i].us);
	}
	assert_string_equal(vdc_time_format(INT64_MAX, text), "?");
	assert_string_equal(vdc_time_format(INT64_MIN, text), "?");
}

static void test_time_parse(void **state)
{
	static const char *const same[] = {
		"2026-01-31T12:00:00Z",	     "2026-01-31T12:00Z",
		"2026-01-31 12:00",	     "2026-01-31T13:30:00+01:30",
		"2026-01-31T04:00:00-08:00", "2026-01-31T12:00:00.000000000Z",
	};
	static const char *const bad[] = { "",
					   "yesterday",
					   "2026-01-31T",
					   "2026-13-01",
					   "12:00",
					   "2026-01-31T12:00:00Zx",
					   "2026-01-31T12:00:00+25:00" };
	struct vdc_err err;
	int64_t us;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(same); i++) {
		assert_int_equal(vdc_time_parse(same[i], &us, NULL), 0);
		assert_int_equal(us, INT64_C(1769860800000000));
	}
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		us = 42;
		assert_int_equal(vdc_time_parse(bad[i], &us, &err), -EINVAL);
		assert_int_equal(us, 42);
		assert_non_null(strstr(err.msg, "is not a time"));
	}
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
		{ "90", 90 * VDC_SECOND },
		{ "90s", 90 * VDC_SECOND },
		{ "5m", 300 * VDC_SECOND },
		{ "1h", 3600 * VDC_SECOND },
		{ "2d", 172800 * VDC_SECOND },
		{ "500ms", VDC_SECOND / 2 },
		{ "0", 0 },
	};
	static const char *const bad[] = {
		"", "s", "-1s", "5 m", "5x", "99999999999999999999", "9999999999999w", "1.5h"
	};
	char text[VDC_TIME_LEN + 1];
	int64_t us;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		assert_int_equal(vdc_duration_parse(cases[i].text, &us, NULL), 0);
		assert_int_equal(us, cases[i].us);
	}
	for (size_t i = 0; i < VDC_COUNT(bad); i++)
		assert_int_equal(vdc_duration_parse(bad[i], &us, NULL), -EINVAL);
	assert_string_equal(vdc_duration_format(5 * VDC_SECOND, text), "5s");
	assert_string_equal(vdc_duration_format(600 * VDC_SECOND, text), "10m");
	assert_string_equal(vdc_duration_format(-1, text), "0s");
}

static void test_since(void **state)
{
	int64_t us;

	(void)state;
	assert_int_equal(vdc_time_parse_since("1h", 7200 * VDC_SECOND, &us, NULL), 0);
	assert_int_equal(us, 3600 * VDC_SECOND);
	assert_int_equal(vdc_time_parse_since("now", 5, &us, NULL), 0);
	assert_int_equal(us, 5);
	assert_int_equal(vdc_time_parse_since("1970-01-02", 5, &us, NULL), 0);
	assert_int_equal(us, 86400 * VDC_SECOND);
	assert_int_equal(vdc_time_parse_since("soon", 5, &us, NULL), -EINVAL);
}

static void test_size(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
		const char *shown;
	} cases[] = {
		{ "512", 512, "512 B" },
		{ "64G", INT64_C(64) << 30, "64 GiB" },
		{ "64GiB", INT64_C(64) << 30, "64 GiB" },
		{ "64 gb", INT64_C(64) << 30, "64 GiB" },
		{ "1.5T", INT64_C(3) << 39, "1.5 TiB" },
		{ "2560MiB", INT64_C(2560) << 20, "2.5 GiB" },
		{ "0", 0, "0 B" },
		{ "1023", 1023, "1023 B" },
		{ "1024k", 1 << 20, "1 MiB" },
	};
	static const char *const bad[] = { "",	   "G",		"-1",	 "64X",
					   "64GG", "99999999E", "1e400", "0x10" };
	char text[VDC_SIZE_LEN + 1];
	int64_t bytes;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		assert_int_equal(vdc_size_parse(cases[i].text, &bytes, NULL), 0);
		assert_int_equal(bytes, cases[i].bytes);
		assert_string_equal(vdc_size_format(bytes, text), cases[i].shown);
	}
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		bytes = 42;
		assert_int_equal(vdc_size_parse(bad[i], &bytes, NULL), -EINVAL);
		assert_int_equal(bytes, 42);
	}
}

static void test_int_text(void **state)
{
	static const int64_t values[] = { 0,   1,	  -1,	     9,		 10, 1099511627776,
					  -42, INT64_MAX, INT64_MIN, -9999999999 };
	char text[VDC_INT_LEN + 1], expected[32];

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(values); i++) {
		snprintf(expected, sizeof(expected), "%" PRId64, values[i]);
		assert_string_equal(vdc_int_text(values[i], text), expected);
	}
}

static void test_buf_grows(void **state)
{
	vdc_autobuf buf = { 0 };
	char *at;

	(void)state;
	vdc_buf_puts(&buf, "a");
	at = vdc_buf_grow(&buf, 100);
	memset(at, 'x', 100);
	assert_int_equal(buf.len, 101);
	assert_int_equal(strlen(vdc_buf_str(&buf)), 101);
	assert_ptr_equal(at, buf.data + 1);
}

/* FIPS 180-4's own examples, and lengths around the end of a block, by sha1sum(1). */
static void test_sha1(void **state)
{
	static const struct {
		size_t n;
		const char *sum;
	} cases[] = {
		{ 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a" },
		{ 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699" },
		{ 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d" },
		{ 1000, "291e9a6c66994949b57ba5e650361e98fc36b1ba" },
	};
	char text[1000], sum[VDC_SHA1_HEX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_string_equal(vdc_sha1_hex("abc", 3, sum),
			    "a9993e364706816aba3e25717850c26c9cd0d89d");
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_string_equal(vdc_sha1_hex(text, cases[i].n, sum), cases[i].sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_err_prefix_never_overflows),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_is_zeroed_after_reset),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_grows),
		cmocka_unit_test(test_int_text),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(a_uuid_has_its_bytes),
		cmocka_unit_test(test_time_format),
		cmocka_unit_test(test_sha1),
		cmocka_unit_test(test_time_parse),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
