/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects in the database, one at a time, on both engines. */
#include "base/uuid.h"
#include "scratch_store.h"

struct setting {
	const struct vdc_kind *kind;
	const char *id;
	const struct vdc_field *field;
	void *object;
};

static int set_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct setting *set = ctx;

	return vdc_store_set(db, set->kind, set->id, set->field, set->object, err);
}

static int set(struct vdc_db *db, const struct vdc_kind *kind, const char *id, const char *field,
	       const char *value, struct vdc_err *err)
{
	struct setting setting = { .kind = kind,
				   .id = id,
				   .field = vdc_kind_field(kind, field),
				   .object = OBJECT(kind, "id", id, field, value) };

	return vdc_db_transaction(db, set_it, &setting, err);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(every_field_of_every_kind_survives),
		on_both(a_new_object_gets_id_and_presets),
		on_both(a_change_keeps_what_it_does_not_name),
		on_both(wrong_objects_are_refused_by_name),
		on_both(long_values_come_when_asked_for),
		on_both(a_field_is_set_and_cleared),
		on_both(only_what_is_listed),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
