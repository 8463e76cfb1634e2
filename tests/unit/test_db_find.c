/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects found by name, by time and in order, on both engines. */
#include "base/time.h"
#include "model/event.h"
#include "model/snapshot.h"
#include "scratch_store.h"

static int get_code(struct vdc_db *db, const struct vdc_kind *kind, const char *name,
		    struct vdc_err *err)
{
	void *o = NULL;
	int r = vdc_store_get(db, kind, name, 0, arena, &o, err);

	assert_true((r < 0) == (o == NULL));
	return r;
}

static void names_are_found_within_their_scope(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_vm *v;
	SCRATCH(s);

	populate(s->db);
	assert_int_equal(get_code(s->db, &vdc_vm_kind, "v", &err), -EINVAL);
	assert_non_null(strstr(err.msg, "cluster/v"));
	v = get(s->db, &vdc_vm_kind, "c2/v");
	assert_string_equal(v->cluster.name, "c2");
	assert_null(v->host.id);
	assert_int_equal(get_code(s->db, &vdc_vm_kind, "c3/v", &err), -ENOENT);
	assert_non_null(strstr(err.msg, "cluster 'c3'; did you mean"));
	assert_int_equal(get_code(s->db, &vdc_data_center_kind, "dc21", &err), -ENOENT);
	assert_string_equal(err.msg, "there is no data-center 'dc21'; did you mean dc1?");
	put(s->db, &vdc_snapshot_kind, OBJECT(&vdc_snapshot_kind, "name", "before", "vm", "c1/v"));
	put(s->db, &vdc_snapshot_kind, OBJECT(&vdc_snapshot_kind, "name", "before", "vm", "c2/v"));
	assert_int_equal(get_code(s->db, &vdc_snapshot_kind, "before", &err), -EINVAL);
	get(s->db, &vdc_snapshot_kind, "c2/v/before");
}

static void objects_come_ordered(void **state)
{
	struct vdc_err err = { 0 };
	vdc_autobuf names = { 0 };
	struct vdc_host *h1;
	SCRATCH(s);

	populate(s->db);
	put(s->db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "H0", "cluster", "c2"));
	put(s->db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "h10", "cluster", "c2"));
	must(vdc_store_each(s->db, &vdc_host_kind, 0, NULL, note_name, &names, &err), &err);
	assert_string_equal(vdc_buf_str(&names), "host H0, host h1, host h10, host h2, ");
	vdc_buf_clear(&names);
	h1 = get(s->db, &vdc_host_kind, "h1");
	must(vdc_store_each_of(s->db, &vdc_vm_kind, vdc_kind_field(&vdc_vm_kind, "host"), h1->id, 0,
			       arena, note_name, &names, &err),
	     &err);
	assert_string_equal(vdc_buf_str(&names), "vm v, vm w, ");
}

static void add_name(void *ctx, const char *name)
{
	vdc_buf_printf(ctx, "%s ", name);
}

static void names_come_by_their_beginning(void **state)
{
	struct vdc_err err = { 0 };
	vdc_autobuf names = { 0 };
	SCRATCH(s);

	populate(s->db);
	put(s->db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "h\xc3\xa9", "cluster", "c2"));
	must(vdc_store_names(s->db, &vdc_host_kind, "h", 9, add_name, &names, &err), &err);
	assert_string_equal(vdc_buf_str(&names), "h1 h2 h\xc3\xa9 ");
	must(vdc_store_names(s->db, &vdc_host_kind, "h1", 9, add_name, &names, &err), &err);
	must(vdc_store_names(s->db, &vdc_vm_kind, "", 1, add_name, &names, &err), &err);
	must(vdc_store_names(s->db, &vdc_event_kind, "", 1, add_name, &names, &err), &err);
	assert_string_equal(vdc_buf_str(&names), "h1 h2 h\xc3\xa9 h1 v ");
}

static void objects_come_by_time(void **state)
{
	const struct vdc_field *time = vdc_kind_field(&vdc_event_kind, "time");
	static const char *const times[] = { "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z",
					     "2026-01-03T00:00:00Z" };
	int64_t first, third;
	struct vdc_err err = { 0 };
	vdc_autobuf names = { 0 };
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	must(vdc_time_parse(times[1], &first, &err), &err);
	must(vdc_time_parse(times[2], &third, &err), &err);
	for (size_t i = 0; i < VDC_COUNT(times); i++) {
		char *id = vdc_arena_format(arena, "00000000-0000-4000-8000-00000000000%zu", i);

		put(s->db, &vdc_event_kind,
		    OBJECT(&vdc_event_kind, "id", id, "time", times[i], "description", "it"));
	}
	must(vdc_store_each_in(s->db, &vdc_event_kind, time, first, third, 0, arena, note_name,
			       &names, &err),
	     &err);
	assert_string_equal(vdc_buf_str(&names), "event 00000000-0000-4000-8000-000000000001, "
						 "event 00000000-0000-4000-8000-000000000000, ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(names_are_found_within_their_scope),
		on_both(objects_come_ordered),
		on_both(names_come_by_their_beginning),
		on_both(objects_come_by_time),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
