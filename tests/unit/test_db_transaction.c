/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transactions, snapshots, batches and waiting for others, on both engines. */
#include "base/time.h"
#include "scratch_db.h"

static int insert_and_pass_over_a_failure(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	(void)ctx;
	(void)err;
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), -EEXIST);
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (2, 'b', 1)"), -EEXIST);
	return 0;
}

static int insert_and_fail(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	(void)ctx;
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	return vdc_err_set(err, -ENOENT, "changed its mind");
}

static int nest(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	return vdc_db_transaction(db, insert_and_fail, ctx, err);
}

static int try_three_times(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	int *tries = ctx;

	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	return ++*tries < 3 ? vdc_err_set(err, -EAGAIN, "not yet") : 7;
}

static void a_transaction_is_all_or_nothing(void **state)
{
	struct vdc_err err = { 0 };
	int tries = 0;
	SCRATCH(s);

	script(s->db, TABLE);
	assert_int_equal(vdc_db_transaction(s->db, insert_and_fail, NULL, &err), -ENOENT);
	assert_string_equal(err.msg, "changed its mind");
	assert_int_equal(vdc_db_transaction(s->db, insert_and_pass_over_a_failure, NULL, &err),
			 -EEXIST);
	assert_int_equal(vdc_db_transaction(s->db, nest, NULL, &err), -EINVAL);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	err = (struct vdc_err){ 0 };
	assert_int_equal(vdc_db_transaction(s->db, try_three_times, &tries, &err), 7);
	assert_int_equal(tries, 3);
	assert_int_equal(err.code, 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
}

static int look_twice(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct scratch *s = ctx;
	struct vdc_db *other = scratch_open(s);
	int64_t before = number_of(db, "SELECT count(*) FROM t");

	(void)err;
	script(other, "INSERT INTO t VALUES (1, 'a', 1)");
	vdc_db_close(other);
	assert_int_equal(number_of(db, "SELECT count(*) FROM t"), before);
	return 0;
}

static int write_in_a_snapshot(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	(void)ctx;
	return vdc_db_run(db, "DELETE FROM t", NULL, 0, NULL, NULL, NULL, err);
}

static void a_snapshot_does_not_move(void **state)
{
	struct vdc_err err = { 0 };
	SCRATCH(s);

	script(s->db, TABLE);
	must(vdc_db_snapshot(s->db, look_twice, s, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
	assert_int_equal(vdc_db_snapshot(s->db, write_in_a_snapshot, NULL, &err), -EACCES);
}

struct load {
	int64_t rows, bad_at;
	uint64_t failed;
};

static int load_rows(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct load *load = ctx;
	struct vdc_db_batch *batch;
	int64_t i;
	int r = vdc_db_batch_begin(db, &batch, err);

	for (i = 0; r == 0 && i < load->rows; i++) {
		vdc_autofree char *name = vdc_format("row %lld", (long long)i);
		const struct vdc_value row[] = { vdc_db_int(i == load->bad_at ? 0 : i),
						 vdc_db_text(name) };

		r = vdc_db_batch_run(batch, "INSERT INTO t VALUES ($1, $2, 5)", row, 2, (uint64_t)i,
				     &load->failed, err);
	}
	if (r == 0)
		r = vdc_db_batch_end(batch, &load->failed, err);
	return r;
}

static void a_batch_tells_which_statement_failed(void **state)
{
	static const int64_t places[] = { 1, 2, 500, 2999 };
	struct vdc_err err = { 0 };
	size_t i;
	SCRATCH(s);

	script(s->db, TABLE);
	for (i = 0; i < VDC_COUNT(places); i++) {
		struct load bad = { .rows = 3000, .bad_at = places[i], .failed = 77777 };

		assert_int_equal(vdc_db_transaction(s->db, load_rows, &bad, &err), -EEXIST);
		assert_int_equal(bad.failed, places[i]);
		assert_non_null(strstr(err.msg, "another row has the same id"));
		assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	}
	struct load good = { .rows = 3000, .bad_at = -1 };
	must(vdc_db_transaction(s->db, load_rows, &good, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 3000);
}

static int first_in_batch_fails_to_prepare(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_db_batch *batch;
	int r = vdc_db_batch_begin(db, &batch, err);

	if (r == 0)
		r = vdc_db_batch_run(batch, "INSERT INTO nowhere VALUES (1)", NULL, 0, 4, ctx, err);
	if (r == 0)
		r = vdc_db_batch_run(batch, "INSERT INTO t VALUES (9, 'x', 1)", NULL, 0, 5, ctx,
				     err);
	return r < 0 ? r : vdc_db_batch_end(batch, ctx, err);
}

static void a_statement_dropped_from_a_batch_can_be_used_later(void **state)
{
	uint64_t failed = 0;
	SCRATCH(s);

	script(s->db, TABLE);
	assert_int_equal(vdc_db_transaction(s->db, first_in_batch_fails_to_prepare, &failed, NULL),
			 -ENOENT);
	assert_int_equal(failed, 4);
	script(s->db, "CREATE TABLE nowhere (x BIGINT)");
	assert_int_equal(vdc_db_transaction(s->db, first_in_batch_fails_to_prepare, &failed, NULL),
			 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
}

struct meeting {
	struct vdc_db *other;
	int tries;
};

/* Another one adds the same row after this one has looked for it. */
static int add_unless_there(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct meeting *meeting = ctx;

	if (number_of(db, "SELECT count(*) FROM t WHERE id = 1"))
		return 7;
	if (meeting->tries++ == 0)
		script(meeting->other, "INSERT INTO t VALUES (1, 'other', 1)");
	return vdc_db_run(db, "INSERT INTO t VALUES (1, 'a', 1)", NULL, 0, NULL, NULL, NULL, err);
}

static int add_without_a_look(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	++*(int *)ctx;
	return vdc_db_run(db, "INSERT INTO t VALUES (1, 'a', 1)", NULL, 0, NULL, NULL, NULL, err);
}

static void who_adds_the_same_at_once_looks_again(void **state)
{
	struct meeting meeting = { 0 };
	struct vdc_err err = { 0 };
	int tries = 0;
	SCRATCH(s);

	const bool at_once = vdc_db_engine(s->db) == VDC_DB_POSTGRES; /* SQLite: one writes at a time */

	script(s->db, TABLE);
	meeting.other = scratch_open(s);
	if (at_once)
		assert_int_equal(vdc_db_transaction(s->db, add_unless_there, &meeting, &err), 7);
	else
		script(meeting.other, "INSERT INTO t VALUES (1, 'other', 1)");
	assert_int_equal(err.code, 0);
	assert_int_equal(vdc_db_transaction(s->db, add_without_a_look, &tries, &err), -EEXIST);
	assert_int_equal(tries, at_once ? 2 : 1);
	vdc_db_close(meeting.other);
}

static void a_change_by_another_wakes_the_waiter(void **state)
{
	struct vdc_db *other;
	int64_t start;
	SCRATCH(s);

	script(s->db, TABLE);
	other = scratch_open(s);
	assert_int_equal(vdc_db_wait_change(s->db, 0, NULL), 1); /* begins to watch */
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	assert_int_equal(run_text(other, "INSERT INTO t VALUES (5, 'e', 1)"), 0);
	start = vdc_time_monotonic();
	assert_int_equal(vdc_db_wait_change(s->db, 5 * VDC_SECOND, NULL), 1);
	assert_true(vdc_time_monotonic() - start < VDC_SECOND);
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	assert_int_equal(number_of(other, "SELECT count(*) FROM t"), 1);
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	assert_int_equal(vdc_db_transaction(other, insert_and_pass_over_a_failure, NULL, NULL),
			 -EEXIST);
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	vdc_db_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_transaction_is_all_or_nothing),
		on_both(a_snapshot_does_not_move),
		on_both(a_batch_tells_which_statement_failed),
		on_both(a_statement_dropped_from_a_batch_can_be_used_later),
		on_both(who_adds_the_same_at_once_looks_again),
		on_both(a_change_by_another_wakes_the_waiter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
