/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts reach, as the election of a storage pool manager is told. */
#include "act/storage_scene.h"
#include "scratch_sync.h"

#define MINUTE (60 * VDC_SECOND)
#define NOW (1000 * MINUTE)

static void reach(struct scratch *s, const char *host, const char *domain, const char *status,
		  int64_t checked)
{
	struct vdc_domain_reach *row = OBJECT(&vdc_domain_reach_kind, "host", host,
					      "storage_domain", domain, "status", status);

	row->checked = checked;
	put(s->db, &vdc_domain_reach_kind, row);
}

static void domain(struct scratch *s, const char *name, const char *type, const char *status)
{
	PUT(s, vdc_storage_domain_kind, "name", name, "data_center", "dc1", "type", type, "status",
	    status, "master", strcmp(name, "master") == 0 ? "true" : "false");
}

static void begin(struct scratch *s)
{
	populate(s->db);
	domain(s, "master", "data", "active");
	domain(s, "data1", "data", "active");
	domain(s, "data2", "data", "active");
	domain(s, "gone", "data", "inactive");
	domain(s, "iso", "iso", "active");
	PUT(s, vdc_cluster_kind, "name", "c3", "data_center", "dc2");
	PUT(s, vdc_host_kind, "name", "stranger", "cluster", "c3");
	reach(s, "stranger", "master", "lost", NOW);
}

static struct vdc_spm_reach_view view_of(struct scratch *s, const char *host)
{
	const struct vdc_host *wanted = get(s->db, &vdc_host_kind, host);
	const struct vdc_data_center *dc = get(s->db, &vdc_data_center_kind, "dc1");
	struct vdc_spm_reach_row *rows;
	struct vdc_err err = { 0 };
	size_t n;

	must(vdc_reach_of_data_center(s->db, dc->id, NOW, arena, &rows, &n, &err), &err);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].host_id, wanted->id) == 0)
			return rows[i].view;
	fail_msg("no row of host %s", host);
	return (struct vdc_spm_reach_view){ 0 };
}

static void test_counts_what_is_lost(void **state)
{
	SCRATCH(s);
	struct vdc_spm_reach_view view;

	begin(s);
	reach(s, "h1", "master", "slow", NOW);
	reach(s, "h1", "data1", "lost", NOW);
	reach(s, "h1", "data2", "unknown", NOW);
	reach(s, "h1", "gone", "lost", NOW);
	reach(s, "h1", "iso", "lost", NOW);
	view = view_of(s, "h1");
	assert_int_equal(view.master, VDC_SPM_REACH_YES);
	assert_int_equal(view.misses, 1);
	view = view_of(s, "h2");
	assert_int_equal(view.master, VDC_SPM_REACH_UNKNOWN);
	assert_int_equal(view.misses, 0);
}

static void test_old_looks_say_nothing(void **state)
{
	SCRATCH(s);
	struct vdc_spm_reach_view view;

	begin(s);
	reach(s, "h1", "master", "lost", NOW - 9 * MINUTE);
	reach(s, "h1", "data1", "lost", NOW - 11 * MINUTE);
	view = view_of(s, "h1");
	assert_int_equal(view.master, VDC_SPM_REACH_NO);
	assert_int_equal(view.misses, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(test_counts_what_is_lost),
		on_both(test_old_looks_say_nothing),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
