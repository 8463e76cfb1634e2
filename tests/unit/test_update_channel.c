/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Channels: what is wrong with one, and which steps it allows. */
#include "plan/update_channel.h"

#include <errno.h>
#include <string.h>

#include "../helpers/channel_world.h"
#include "base/buf.h"
#include "base/release.h"
#include "unit.h"

static struct vdc_arena *arena;

static int new_arena(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static struct vdc_channel channel_of(const char *releases)
{
	struct channel_world w = channel_world_new(arena);

	channel_add(&w, VDC_COMPONENT_VIRTUALIZATION, releases);
	/* Another component does not mix with it. */
	channel_add(&w, VDC_COMPONENT_PLATFORM, "9.0 9.1");
	return vdc_channel_of(w.world, "stable", VDC_COMPONENT_VIRTUALIZATION, arena);
}

static void versions_cover_what_begins_with_their_numbers(void **state)
{
	(void)state;
	assert_true(vdc_release_covers("10.0", "1:10.0.2+ds-2+deb13u1"));
	assert_true(vdc_release_covers("10.0", "10.0"));
	assert_true(vdc_release_covers("12", "12.11"));
	assert_false(vdc_release_covers("10.0", "10.1"));
	assert_false(vdc_release_covers("10.0", "100.0"));
	assert_false(vdc_release_covers("10.0.2", "10.0"));
	assert_false(vdc_release_covers("10.0.2", NULL));
	assert_false(vdc_release_covers("next", "10.0"));
	assert_false(vdc_release_covers(NULL, "10.0"));
	assert_true(vdc_release_same_minor("1:7.2+dfsg-7+deb12u1", "7.2.9"));
	assert_false(vdc_release_same_minor("7.2", "7.3"));
	assert_int_equal(vdc_release_numbers("1:7.2+dfsg-7"), 2);
	assert_int_equal(vdc_release_numbers("trixie/sid"), 0);
	assert_int_equal(vdc_release_numbers(NULL), 0);
}

/* Which codes, in the order in which they are found. */
static const struct {
	const char *releases, *codes;
} checks[] = {
	{ "", "" },
	{ "9.0", "" },
	{ "9.0 10.0<9.0 11.0<10.0", "" },
	{ "9.0 10.1<9.0 10.2<9.0!10.1", "" },
	{ "9.0 10.2<9.0!10.0,10.1", "" }, /* versions that were withdrawn */
	{ "9.0 10.0<9.0 10.0.0<9.0",
	  "CHANNEL_TWO_SUCCESSORS CHANNEL_VERSION_TWICE CHANNEL_TWO_ENDS " },
	{ "9.0 10.0<9.0 10.1<9.0", "CHANNEL_TWO_SUCCESSORS CHANNEL_TWO_ENDS " },
	{ "9.0 9.1<9.0 9.2<9.1!9.0", "CHANNEL_TWO_SUCCESSORS " },
	{ "9.0 10.0<9.0!8.0 10.1<10.0!8.0", "CHANNEL_TWO_SUCCESSORS CHANNEL_TWO_SUCCESSORS " },
	{ "9.0 10.0", "CHANNEL_TWO_ENDS " },
	{ "9.0 10.0<9.1", "CHANNEL_REPLACES_NOTHING CHANNEL_TWO_ENDS " },
	{ "9.0 10.0<9.0 9.5<10.0", "CHANNEL_BACKWARDS " },
	{ "9.0<10.0 10.0<9.0", "CHANNEL_CYCLE CHANNEL_CYCLE " },
	{ "9.0<9.0", "CHANNEL_CYCLE " },
	{ "9.0<11.0 10.0<9.0 11.0<10.0", "CHANNEL_CYCLE CHANNEL_CYCLE CHANNEL_CYCLE " },
	/* Its predecessor is skipped by the very release that follows it alone. */
	{ "9.0 10.1<9.0 10.2<10.1!10.1", "CHANNEL_TWO_ENDS " },
	{ "9.0 10.0<9.0@new", "CHANNEL_NO_VERSION " },
	{ "9.0 10.0<9.0!old", "CHANNEL_NO_VERSION " },
};

static void what_is_wrong_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(checks); i++) {
		const struct vdc_channel channel = channel_of(checks[i].releases);
		struct vdc_findings findings = { .arena = arena };
		vdc_autobuf codes = { 0 };

		vdc_plan_channel_check(&channel, &findings);
		for (size_t k = 0; k < findings.n; k++)
			vdc_buf_printf(&codes, "%s ", findings.items[k]->code);
		assert_string_equal(vdc_buf_str(&codes), checks[i].codes);
	}
}

