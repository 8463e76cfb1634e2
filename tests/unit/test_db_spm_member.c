/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the database says of the lockspaces of a host. */
#include <sys/wait.h>

#include "act/spm_join_part.h"
#include "scratch_store.h"

static void add_domain(struct vdc_db *db, const char *name, const char *status, const char *master)
{
	put(db, &vdc_storage_domain_kind,
	    OBJECT(&vdc_storage_domain_kind, "name", name, "data_center", "dc1", "type", "data",
		   "status", status, "master", master, "storage_type", "posixfs", "mount_point",
		   "/shared", "storage_format", "v5", "io_timeout", "2"));
}

static void a_host_is_told_of_all_domains(void **state)
{
	SCRATCH(s);
	struct vdc_lockspaces spaces;
	struct vdc_err err = { 0 };
	const struct vdc_host *host;

	populate(s->db);
	add_domain(s->db, "d1", "active", "true");
	add_domain(s->db, "d2", "unknown", "false");
	add_domain(s->db, "d3", "maintenance", "false");
	host = get(s->db, &vdc_host_kind, "h1");
	assert_int_equal(vdc_spm_member(s->db, host->id, arena, &spaces, &err), -ENODATA);
	assert_non_null(strstr(vdc_err_text(&err), "spm-elect join h1"));
	script(s->db, "UPDATE hosts SET spm_id = 7 WHERE name = 'h1'");
	must(vdc_spm_member(s->db, host->id, arena, &spaces, &err), &err);
	assert_int_equal(spaces.n, 2);
	assert_string_equal(spaces.all[0]->name, "d1");
	assert_true(vdc_is_true(spaces.all[0]->master));
	assert_false(vdc_is_true(spaces.all[1]->master));
	for (size_t i = 0; i < spaces.n; i++) {
		assert_int_equal(spaces.all[i]->host_id, 7);
		assert_int_equal(spaces.all[i]->io_timeout, 2);
		assert_string_equal(spaces.all[i]->sanlock_name, host->id);
	}
}

static void its_name_is_that_of_its_hardware(void **state)
{
	SCRATCH(s);
	const char *hardware = "11111111-2222-3333-4444-555555555555";
	struct vdc_host *host;

	populate(s->db);
	host = get(s->db, &vdc_host_kind, "h1");
	assert_string_equal(vdc_spm_sanlock_name(host), host->id);
	host->hardware_uuid = vdc_arena_strdup(arena, hardware);
	assert_string_equal(vdc_spm_sanlock_name(host), hardware);
	host->sanlock_name = vdc_arena_strdup(arena, "something");
	assert_string_equal(vdc_spm_sanlock_name(host), hardware);
	host->sanlock_name = host->id;
	assert_string_equal(vdc_spm_sanlock_name(host), host->id);
}

static void two_masters_are_one_too_many(void **state)
{
	SCRATCH(s);
	const struct vdc_data_center *dc;
	struct vdc_spm_storage storage;
	struct vdc_err err = { 0 };

	populate(s->db);
	dc = get(s->db, &vdc_data_center_kind, "dc1");
	must(vdc_spm_storage(s->db, dc->id, arena, &storage, &err), &err);
	assert_int_equal(storage.n, 0);
	assert_null(storage.master);
	add_domain(s->db, "d1", "active", "true");
	must(vdc_spm_storage(s->db, dc->id, arena, &storage, &err), &err);
	assert_string_equal(storage.master->name, "d1");
	add_domain(s->db, "d2", "active", "true");
	assert_int_equal(vdc_spm_storage(s->db, dc->id, arena, &storage, &err), -EINVAL);
	assert_non_null(strstr(vdc_err_text(&err), "d1 and d2"));
}

/* Host NAME gets a number; PEERS are what sanlock on another host sees. */
static int64_t number_of_host(struct vdc_db *db, const char *name,
			      const struct vdc_lease_peer *peers, size_t n_peers, int64_t refused)
{
	const struct vdc_spm_join_options options = { .jobs = 1, .stop_fd = -1 };
	struct vdc_spm_member_host member = { .host = get(db, &vdc_host_kind, name) };
	struct spm_run run = { .db = db, .options = &options, .arena = arena };
	struct vdc_sanlock_asked asked = { .report = { .peers = peers, .n = n_peers } };
	struct spm_move *move;
	struct vdc_err err = { 0 };
	int64_t ret;

	must(spm_run_open(&run, &member, 1, &err), &err);
	move = run.moves;
	run.asked = &asked;
	run.n_asked = 1;
	if (refused)
		vdc_buf_add(&move->refused, &refused, sizeof(refused));
	must(spm_number(&run, &move, 1, &err), &err);
	ret = member.code ? member.code : member.spm_id;
	spm_run_close(&run);
	return ret;
}

