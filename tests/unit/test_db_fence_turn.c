/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs that switch power, and calls of devices, beside each other and one after another. */
#include <errno.h>

#include "base/time.h"
#include "edge/fence_turn.h"
#include "scratch_fence.h"

/* Host h1 has the one device a. */
static void prepare_device(struct scratch *s)
{
	prepare(s);
	add_agent(s->db, "h1", "a", "1");
}

/* The step of a job that switches h1 off, which nobody ends. */
static void begin_off(struct vdc_db *db, struct vdc_job_lease *lease)
{
	struct vdc_err err = { 0 };
	struct vdc_job_step *step =
		OBJECT(&vdc_job_step_kind, "number", "1", "action", VDC_FENCE_STEP_OFF,
		       "object_kind", "host", "object_id", h1(db)->id);

	must(vdc_job_step_begin(lease, db, step, arena, &err), &err);
}

/* Another job has the host: while its owner lives it is left alone, then it is taken over. */
static void one_job_at_a_time(void **state)
{
	struct vdc_job_lease *other;
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare_device(s);
	other = new_lease(s->db);
	begin_off(s->db, other);
	put(s->db, &vdc_fence_record_kind,
	    OBJECT(&vdc_fence_record_kind, "host", "h1", "start_time", "2026-01-01T00:00:00Z",
		   "action", "off", "result", "running"));
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_SKIPPED);
	assert_non_null(strstr(wish.reason, vdc_job_lease_id(other)));
	assert_string_equal(read_file("log"), "");
	assert_int_equal(COUNT(s->db, "events WHERE type = 'fence_skipped'"), 1);
	vdc_job_release(other, s->db);
	wish = do_it(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_int_equal(COUNT(s->db, "fence_history WHERE result = 'unknown'"), 1);
	assert_int_equal(COUNT(s->db, "steps WHERE status = 'started'"), 0);
}

/* Killed after the shot: whoever goes on looks, and does not shoot again. */
static void a_job_is_gone_on_with(void **state)
{
	struct vdc_job_lease *lease;
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare_device(s);
	lease = new_lease(s->db);
	begin_off(s->db, lease);
	write_file("a.power", "off\n");
	wish = carry_out(s->db, lease, "h1", VDC_FENCE_REBOOT, NULL);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_string_equal(read_file("log"), "a status\na status\na status\na on\na status\n");
	/* All of it is done: nothing is asked any more. */
	unlink(path_of("log"));
	wish = carry_out(s->db, lease, "h1", VDC_FENCE_REBOOT, NULL);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
	assert_int_equal(wish.power, VDC_POWER_ON);
	assert_string_equal(read_file("log"), "");
	vdc_job_release(lease, s->db);
}

static void no_second_shot(void **state)
{
	struct vdc_fence_power_options options = vdc_fence_power_options();
	struct vdc_job_lease *lease;
	struct vdc_fence_wish wish;
	SCRATCH(s);

	prepare_device(s);
	do_it(s->db, "h1", VDC_FENCE_REBOOT);
	unlink(path_of("log"));
	lease = new_lease(s->db);
	options.tolerance_us = 60 * VDC_SECOND;
	wish = carry_out(s->db, lease, "h1", VDC_FENCE_REBOOT, &options);
	assert_int_equal(wish.result, VDC_FENCE_SKIPPED);
	assert_non_null(strstr(wish.reason, "it was fenced"));
	vdc_job_release(lease, s->db);
	lease = new_lease(s->db);
	options.tolerance_us = 0;
	options.opposite_us = 60 * VDC_SECOND;
	wish = carry_out(s->db, lease, "h1", VDC_FENCE_OFF, &options);
	assert_int_equal(wish.result, VDC_FENCE_SKIPPED);
	assert_non_null(strstr(wish.reason, "switched on"));
	assert_string_equal(read_file("log"), "");
	vdc_job_release(lease, s->db);
}

