/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/proc.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "unit.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void output_and_exit_code_come_back(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("sh", "-c", "echo out; echo broken >&2; exit 3") };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_int_equal(end.status, 3);
	assert_string_equal(end.out.data, "out\n");
	assert_string_equal(vdc_proc_complaint(&end), "broken");
}

static void large_input_goes_through(void **state)
{
	size_t len = 3000000;
	vdc_autofree char *text = vdc_alloc(len);
	struct vdc_proc proc = { .argv = ARGV("cat"), .input = text, .input_len = len };
	vdc_autoend end = { 0 };

	(void)state;
	memset(text, 'x', len);
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_int_equal(end.out.len, len);
	assert_memory_equal(end.out.data, text, len);
	assert_string_equal(vdc_proc_complaint(&end), "");
}

static void input_that_nobody_reads_is_no_matter(void **state)
{
	size_t len = 3000000;
	vdc_autofree char *text = vdc_alloc(len);
	struct vdc_proc proc = { .argv = ARGV("true"), .input = text, .input_len = len };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_int_equal(end.status, 0);
}

static void arguments_are_not_words_of_a_shell(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("printf", "%s|", "a b", "$(id)", "*", "'\"") };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_string_equal(end.out.data, "a b|$(id)|*|'\"|");
}

static void environment_is_what_was_given(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("/usr/bin/env"), .env = ARGV("A=1", "B=2") };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_string_equal(end.out.data, "A=1\nB=2\n");
}

static void nothing_else_is_inherited(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("sh", "-c", "ls /proc/$$/fd") };
	vdc_autoend end = { 0 };
	int leaky = dup(STDERR_FILENO);

	(void)state;
	assert_true(leaky > 2);
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	close(leaky);
	assert_string_equal(end.out.data, "0\n1\n2\n");
}

/* And ours are as they were, also where no program was begun. */
static void signals_are_as_at_login(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("grep", "-E",
					      "^Sig(Blk|Ign):", "/proc/self/status") };
	struct vdc_proc missing = { .argv = ARGV("/no/such/program") };
	unsigned long long theirs, ignored;
	sigset_t blocked, now;
	vdc_autoend end = { 0 };
	vdc_autoend none = { 0 };

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_int_equal(vdc_proc_run(&missing, &none, NULL), -ENOENT);
	sigprocmask(SIG_UNBLOCK, &blocked, &now);
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(sscanf(end.out.data, "SigBlk: %llx SigIgn: %llx", &theirs, &ignored), 2);
	assert_int_equal(theirs, 0);
	assert_false(ignored & 1ULL << (SIGPIPE - 1));
	assert_true(sigismember(&now, SIGUSR2));
	assert_false(sigismember(&now, SIGUSR1));
}

static void a_missing_program_is_named(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("/no/such/program", "s3cret") };
	struct vdc_err err = { 0 };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "/no/such/program"));
	assert_null(strstr(err.msg, "s3cret"));
}

static void death_by_signal_shows(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("sh", "-c", "kill -TERM $$") };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_int_equal(end.status, 128 + SIGTERM);
}

/* The whole group goes: a file that the background process would write does not appear. */
static void the_limit_kills_all_that_it_started(void **state)
{
	char path[] = "/tmp/vdc-proc-XXXXXX";
	vdc_autofree char *script = NULL;
	struct vdc_proc proc = { .limit_us = VDC_SECOND / 5 };
	struct vdc_err err = { 0 };
	vdc_autoend end = { 0 };
	int64_t begun = vdc_time_monotonic();

	(void)state;
	close(mkstemp(path));
	script = vdc_format("(sleep 1; echo late >%s) & sleep 100", path);
	proc.argv = ARGV("sh", "-c", script);
	assert_int_equal(vdc_proc_run(&proc, &end, &err), -ETIMEDOUT);
	assert_true(vdc_time_monotonic() - begun < 5 * VDC_SECOND);
	assert_non_null(strstr(err.msg, "sh: "));
	sleep(2);
	proc = (struct vdc_proc){ .argv = ARGV("test", "-s", path) };
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	unlink(path);
	assert_int_equal(end.status, 1);
}

static void a_background_process_that_keeps_the_pipe_is_not_waited_for(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("sh", "-c", "sleep 3 & echo done") };
	int64_t begun = vdc_time_monotonic();
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_true(vdc_time_monotonic() - begun < 2 * VDC_SECOND);
	assert_string_equal(end.out.data, "done\n");
}

static void too_much_output_is_refused(void **state)
{
	struct vdc_proc proc = { .argv = ARGV("yes"), .most_output = 100000 };
	struct vdc_err err = { 0 };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, &err), -EFBIG);
	assert_string_equal(err.msg, "yes: more output than 100000 bytes");
}

static void of_too_much_output_the_end_is_kept_where_that_is_wanted(void **state)
{
	struct vdc_proc proc = {
		.argv = ARGV("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo last"),
		.most_output = 100000,
		.keep_end = true,
	};
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_proc_run(&proc, &end, NULL), 0);
	assert_in_range(end.out.len, 50000, 100000 + 65536);
	assert_string_equal(end.out.data + end.out.len - 6, "xlast\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_exit_code_come_back),
		cmocka_unit_test(large_input_goes_through),
		cmocka_unit_test(input_that_nobody_reads_is_no_matter),
		cmocka_unit_test(arguments_are_not_words_of_a_shell),
		cmocka_unit_test(environment_is_what_was_given),
		cmocka_unit_test(nothing_else_is_inherited),
		cmocka_unit_test(signals_are_as_at_login),
		cmocka_unit_test(a_missing_program_is_named),
		cmocka_unit_test(death_by_signal_shows),
		cmocka_unit_test(the_limit_kills_all_that_it_started),
		cmocka_unit_test(a_background_process_that_keeps_the_pipe_is_not_waited_for),
		cmocka_unit_test(too_much_output_is_refused),
		cmocka_unit_test(of_too_much_output_the_end_is_kept_where_that_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
