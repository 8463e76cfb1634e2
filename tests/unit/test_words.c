/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words, whole numbers, nearest spellings. */
#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "base/similar.h"
#include "base/words.h"
#include "unit.h"

static void test_words(void **state)
{
	const char *text = "  list show ";
	size_t len;

	(void)state;
	assert_memory_equal(vdc_word_next(&text, &len), "list", 4);
	assert_int_equal(len, 4);
	assert_memory_equal(vdc_word_next(&text, &len), "show", 4);
	assert_null(vdc_word_next(&text, &len));
	assert_null(vdc_word_next(&text, &len));
	assert_true(vdc_words_have("list show", "show"));
	assert_false(vdc_words_have("list show", "sho"));
	assert_false(vdc_words_have("list show", "shows"));
	assert_false(vdc_words_have("", ""));
	assert_false(vdc_words_have(NULL, "show"));
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "1x", "0x10", "1.5", "9223372036854775808", "-", "one",
	};
	struct vdc_err err = { 0 };
	int64_t n = 7;

	(void)state;
	assert_int_equal(vdc_int_parse("-42", &n, &err), 0);
	assert_int_equal(n, -42);
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		assert_int_equal(vdc_int_parse(bad[i], &n, &err), -EINVAL);
		assert_non_null(strstr(err.msg, bad[i]));
		assert_int_equal(n, -42);
	}
}

static const char *nearest(const char *word)
{
	static const char *const verbs[] = { "list", "show", "import", "export", "set", "h1" };
	static struct vdc_similar similar;

	similar = (struct vdc_similar){ .word = word };
	for (size_t i = 0; i < VDC_COUNT(verbs); i++)
		vdc_similar_try(&similar, verbs[i]);
	return similar.best;
}

static void test_similar(void **state)
{
	static const struct {
		const char *word, *expected;
	} cases[] = {
		{ "lsit", "list" },   { "LIST", "list" },    { "lis", "list" },
		{ "improt", "import" }, { "exprot", "export" }, { "h9", "h1" },
		{ "shows", "show" },  { "frobnicate", "" },  { "", "" },
		{ "x", "" },	      { "sets", "set" },
	};
	char longest[200];

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_string_equal(nearest(cases[i].word), cases[i].expected);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_string_equal(nearest(longest), "");
}

static void test_similar_hint(void **state)
{
	struct vdc_similar similar = { .word = "lsit" };
	char hint[VDC_SIMILAR_HINT];

	(void)state;
	assert_string_equal(vdc_similar_hint(&similar, hint), "");
	vdc_similar_try(&similar, "list");
	assert_string_equal(vdc_similar_hint(&similar, hint), "; did you mean list?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_similar),
		cmocka_unit_test(test_similar_hint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
