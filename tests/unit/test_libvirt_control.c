/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Doing something to domains of the test driver that is built into the libvirt client library. */
#include "edge/libvirt_control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define TEST_UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define NO_UUID "00000000-0000-0000-0000-000000000001"

static const char other[] = "<domain type='test'><name>other</name><uuid>" NO_UUID "</uuid>"
			    "<memory>65536</memory><os><type>hvm</type></os></domain>";

/* A connection has domains of its own, so each test begins with a new one. */
static int open_virt(void **state)
{
	return vdc_virt_open("test:///default", 0, (struct vdc_virt **)state, NULL);
}

static int close_virt(void **state)
{
	vdc_virt_close(*state);
	return 0;
}

static struct vdc_virt_now now_of(struct vdc_virt *virt, const char *uuid)
{
	struct vdc_virt_now now;

	assert_int_equal(vdc_virt_now(virt, uuid, &now, NULL), 0);
	return now;
}

static void what_it_is_doing(void **state)
{
	struct vdc_virt_now now = now_of(*state, TEST_UUID);

	assert_true(now.known && now.persistent && !now.managed_save);
	assert_int_equal(now.state, VDC_VIRT_RUNNING);
	assert_false(now_of(*state, NO_UUID).known);
}

static void it_is_stopped_and_started(void **state)
{
	struct vdc_virt *virt = *state;

	assert_true(vdc_virt_start(virt, TEST_UUID, NULL) < 0); /* it runs */
	assert_int_equal(vdc_virt_shutdown(virt, TEST_UUID, NULL), 0);
	assert_int_equal(now_of(virt, TEST_UUID).state, VDC_VIRT_SHUTOFF);
	assert_string_equal(now_of(virt, TEST_UUID).reason, "shutdown");
	assert_true(vdc_virt_shutdown(virt, TEST_UUID, NULL) < 0);
	assert_int_equal(vdc_virt_start(virt, TEST_UUID, NULL), 0);
	assert_int_equal(vdc_virt_destroy(virt, TEST_UUID, NULL), 0);
	assert_string_equal(now_of(virt, TEST_UUID).reason, "destroyed");
}

static void it_is_defined_and_described(void **state)
{
	struct vdc_virt *virt = *state;
	char *xml = NULL;

	assert_int_equal(vdc_virt_definition(virt, NO_UUID, true, &xml, NULL), -ENOENT);
	assert_int_equal(vdc_virt_define(virt, other, NULL), 0);
	assert_true(vdc_virt_define(virt, "<domain/>", NULL) < 0);
	assert_int_equal(now_of(virt, NO_UUID).state, VDC_VIRT_SHUTOFF);
	assert_int_equal(vdc_virt_definition(virt, NO_UUID, true, &xml, NULL), 0);
	assert_non_null(strstr(xml, "<name>other</name>"));
	free(xml);
}

static void a_snapshot_has_a_name(void **state)
{
	struct vdc_virt *virt = *state;

	assert_int_equal(vdc_virt_shutdown(virt, TEST_UUID, NULL), 0);
	assert_int_equal(vdc_virt_has_snapshot(virt, TEST_UUID, "a<&b", NULL), 0);
	assert_int_equal(vdc_virt_snapshot(virt, TEST_UUID, "a<&b", "why", NULL), 0);
	assert_int_equal(vdc_virt_has_snapshot(virt, TEST_UUID, "a<&b", NULL), 1);
	assert_int_equal(vdc_virt_has_snapshot(virt, TEST_UUID, "a", NULL), 0);
	assert_true(vdc_virt_snapshot(virt, TEST_UUID, "a<&b", "why", NULL) < 0);
}

/* As far as the driver knows of them. */
static void thresholds_and_pauses_are_of_domains_that_run(void **state)
{
	struct vdc_virt *virt = *state;

	assert_int_equal(vdc_virt_lacks_space(virt, TEST_UUID, "vda", NULL), 0);
	assert_true(vdc_virt_resume(virt, TEST_UUID, NULL) < 0); /* it runs */
	assert_int_equal(vdc_virt_threshold(virt, TEST_UUID, "vda[1]", 1, NULL), -ENOTSUP);
}

static void an_unknown_domain_is_no_such_object(void **state)
{
	struct vdc_virt *virt = *state;
	struct vdc_virt_block block;

	assert_int_equal(vdc_virt_start(virt, NO_UUID, NULL), -ENOENT);
	assert_int_equal(vdc_virt_shutdown(virt, NO_UUID, NULL), -ENOENT);
	assert_int_equal(vdc_virt_destroy(virt, NO_UUID, NULL), -ENOENT);
	assert_int_equal(vdc_virt_snapshot(virt, NO_UUID, "s", "", NULL), -ENOENT);
	assert_int_equal(vdc_virt_has_snapshot(virt, NO_UUID, "s", NULL), -ENOENT);
	assert_int_equal(vdc_virt_resume(virt, NO_UUID, NULL), -ENOENT);
	assert_int_equal(vdc_virt_threshold(virt, NO_UUID, "vda[1]", 1, NULL), -ENOENT);
	assert_int_equal(vdc_virt_lacks_space(virt, NO_UUID, "vda", NULL), -ENOENT);
	assert_int_equal(vdc_virt_block(virt, NO_UUID, "vda", &block, NULL), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_virt, close_virt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_it_is_doing),
		TEST(it_is_stopped_and_started),
		TEST(it_is_defined_and_described),
		TEST(a_snapshot_has_a_name),
		TEST(thresholds_and_pauses_are_of_domains_that_run),
		TEST(an_unknown_domain_is_no_such_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
