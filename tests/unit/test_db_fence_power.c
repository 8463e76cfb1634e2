/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done to the power of hosts. */
#include "base/time.h"
#include "scratch_fence.h"

static void asked_for(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_string_equal(wish.evidence, "stub at a says on");
	assert_int_equal(h1(s->db)->power_status, VDC_POWER_ON);
	write_file("a.power", "off\n");
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.power, VDC_POWER_OFF);
	/* It is told, and nothing follows from it. */
	assert_int_equal(h1(s->db)->power_status, VDC_POWER_OFF);
	assert_int_equal(h1(s->db)->status, VDC_HOST_UP);
	write_file("a.fault", "gone\n");
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.result, VDC_FENCE_FAILED);
	assert_int_equal(wish.power, VDC_POWER_UNKNOWN);
	assert_non_null(strstr(wish.reason, "stub at a does not say what the power is"));
	assert_int_equal(COUNT(s->db, "fence_history"), 0);
}

/* Each of the slow ones would be killed at its limit, a minute later. */
static void a_dead_device_is_not_waited_for(void **state)
{
	int64_t began = vdc_time_monotonic();
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	set(VDC_SETTING_FENCE_STATUS_PATIENCE, "100ms");
	add_agent(s->db, "h1", "a", "1");
	add_agent(s->db, "h1", "b", "2");
	add_agent(s->db, "h1", "c", "2");
	write_file("a.fault", "slow 60\n");
	write_file("c.fault", "slow 60\n");
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_string_equal(wish.evidence, "stub at b says on");
	/* Off is what the first one says, if it does say something. */
	write_file("a.fault", "slow 1\n");
	write_file("b.power", "off\n");
	write_file("c.power", "off\n");
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_string_equal(wish.evidence, "stub at a says on");
	assert_true(vdc_time_monotonic() - began < 50 * VDC_SECOND);
	set(VDC_SETTING_FENCE_STATUS_PATIENCE, "3s");
}

static void off_takes_the_vms_down(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_int_equal(wish.power, VDC_POWER_OFF);
	assert_string_equal(wish.evidence, "stub at a says off");
	assert_string_equal(read_file("log"), "a status\na off\na status\n");
	assert_int_equal(h1(s->db)->status, VDC_HOST_DOWN);
	assert_int_equal(h1(s->db)->power_status, VDC_POWER_OFF);
	assert_int_equal(COUNT(s->db, "vms WHERE status <> 'down' AND host_id IS NOT NULL"), 0);
	assert_int_equal(COUNT(s->db, "fence_history WHERE result = 'success' AND action = 'off' "
				      "AND evidence = 'stub at a says off'"),
			 1);
	assert_int_equal(COUNT(s->db, "events WHERE type = 'fence_started'"), 1);
	assert_int_equal(COUNT(s->db, "events WHERE type = 'host_powered_off'"), 1);
	assert_int_equal(COUNT(s->db, "steps WHERE status = 'finished'"), 1);
	/* Off already: two looks, and no shot. */
	unlink(path_of("log"));
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_string_equal(read_file("log"), "a status\na status\n");
	assert_int_equal(COUNT(s->db, "fence_history"), 1);
}

static void reboot_is_off_and_on(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	wish = do_it(s->db, "h1", VDC_FENCE_REBOOT);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_string_equal(read_file("log"),
			    "a status\na off\na status\na status\na on\na status\n");
	assert_int_equal(h1(s->db)->status, VDC_HOST_REBOOT);
	assert_int_equal(COUNT(s->db, "fence_history WHERE result = 'success'"), 2);
	/* Whoever is away by somebody's will stays so. */
	script(s->db, "UPDATE hosts SET status = 'maintenance'");
	wish = do_it(s->db, "h1", VDC_FENCE_REBOOT);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_int_equal(h1(s->db)->status, VDC_HOST_MAINTENANCE);
}

static void a_device_that_does_not_follow_proves_nothing(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	write_file("a.fault", "deaf\n");
	wish = do_it(s->db, "h1", VDC_FENCE_REBOOT);
	assert_int_equal(wish.result, VDC_FENCE_FAILED);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_non_null(strstr(wish.reason, "the power did not follow"));
	assert_int_equal(wish.ha_vms, VDC_UNSET);
	assert_int_equal(h1(s->db)->status, VDC_HOST_UP);
	assert_int_not_equal(COUNT(s->db, "vms WHERE status = 'up'"), 0);
	assert_int_equal(COUNT(s->db, "fence_history WHERE result = 'failed'"), 1);
	assert_int_equal(COUNT(s->db, "events WHERE type = 'fence_failed'"), 1);
	assert_int_equal(COUNT(s->db, "steps WHERE status = 'failed'"), 1);
}

static void the_next_device_does_it(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	add_agent(s->db, "h1", "b", "2");
	write_file("a.fault", "deaf\n");
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_string_equal(wish.evidence, "stub at b says off");
	assert_int_equal(COUNT(s->db, "fence_history WHERE result = 'failed' AND agent = 'stub at "
				      "a'"),
			 1);
	assert_int_equal(COUNT(s->db, "fence_history WHERE result = 'success' AND agent = 'stub at "
				      "b'"),
			 1);
	assert_int_equal(COUNT(s->db, "events WHERE type = 'fence_agent_failed'"), 1);
}

static void a_pair_acts_together(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	add_agent(s->db, "h1", "b", "1");
	write_file("b.fault", "deaf\n");
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_FAILED);
	assert_int_equal(h1(s->db)->status, VDC_HOST_UP);
	unlink(path_of("b.fault"));
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_string_equal(wish.evidence, "stub at a and stub at b say off");
	write_file("b.fault", "gone\n");
	wish = do_it(s->db, "h1", VDC_FENCE_ON);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_string_equal(wish.evidence, "stub at a says on");
}

static void without_power_management(void **state)
{
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare(s);
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_FAILED);
	assert_non_null(strstr(wish.reason, "no power management"));
	add_agent(s->db, "h1", "a", "1");
	script(s->db, "UPDATE hosts SET pm_enabled = 0");
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_non_null(strstr(wish.reason, "disabled"));
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_string_equal(read_file("log"), "a status\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(asked_for),
		on_both(a_dead_device_is_not_waited_for),
		on_both(off_takes_the_vms_down),
		on_both(reboot_is_off_and_on),
		on_both(a_device_that_does_not_follow_proves_nothing),
		on_both(the_next_device_does_it),
		on_both(a_pair_acts_together),
		on_both(without_power_management),
	};

	return cmocka_run_group_tests(tests, new_arena, clean_up);
}
