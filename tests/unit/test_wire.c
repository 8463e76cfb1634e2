/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/wire.h"

#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "unit.h"

struct thing {
	int64_t number;
	bool flag;
	const char *text, *none;
	size_t n;
};

static void wire_thing(struct vdc_wire *wire, struct thing *thing)
{
	vdc_wire_int(wire, &thing->number);
	vdc_wire_bool(wire, &thing->flag);
	vdc_wire_text(wire, &thing->text);
	vdc_wire_text(wire, &thing->none);
	vdc_wire_count(wire, &thing->n);
	for (size_t i = 0; i < thing->n; i++)
		vdc_wire_bool(wire, &thing->flag);
}

static void what_was_written_is_read(void **state)
{
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);
	struct thing in = { -5, true, "two\nlines", NULL, 2 }, back = { 0 };

	(void)state;
	wire_thing(&wire, &in);
	wire = vdc_wire_reader(out.data, out.len);
	wire_thing(&wire, &back);
	assert_false(wire.bad);
	assert_int_equal(wire.left, 0);
	assert_int_equal(back.number, -5);
	assert_true(back.flag);
	assert_string_equal(back.text, "two\nlines");
	assert_null(back.none);
	assert_int_equal(back.n, 2);
}

static void a_message_cut_anywhere_is_bad_and_harmless(void **state)
{
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);
	struct thing in = { 7, false, "text", "more", 1 };

	(void)state;
	wire_thing(&wire, &in);
	for (size_t len = 0; len < out.len; len++) {
		vdc_autofree char *part = vdc_alloc(len + 1);
		struct thing back = { 0 };

		memcpy(part, out.data, len);
		wire = vdc_wire_reader(part, len);
		wire_thing(&wire, &back);
		assert_true(wire.bad);
	}
}

static void lengths_that_lie_are_bad(void **state)
{
	static const int64_t lies[] = { INT64_MAX, INT64_MIN, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(lies); i++) {
		vdc_autobuf out = { 0 };
		struct vdc_wire wire = vdc_wire_writer(&out);
		int64_t lie = lies[i];
		const char *text;
		size_t n;

		vdc_wire_int(&wire, &lie);
		wire = vdc_wire_reader(out.data, out.len);
		vdc_wire_text(&wire, &text);
		assert_null(text);
		wire = vdc_wire_reader(out.data, out.len);
		vdc_wire_count(&wire, &n);
		assert_true(wire.bad);
		assert_int_equal(n, 0);
	}
}

static void a_reading_refuses_what_is_no_message(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_look look;

	(void)state;
	vdc_look_begin(&look);
	assert_int_equal(vdc_look_take(&look, "", 0, &err), -EBADMSG);
	assert_int_equal(vdc_look_take(&look, "\377\377\377\377\377\377\377\377", 8, &err),
			 -EBADMSG);
	assert_int_equal(vdc_look_take(&look, "\1\0\0\0\0\0\0\0garbage", 15, &err), -EBADMSG);
	assert_int_equal(vdc_look_take(&look, "\2\0\0\0\0\0\0\0garbage", 15, &err), -EBADMSG);
	assert_false(look.complete);
	vdc_look_end(&look);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(a_message_cut_anywhere_is_bad_and_harmless),
		cmocka_unit_test(lengths_that_lie_are_bad),
		cmocka_unit_test(a_reading_refuses_what_is_no_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
