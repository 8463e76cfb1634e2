/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text cut to the cells of a terminal. */
#include "base/cells.h"

#include <locale.h>

#include "unit.h"

static int set_characters(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static void shown_is(const char *text, int cells, const char *expected, int used)
{
	vdc_autobuf out = { 0 };

	assert_int_equal(vdc_cells_add(&out, text, cells), used);
	assert_string_equal(vdc_buf_str(&out), expected);
}

static void what_does_not_fit_is_cut(void **state)
{
	(void)state;
	shown_is("web1", 10, "web1", 4);
	shown_is("web1", 3, "web", 3);
	shown_is("web1", 0, "", 0);
	shown_is("", 3, "", 0);
}

static void characters_take_none_one_or_two_cells(void **state)
{
	(void)state;
	shown_is("b\xc3\xa4r", 2, "b\xc3\xa4", 2);
	shown_is("\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac", 4);
	shown_is("\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5", 2); /* no half of one */
	shown_is("a\xcc\x88z", 1, "a\xcc\x88", 1);
	shown_is("a\xcc\x88z", 2, "a\xcc\x88z", 2);
}

static void what_a_terminal_would_act_upon_is_not_shown(void **state)
{
	(void)state;
	shown_is("a\x1b[2Jb", 10, "a?[2Jb", 6);
	shown_is("a\nb\tc\x7f", 10, "a?b?c?", 6);
	shown_is("a\xff\xfe", 10, "a??", 3);
	shown_is("a\xc3", 10, "a?", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(characters_take_none_one_or_two_cells),
		cmocka_unit_test(what_a_terminal_would_act_upon_is_not_shown),
	};

	return cmocka_run_group_tests(tests, set_characters, NULL);
}
