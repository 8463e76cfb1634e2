/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts reach, written at once. */
#include "model/domain_reach.h"
#include "scratch_sync.h"
#include "store/reach.h"

struct writing {
	const struct vdc_domain_reach *rows[2];
};

static int write_rows(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;

	return vdc_store_reaches(db, w->rows, VDC_COUNT(w->rows), err);
}

static struct vdc_domain_reach *row(struct scratch *s, const char *id, const char *host,
				    const char *status)
{
	const struct vdc_host *h = get(s->db, &vdc_host_kind, host);
	const struct vdc_storage_domain *d = get(s->db, &vdc_storage_domain_kind, "d");
	struct vdc_domain_reach *ret = OBJECT(&vdc_domain_reach_kind, "id", id, "status", status);

	ret->host.id = h->id;
	ret->storage_domain.id = d->id;
	ret->checked = 7;
	return ret;
}

static void test_rows_are_made_and_changed(void **state)
{
	SCRATCH(s);
	static const char old[] = "11111111-1111-4111-8111-111111111111";
	const struct vdc_domain_reach *after;
	struct writing writing;
	struct vdc_err err = { 0 };

	populate(s->db);
	PUT(s, vdc_storage_domain_kind, "name", "d", "data_center", "dc1", "type", "data");
	PUT(s, vdc_domain_reach_kind, "id", old, "host", "h1", "storage_domain", "d", "status",
	    "lost", "detail", "gone", "since", "2026-01-01T00:00:00Z", "lockspace_generation", "5");
	/* An id that the pair does not have, as after a run at the same time. */
	writing.rows[0] = row(s, "22222222-2222-4222-8222-222222222222", "h1", "ok");
	writing.rows[1] = row(s, "33333333-3333-4333-8333-333333333333", "h2", "unknown");
	must(vdc_db_transaction(s->db, write_rows, &writing, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM domain_reaches"), 2);
	after = get(s->db, &vdc_domain_reach_kind, old);
	assert_int_equal(after->status, VDC_REACH_OK);
	assert_int_equal(after->checked, 7);
	assert_int_equal(after->since, VDC_UNSET);
	assert_int_equal(after->lockspace_generation, 5);
	assert_null(after->detail);
}

static void test_a_host_that_is_gone_is_an_error(void **state)
{
	SCRATCH(s);
	struct writing writing;
	struct vdc_domain_reach *bad;
	struct vdc_err err = { 0 };

	populate(s->db);
	PUT(s, vdc_storage_domain_kind, "name", "d", "data_center", "dc1", "type", "data");
	writing.rows[0] = row(s, "22222222-2222-4222-8222-222222222222", "h1", "ok");
	writing.rows[1] = bad = row(s, "33333333-3333-4333-8333-333333333333", "h2", "ok");
	bad->host.id = vdc_arena_strdup(arena, "44444444-4444-4444-8444-444444444444");
	assert_true(vdc_db_transaction(s->db, write_rows, &writing, &err) < 0);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM domain_reaches"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(test_rows_are_made_and_changed),
		on_both(test_a_host_that_is_gone_is_an_error),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
