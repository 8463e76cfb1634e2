/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects in the database, one at a time, on both engines. */
#include "base/buf.h"
#include "base/time.h"
#include "base/uuid.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/event.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "model/network.h"
#include "model/snapshot.h"
#include "model/vm.h"
#include "model/volume.h"
#include "scratch_db.h"
#include "store/store.h"

static struct vdc_arena *arena;

/* FIELD=VALUE pairs, ended by NULL. */
static void *object(const struct vdc_kind *kind, const char *const *pairs)
{
	void *o = vdc_object_new(kind, arena);
	struct vdc_err err = { 0 };

	for (; *pairs; pairs += 2) {
		const struct vdc_field *field = vdc_kind_field(kind, pairs[0]);

		assert_non_null(field);
		must(vdc_value_parse(field, pairs[1], o, arena, &err), &err);
	}
	return o;
}
#define OBJECT(kind, ...) object(kind, (const char *const[]){ __VA_ARGS__, NULL })

struct job {
	const struct vdc_kind *kind;
	void *object;
	const char *id;
	const struct vdc_field *field;
	bool cascade;
	struct vdc_buf told;
};

static int put_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct job *job = ctx;

	return vdc_store_put(db, job->kind, job->object, arena, err);
}

static int put_code(struct vdc_db *db, const struct vdc_kind *kind, void *o, struct vdc_err *err)
{
	struct job job = { .kind = kind, .object = o };

	return vdc_db_transaction(db, put_it, &job, err);
}

static char *put(struct vdc_db *db, const struct vdc_kind *kind, void *o)
{
	struct vdc_err err = { 0 };

	must(put_code(db, kind, o, &err), &err);
	return *vdc_text_of(&kind->fields[0], o);
}

static int set_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct job *job = ctx;

	return vdc_store_set(db, job->kind, job->id, job->field, job->object, err);
}

static int set(struct vdc_db *db, const struct vdc_kind *kind, const char *id, const char *field,
	       const char *value, struct vdc_err *err)
{
	struct job job = { .kind = kind,
			   .id = id,
			   .field = vdc_kind_field(kind, field),
			   .object = OBJECT(kind, "id", id, field, value) };

	return vdc_db_transaction(db, set_it, &job, err);
}

static int note_name(void *ctx, const struct vdc_kind *kind, void *o, struct vdc_err *err)
{
	(void)err;
	vdc_buf_printf(ctx, "%s %s, ", kind->word, vdc_object_name(kind, o));
	return 0;
}

static int remove_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct job *job = ctx;

	vdc_buf_clear(&job->told);
	return vdc_store_remove(db, job->kind, job->id, job->cascade, note_name, &job->told, err);
}

static void *get(struct vdc_db *db, const struct vdc_kind *kind, const char *name)
{
	struct vdc_err err = { 0 };
	void *o = NULL;

	must(vdc_store_get(db, kind, name, VDC_WITH_NAMES | VDC_WITH_LONG, arena, &o, &err), &err);
	return o;
}

static int get_code(struct vdc_db *db, const struct vdc_kind *kind, const char *name,
		    struct vdc_err *err)
{
	void *o = NULL;
	int r = vdc_store_get(db, kind, name, 0, arena, &o, err);

	assert_true((r < 0) == (o == NULL));
	return r;
}

