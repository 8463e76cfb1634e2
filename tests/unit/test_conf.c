/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration file and what overrides it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/setting.h"
#include "edge/conf.h"
#include "unit.h"

static char path[64];

static void write_file(const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void refused(const char *text, const char *why)
{
	struct vdc_err err = { 0 };

	write_file(text);
	assert_int_equal(vdc_conf_load(path, &err), -EINVAL);
	assert_non_null(strstr(err.msg, path));
	if (!strstr(err.msg, why))
		fail_msg("'%s' does not say '%s'", err.msg, why);
}

static void test_defaults_are_valid(void **state)
{
	(void)state;
	assert_null(vdc_setting_text(VDC_SETTING_DATABASE));
	assert_int_equal(vdc_setting_number(VDC_SETTING_HOST_GRACE_PER_VM), VDC_SECOND / 2);
	for (enum vdc_setting i = 0; i < VDC_N_SETTINGS; i++) {
		if (vdc_setting_default(i))
			assert_int_equal(vdc_setting_set(i, vdc_setting_default(i), NULL), 0);
		assert_true(strlen(vdc_setting_help(i)) > 0);
	}
}

static void test_file(void **state)
{
	(void)state;
	write_file("# a comment\n\n  sync-jobs =  4 \nrsh=ssh -p 22 # no comment\r\n"
		   "event-retention = 90d");
	assert_int_equal(vdc_conf_load(path, NULL), 0);
	assert_int_equal(vdc_setting_number(VDC_SETTING_SYNC_JOBS), 4);
	assert_string_equal(vdc_setting_text(VDC_SETTING_RSH), "ssh -p 22 # no comment");
	assert_int_equal(vdc_setting_number(VDC_SETTING_EVENT_RETENTION), 90 * 24 * VDC_SETTING_HOUR);
}

static void test_bad_files(void **state)
{
	char longest[8192];

	(void)state;
	refused("sync-jobs = 4\nsync-job = 5\n", ":2: unknown setting 'sync-job'; did you mean sync-jobs?");
	refused("nonsense\n", ":1: 'nonsense' is not of the form name = value");
	refused("sync-jobs = 4\nsync-jobs = 5\n", ":2: sync-jobs is set a second time");
	refused("sync-jobs = 0\n", "'0' is too small");
	refused("sync-jobs = 1000\n", "'1000' is too large");
	refused("sync-jobs = many\n", "'many' is not a whole number");
	refused("host-grace = soon\n", "'soon' is not a duration");
	refused("rsh =\n", "rsh: there is no value");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	refused(longest, ":1: the line is too long");
}

static void test_missing_file(void **state)
{
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(vdc_conf_load("/nonexistent/vdc.conf", &err), -EINVAL);
	assert_string_equal(err.msg, "/nonexistent/vdc.conf: No such file or directory");
}

static void test_environment(void **state)
{
	struct vdc_err err = { 0 };

	(void)state;
	write_file("database = /a.db\nrsh = a\n");
	setenv("VDC_DB", "/b.db", 1);
	setenv("VDC_RSH", "", 1);
	setenv("VDC_CONF", path, 1);
	assert_int_equal(vdc_conf_load(NULL, &err), 0);
	assert_string_equal(vdc_setting_text(VDC_SETTING_DATABASE), "/b.db");
	assert_string_equal(vdc_setting_text(VDC_SETTING_RSH), "a");
	setenv("VDC_CONF", "/nonexistent/vdc.conf", 1);
	assert_int_equal(vdc_conf_load(NULL, &err), -EINVAL);
}

static int make_path(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/vdc-conf.XXXXXX");
	fd = mkostemp(path, 0);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults_are_valid), cmocka_unit_test(test_file),
		cmocka_unit_test(test_bad_files),	   cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
