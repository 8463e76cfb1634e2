/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many processes at once on one database. */
#include <sys/wait.h>

#include "scratch_db.h"

static int add_one(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_value n;
	int64_t old;
	int r = vdc_db_run(db, "SELECT n FROM counter WHERE id = 1", NULL, 0, first_number, &old,
			   NULL, err);

	(void)ctx;
	n = vdc_db_int(old + 1);
	return r < 0 ? r
		     : vdc_db_run(db, "UPDATE counter SET n = $1 WHERE id = 1", &n, 1, NULL, NULL,
				  NULL, err);
}

static void count_in_a_child(const struct scratch *s, int times)
{
	struct vdc_err err = { 0 };
	struct vdc_db *db;
	int i;

	if (vdc_db_open(s->where, 0, &db, &err) < 0)
		_exit(1);
	for (i = 0; i < times; i++)
		if (vdc_db_transaction(db, add_one, NULL, &err) < 0) {
			fprintf(stderr, "# %s\n", vdc_err_text(&err));
			_exit(1);
		}
	vdc_db_close(db);
	_exit(0);
}

static void eight_processes_lose_no_update(void **state)
{
	enum { PROCESSES = 8, TIMES = 1000 };
	pid_t children[PROCESSES];
	int i, status;
	SCRATCH(s);

	script(s->db, "CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT)");
	script(s->db, "INSERT INTO counter VALUES (1, 0)");
	for (i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0)
			count_in_a_child(s, TIMES);
	}
	for (i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(number_of(s->db, "SELECT n FROM counter"), PROCESSES * TIMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(eight_processes_lose_no_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
