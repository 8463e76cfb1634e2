/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many objects in one transaction, as a document brings them. */
#include <signal.h>
#include <sys/wait.h>

#include "model/cluster.h"
#include "model/host.h"
#include "model/vm.h"
#include "scratch_db.h"
#include "store/import.h"
#include "store/store.h"

/* A document: one object in each line, KIND FIELD=VALUE FIELD=VALUE ... */
struct document {
	const char *const *lines;
	int repeat; /* so many VMs after the lines */
	bool hang;  /* at the end, with everything sent */
	size_t vms;
};

static const char c1[] = "00000000-0000-0000-0000-0000000000c1";
static const char v1[] = "00000000-0000-0000-0000-0000000000f1";

static const char vm_line[] = "vm name=x%06d cluster=c1 id=00000000-0000-0000-0000-%012d";

static int put_line(struct vdc_import *import, const char *line, unsigned number,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	char *copy = vdc_arena_strdup(arena, line), *rest = copy, *word;
	const struct vdc_kind *kind = vdc_kind_find(strtok_r(rest, " ", &rest));
	const struct vdc_place place = { .line = number, .column = 3 };
	void *object = vdc_object_new(kind, arena);

	while ((word = strtok_r(rest, " ", &rest))) {
		char *value = strchr(word, '=');

		*value++ = '\0';
		must(vdc_value_parse(vdc_kind_field(kind, word), value, object, arena, err), err);
	}
	return vdc_import_put(import, kind, object, place, arena, err);
}

static int read_document(struct vdc_import *import, const struct document *d, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	unsigned number = 0;
	int i, r = 0;

	for (; r == 0 && d->lines[number]; number++) {
		r = put_line(import, d->lines[number], number + 1, arena, err);
		vdc_arena_reset(arena);
	}
	for (i = 0; r == 0 && i < d->repeat; i++) {
		r = put_line(import, vdc_arena_format(arena, vm_line, i, i), ++number, arena, err);
		vdc_arena_reset(arena);
	}
	return r;
}

static int import_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct document *d = ctx;
	struct vdc_import *import;
	int r = vdc_import_begin(db, &import, err);

	if (r == 0)
		r = read_document(import, d, err);
	if (r == 0)
		r = vdc_import_end(import, err);
	if (d->hang)
		kill(getpid(), SIGKILL);
	d->vms = vdc_import_count(import, &vdc_vm_kind);
	vdc_import_free(import);
	return r;
}

static int import(struct vdc_db *db, struct document *d, struct vdc_err *err)
{
	*err = (struct vdc_err){ 0 };
	return vdc_db_transaction(db, import_it, d, err);
}

#define DOCUMENT(...)                          \
	{                                      \
		.lines = (const char *const[]) \
		{                              \
			__VA_ARGS__, NULL      \
		}                              \
	}

/* CODE, and an error in LINE whose message has TEXT in it; nothing was changed. */
static void refused(struct vdc_db *db, struct document d, int code, unsigned line, const char *text)
{
	int64_t vms = number_of(db, "SELECT count(*) FROM vms");
	struct vdc_err err;
	int r = import(db, &d, &err);

	if (r != code || err.line != line || !strstr(err.msg, text))
		fail_msg("%d, line %u: %s", r, err.line, err.msg);
	assert_int_equal(err.column, 3);
	assert_int_equal(number_of(db, "SELECT count(*) FROM vms"), vms);
}
#define REFUSED(db, code, line, text, ...)                  \
	do {                                                \
		struct document d_ = DOCUMENT(__VA_ARGS__); \
		refused(db, d_, code, line, text);          \
	} while (0)

static void populate(struct vdc_db *db)
{
	struct document d = DOCUMENT("data_center name=dc", "cluster name=c1 data_center=dc",
				     "cluster name=c2 data_center=dc", "host name=h1 cluster=c1",
				     "vm name=v cluster=c1 host=h1 comment=first memory=1G",
				     "vm name=v cluster=c2");
	struct vdc_err err = { 0 };

	must(vdc_store_migrate(db, &err), &err);
	must(import(db, &d, &err), &err);
	assert_int_equal(d.vms, 2);
}

static void names_lead_to_objects_of_the_document(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_err err = { 0 };
	void *vm;
	SCRATCH(s);

	populate(s->db);
	must(vdc_store_get(s->db, &vdc_vm_kind, "c1/v", VDC_WITH_NAMES, arena, &vm, &err), &err);
	assert_string_equal(((struct vdc_vm *)vm)->cluster.name, "c1");
	assert_string_equal(((struct vdc_vm *)vm)->host.name, "h1");
}

