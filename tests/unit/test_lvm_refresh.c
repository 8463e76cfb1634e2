/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever the setting names is run, without a shell. */
#include "edge/lvm_refresh.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/setting.h"
#include "base/time.h"
#include "unit.h"

#define LONG (600 * VDC_SECOND)

static int refresh(const char *command, int64_t limit_us, struct vdc_err *err)
{
	struct vdc_lvm_refresh refresh;
	struct pollfd end = { .events = POLLIN };
	int r;

	assert_int_equal(vdc_setting_set(VDC_SETTING_REFRESH_COMMAND, command, NULL), 0);
	r = vdc_lvm_refresh_begin("my-vg", "lv", limit_us, &refresh, err);
	if (r)
		return r;
	end.fd = refresh.pidfd;
	if (limit_us >= VDC_SECOND)
		poll(&end, 1, (int)(limit_us / 1000));
	return vdc_lvm_refresh_end(&refresh, err);
}

static void it_ends_well_or_says_why_not(void **state)
{
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(refresh("test my-vg/lv =", LONG, NULL), 0);
	assert_int_equal(refresh("test other =", LONG, &err), -EIO);
	assert_int_equal(refresh("ls /no/such", LONG, &err), -EIO);
	assert_non_null(strstr(err.msg, "/no/such"));
	assert_int_equal(refresh("/no/such/program", LONG, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "/no/such/program"));
	assert_int_equal(refresh("test ; my-vg/lv =", LONG, NULL), -EIO); /* no shell */
}

static void it_is_killed_at_its_limit(void **state)
{
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(refresh("tail -f /dev/null", 0, &err), -ETIMEDOUT);
}

static void it_goes_on_beside_the_caller(void **state)
{
	struct vdc_lvm_refresh refresh;

	(void)state;
	assert_int_equal(vdc_setting_set(VDC_SETTING_REFRESH_COMMAND, "tail -f /dev/null", NULL),
			 0);
	assert_int_equal(vdc_lvm_refresh_begin("vg", "lv", LONG, &refresh, NULL), 0);
	assert_int_equal(vdc_lvm_refresh_end(&refresh, NULL), 1);
	refresh.until = 0;
	assert_int_equal(vdc_lvm_refresh_end(&refresh, NULL), -ETIMEDOUT);
}

static void what_is_no_volume_is_refused(void **state)
{
	struct vdc_lvm_refresh refresh;

	(void)state;
	assert_int_equal(vdc_lvm_refresh_begin("-x", "lv", LONG, &refresh, NULL), -EINVAL);
	assert_int_equal(vdc_lvm_refresh_begin("vg", "a/b", LONG, &refresh, NULL), -EINVAL);
	assert_int_equal(vdc_lvm_refresh_begin("vg", "", LONG, &refresh, NULL), -EINVAL);
}

static void luns_are_looked_for_by_a_command_of_its_own(void **state)
{
	struct vdc_lvm_refresh rescan;
	struct vdc_err err = { 0 };
	struct pollfd end = { .events = POLLIN };

	(void)state;
	assert_int_equal(vdc_setting_set(VDC_SETTING_RESCAN_COMMAND, "ls /no/such", NULL), 0);
	assert_int_equal(vdc_lvm_rescan_begin(&rescan, &err), 0);
	end.fd = rescan.pidfd;
	poll(&end, 1, 600000);
	assert_int_equal(vdc_lvm_refresh_end(&rescan, &err), -EIO);
	assert_non_null(strstr(err.msg, "/no/such"));
	assert_int_equal(vdc_setting_set(VDC_SETTING_RESCAN_COMMAND, "tail -f /dev/null", NULL), 0);
	assert_int_equal(vdc_setting_set(VDC_SETTING_RESCAN_TIMEOUT, "1s", NULL), 0);
	assert_int_equal(vdc_lvm_rescan_begin(&rescan, &err), 0);
	assert_in_range(rescan.until - vdc_time_monotonic(), 1, VDC_SECOND);
	rescan.until = 0;
	assert_int_equal(vdc_lvm_refresh_end(&rescan, &err), -ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_ends_well_or_says_why_not),
		cmocka_unit_test(it_is_killed_at_its_limit),
		cmocka_unit_test(luns_are_looked_for_by_a_command_of_its_own),
		cmocka_unit_test(it_goes_on_beside_the_caller),
		cmocka_unit_test(what_is_no_volume_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
