/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that goes away or says nothing. */
#include <sys/socket.h>
#include <sys/un.h>

#include "base/time.h"
#include "scratch_db.h"

static void end_session(struct vdc_db *db, struct vdc_db *ender)
{
	struct vdc_value pid = vdc_db_int(number_of(db, "SELECT pg_backend_pid()"));

	assert_int_equal(run_params(ender, "SELECT pg_terminate_backend($1)", &pid, 1, NULL), 0);
	usleep(100000);
}

static int lose_the_connection(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	end_session(db, ctx);
	return vdc_db_run(db, "INSERT INTO t VALUES (2, 'b', 1)", NULL, 0, NULL, NULL, NULL, err);
}

static int lose_the_connection_and_do_not_look(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	assert_int_equal(lose_the_connection(db, ctx, err), -ECONNRESET);
	return 0;
}

static int lose_the_connection_before_commit(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_value pid = vdc_db_int(number_of(db, "SELECT pg_backend_pid()"));

	(void)err;
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	return run_params(ctx, "SELECT pg_terminate_backend($1)", &pid, 1, NULL);
}

static void a_lost_connection_is_an_error_and_the_next_call_connects(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_db *other;
	SCRATCH(s);

	script(s->db, TABLE);
	other = scratch_open(s);
	assert_int_equal(vdc_db_transaction(s->db, lose_the_connection, other, &err), -ECONNRESET);
	assert_non_null(strstr(err.msg, s->name));
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	assert_int_equal(
		vdc_db_transaction(s->db, lose_the_connection_and_do_not_look, other, &err),
		-ECONNRESET);
	assert_int_equal(vdc_db_transaction(s->db, lose_the_connection_before_commit, other, &err),
			 -ECONNRESET);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	vdc_db_close(other);
}

/* A row after the connection was lost for the first time: CTX, another connection, ends it. */
static int insert_despite_one_loss(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_db **other = ctx, *ender = *other;

	*other = NULL;
	if (ender)
		return lose_the_connection(db, ender, err);
	return vdc_db_run(db, "INSERT INTO t VALUES (3, 'c', 1)", NULL, 0, NULL, NULL, NULL, err);
}

static void a_transaction_outlives_a_lost_connection(void **state)
{
	struct vdc_db *other, *ender;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	script(s->db, TABLE);
	ender = other = scratch_open(s);
	must(vdc_db_transaction(s->db, insert_despite_one_loss, &ender, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT sum(id) FROM t"), 3);
	vdc_db_close(other);
}

static void an_idle_connection_that_is_lost_is_made_again(void **state)
{
	struct vdc_db *other;
	SCRATCH(s);

	script(s->db, TABLE);
	other = scratch_open(s);
	for (int i = 1; i < 3; i++) {
		end_session(s->db, other);
		assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	}
	vdc_db_close(other);
}

static void note_wait(void *ctx, struct vdc_db *db, int64_t waited)
{
	int64_t *most = ctx;

	(void)db;
	assert_true(waited >= *most);
	*most = waited;
}

/* As long as it was told to, and then with an error that says where. */
static void a_server_that_stays_away_is_waited_for(void **state)
{
	vdc_autofree char *where = NULL, *sql = NULL;
	int64_t start, waited = 0;
	struct vdc_err err = { 0 };
	struct vdc_db *guest;
	SCRATCH(s);

	sql = vdc_format("CREATE ROLE guest_%s LOGIN", s->name);
	script(s->db, sql);
	where = vdc_format("postgresql://guest_%s@/%s?host=%s", s->name, s->name,
			   getenv("VDC_TEST_PG_SOCKET"));
	must(vdc_db_open(where, 0, &guest, &err), &err);
	pg_admin("ALTER ROLE guest_@ CONNECTION LIMIT 0", s->name);
	end_session(guest, s->db);
	vdc_db_set_reconnect(guest, VDC_SECOND, note_wait, &waited);
	start = vdc_time_monotonic();
	assert_int_equal(vdc_db_run(guest, "SELECT 1", NULL, 0, NULL, NULL, NULL, &err),
			 -EHOSTUNREACH);
	assert_in_range(vdc_time_monotonic() - start, VDC_SECOND, 4 * VDC_SECOND);
	assert_true(waited > VDC_SECOND / 4);
	assert_non_null(strstr(err.msg, s->name));
	pg_admin("ALTER ROLE guest_@ CONNECTION LIMIT 1", s->name);
	assert_int_equal(number_of(guest, "SELECT 17"), 17);
	vdc_db_close(guest);
	pg_admin("DROP ROLE guest_@", s->name);
}

static void a_server_that_says_nothing_is_not_waited_for(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct vdc_err err = { 0 };
	vdc_autofree char *where = NULL;
	struct vdc_db *db = NULL;
	SCRATCH(s);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", s->folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 5), 0);
	where = vdc_format("postgresql://vdc@/x?host=%s&connect_timeout=1", s->folder);
	assert_int_equal(vdc_db_open(where, 0, &db, &err), -ETIMEDOUT);
	close(fd);
	unlink(address.sun_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_postgres(a_lost_connection_is_an_error_and_the_next_call_connects),
		on_postgres(a_transaction_outlives_a_lost_connection),
		on_postgres(an_idle_connection_that_is_lost_is_made_again),
		on_postgres(a_server_that_stays_away_is_waited_for),
		on_postgres(a_server_that_says_nothing_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
