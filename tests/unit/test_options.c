/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines against a table of verbs and options. */
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "cli/call.h"
#include "cli/exit_code.h"
#include "unit.h"

static int run(struct vdc_call *call, struct vdc_err *err)
{
	(void)call;
	(void)err;
	return 0;
}

static const struct vdc_verb verbs[] = {
	{ .name = "list", .operands = "KIND [NAME...]", .min = 1, .max = -1, .help = "list", .run = run },
	{ .name = "init", .help = "make it", .run = run },
	{ .name = "set", .operands = "NAME", .min = 1, .max = 1, .help = "set", .run = run },
	{ 0 },
};

static const struct vdc_option options[] = {
	{ .include = vdc_list_options, .verbs = "list" },
	{ .name = "jobs", .letter = 'j', .arg = VDC_ARG_INT, .min = 1, .max = 64, .help = "h" },
	{ .name = "size", .arg = VDC_ARG_SIZE, .value = "SIZE", .min = 1024, .help = "h" },
	{ .name = "timeout", .arg = VDC_ARG_DURATION, .max = VDC_SECOND * 60, .help = "h" },
	{ .name = "since", .arg = VDC_ARG_SINCE, .help = "h" },
	{ .name = "how", .arg = VDC_ARG_CHOICE, .choices = "soft hard", .help = "h" },
	{ .name = "tag", .arg = VDC_ARG_TEXT, .repeat = true, .help = "h" },
	{ .name = "cascade", .verbs = "set", .help = "h", .needs = "how" },
	{ .name = "file", .verbs = "set", .arg = VDC_ARG_TEXT, .help = "of set" },
	{ .name = "file", .verbs = "list", .arg = VDC_ARG_TEXT, .help = "of list" },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "thing", .help = "a thing", .verbs = verbs, .options = options,
};

static struct vdc_call call;
static struct vdc_err err;

/* LINE is split at spaces. */
static int parse(const char *line)
{
	char *argv[32], *rest, *word;
	int argc = 0;

	vdc_arena_free(call.arena);
	call = (struct vdc_call){ .command = &command, .arena = vdc_arena_new() };
	err = (struct vdc_err){ 0 };
	rest = vdc_arena_strdup(call.arena, line);
	while ((word = strsep(&rest, " ")))
		argv[argc++] = word;
	argv[argc] = NULL;
	return vdc_call_parse(&call, argc, argv, &err);
}

static void test_options_and_operands_in_any_order(void **state)
{
	const char *const *operands, *const *tags;

	(void)state;
	assert_int_equal(parse("thing --jobs 3 list -q hosts --tag a h1 --tag=b --sort -name"), 0);
	assert_string_equal(vdc_call_verb(&call)->name, "list");
	assert_int_equal(vdc_call_operands(&call, &operands), 2);
	assert_string_equal(operands[0], "hosts");
	assert_string_equal(operands[1], "h1");
	assert_int_equal(vdc_int_option(&call, "jobs", 1), 3);
	assert_int_equal(vdc_int_option(&call, "size", 17), 17);
	assert_string_equal(vdc_text_option(&call, "sort"), "-name");
	assert_null(vdc_text_option(&call, "output"));
	assert_true(vdc_given(&call, "quiet"));
	assert_false(vdc_given(&call, "verbose"));
	assert_int_equal(vdc_repeated_option(&call, "tag", &tags), 2);
	assert_string_equal(tags[0], "a");
	assert_string_equal(tags[1], "b");
}

static void test_end_of_options_and_dash(void **state)
{
	const char *const *operands;

	(void)state;
	assert_int_equal(parse("thing list - -- --json"), 0);
	assert_int_equal(vdc_call_operands(&call, &operands), 2);
	assert_string_equal(operands[0], "-");
	assert_string_equal(operands[1], "--json");
	assert_int_equal(vdc_call_output(&call), VDC_OUTPUT_TABLE);
	assert_int_equal(parse("thing list -Jqj3 hosts"), 0);
	assert_int_equal(vdc_call_output(&call), VDC_OUTPUT_JSON);
	assert_int_equal(vdc_int_option(&call, "jobs", 0), 3);
}