static void numbers_that_are_alive_are_not_given_away(void **state)
{
	SCRATCH(s);
	const struct vdc_storage_domain *d1;
	const struct vdc_host *h1;

	populate(s->db);
	add_domain(s->db, "d1", "active", "true");
	d1 = get(s->db, &vdc_storage_domain_kind, "d1");
	h1 = get(s->db, &vdc_host_kind, "h1");
	{
		const struct vdc_lease_peer peers[] = {
			{ d1->id, 1, 1, "x", 5, 1, 1, 2, VDC_LEASE_FLAG_LIVE },
			{ d1->id, 2, 1, "y", 5, 1, 1, 2, VDC_LEASE_FLAG_DEAD },
			{ d1->id, 3, 1, "z", 0, 1, 1, 2, VDC_LEASE_FLAG_FREE },
			{ "other", 4, 1, "z", 5, 1, 1, 2, VDC_LEASE_FLAG_LIVE },
		};
		const struct vdc_lease_peer own[] = {
			{ d1->id, 9, 1, h1->id, 5, 1, 1, 2, VDC_LEASE_FLAG_LIVE },
		};
		const struct vdc_lease_peer free[] = {
			{ d1->id, 9, 1, h1->id, 0, 1, 1, 2, VDC_LEASE_FLAG_FREE },
		};

		assert_int_equal(number_of_host(s->db, "h2", peers, 4, 0), 3);
		assert_int_equal(number_of_host(s->db, "h1", peers, 4, 0), 4);
		assert_int_equal(number_of_host(s->db, "h1", peers, 4, 0), 4);
		assert_int_equal(number_of_host(s->db, "h1", peers, 4, 4), 5);
		/* The one that it has already. */
		script(s->db, "UPDATE hosts SET spm_id = NULL WHERE name = 'h1'");
		assert_int_equal(number_of_host(s->db, "h1", own, 1, 0), 9);
		script(s->db, "UPDATE hosts SET spm_id = NULL WHERE name = 'h1'");
		assert_int_equal(number_of_host(s->db, "h1", free, 1, 0), 1);
		script(s->db, "UPDATE hosts SET spm_id = NULL WHERE name = 'h1';"
			      "UPDATE hosts SET spm_id = 9 WHERE name = 'h2'");
		assert_int_equal(number_of_host(s->db, "h1", own, 1, 0), 1);
	}
	assert_int_equal(events(s, "host_numbered"), 6);
}

static void numbers_end_where_the_mailbox_ends(void **state)
{
	SCRATCH(s);
	struct vdc_lease_peer *peers = vdc_arena_alloc(arena, 249 * sizeof(*peers));
	const struct vdc_storage_domain *d1;

	populate(s->db);
	add_domain(s->db, "d1", "active", "true");
	d1 = get(s->db, &vdc_storage_domain_kind, "d1");
	for (int i = 0; i < 249; i++)
		peers[i] = (struct vdc_lease_peer){ d1->id, i + 1, 1,
						    "x",    5,	   1,
						    1,	    2,	   VDC_LEASE_FLAG_LIVE };
	assert_int_equal(number_of_host(s->db, "h1", peers, 248, 0), 249);
	script(s->db, "UPDATE hosts SET spm_id = NULL");
	assert_int_equal(number_of_host(s->db, "h1", peers, 249, 0), -ENOSPC);
	script(s->db, "UPDATE storage_domains SET extend_transport = 'database'");
	assert_int_equal(number_of_host(s->db, "h1", peers, 249, 0), 250);
}

static void number_in_a_child(const struct scratch *s, int host)
{
	struct vdc_err err = { 0 };
	struct vdc_db *db;
	char name[16];

	snprintf(name, sizeof(name), "r%d", host);
	must(vdc_db_open(s->where, 0, &db, &err), &err);
	number_of_host(db, name, NULL, 0, 0);
	vdc_db_close(db);
	_exit(0);
}

static void many_at_once_get_different_ones(void **state)
{
	enum { HOSTS = 10 };
	pid_t children[HOSTS];
	int status;
	SCRATCH(s);

	populate(s->db);
	add_domain(s->db, "d1", "active", "true");
	for (int i = 0; i < HOSTS; i++)
		put(s->db, &vdc_host_kind,
		    OBJECT(&vdc_host_kind, "name", vdc_arena_format(arena, "r%d", i), "cluster",
			   i % 2 ? "c1" : "c2"));
	for (int i = 0; i < HOSTS; i++) {
		children[i] = fork();
		if (children[i] == 0)
			number_in_a_child(s, i);
	}
	for (int i = 0; i < HOSTS; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(number_of(s->db, "SELECT COUNT(DISTINCT spm_id) FROM hosts"), HOSTS);
	assert_int_equal(number_of(s->db, "SELECT MAX(spm_id) FROM hosts"), HOSTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(numbers_that_are_alive_are_not_given_away),
		on_both(numbers_end_where_the_mailbox_ends),
		on_both(many_at_once_get_different_ones),
		on_both(a_host_is_told_of_all_domains),
		on_both(its_name_is_that_of_its_hardware),
		on_both(two_masters_are_one_too_many),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
