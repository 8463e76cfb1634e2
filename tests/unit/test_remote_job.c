/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/remote_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "unit.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A host of which only the folder of its jobs is its own; commands run as sshd would run them. */
static char place[] = "/tmp/vdc-jobs-XXXXXX";

static void write_file(const char *name, const char *text, int mode)
{
	vdc_autofree char *path = vdc_format("%s/%s", place, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int make_host(void **state)
{
	vdc_autofree char *rsh = NULL, *text = NULL;

	(void)state;
	assert_non_null(mkdtemp(place));
	text = vdc_format(
		"#!/bin/sh\nshift; VDC_JOBS=%s/jobs; export VDC_JOBS; exec sh -c \"$1\"\n", place);
	write_file("rsh", text, 0755);
	rsh = vdc_format("%s/rsh", place);
	return vdc_setting_set(VDC_SETTING_RSH, rsh, NULL);
}

static int remove_host(void **state)
{
	const struct vdc_proc proc = { .argv = ARGV("rm", "-rf", place) };
	vdc_autoend end = { 0 };

	(void)state;
	return vdc_proc_run(&proc, &end, NULL);
}

static struct vdc_remote_job job_of(const char *id, const char *const *argv)
{
	return (struct vdc_remote_job){
		.address = "h1",
		.id = id,
		.argv = argv,
		.limit_us = 60 * VDC_SECOND,
	};
}

static void its_end_is_found_by_its_id(void **state)
{
	vdc_autofree char *script = vdc_format("echo ran >>%s/count; echo done; exit 3", place);
	vdc_autofree char *count = vdc_format("%s/count", place);
	const struct vdc_remote_job job = job_of("a-1", ARGV("sh", "-c", script));
	struct stat file;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct vdc_remote_job_end end;

		assert_int_equal(vdc_remote_job_run(&job, 20 * VDC_SECOND, &end, NULL), 0);
		assert_int_equal(end.status, 3);
		assert_string_equal(end.out.data, "done\n");
		vdc_buf_free(&end.out);
	}
	assert_int_equal(stat(count, &file), 0);
	assert_int_equal(file.st_size, strlen("ran\n")); /* it ran once */
}

static void one_that_runs_is_waited_for(void **state)
{
	vdc_autofree char *script =
		vdc_format("until [ -e %s/go ]; do sleep 0.1; done; echo on stderr >&2", place);
	const struct vdc_remote_job job = job_of("b-1", ARGV("sh", "-c", script));
	struct vdc_remote_job_end end;

	(void)state;
	assert_int_equal(vdc_remote_job_run(&job, 0, &end, NULL), 1);
	assert_int_equal(vdc_remote_job_run(&job, VDC_SECOND, &end, NULL), 1);
	write_file("go", "", 0600);
	assert_int_equal(vdc_remote_job_run(&job, 30 * VDC_SECOND, &end, NULL), 0);
	assert_int_equal(end.status, 0);
	assert_string_equal(end.out.data, "on stderr\n");
	vdc_buf_free(&end.out);
}

static void one_that_hangs_is_killed_at_its_limit(void **state)
{
	struct vdc_remote_job job = job_of("c-1", ARGV("sleep", "1000"));
	struct vdc_remote_job_end end;

	(void)state;
	job.limit_us = VDC_SECOND;
	assert_int_equal(vdc_remote_job_run(&job, 30 * VDC_SECOND, &end, NULL), 0);
	assert_int_equal(end.status, 124);
	vdc_buf_free(&end.out);
}

static void of_a_flood_the_end_is_kept(void **state)
{
	const struct vdc_remote_job job = job_of(
		"d-1", ARGV("sh", "-c", "head -c 20000000 /dev/zero | tr '\\0' x; echo last"));
	struct vdc_remote_job_end end;

	(void)state;
	assert_int_equal(vdc_remote_job_run(&job, 60 * VDC_SECOND, &end, NULL), 0);
	assert_int_equal(end.status, 0);
	assert_int_equal(end.out.len, VDC_REMOTE_JOB_OUTPUT);
	assert_string_equal(end.out.data + end.out.len - 5, "last\n");
	vdc_buf_free(&end.out);
}

static void daemons_that_it_leaves_behind_are_not_waited_for(void **state)
{
	const struct vdc_remote_job job =
		job_of("h-1", ARGV("sh", "-c", "sleep 300 & echo $!"));
	struct vdc_remote_job_end end;

	(void)state;
	assert_int_equal(vdc_remote_job_run(&job, 30 * VDC_SECOND, &end, NULL), 0);
	assert_int_equal(end.status, 0);
	assert_int_equal(kill((pid_t)atoi(end.out.data), SIGKILL), 0); /* it lives */
	vdc_buf_free(&end.out);
}

/* As a host looks that lost its power while the command ran. */
static void cut_off(const char *id)
{
	vdc_autofree char *folder = vdc_format("%s/jobs/%s", place, id);
	vdc_autofree char *boot = vdc_format("jobs/%s/boot", id);

	assert_int_equal(mkdir(folder, 0700), 0);
	write_file(boot, "00000000-0000-0000-0000-000000000000\n", 0600);
}

static void what_was_cut_off_is_begun_again_once(void **state)
{
	const struct vdc_remote_job job = job_of("e-1", ARGV("echo", "again"));
	vdc_autofree char *folder = vdc_format("%s/jobs/e-1", place);
	const struct vdc_proc remove = { .argv = ARGV("rm", "-r", folder) };
	struct vdc_remote_job_end end;
	struct vdc_err err = { 0 };
	vdc_autoend removed = { 0 };

	(void)state;
	cut_off("e-1");
	assert_int_equal(vdc_remote_job_run(&job, 30 * VDC_SECOND, &end, NULL), 0);
	assert_string_equal(end.out.data, "again\n");
	vdc_buf_free(&end.out);
	assert_int_equal(vdc_proc_run(&remove, &removed, NULL), 0);
	cut_off("e-1");
	assert_int_equal(vdc_remote_job_run(&job, 30 * VDC_SECOND, &end, &err), -EIO);
	assert_non_null(strstr(err.msg, "h1 went down twice"));
}

static void words_arrive_as_they_were(void **state)
{
	const struct vdc_remote_job job =
		job_of("f-1", ARGV("printf", "%s|", "a b", "$(id)", "it's", "*", "", "\"q\""));
	struct vdc_remote_job_end end;

	(void)state;
	assert_int_equal(vdc_remote_job_run(&job, 30 * VDC_SECOND, &end, NULL), 0);
	assert_string_equal(end.out.data, "a b|$(id)|it's|*||\"q\"|");
	vdc_buf_free(&end.out);
}

static void an_answer_that_is_none_is_refused(void **state)
{
	static const char *const answers[] = { "echo hello",	"echo ended", "echo ended -3",
					       "echo ended 7x", "exit 9",     ":" };
	const struct vdc_remote_job job = job_of("g-1", ARGV("true"));

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(answers); i++) {
		vdc_autofree char *text = vdc_format("#!/bin/sh\n%s\n", answers[i]);
		struct vdc_remote_job_end end;

		write_file("rsh", text, 0755);
		assert_int_equal(vdc_remote_job_run(&job, 0, &end, NULL), -EIO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_end_is_found_by_its_id),
		cmocka_unit_test(one_that_runs_is_waited_for),
		cmocka_unit_test(one_that_hangs_is_killed_at_its_limit),
		cmocka_unit_test(of_a_flood_the_end_is_kept),
		cmocka_unit_test(daemons_that_it_leaves_behind_are_not_waited_for),
		cmocka_unit_test(what_was_cut_off_is_begun_again_once),
		cmocka_unit_test(words_arrive_as_they_were),
		cmocka_unit_test(an_answer_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, make_host, remove_host);
}
