/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which updates may go, what the others wait for, and clusters that are out of step. */
#include "plan/update_state.h"

#include <string.h>

#include "../helpers/channel_world.h"
#include "unit.h"

#define PLATFORM VDC_COMPONENT_PLATFORM
#define VIRT VDC_COMPONENT_VIRTUALIZATION

static struct vdc_arena *arena;
static struct channel_world w;
static struct vdc_update_state *states;
static size_t n_states;

static int new_world(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	w = channel_world_new(arena);
	return 0;
}

static int free_world(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static void judge(void)
{
	n_states = vdc_plan_update_states(w.world, arena, &states);
}

static void waits(size_t i, const char *update, const char *why)
{
	assert_true(i < n_states);
	assert_string_equal(states[i].update->name, update);
	if (!why)
		assert_null(states[i].waits);
	else if (!states[i].waits || !strstr(states[i].waits, why))
		fail_msg("%s waits for '%s', not for '%s'", update,
			 states[i].waits ? states[i].waits : "nothing", why);
}

static void the_platform_goes_before_the_next_minor_version(void **state)
{
	struct vdc_host *h1 = channel_host(&w, "h1", "12.5", "7.2.9");
	struct vdc_host *h2 = channel_host(&w, "h2", "12.5", "7.2.9");
	struct vdc_host *h3 = channel_host(&w, "h3", "12.5", "7.2.9");

	(void)state;
	channel_update(&w, h3, VIRT, "7.2", "8.0", VDC_UPDATE_PENDING);
	channel_update(&w, h1, VIRT, "7.2", "8.0", VDC_UPDATE_PENDING);
	channel_update(&w, h1, PLATFORM, "12.5", "12.6", VDC_UPDATE_PENDING);
	channel_update(&w, h2, VIRT, "1:7.2+dfsg-7", "1:7.2+dfsg-9", VDC_UPDATE_PENDING);
	channel_update(&w, h2, PLATFORM, "12.5", "12.6", VDC_UPDATE_PENDING);
	/* What is over stops nobody. */
	channel_update(&w, h3, PLATFORM, "12.4", "12.5", VDC_UPDATE_DONE);
	channel_update(&w, h3, PLATFORM, "12.3", "12.4", VDC_UPDATE_SUPERSEDED);
	judge();
	assert_int_equal(n_states, 5);
	waits(0, "h1-platform-12.6", NULL);
	waits(1, "h1-virtualization-8.0", "first h1-platform-12.6");
	waits(2, "h2-platform-12.6", NULL);
	waits(3, "h2-virtualization-1:7.2+dfsg-9", NULL);
	waits(4, "h3-virtualization-8.0", NULL);
}

static void a_release_names_the_platform_that_it_needs(void **state)
{
	struct vdc_host *h1 = channel_host(&w, "h1", "12.5", "7.2");
	struct vdc_host *h2 = channel_host(&w, "h2", "13.1", "7.2");
	struct vdc_host *h3 = channel_host(&w, "h3", NULL, "7.2");

	(void)state;
	channel_add(&w, VIRT, "7.2 10.0<7.2@13");
	channel_update(&w, h1, VIRT, "7.2", "10.0.2", VDC_UPDATE_APPROVED);
	channel_update(&w, h2, VIRT, "7.2", "10.0.2", VDC_UPDATE_PENDING);
	channel_update(&w, h3, VIRT, "7.2", "10.0.2", VDC_UPDATE_PENDING);
	judge();
	waits(0, "h1-virtualization-10.0.2", "it needs 13, and the host has 12.5");
	waits(1, "h2-virtualization-10.0.2", NULL);
	waits(2, "h3-virtualization-10.0.2", "nobody knows");
}

static void manual_approval_waits_for_somebody(void **state)
{
	struct vdc_host *h1 = channel_host(&w, "h1", "12", "7.2");
	struct vdc_host *h2 = channel_host(&w, "h2", "12", "7.2");

	(void)state;
	w.cluster->update_approval = VDC_APPROVAL_MANUAL;
	channel_update(&w, h1, PLATFORM, "12.1", "12.2", VDC_UPDATE_PENDING);
	channel_update(&w, h1, VIRT, "7.2", "7.2.1", VDC_UPDATE_APPROVED);
	channel_update(&w, h2, PLATFORM, "12.1", "12.2", VDC_UPDATE_RUNNING);
	channel_update(&w, h2, VIRT, "7.2", "7.2.1", VDC_UPDATE_FAILED)->message =
		vdc_arena_strdup(arena, "no space");
	judge();
	waits(0, "h1-platform-12.2", "approval");
	waits(1, "h1-virtualization-7.2.1", NULL);
	waits(2, "h2-platform-12.2", "carried out");
	waits(3, "h2-virtualization-7.2.1", "it failed: no space");
}

static const struct vdc_cluster_update *row(void)
{
	judge();
	return vdc_plan_cluster_update(w.world, w.cluster, states, n_states, arena);
}

static void is(enum vdc_support support, const char *reason)
{
	const struct vdc_cluster_update *is = row();

	assert_int_equal(is->support, support);
	if (!reason)
		assert_null(is->reason);
	else if (!is->reason || !strstr(is->reason, reason))
		fail_msg("'%s' does not say '%s'", is->reason ? is->reason : "", reason);
}

static void a_cluster_in_step_is_supported(void **state)
{
	struct vdc_host *h1 = channel_host(&w, "h1", "12.5", "7.2.9");

	(void)state;
	is(VDC_SUPPORTED, NULL);
	channel_host(&w, "h2", "12.6", "7.2");
	is(VDC_SUPPORTED, NULL);
	channel_add(&w, VIRT, "7.2@12 10.0<7.2@13");
	channel_add(&w, PLATFORM, "12 13<12");
	is(VDC_SUPPORTED, NULL);
	channel_update(&w, h1, VIRT, "7.2", "7.2.1", VDC_UPDATE_APPROVED);
	channel_update(&w, h1, PLATFORM, "12.5", "12.6", VDC_UPDATE_FAILED);
	assert_int_equal(row()->approved, 1);
	assert_int_equal(row()->failed, 1);
	assert_int_equal(row()->pending, 0);
}

static void hosts_of_two_majors_are_out_of_step(void **state)
{
	(void)state;
	channel_host(&w, "h1", "12.5", "7.2");
	channel_host(&w, "h2", "13", "7.2");
	is(VDC_UNSUPPORTED, "host h1 has Debian 12, host h2 Debian 13");
}

static void virtualization_ahead_of_its_platform_is_out_of_step(void **state)
{
	(void)state;
	channel_add(&w, VIRT, "7.2 10.0<7.2@13");
	channel_host(&w, "h1", "12.5", "10.0.2");
	is(VDC_UNSUPPORTED, "host h1 is out of step: virtualization 10.0.2 needs platform 13");
}

static void what_the_channel_does_not_know_is_not_supported(void **state)
{
	(void)state;
	channel_add(&w, VIRT, "7.2 10.0<7.2");
	channel_host(&w, "h1", "12.5", "8.1");
	is(VDC_UNSUPPORTED, "channel stable does not know virtualization 8.1 of host h1");
	channel_add(&w, VIRT, "11.0");
	is(VDC_UNSUPPORTED, "nothing follows 10.0, nor 11.0");
}

static void what_nobody_knows_is_not_called_supported(void **state)
{
	(void)state;
	channel_host(&w, "h1", NULL, "7.2");
	channel_host(&w, "h2", "12", NULL);
	is(VDC_SUPPORT_UNKNOWN, "what runs on h1:");
	channel_add(&w, VIRT, "7.2");
	is(VDC_SUPPORT_UNKNOWN, "what runs on h1, h2:");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_world, free_world)
	const struct CMUnitTest tests[] = {
		TEST(the_platform_goes_before_the_next_minor_version),
		TEST(a_release_names_the_platform_that_it_needs),
		TEST(manual_approval_waits_for_somebody),
		TEST(a_cluster_in_step_is_supported),
		TEST(hosts_of_two_majors_are_out_of_step),
		TEST(virtualization_ahead_of_its_platform_is_out_of_step),
		TEST(what_the_channel_does_not_know_is_not_supported),
		TEST(what_nobody_knows_is_not_called_supported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
