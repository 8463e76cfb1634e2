/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What LVM 2.03.16 answered, kept in tests/data/lvm, and what nobody should answer. */
#include "edge/lvm_reply.h"

#include <errno.h>
#include <string.h>

#include "data_file.h"
#include "edge/lvm_volume.h"

static struct vdc_arena *arena;
static struct vdc_lvm_rows rows;
static struct vdc_err why;

static int setup(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	why = (struct vdc_err){ 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static int judge(const char *command, const char *text)
{
	return vdc_lvm_reply(command, text, strlen(text), arena, &rows, &why);
}

static int recorded(const char *command, const char *name)
{
	return judge(command, data_file(arena, vdc_arena_format(arena, "../lvm/%s", name)));
}

static void rows_of_a_report(void **state)
{
	(void)state;
	assert_int_equal(recorded("lvs", "lvs"), 0);
	assert_int_equal(rows.n, 1);
	assert_string_equal(vdc_node_text(rows.all[0], "lv_name"), "a");
	assert_string_equal(vdc_node_text(rows.all[0], "lv_size"), "1073741824");
	assert_null(vdc_node_text(rows.all[0], "vg_name"));
	assert_int_equal(recorded("lvextend", "extend"), 0);
	assert_int_equal(rows.n, 0);
}

static void its_own_words_say_why(void **state)
{
	static const struct {
		const char *command, *file;
		int code;
		const char *words;
	} cases[] = {
		{ "lvextend", "no-space", -ENOSPC, "8184 extents needed, but only 151" },
		{ "lvextend", "same-size", -EALREADY, "matches existing size" },
		{ "vgs", "no-group", -ENOENT, "\"nosuch\" not found" },
		{ "foo", "no-command", -EIO, "No such command" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		assert_int_equal(recorded(cases[i].command, cases[i].file), cases[i].code);
		assert_non_null(strstr(vdc_err_text(&why), cases[i].words));
	}
}

/* None of them is a success, and none of them is believed half. */
static void damaged_answers_are_none(void **state)
{
	char *text = data_file(arena, "../lvm/lvs");
	const size_t len = strlen(text);

	(void)state;
	for (size_t cut = 0; cut + 2 < len; cut++)
		assert_int_equal(vdc_lvm_reply("lvs", text, cut, arena, &rows, &why), -EBADMSG);
	/* the answer to another command */
	assert_int_equal(judge("vgs", text), -EBADMSG);
	assert_int_equal(judge("lvs", "{}"), -EBADMSG);
	assert_int_equal(judge("lvs", "{\"log\":[]}"), -EBADMSG);
	assert_int_equal(judge("lvs", "{\"log\":7}"), -EBADMSG);
	assert_int_equal(judge("lvs", "null"), -EBADMSG);
	assert_int_equal(judge("lvs", "{\"log\":[{\"log_type\":\"\xff\"}]}"), -EBADMSG);
	/* as LVM writes it where command_log_selection leaves the last line out */
	assert_int_equal(judge("lvs", "{\"log\":[{\"log_type\":\"print\"},]}"), -EBADMSG);
}

static void a_failure_without_words_is_one(void **state)
{
	(void)state;
	assert_int_equal(judge("lvs",
			       "{\"log\":[{\"log_type\":\"status\",\"log_context\":\"shell\","
			       "\"log_object_name\":\"lvs\",\"log_ret_code\":\"5\"}]}"),
			 -EIO);
	assert_non_null(strstr(vdc_err_text(&why), "does not say why"));
}

static void an_answer_ends_where_it_ends(void **state)
{
	static const char text[] = "  \n{\"a\":[\"}\\\"]\",{}]}\n{";
	struct vdc_lvm_scan all = { 0 }, bytewise = { 0 }, bad = { 0 };

	(void)state;
	assert_int_equal(vdc_lvm_scan(&all, text, sizeof(text) - 1, NULL), 0);
	assert_true(all.whole);
	assert_string_equal(text + all.at, "\n{");
	for (size_t len = 0; !bytewise.whole; len++)
		assert_int_equal(vdc_lvm_scan(&bytewise, text, len, NULL), 0);
	assert_int_equal(bytewise.at, all.at);
	assert_int_equal(vdc_lvm_scan(&bad, " lvm> {", 7, NULL), -EBADMSG);
}

static void names_are_those_of_lvm(void **state)
{
	char longest[129];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[128] = '\0';
	assert_false(vdc_lvm_name_valid(longest));
	longest[127] = '\0';
	assert_true(vdc_lvm_name_valid(longest));
	assert_true(vdc_lvm_name_valid("c277ad93-0973-43d9-a0ca-22199bc8e801"));
	assert_true(vdc_lvm_name_valid("a+b_c.d"));
	assert_false(vdc_lvm_name_valid(""));
	assert_false(vdc_lvm_name_valid("-f"));
	assert_false(vdc_lvm_name_valid(".."));
	assert_false(vdc_lvm_name_valid("a/b"));
	assert_false(vdc_lvm_name_valid("a b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_of_a_report, setup, teardown),
		cmocka_unit_test_setup_teardown(its_own_words_say_why, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_answers_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_without_words_is_one, setup, teardown),
		cmocka_unit_test(an_answer_ends_where_it_ends),
		cmocka_unit_test(names_are_those_of_lvm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
