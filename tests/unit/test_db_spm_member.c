/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the database says of the lockspaces of a host. */
#include "act/spm_member.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_host_is_told_of_all_domains),
		on_both(its_name_is_that_of_its_hardware),
		on_both(two_masters_are_one_too_many),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