/* Two data centres, two clusters, two hosts, and VMs of the same name in both clusters. */
static void populate(struct vdc_db *db)
{
	struct vdc_err err = { 0 };

	must(vdc_store_migrate(db, &err), &err);
	put(db, &vdc_data_center_kind, OBJECT(&vdc_data_center_kind, "name", "dc1"));
	put(db, &vdc_data_center_kind, OBJECT(&vdc_data_center_kind, "name", "dc2"));
	put(db, &vdc_cluster_kind,
	    OBJECT(&vdc_cluster_kind, "name", "c1", "data_center", "dc1", "version", "4.7"));
	put(db, &vdc_cluster_kind, OBJECT(&vdc_cluster_kind, "name", "c2", "data_center", "dc1"));
	put(db, &vdc_host_kind,
	    OBJECT(&vdc_host_kind, "name", "h1", "cluster", "c1", "status", "up", "memory", "64G"));
	put(db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "h2", "cluster", "c1"));
	put(db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", "v", "cluster", "c1", "host", "h1"));
	put(db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", "v", "cluster", "c2"));
	put(db, &vdc_vm_kind, OBJECT(&vdc_vm_kind, "name", "w", "cluster", "c1", "host", "h1"));
}

/* Fields with a value that no other type would survive. */
static const char *sample(const struct vdc_field *f)
{
	if (f->flags & VDC_SECRET_REF)
		return "file:/etc/vdc/secrets/x";
	if (f->most)
		return vdc_arena_format(arena, "%lld", (long long)f->most);
	switch (f->type) {
	case VDC_INT:
		return "-7";
	case VDC_BYTES:
		return "9007199254740993";
	case VDC_BOOL:
		return "true";
	case VDC_TIME:
		return "2026-01-31T12:00:00.123456Z";
	case VDC_ENUM:
		return f->values->words[1];
	case VDC_LEVEL:
		return "4.10";
	case VDC_WORDS:
		return "one two";
	case VDC_LEVELS:
		return "4.9 4.10";
	case VDC_PROPERTIES:
		return "a=1\nb=x=y";
	case VDC_UUID:
		return "00000000-0000-0000-0000-0000000000aa";
	case VDC_REF:
		return NULL;
	default:
		return "it's \"text\" with $1 and \xc3\xbc";
	}
}

static char *text_of(const struct vdc_kind *kind, const void *o)
{
	vdc_autobuf text = { 0 };
	char scratch[VDC_SCRATCH];
	size_t i;

	for (i = 0; i < kind->n_fields; i++) {
		const char *value = vdc_value_text(&kind->fields[i], o, scratch);

		vdc_buf_printf(&text, "%s=%s\n", kind->fields[i].name, value ? value : "(none)");
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&text));
}

static void every_field_of_every_kind_survives(void **state)
{
	struct vdc_err err = { 0 };
	size_t k, i;
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	for (k = 0; k < vdc_n_kinds; k++) {
		const struct vdc_kind *kind = vdc_kinds[k];
		void *o = vdc_object_new(kind, arena), *copy;

		for (i = 0; i < kind->n_fields; i++) {
			const struct vdc_field *f = &kind->fields[i];

			if (f->type == VDC_REF && f->target != kind)
				vdc_ref_of(f, o)->id =
					vdc_arena_strdup(arena, sample(&f->target->fields[0]));
			else if (f->type != VDC_REF)
				must(vdc_value_parse(f, sample(f), o, arena, &err), &err);
		}
		put(s->db, kind, o);
		copy = get(s->db, kind, sample(&kind->fields[0]));
		assert_string_equal(text_of(kind, copy), text_of(kind, o));
	}
}

static void a_new_object_gets_id_and_presets(void **state)
{
	struct vdc_host *h, *in;
	SCRATCH(s);

	populate(s->db);
	in = OBJECT(&vdc_host_kind, "name", "h3", "cluster", "c2");
	put(s->db, &vdc_host_kind, in);
	assert_true(vdc_uuid_valid(in->id));
	h = get(s->db, &vdc_host_kind, "h3");
	assert_string_equal(h->id, in->id);
	assert_string_equal(h->cluster.name, "c2");
	assert_int_equal(h->spm_priority, 5);
	assert_null(h->comment);
}

static void a_change_keeps_what_it_does_not_name(void **state)
{
	struct vdc_host *h;
	char *id;
	SCRATCH(s);

	populate(s->db);
	id = ((struct vdc_host *)get(s->db, &vdc_host_kind, "h1"))->id;
	put(s->db, &vdc_host_kind, OBJECT(&vdc_host_kind, "id", id, "comment", "by id"));
	put(s->db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "h1", "address", "by name"));
	h = get(s->db, &vdc_host_kind, "h1");
	assert_string_equal(h->id, id);
	assert_string_equal(h->comment, "by id");
	assert_string_equal(h->address, "by name");
	assert_int_equal(h->status, VDC_HOST_UP);
	assert_int_equal(h->memory, INT64_C(64) << 30);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM hosts"), 2);
}