/* h1 and h2 at once, which all answer. */
static void ask_both(struct vdc_db *db)
{
	struct vdc_fence_power_options options = vdc_fence_power_options();
	struct vdc_fence_wish wishes[] = { wish_of(db, "h1", VDC_FENCE_STATUS),
					   wish_of(db, "h2", VDC_FENCE_STATUS) };
	struct vdc_err err = { 0 };

	must(vdc_fence_power(db, NULL, &options, wishes, VDC_COUNT(wishes), arena, &err), &err);
	for (size_t i = 0; i < VDC_COUNT(wishes); i++)
		assert_int_equal(wishes[i].result, VDC_FENCE_SUCCESS);
}

static void one_call_at_a_time_to_a_shared_device(void **state)
{
	SCRATCH(s);

	prepare_device(s);
	add_agent(s->db, "h2", "a", "1");
	write_file("a.fault", "alone 0.3\n");
	ask_both(s->db);
	assert_string_equal(read_file("met"), "");
	assert_string_equal(read_file("log"), "a status\na status\n");
	set(VDC_SETTING_FENCE_DEVICE_CALLS, "2");
	ask_both(s->db);
	assert_string_equal(read_file("met"), "a\n");
	set(VDC_SETTING_FENCE_DEVICE_CALLS, "0");
	ask_both(s->db);
	assert_string_equal(read_file("met"), "a\na\n");
	unlink(path_of("met"));
}

/* Each of them answers only while the other one is asked as well. */
static void other_devices_are_asked_meanwhile(void **state)
{
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "b", "1");
	add_agent(s->db, "h2", "c", "1");
	write_file("b.fault", "meets c\n");
	write_file("c.fault", "meets b\n");
	ask_both(s->db);
	unlink(path_of("b.here"));
	unlink(path_of("c.here"));
}

static void a_turn_that_does_not_come(void **state)
{
	struct vdc_fence_device device = { .address = "a", .port = VDC_UNSET };
	struct vdc_fence_wish wish;
	int turn;
	SCRATCH(s);

	prepare_device(s);
	set(VDC_SETTING_FENCE_DEVICE_WAIT, "100ms");
	assert_int_equal(vdc_fence_turn(&device, &turn, NULL), 0);
	assert_true(turn >= 0);
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.result, VDC_FENCE_FAILED);
	assert_int_equal(wish.power, VDC_POWER_UNKNOWN);
	assert_int_equal(wish.code, -EBUSY);
	assert_non_null(strstr(wish.reason, "other calls kept the device at a busy for"));
	assert_string_equal(read_file("log"), "");
	close(turn);
	set(VDC_SETTING_FENCE_DEVICE_WAIT, "5m");
	wish = carry_out(s->db, NULL, "h1", VDC_FENCE_STATUS, NULL);
	assert_int_equal(wish.result, VDC_FENCE_SUCCESS);
}

static void who_lost_the_job_shoots_nobody(void **state)
{
	struct vdc_fence_power_options options = vdc_fence_power_options();
	struct vdc_job_lease *lease;
	struct vdc_fence_wish wish;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare_device(s);
	lease = new_lease(s->db);
	script(s->db, "UPDATE job_leases SET token = token + 1, owner = 'somebody else'");
	wish = wish_of(s->db, "h1", VDC_FENCE_OFF);
	assert_int_equal(vdc_fence_power(s->db, lease, &options, &wish, 1, arena, &err), -EBUSY);
	assert_string_equal(read_file("log"), "");
	vdc_job_release(lease, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(one_job_at_a_time),
		on_both(a_job_is_gone_on_with),
		on_both(no_second_shot),
		on_both(one_call_at_a_time_to_a_shared_device),
		on_both(other_devices_are_asked_meanwhile),
		on_both(a_turn_that_does_not_come),
		on_both(who_lost_the_job_shoots_nobody),
	};

	return cmocka_run_group_tests(tests, new_arena, clean_up);
}
