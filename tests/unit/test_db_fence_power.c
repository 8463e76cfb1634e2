/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power of hosts whose devices are files: tests/lib/fence_stub. */
#include "act/fence_power.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/setting.h"
#include "base/time.h"
#include "edge/fence_turn.h"
#include "model/fence_agent.h"
#include "model/job.h"
#include "scratch_store.h"

static char directory[64];

static char *path_of(const char *name)
{
	return vdc_arena_format(arena, "%s/%s", directory, name);
}

static void write_file(const char *name, const char *text)
{
	FILE *out = fopen(path_of(name), "we");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static char *read_file(const char *name)
{
	char text[4096] = "";
	FILE *in = fopen(path_of(name), "re");

	if (in) {
		text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
		fclose(in);
	}
	return vdc_arena_strdup(arena, text);
}

static void set(enum vdc_setting setting, const char *text)
{
	struct vdc_err err = { 0 };

	must(vdc_setting_set(setting, text, &err), &err);
}

static void add_agent(struct vdc_db *db, const char *host, const char *device, const char *order)
{
	put(db, &vdc_fence_agent_kind,
	    OBJECT(&vdc_fence_agent_kind, "host", host, "type", "stub", "address", device,
		   "agent_order", order));
	write_file(vdc_arena_format(arena, "%s.power", device), "on\n");
	unlink(path_of(vdc_arena_format(arena, "%s.fault", device)));
}

/* Host h1 with a VM that runs, and no device yet. */
static void prepare(struct scratch *s)
{
	vdc_autofree char *stub = vdc_format("%s/tests/lib/fence_stub", getenv("VDC_TEST_SRC"));

	snprintf(directory, sizeof(directory), "/tmp/vdc-power-%d", (int)getpid());
	mkdir(directory, 0700);
	unlink(path_of("log"));
	unlink(path_of("fence_stub"));
	assert_int_equal(symlink(stub, path_of("fence_stub")), 0);
	set(VDC_SETTING_FENCE_AGENT_DIRECTORY, directory);
	set(VDC_SETTING_CACHE_DIRECTORY, directory);
	set(VDC_SETTING_FENCE_DEVICE_CALLS, "1");
	set(VDC_SETTING_FENCE_STATUS_DELAY, "0s");
	set(VDC_SETTING_FENCE_STATUS_INTERVAL, "50ms");
	set(VDC_SETTING_FENCE_STATUS_TRIES, "3");
	populate(s->db);
	script(s->db, "UPDATE vms SET status = 'up' WHERE host_id IS NOT NULL");
	script(s->db, "UPDATE hosts SET pm_enabled = 1");
}

static int remove_one(const char *path, const struct stat *st vdc_unused, int type vdc_unused,
		      struct FTW *at vdc_unused)
{
	return remove(path);
}

static int clean_up(void **state)
{
	nftw(directory, remove_one, 4, FTW_DEPTH | FTW_PHYS);
	return free_arena(state);
}

static struct vdc_job_lease *new_lease(struct vdc_db *db)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };
	const char *id = put(db, &vdc_job_kind, vdc_job_new("fence", NULL, arena));

	must(vdc_job_acquire(db, id, VDC_JOB_TTL, &lease, &err), &err);
	return lease;
}

static struct vdc_fence_wish wish_of(struct vdc_db *db, const char *name,
				     enum vdc_fence_action action)
{
	const struct vdc_host *host = get(db, &vdc_host_kind, name);

	return (struct vdc_fence_wish){ .host_id = host->id, .action = action, .number = 1 };
}

static struct vdc_fence_wish carry_out(struct vdc_db *db, struct vdc_job_lease *lease,
				       const char *name, enum vdc_fence_action action,
				       const struct vdc_fence_power_options *given)
{
	struct vdc_fence_power_options options = given ? *given : vdc_fence_power_options();
	struct vdc_fence_wish wish = wish_of(db, name, action);
	struct vdc_err err = { 0 };

	must(vdc_fence_power(db, lease, &options, &wish, 1, arena, &err), &err);
	return wish;
}

static struct vdc_fence_wish do_it(struct vdc_db *db, const char *name,
				   enum vdc_fence_action action)
{
	struct vdc_job_lease *lease = new_lease(db);
	struct vdc_fence_wish wish = carry_out(db, lease, name, action, NULL);

	vdc_job_release(lease, db);
	return wish;
}

#define COUNT(db, what) number_of(db, "SELECT COUNT(*) FROM " what)

static const struct vdc_host *h1(struct vdc_db *db)
{
	return get(db, &vdc_host_kind, "h1");
}

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

/* Another job has the host: while its owner lives it is left alone, then it is taken over. */
static void one_job_at_a_time(void **state)
{
	struct vdc_job_lease *other;
	struct vdc_fence_wish wish;
	struct vdc_job_step *step;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	other = new_lease(s->db);
	step = OBJECT(&vdc_job_step_kind, "number", "1", "action", VDC_FENCE_STEP_OFF,
		      "object_kind", "host", "object_id", h1(s->db)->id);
	must(vdc_job_step_begin(other, s->db, step, arena, &err), &err);
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
	struct vdc_job_step *step;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
	lease = new_lease(s->db);
	step = OBJECT(&vdc_job_step_kind, "number", "1", "action", VDC_FENCE_STEP_OFF,
		      "object_kind", "host", "object_id", h1(s->db)->id);
	must(vdc_job_step_begin(lease, s->db, step, arena, &err), &err);
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

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
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

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
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

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
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

	prepare(s);
	add_agent(s->db, "h1", "a", "1");
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
		on_both(asked_for),
		on_both(a_dead_device_is_not_waited_for),
		on_both(off_takes_the_vms_down),
		on_both(reboot_is_off_and_on),
		on_both(a_device_that_does_not_follow_proves_nothing),
		on_both(the_next_device_does_it),
		on_both(a_pair_acts_together),
		on_both(without_power_management),
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
