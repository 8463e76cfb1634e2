/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts of a lockspace as rows: who is asked, who is believed, what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/lockspace_view.h"
#include "unit.h"

#define TEXT(s) ((char *)(uintptr_t)(s))

static const struct vdc_lease_peer peers[] = {
	{ "D", 1, 4, "n1", 90, 999, 998, 2, VDC_LEASE_FLAG_LIVE },
	{ "D", 2, 1, "n2", 90, 999, 700, 2, VDC_LEASE_FLAG_DEAD },
	{ "D", 3, 1, "n3", 0, 999, 990, 2, VDC_LEASE_FLAG_NONE }, /* as sanlock tells it */
	{ "D", 7, 1, "n7", 9, 999, 995, 2, VDC_LEASE_FLAG_LIVE },
	{ "D", 8, 1, "n8", 0, 999, 995, 2, VDC_LEASE_FLAG_FREE },
	{ "E", 9, 1, "n9", 9, 999, 995, 2, VDC_LEASE_FLAG_LIVE },
};
static const struct vdc_lease_space fresh = { "D", 1, 4, 2, 999, 5000, 0 };
static const struct vdc_lease_space stale = { "D", 2, 1, 2, 900, 5000, 0 };
static const struct vdc_lease_report reader = { 1000, "n1", peers, 6, &fresh, 1, -1 };
static const struct vdc_lease_report late = { 1000, "n2", peers, 1, &stale, 1, -1 };

static struct vdc_host host(const char *name, int64_t number, int64_t status)
{
	return (struct vdc_host){
		.name = TEXT(name),
		.spm_id = number,
		.status = status,
		.spm_priority = 5,
	};
}

static const struct vdc_lockspace_host *row(const struct vdc_buf *rows, size_t i)
{
	assert_true(i < rows->len / sizeof(void *));
	return ((struct vdc_lockspace_host *const *)(const void *)rows->data)[i];
}

static void a_host_that_renews_is_believed(void **state)
{
	struct vdc_host h1 = host("h1", 1, VDC_HOST_UP), h2 = host("h2", 2, VDC_HOST_UP),
			h3 = host("h3", 3, VDC_HOST_UP), h4 = host("h4", VDC_UNSET, VDC_HOST_UP),
			h5 = host("h5", 5, VDC_HOST_MAINTENANCE);
	/* The first one that answers has not renewed for long. */
	const struct vdc_lockspace_view_host hosts[] = {
		{ &h2, &late, NULL, "n2" },  { &h1, &reader, NULL, "n1" },
		{ &h3, NULL, "gone", "n3" }, { &h4, NULL, NULL, "n4" },
		{ &h5, NULL, NULL, "n5" },
	};
	const struct vdc_lockspace_view view = { "D", "data", hosts, 5 };
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf rows = { 0 };

	(void)state;
	vdc_lockspace_view(&view, arena, &rows);
	assert_int_equal(rows.len / sizeof(void *), 6);
	assert_int_equal(row(&rows, 0)->state, VDC_LIVENESS_DEAD);
	assert_int_equal(row(&rows, 0)->age, 300);
	assert_non_null(strstr(row(&rows, 0)->problem, "not renewed for 100 s"));
	assert_int_equal(row(&rows, 1)->state, VDC_LIVENESS_LIVE);
	assert_int_equal(row(&rows, 1)->latency, 5000);
	assert_int_equal(row(&rows, 1)->generation, 4);
	assert_string_equal(row(&rows, 1)->seen_by, "h1");
	assert_null(row(&rows, 1)->problem);
	assert_int_equal(row(&rows, 2)->state, VDC_LIVENESS_FREE);
	assert_int_equal(row(&rows, 2)->age, VDC_UNSET);
	assert_string_equal(row(&rows, 2)->problem, "gone");
	assert_int_equal(row(&rows, 3)->state, 0);
	assert_non_null(strstr(row(&rows, 3)->problem, "spm-elect join h4"));
	/* Nobody expects it there. */
	assert_int_equal(row(&rows, 4)->state, VDC_LIVENESS_FREE);
	assert_null(row(&rows, 4)->problem);
	assert_int_equal(row(&rows, 5)->host_id, 7);
	assert_non_null(strstr(row(&rows, 5)->problem, "knows no host"));
}

static void nobody_is_no_reason_to_call_a_host_dead(void **state)
{
	struct vdc_host h1 = host("h1", 1, VDC_HOST_UP), h2 = host("h2", 2, VDC_HOST_UP);
	const struct vdc_lockspace_view_host hosts[] = {
		{ &h1, NULL, NULL, "n1" },
		{ &h2, &late, NULL, "n2" },
	};
	const struct vdc_lockspace_view view = { "D", "data", hosts, 2 };
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf rows = { 0 };

	(void)state;
	vdc_lockspace_view(&view, arena, &rows);
	assert_int_equal(rows.len / sizeof(void *), 2);
	assert_int_equal(row(&rows, 0)->state, VDC_LIVENESS_UNKNOWN);
	assert_non_null(strstr(row(&rows, 0)->problem, "no host that answers"));
}

static void a_wrong_name_is_told(void **state)
{
	struct vdc_host h1 = host("h1", 1, VDC_HOST_UP);
	const struct vdc_lockspace_view_host hosts[] = { { &h1, &reader, NULL, "right" } };
	const struct vdc_lockspace_view view = { "D", "data", hosts, 1 };
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf rows = { 0 };

	(void)state;
	vdc_lockspace_view(&view, arena, &rows);
	assert_non_null(strstr(row(&rows, 0)->problem, "under the name n1"));
	assert_non_null(strstr(row(&rows, 0)->problem, "must run as right"));
}

static void a_machine_alone_has_names_of_sanlock(void **state)
{
	const struct vdc_lockspace_view_host here = { NULL, &reader, NULL, "n1" };
	const struct vdc_lockspace_view view = { "D", "data", &here, 1 };
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf rows = { 0 };

	(void)state;
	vdc_lockspace_view(&view, arena, &rows);
	assert_int_equal(rows.len / sizeof(void *), 3);
	assert_string_equal(row(&rows, 0)->host, "n1");
	assert_string_equal(row(&rows, 1)->host, "n2");
	for (size_t i = 0; i < 3; i++)
		assert_null(row(&rows, i)->problem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_renews_is_believed),
		cmocka_unit_test(nobody_is_no_reason_to_call_a_host_dead),
		cmocka_unit_test(a_wrong_name_is_told),
		cmocka_unit_test(a_machine_alone_has_names_of_sanlock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