/* Where somebody goes from there: "-" nowhere, "?" the channel does not know the version. */
static const struct {
	const char *releases, *from, *to;
} nexts[] = {
	{ "9.0 10.0<9.0 11.0<10.0", "9.0", "10.0" },
	{ "9.0 10.0<9.0 11.0<10.0", "9.0.3", "10.0" },
	{ "9.0 10.0<9.0 11.0<10.0", "1:10.0.2+ds-2", "11.0" },
	{ "9.0 10.0<9.0 11.0<10.0", "11.0", "-" },
	{ "9.0 10.0<9.0 11.0<10.0", "9.1", "?" },
	{ "9.0 10.1<9.0 10.2<9.0!10.1", "9.0", "10.2" },
	{ "9.0 10.1<9.0 10.2<9.0!10.1", "10.1", "10.2" },
	{ "9.0 10.2<9.0!10.0,10.1", "10.1", "10.2" },
	{ "9.0 10.2<9.0!10.0,10.1", "10.0", "10.2" },
	/* The closest release stands for a version. */
	{ "9.0 9.0.5<9.0 10.0<9.0.5", "9.0.5-1", "10.0" },
	{ "9.0 9.0.5<9.0 10.0<9.0.5", "9.0.4", "9.0.5" },
};

static void each_version_has_one_successor(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(nexts); i++) {
		const struct vdc_channel channel = channel_of(nexts[i].releases);
		const struct vdc_channel_release *next = vdc_channel_next(&channel, nexts[i].from);
		const char *is = !vdc_channel_knows(&channel, nexts[i].from) ? "?"
				 : next					     ? next->version
									     : "-";

		assert_string_equal(is, nexts[i].to);
	}
}

/* What is said of a step, NULL: it may be. */
static const struct {
	const char *releases, *from, *to;
	int code;
	const char *says;
} steps[] = {
	{ "", "9.0", "47", 0, NULL },
	{ "", NULL, "47", 0, NULL },
	{ "9.0 10.0<9.0 11.0<10.0", "9.0", "10.0", 0, NULL },
	{ "9.0 10.0<9.0 11.0<10.0", "9.0", "10.0.7-1", 0, NULL },
	{ "9.0 10.0<9.0 11.0<10.0", "9.0.1", "9.0.2", 0, NULL },
	{ "9.0 10.0<9.0 11.0<10.0", "9.0", "11.0", -EPERM,
	  "channel stable leads from virtualization 9.0 to 10.0; 11.0 is another step" },
	{ "9.0 10.0<9.0 11.0<10.0", "9.0", "10.5", -EPERM, "10.5 is not in it" },
	{ "9.0 10.0<9.0 11.0<10.0", "10.0", "9.0", -EPERM, "9.0 is another step" },
	{ "9.0 10.0<9.0 11.0<10.0", "11.0", "12.0", -EPERM, "does not lead on from" },
	{ "9.0 10.0<9.0 11.0<10.0", "8.0", "9.0", -EPERM, "does not know virtualization 8.0" },
	{ "9.0 10.0<9.0 11.0<10.0", NULL, "10.0", -EPERM, "inventory sync" },
	{ "9.0 10.1<9.0 10.2<9.0!10.1", "9.0", "10.1", -EPERM, "to 10.2; 10.1 is another step" },
	{ "9.0 10.0<9.0 10.1<9.0", "9.0", "10.0", -EINVAL, "both 10.0 and 10.1 follow 9.0" },
};

static void only_the_steps_of_the_graph_are_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(steps); i++) {
		const struct vdc_channel channel = channel_of(steps[i].releases);
		struct vdc_err err = { 0 };

		assert_int_equal(
			vdc_plan_channel_allows(&channel, steps[i].from, steps[i].to, arena, &err),
			steps[i].code);
		if (steps[i].says && !strstr(err.msg, steps[i].says))
			fail_msg("%s: '%s' does not say '%s'", steps[i].releases, err.msg,
				 steps[i].says);
	}
}

static void all_channels_are_checked(void **state)
{
	struct channel_world w = channel_world_new(arena);
	struct vdc_findings findings = { .arena = arena };

	(void)state;
	channel_add(&w, VDC_COMPONENT_VIRTUALIZATION, "9.0 10.0<9.0 11.0");
	channel_add(&w, VDC_COMPONENT_PLATFORM, "12 13<12 14");
	vdc_plan_channels_check(w.world, &findings);
	assert_int_equal(findings.n, 2);
	assert_string_equal(findings.items[0]->text,
			    "channel stable: nothing follows 10.0, nor 11.0");
	assert_string_equal(findings.items[0]->object, "11.0");
	assert_string_equal(findings.items[1]->object, "14");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_cover_what_begins_with_their_numbers),
		cmocka_unit_test(what_is_wrong_is_found),
		cmocka_unit_test(each_version_has_one_successor),
		cmocka_unit_test(only_the_steps_of_the_graph_are_allowed),
		cmocka_unit_test(all_channels_are_checked),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
