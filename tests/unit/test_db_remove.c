/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removing objects, and what becomes of those that refer to them, on both engines. */
#include "model/disk.h"
#include "model/fence_agent.h"
#include "model/network.h"
#include "model/snapshot.h"
#include "model/volume.h"
#include "scratch_store.h"

struct removal {
	const struct vdc_kind *kind;
	const char *id;
	bool cascade;
	struct vdc_buf told;
};

static int remove_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct removal *removal = ctx;

	vdc_buf_clear(&removal->told);
	return vdc_store_remove(db, removal->kind, removal->id, removal->cascade, note_name,
				&removal->told, err);
}

static int remove_code(struct vdc_db *db, const struct vdc_kind *kind, const char *name,
		       bool cascade, char **told, struct vdc_err *err)
{
	struct removal removal = { .kind = kind,
				   .cascade = cascade,
				   .id = vdc_object_id(get(db, kind, name)) };
	int r = vdc_db_transaction(db, remove_it, &removal, err);

	*told = vdc_arena_strdup(arena, vdc_buf_str(&removal.told));
	vdc_buf_free(&removal.told);
	return r;
}

static void what_others_need_is_not_removed(void **state)
{
	struct vdc_err err = { 0 };
	char *told;
	SCRATCH(s);

	populate(s->db);
	assert_int_equal(remove_code(s->db, &vdc_host_kind, "h1", false, &told, &err), -ENOTEMPTY);
	assert_string_equal(err.msg, "host h1 is needed by 2: vm v, vm w; remove or change them, "
				     "or use --cascade");
	must(remove_code(s->db, &vdc_host_kind, "h2", false, &told, &err), &err);
	assert_string_equal(told, "host h2, ");
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM hosts"), 1);
}

static void parts_go_along_unasked(void **state)
{
	struct vdc_err err = { 0 };
	char *told;
	SCRATCH(s);

	populate(s->db);
	put(s->db, &vdc_fence_agent_kind,
	    OBJECT(&vdc_fence_agent_kind, "host", "h2", "type", "ipmilan", "agent_order", "1"));
	put(s->db, &vdc_snapshot_kind, OBJECT(&vdc_snapshot_kind, "name", "before", "vm", "w"));
	must(remove_code(s->db, &vdc_host_kind, "h2", false, &told, &err), &err);
	must(remove_code(s->db, &vdc_vm_kind, "w", false, &told, &err), &err);
	assert_string_equal(told, "snapshot before, vm w, ");
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM agents"), 0);
}

static void a_cascade_takes_what_belongs_and_frees_what_refers(void **state)
{
	struct vdc_err err = { 0 };
	char *told;
	SCRATCH(s);

	populate(s->db);
	must(remove_code(s->db, &vdc_host_kind, "h1", true, &told, &err), &err);
	assert_string_equal(told, "host h1, ");
	assert_null(((struct vdc_vm *)get(s->db, &vdc_vm_kind, "w"))->host.id);
	must(remove_code(s->db, &vdc_data_center_kind, "dc1", true, &told, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM vms"), 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM hosts"), 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM clusters"), 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM data_centers"), 1);
	assert_non_null(strstr(told, "cluster c2, "));
	assert_string_equal(strrchr(told, 'd'), "dc1, ");
}

static void only_ten_names_are_told(void **state)
{
	struct vdc_err err = { 0 };
	char *told;
	int i;
	SCRATCH(s);

	populate(s->db);
	for (i = 0; i < 12; i++) {
		char *name = vdc_arena_format(arena, "x%02d", i);

		put(s->db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", name, "cluster", "c2"));
	}
	assert_int_equal(remove_code(s->db, &vdc_cluster_kind, "c2", false, &told, &err),
			 -ENOTEMPTY);
	assert_non_null(strstr(err.msg, "needed by 13: vm v, vm x00, "));
	assert_non_null(strstr(err.msg, "vm x08, ...; "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(what_others_need_is_not_removed),
		on_both(parts_go_along_unasked),
		on_both(a_cascade_takes_what_belongs_and_frees_what_refers),
		on_both(only_ten_names_are_told),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
