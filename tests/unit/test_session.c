/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process of its own session: what it is born with, and what its parent hears of it. */
#include "base/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/host_down.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "unit.h"

#define LIMIT (30 * VDC_SECOND)

static char folder[] = "/tmp/vdc-session.XXXXXX";
static struct vdc_arena *arena;

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	arena = vdc_arena_new();
	return vdc_setting_set(VDC_SETTING_LOG_DIRECTORY, folder, NULL);
}

static int remove_folder(void **state)
{
	vdc_autofree char *log = vdc_format("%s/test.log", folder);

	(void)state;
	unlink(log);
	vdc_arena_free(arena);
	return rmdir(folder);
}

typedef void runner(struct vdc_session *session);

/* What the parent hears of a runner that does RUN. */
static int outcome(runner *run, int64_t limit, struct vdc_session *session, char **ret,
		   struct vdc_err *err)
{
	int r;

	assert_int_equal(vdc_session_start("test", session, err), 0);
	if (session->is_runner) {
		run(session);
		_exit(0);
	}
	r = vdc_session_wait(session, limit, arena, ret, err);
	kill(session->pid, SIGKILL);
	waitpid(session->pid, NULL, 0);
	return r;
}

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* What a program that the runner starts says of itself. */
static void ask_program(struct vdc_buf *out)
{
	static const char *const argv[] = { "sh", "-c",
					    "read line || echo nothing to read; "
					    "(: </dev/tty) 2>/dev/null || echo no terminal; "
					    "read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid",
					    NULL };
	struct vdc_proc proc = { .argv = argv };
	vdc_autoend end = { 0 };

	if (vdc_proc_run(&proc, &end, NULL) == 0)
		vdc_buf_puts(out, end.out.data);
}

static void describe_itself(struct vdc_session *session)
{
	vdc_autobuf out = { 0 };
	char c;

	vdc_buf_printf(&out, "%d %d %d\n", getsid(0) == getpid(), has_terminal(),
		       (int)read(STDIN_FILENO, &c, 1));
	ask_program(&out);
	vdc_session_report(session, 0, vdc_buf_str(&out));
}

static void it_has_no_terminal_and_neither_have_its_programs(void **state)
{
	struct vdc_session session;
	vdc_autofree char *own = NULL;
	char *text = NULL;

	(void)state;
	assert_int_equal(outcome(describe_itself, LIMIT, &session, &text, NULL), 0);
	own = vdc_format("\n%d\n", (int)session.pid);
	assert_int_equal(strncmp(text, "1 0 0\nnothing to read\nno terminal\n", 34), 0);
	assert_null(strstr(text, own)); /* the program has a session of its own */
	vdc_session_close(&session);
}

static void print(struct vdc_session *session)
{
	puts("on standard output");
	fflush(stdout);
	fputs("on standard error\n", stderr);
	vdc_session_report(session, 0, "");
}

static void what_it_prints_goes_to_the_log(void **state)
{
	vdc_autofree char *path = vdc_format("%s/test.log", folder);
	char *text = NULL, log[100] = "";
	struct vdc_session session;
	FILE *in;

	(void)state;
	assert_int_equal(outcome(print, LIMIT, &session, &text, NULL), 0);
	assert_string_equal(session.log, path);
	in = fopen(path, "re");
	assert_non_null(in);
	assert_true(fread(log, 1, sizeof(log) - 1, in) > 0);
	fclose(in);
	assert_string_equal(log, "on standard output\non standard error\n");
	vdc_session_close(&session);
}

static void refuse(struct vdc_session *session)
{
	vdc_session_report(session, -EBUSY, "cluster prod is being upgraded by lab pid 7");
}

static void die(struct vdc_session *session vdc_unused)
{
}

static void say_nothing(struct vdc_session *session vdc_unused)
{
	pause();
}

static void fails_with(runner *run, int64_t limit, int code, const char *message)
{
	struct vdc_session session;
	struct vdc_err err = { 0 };
	char *text = NULL;

	assert_int_equal(outcome(run, limit, &session, &text, &err), code);
	assert_null(text);
	assert_non_null(strstr(err.msg, message));
	vdc_session_close(&session);
}

static void an_error_of_the_runner_is_ours(void **state)
{
	(void)state;
	fails_with(refuse, LIMIT, -EBUSY, "cluster prod is being upgraded by lab pid 7");
}

static void one_that_dies_is_noticed(void **state)
{
	(void)state;
	fails_with(die, LIMIT, -EIO, "ended before it had begun");
}

static void one_that_says_nothing_is_not_waited_for(void **state)
{
	(void)state;
	fails_with(say_nothing, VDC_SECOND / 5, -ETIMEDOUT, "does not say whether it has begun");
}

/* A program of that name in PATH which notes what it was given. */
static void a_launched_program_is_left_alone(void **state)
{
	vdc_autofree char *program = vdc_format("%s/ha-restart", folder);
	vdc_autofree char *noted = vdc_format("%s/noted", folder);
	vdc_autofree char *log = vdc_format("%s/ha-restart.log", folder);
	char word[64] = "";
	FILE *file = fopen(program, "w");

	(void)state;
	assert_non_null(file);
	fprintf(file,
		"#!/bin/sh\necho \"$1 $2 $$ $(ps -o sid= -p $$)\" > %s.new\n"
		"mv %s.new %s\n",
		noted, noted, noted);
	fclose(file);
	chmod(program, 0700);
	setenv("PATH", vdc_arena_format(arena, "%s:%s", folder, getenv("PATH")), 1);
	assert_int_equal(vdc_ha_launch("4711", NULL), 0);
	for (int64_t until = vdc_time_monotonic() + LIMIT;
	     !(file = fopen(noted, "r")) && vdc_time_monotonic() < until;)
		usleep(10000);
	assert_non_null(file);
	assert_non_null(fgets(word, sizeof(word), file));
	fclose(file);
	assert_memory_equal(word, "resume 4711 ", 12);
	assert_int_not_equal(atoi(strrchr(word, ' ')), getsid(0));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	unlink(program);
	unlink(noted);
	unlink(log);
}

static void one_that_cannot_be_started_is_an_error(void **state)
{
	struct vdc_err err = { 0 };
	vdc_autofree char *log = vdc_format("%s/ha-restart.log", folder);

	(void)state;
	setenv("PATH", folder, 1);
	assert_int_equal(vdc_ha_launch("4711", &err), -ENOENT);
	assert_non_null(strstr(vdc_err_text(&err), "ha-restart resume 4711"));
	unlink(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_no_terminal_and_neither_have_its_programs),
		cmocka_unit_test(what_it_prints_goes_to_the_log),
		cmocka_unit_test(an_error_of_the_runner_is_ours),
		cmocka_unit_test(one_that_dies_is_noticed),
		cmocka_unit_test(one_that_says_nothing_is_not_waited_for),
		cmocka_unit_test(a_launched_program_is_left_alone),
		cmocka_unit_test(one_that_cannot_be_started_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