static void wrong_objects_are_refused_by_name(void **state)
{
	struct vdc_err err = { 0 };
	SCRATCH(s);

	populate(s->db);
	assert_int_equal(
		put_code(s->db, &vdc_host_kind, OBJECT(&vdc_host_kind, "name", "h9"), &err),
		-EINVAL);
	assert_string_equal(err.msg, "host h9 is new and needs a value for cluster");
	assert_int_equal(put_code(s->db, &vdc_host_kind,
				  OBJECT(&vdc_host_kind, "name", "h9", "cluster", "c3"), &err),
			 -ENOENT);
	assert_string_equal(err.msg,
			    "host h9: cluster: there is no cluster 'c3'; did you mean c1?");
	assert_int_equal(put_code(s->db, &vdc_host_kind,
				  OBJECT(&vdc_host_kind, "name", "h9", "cluster",
					 "00000000-0000-0000-0000-000000000009"),
				  &err),
			 -ENOENT);
	assert_non_null(strstr(err.msg, "host h9: cluster: there is no cluster '0000"));
	assert_int_equal(put_code(s->db, &vdc_host_kind,
				  OBJECT(&vdc_host_kind, "name", "h1", "cluster", "c1", "id",
					 "00000000-0000-0000-0000-000000000009"),
				  &err),
			 -EEXIST);
	assert_non_null(strstr(err.msg, "host h1: another one has that name"));
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM hosts"), 2);
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

static void only_what_is_listed(void **state)
{
	const unsigned flags = VDC_WITH_NAMES | VDC_ONLY_LISTED;
	struct vdc_err err = { 0 };
	void *found;
	struct vdc_host *host;
	SCRATCH(s);

	populate(s->db);
	put(s->db, &vdc_host_kind,
	    OBJECT(&vdc_host_kind, "name", "h3", "cluster", "c1", "comment", "not in a list"));
	must(vdc_store_get(s->db, &vdc_host_kind, "h3", flags, arena, &found, &err), &err);
	host = found;
	assert_string_equal(host->cluster.name, "c1");
	assert_null(host->comment);
	must(vdc_store_get(s->db, &vdc_host_kind, host->id, 0, arena, &found, &err), &err);
	host = found;
	assert_string_equal(host->comment, "not in a list");
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

static void long_values_come_when_asked_for(void **state)
{
	struct vdc_vm *w;
	void *o = NULL;
	SCRATCH(s);

	populate(s->db);
	put(s->db, &vdc_vm_kind,
	    OBJECT(&vdc_vm_kind, "name", "w", "cluster", "c1", "domain_xml", "<domain/>"));
	assert_int_equal(vdc_store_get(s->db, &vdc_vm_kind, "w", 0, arena, &o, NULL), 0);
	w = o;
	assert_null(w->domain_xml);
	assert_null(w->cluster.name);
	assert_string_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, "w"))->domain_xml,
			    "<domain/>");
}

static void a_field_is_set_and_cleared(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_host *h;
	struct vdc_vm *w;
	SCRATCH(s);

	populate(s->db);
	h = get(s->db, &vdc_host_kind, "h1");
	must(set(s->db, &vdc_host_kind, h->id, "comment", "hello", &err), &err);
	must(set(s->db, &vdc_host_kind, h->id, "cluster", "c2", &err), &err);
	must(set(s->db, &vdc_host_kind, h->id, "memory", "", &err), &err);
	h = get(s->db, &vdc_host_kind, "h1");
	assert_string_equal(h->comment, "hello");
	assert_string_equal(h->cluster.name, "c2");
	assert_int_equal(h->memory, VDC_UNSET);
	assert_int_equal(set(s->db, &vdc_host_kind, h->id, "name", "", &err), -EINVAL);
	assert_int_equal(set(s->db, &vdc_host_kind, h->id, "name", "h2", &err), -EEXIST);
	assert_int_equal(set(s->db, &vdc_host_kind, h->id, "cluster", "c9", &err), -ENOENT);
	assert_int_equal(set(s->db, &vdc_host_kind, "00000000-0000-0000-0000-000000000009",
			     "comment", "x", &err),
			 -ENOENT);
	w = get(s->db, &vdc_vm_kind, "w");
	must(set(s->db, &vdc_vm_kind, w->id, "host", "", &err), &err);
	assert_null(((struct vdc_vm *)get(s->db, &vdc_vm_kind, "w"))->host.id);
}

static int remove_code(struct vdc_db *db, const struct vdc_kind *kind, const char *name,
		       bool cascade, char **told, struct vdc_err *err)
{
	struct job job = { .kind = kind,
			   .cascade = cascade,
			   .id = vdc_object_id(get(db, kind, name)) };
	int r = vdc_db_transaction(db, remove_it, &job, err);

	*told = vdc_arena_strdup(arena, vdc_buf_str(&job.told));
	vdc_buf_free(&job.told);
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

static int new_arena(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(every_field_of_every_kind_survives),
		on_both(a_new_object_gets_id_and_presets),
		on_both(a_change_keeps_what_it_does_not_name),
		on_both(wrong_objects_are_refused_by_name),
		on_both(names_are_found_within_their_scope),
		on_both(objects_come_ordered),
		on_both(only_what_is_listed),
		on_both(names_come_by_their_beginning),
		on_both(objects_come_by_time),
		on_both(long_values_come_when_asked_for),
		on_both(a_field_is_set_and_cleared),
		on_both(what_others_need_is_not_removed),
		on_both(parts_go_along_unasked),
		on_both(a_cascade_takes_what_belongs_and_frees_what_refers),
		on_both(only_ten_names_are_told),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