static void the_same_again_changes_nothing_new(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct document d =
		DOCUMENT("vm name=v cluster=c1 comment=second", "snapshot name=s vm=c2/v",
			 "disk name=d", "disk_attachment vm=c2/v disk=d interface=virtio");
	struct document again = DOCUMENT("disk_attachment vm=c2/v disk=d interface=ide");
	struct vdc_err err = { 0 };
	struct vdc_vm *v;
	void *vm;
	SCRATCH(s);

	populate(s->db);
	populate(s->db);
	must(import(s->db, &d, &err), &err);
	must(import(s->db, &again, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM disk_attachments"), 1);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM vms"), 2);
	must(vdc_store_get(s->db, &vdc_vm_kind, "c1/v", VDC_WITH_NAMES, arena, &vm, &err), &err);
	v = vm;
	assert_string_equal(v->comment, "second");
	assert_int_equal(v->memory, 1 << 30);
	assert_string_equal(v->host.name, "h1");
}

static void what_comes_later_may_be_referred_to_by_id(void **state)
{
	vdc_autofree char *vm = vdc_format("vm name=w cluster=%s", c1);
	vdc_autofree char *cluster = vdc_format("cluster name=c9 data_center=dc id=%s", c1);
	struct document d = DOCUMENT(vm, cluster);
	struct vdc_err err = { 0 };
	SCRATCH(s);

	populate(s->db);
	must(import(s->db, &d, &err), &err);
}

static void wrong_documents_change_nothing(void **state)
{
	vdc_autofree char *dangling = vdc_format("vm name=b cluster=c1 host=%s", c1);
	vdc_autofree char *other_id = vdc_format("vm name=v cluster=c1 id=%s", v1);
	vdc_autofree char *same_id = vdc_format("vm name=a cluster=c1 id=%s", v1);
	SCRATCH(s);

	populate(s->db);
	REFUSED(s->db, -EINVAL, 2, "vm b: cluster: there is no cluster 'c11'; did you mean c1?",
		"vm name=a cluster=c1", "vm name=b cluster=c11", "vm name=c cluster=c1");
	REFUSED(s->db, -EINVAL, 2, "vm b: host: there is no host with id 0000",
		"vm name=a cluster=c1", dangling, "vm name=c cluster=c1");
	REFUSED(s->db, -EEXIST, 3, "vm a stands in line 1 already", "vm name=a cluster=c1",
		"vm name=b cluster=c1", "vm name=a cluster=c1");
	REFUSED(s->db, -EEXIST, 2, "vm v: another row has the same", "vm name=a cluster=c1",
		other_id, "vm name=c cluster=c1");
	REFUSED(s->db, -EEXIST, 2, "vm a: another row has the same", "vm name=a cluster=c1",
		same_id, "vm name=c cluster=c1");
	REFUSED(s->db, -EINVAL, 2, "vm b: vms.cluster_id: a value is required",
		"vm name=a cluster=c1", "vm name=b", "vm name=c cluster=c1");
	REFUSED(s->db, -EINVAL, 1, "there are several of vms named 'v'", "snapshot name=x vm=v");
}

static void a_late_error_in_a_long_document_has_its_place(void **state)
{
	vdc_autofree char *clash = vdc_format("vm name=x001234 cluster=c1 id=%s", v1);
	SCRATCH(s);

	populate(s->db);
	struct document d = DOCUMENT(clash);
	d.repeat = 3000;
	refused(s->db, d, -EEXIST, 1236, "vm x001234: another row has the same");
}

static void kill_in_the_middle_leaves_the_old_state(void **state)
{
	struct document d = DOCUMENT("vm name=new cluster=c1");
	struct vdc_err err = { 0 };
	int status;
	pid_t child;
	SCRATCH(s);

	populate(s->db);
	d.repeat = 2000;
	d.hang = true;
	child = fork();
	if (child == 0) {
		struct vdc_db *db = scratch_open(s);

		import(db, &d, &err);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM vms"), 2);
	d.hang = false;
	must(import(s->db, &d, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM vms"), 2003);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(names_lead_to_objects_of_the_document),
		on_both(the_same_again_changes_nothing_new),
		on_both(what_comes_later_may_be_referred_to_by_id),
		on_both(wrong_documents_change_nothing),
		on_both(a_late_error_in_a_long_document_has_its_place),
		on_both(kill_in_the_middle_leaves_the_old_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