static void test_values(void **state)
{
	int64_t now = vdc_time_now();

	(void)state;
	assert_int_equal(parse("thing init --size 2K --timeout 5s --since 1h --how hard"), 0);
	assert_int_equal(vdc_int_option(&call, "size", 0), 2048);
	assert_int_equal(vdc_int_option(&call, "timeout", 0), 5 * VDC_SECOND);
	assert_in_range(now - vdc_int_option(&call, "since", 0), 3590 * VDC_SECOND,
			3600 * VDC_SECOND);
	assert_string_equal(vdc_text_option(&call, "how"), "hard");
}

static void test_an_option_per_verb(void **state)
{
	(void)state;
	assert_int_equal(parse("thing set x --file f"), 0);
	assert_string_equal(call.given[0].option->help, "of set");
	assert_int_equal(parse("thing list x --file f"), 0);
	assert_string_equal(call.given[0].option->help, "of list");
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "thing", "what to do is missing; --help lists the verbs" },
		{ "thing lsit", "unknown verb 'lsit'; did you mean list?" },
		{ "thing frobnicate", "unknown verb 'frobnicate'; --help lists them" },
		{ "thing ", "unknown verb ''; --help lists them" },
		{ "thing list", "list needs KIND [NAME...]" },
		{ "thing init x", "init takes no operand, but there is 'x'" },
		{ "thing set a b", "set takes NAME; 'b' is too much" },
		{ "thing init --jbos 3", "unknown option --jbos; did you mean --jobs?" },
		{ "thing init --frobnicate=3", "unknown option --frobnicate" },
		{ "thing init -Z", "unknown option -Z" },
		{ "thing init --jobs", "--jobs needs a value" },
		{ "thing list x --json=yes", "--json takes no value" },
		{ "thing init --jobs 0", "--jobs: must be from 1 to 64" },
		{ "thing init --jobs 65", "--jobs: must be from 1 to 64" },
		{ "thing init --jobs x", "--jobs: 'x' is not a whole number" },
		{ "thing init --size 1", "--size: must be 1 KiB or more" },
		{ "thing init --timeout 2m", "--timeout: must be from 0s to 60s" },
		{ "thing init --how often", "--how: 'often' is none of: soft hard" },
		{ "thing init --how soft --how hard", "--how was given twice" },
		{ "thing init --json", "--json does not go with init, only with: list" },
		{ "thing list x --json --xml", "--json and --xml exclude each other" },
		{ "thing list x -nX", "--noheadings and --xml exclude each other" },
		{ "thing set x --cascade", "--cascade makes sense only with --how" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		if (parse(cases[i].line) != -EINVAL || strcmp(err.msg, cases[i].message) != 0)
			fail_msg("%s: '%s' instead of '%s'", cases[i].line, err.msg,
				 cases[i].message);
	}
}

static void test_many_options(void **state)
{
	char line[4096] = "thing init -";

	(void)state;
	memset(line + strlen(line), 'v', 2000);
	assert_int_equal(parse(line), 0);
	assert_int_equal(call.n_given, 2000);
}

static void test_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(vdc_exit_of(0), VDC_EXIT_OK);
	assert_int_equal(vdc_exit_of(-EINVAL), VDC_EXIT_USAGE);
	assert_int_equal(vdc_exit_of(-EBADMSG), VDC_EXIT_USAGE);
	assert_int_equal(vdc_exit_of(-ENOENT), VDC_EXIT_NO_OBJECT);
	assert_int_equal(vdc_exit_of(-ENOTEMPTY), VDC_EXIT_REFUSED);
	assert_int_equal(vdc_exit_of(-EAGAIN), VDC_EXIT_BUSY);
	assert_int_equal(vdc_exit_of(-ETIMEDOUT), VDC_EXIT_UNREACHABLE);
	assert_int_equal(vdc_exit_of(-EACCES), VDC_EXIT_NOT_PERMITTED);
	assert_int_equal(vdc_exit_of(-ENOSPC), VDC_EXIT_FINDINGS);
}

static int forget(void **state)
{
	(void)state;
	vdc_arena_free(call.arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_and_operands_in_any_order),
		cmocka_unit_test(test_end_of_options_and_dash),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_an_option_per_verb),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_many_options),
		cmocka_unit_test(test_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
