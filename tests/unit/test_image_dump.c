/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every shape of dump, from tests/data/image-dump and by hand. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doc/image_dump.h"
#include "model/disk.h"
#include "model/storage_domain.h"
#include "model/volume.h"
#include "unit.h"

enum { MOST = 16 };

struct seen {
	struct vdc_arena *arena;
	struct vdc_storage_volume volumes[MOST];
	struct vdc_storage_lease leases[MOST];
	struct vdc_storage_vm_lease vm_leases[MOST];
	struct vdc_storage_self self;
	struct vdc_storage_file files[MOST];
	size_t n, n_leases, n_vm_leases, n_files, n_selves;
};

static int take_volume(void *ctx, const struct vdc_storage_volume *volume, struct vdc_err *err)
{
	struct seen *seen = ctx;

	if (seen->n == MOST)
		return vdc_err_set(err, -ENOSPC, "enough");
	seen->volumes[seen->n] = *volume;
	seen->volumes[seen->n++].description = vdc_arena_strdup(seen->arena, volume->description);
	return 0;
}

static int take_lease(void *ctx, const struct vdc_storage_lease *lease, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->leases[seen->n_leases] = *lease;
	seen->leases[seen->n_leases++].resource = vdc_arena_strdup(seen->arena, lease->resource);
	return 0;
}

static int take_vm_lease(void *ctx, const struct vdc_storage_vm_lease *lease, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->vm_leases[seen->n_vm_leases++] = *lease;
	return 0;
}

static int take_file(void *ctx, const struct vdc_storage_file *file, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->files[seen->n_files] = *file;
	seen->files[seen->n_files].path = vdc_arena_strdup(seen->arena, file->path);
	seen->files[seen->n_files++].is = vdc_arena_strdup(seen->arena, file->is);
	return 0;
}

static int take_self(void *ctx, const struct vdc_storage_self *self, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->self = *self;
	seen->self.name = vdc_arena_strdup(seen->arena, self->name);
	seen->self.pool = vdc_arena_strdup(seen->arena, self->pool);
	seen->n_selves++;
	return 0;
}

static int read_source(struct vdc_source *source, struct seen *seen, struct vdc_err *err)
{
	const struct vdc_image_dump_sink sink = { .ctx = seen,
						  .volume = take_volume,
						  .lease = take_lease,
						  .vm_lease = take_vm_lease,
						  .file = take_file,
						  .self = take_self };

	return vdc_image_dump_read(source, &sink, err);
}

static int read_text(const char *text, struct seen *seen, struct vdc_err *err)
{
	struct vdc_source source;

	vdc_source_of_text(&source, text, strlen(text));
	return read_source(&source, seen, err);
}

static void read_file(const char *name, struct seen *seen)
{
	char path[512];
	struct vdc_source source;
	struct vdc_err err = { 0 };
	FILE *in;

	snprintf(path, sizeof(path), "%s/tests/data/image-dump/%s", getenv("VDC_TEST_SRC") ?: ".",
		 name);
	in = fopen(path, "re");
	assert_non_null(in);
	vdc_source_of_file(&source, in);
	if (read_source(&source, seen, &err) < 0)
		fail_msg("%s: %u:%u: %s", name, err.line, err.column, vdc_err_text(&err));
	fclose(in);
	assert_int_equal(seen->n_selves, 1);
}

static const struct vdc_storage_volume *volume(const struct seen *seen, const char *id)
{
	struct vdc_uuid uuid;

	assert_true(vdc_uuid_read(id, &uuid));
	for (size_t i = 0; i < seen->n; i++)
		if (vdc_uuid_equal(seen->volumes[i].id, uuid))
			return &seen->volumes[i];
	fail_msg("no volume %s", id);
	return NULL;
}

static void id_is(struct vdc_uuid uuid, const char *text)
{
	char out[VDC_UUID_LEN + 1];

	assert_string_equal(vdc_uuid_write(uuid, out), text);
}

static void a_dump_of_a_block_domain(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .arena = arena };
	const struct vdc_storage_volume *v;

	(void)state;
	read_file("block.json", &seen);
	assert_int_equal(seen.n, 6);
	v = volume(&seen, "aaaaaaaa-0000-4000-8000-000000000002");
	id_is(v->image, "11111111-2222-4333-8444-555555555501");
	id_is(v->parent, "aaaaaaaa-0000-4000-8000-000000000001");
	assert_int_equal(v->capacity, INT64_C(10737418240));
	assert_int_equal(v->apparent_size, 1073741824);
	assert_int_equal(v->true_size, 1073741824);
	assert_int_equal(v->created, 1563949824);
	assert_int_equal(v->slot, 2);
	assert_int_equal(v->sequence, 2);
	assert_int_equal(v->generation, 3);
	assert_int_equal(v->status, VDC_STORAGE_VOLUME_OK);
	assert_int_equal(v->format, VDC_DISK_COW);
	assert_int_equal(v->allocation, VDC_ALLOCATION_SPARSE);
	assert_int_equal(v->voltype, VDC_VOLTYPE_LEAF);
	assert_int_equal(v->legality, VDC_LEGALITY_LEGAL);
	assert_int_equal(v->content_type, VDC_CONTENT_DATA);
	assert_int_equal(v->flags, VDC_STORAGE_VOLUME_HAS_IMAGE | VDC_STORAGE_VOLUME_HAS_PARENT |
					   VDC_STORAGE_VOLUME_HAS_SEQUENCE);
	assert_non_null(strstr(v->description, "web1_Disk1"));
	v = volume(&seen, "dddddddd-0000-4000-8000-000000000001");
	assert_int_equal(v->status, VDC_STORAGE_VOLUME_REMOVED);
	v = volume(&seen, "eeeeeeee-0000-4000-8000-000000000001");
	assert_int_equal(v->status, VDC_STORAGE_VOLUME_INVALID);
	assert_int_equal(v->capacity, VDC_UNSET);
	assert_int_equal(v->format, 0);
	assert_null(v->description);
}

static void what_a_domain_says_of_itself(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .arena = arena };

	(void)state;
	read_file("block.json", &seen);
	assert_true(seen.self.has_id);
	id_is(seen.self.id, "c277ad93-0973-43d9-a0ca-22199bc8e801");
	assert_string_equal(seen.self.name, "fc-data");
	assert_string_equal(seen.self.pool, "cdcdcdcd-0000-4000-8000-000000000001");
	assert_int_equal(seen.self.type, VDC_STORAGE_FCP);
	assert_int_equal(seen.self.class, VDC_STORAGE_CLASS_DATA);
	assert_int_equal(seen.self.format, VDC_STORAGE_V5);
	assert_int_equal(seen.self.block_size, 512);
	assert_int_equal(seen.self.alignment, 1048576);
	assert_true(seen.self.block && seen.self.master);
	assert_false(seen.self.whole || seen.self.unwell);
	seen = (struct seen){ .arena = arena };
	read_file("file.json", &seen);
	assert_int_equal(seen.self.format, VDC_STORAGE_V4);
	assert_false(seen.self.block || seen.self.master);
	assert_int_equal(volume(&seen, "aaaaaaaa-0000-4000-8000-000000000001")->slot, VDC_UNSET);
}

/* Of a new domain that has neither volumes nor VMs with leases. */
static void a_full_dump_may_have_no_lease(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .arena = arena };

	(void)state;
	assert_int_equal(read_text("{\"volumes\":{},\"leases\":[],\"lockspace\":[],\"xleases\":{}}",
				   &seen, NULL),
			 0);
	assert_true(seen.self.whole);
	seen = (struct seen){ .arena = arena };
	assert_int_equal(read_text("{\"volumes\":{}}", &seen, NULL), 0);
	assert_false(seen.self.whole);
}

static void a_full_dump_inside_of_an_answer(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .arena = arena };

	(void)state;
	read_file("block-full.json", &seen);
	assert_int_equal(seen.n, 6);
	assert_true(seen.self.whole);
	assert_int_equal(seen.n_leases, 6);
	assert_string_equal(seen.leases[0].resource, "SDM");
	assert_int_equal(seen.leases[1].offset, 101 * 1048576);
	assert_string_equal(seen.leases[1].resource, "aaaaaaaa-0000-4000-8000-000000000001");
	assert_int_equal(seen.n_vm_leases, 2);
	assert_false(seen.vm_leases[0].updating);
	assert_true(seen.vm_leases[1].updating);
}

static void chains_with_a_template_in_each_image(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .arena = arena };
	const struct vdc_storage_volume *v;
	size_t copies = 0;

	(void)state;
	read_file("chains.json", &seen);
	assert_int_equal(seen.n, 6);
	for (size_t i = 0; i < seen.n; i++)
		copies += seen.volumes[i].flags & VDC_STORAGE_VOLUME_COPY ? 1 : 0;
	assert_int_equal(copies, 1);
	v = volume(&seen, "eeeeeeee-0000-4000-8000-000000000001");
	assert_int_equal(v->flags, VDC_STORAGE_VOLUME_HAS_SEQUENCE);
	assert_false(seen.self.has_id);
	assert_true(seen.self.block);
}

static void chains_of_texts(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .arena = arena };
	const struct vdc_storage_volume *v;

	(void)state;
	read_file("chains-old.json", &seen);
	assert_int_equal(seen.n, 4);
	assert_true(seen.self.has_id);
	id_is(seen.self.id, "c277ad93-0973-43d9-a0ca-22199bc8e801");
	v = volume(&seen, "aaaaaaaa-0000-4000-8000-000000000002");
	assert_int_equal(v->capacity, INT64_C(10737418240));
	assert_int_equal(v->created, 1563949824);
	assert_int_equal(v->content_type, VDC_CONTENT_DATA);
	assert_null(v->description);
	v = volume(&seen, "cccccccc-0000-4000-8000-000000000001");
	assert_int_equal(v->status, VDC_STORAGE_VOLUME_OK);
	assert_int_equal(v->legality, VDC_LEGALITY_ILLEGAL);
	v = volume(&seen, "eeeeeeee-0000-4000-8000-000000000001");
	assert_int_equal(v->status, VDC_STORAGE_VOLUME_INVALID);
	assert_int_equal(v->format, 0);
	assert_false(v->flags & VDC_STORAGE_VOLUME_ODD);
}

#define ID "aaaaaaaa-0000-4000-8000-000000000001"
#define RECORD(text) "{\"volumes\":{\"" ID "\":{" text "}}}"

static void values_that_make_no_sense_are_none(void **state)
{
	static const char *const records[] = {
		RECORD("\"capacity\":-1"),     RECORD("\"capacity\":\"ten\""),
		RECORD("\"capacity\":1.5"),    RECORD("\"format\":\"QED\""),
		RECORD("\"image\":\"a\""),     RECORD("\"parent\":\"../../etc\""),
		RECORD("\"generation\":1000"), RECORD("\"sequence\":4294967296"),
		RECORD("\"mdslot\":\"0x10\""),
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(records); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct seen seen = { .arena = arena };

		assert_int_equal(read_text(records[i], &seen, NULL), 0);
		assert_int_equal(seen.volumes[0].flags, VDC_STORAGE_VOLUME_ODD);
		assert_int_equal(seen.volumes[0].capacity, VDC_UNSET);
		assert_int_equal(seen.volumes[0].format, 0);
	}
}

static void what_is_not_there_is_none(void **state)
{
	static const char *const records[] = {
		RECORD(""),
		RECORD("\"capacity\":null,\"image\":\"\",\"parent\":\"None\",\"format\":\"\""),
		RECORD("\"capacity\":\"None\",\"unknown\":[{\"a\":[]}],\"description\":null"),
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(records); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct seen seen = { .arena = arena };

		assert_int_equal(read_text(records[i], &seen, NULL), 0);
		assert_int_equal(seen.n, 1);
		assert_int_equal(seen.volumes[0].flags, 0);
		assert_int_equal(seen.volumes[0].capacity, VDC_UNSET);
		assert_null(seen.volumes[0].description);
	}
}

static void a_domain_without_volumes(void **state)
{
	static const char *const texts[] = { "{}", "{\"volumes\":{}}",
					     "{\"result\":{\"metadata\":{},\"volumes\":{}}}" };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++) {
		struct seen seen = { 0 };

		assert_int_equal(read_text(texts[i], &seen, NULL), 0);
		assert_int_equal(seen.n, 0);
		assert_int_equal(seen.n_selves, 1);
	}
}

static void what_is_no_dump_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
		unsigned line;
	} cases[] = {
		{ "", "empty", 1 },
		{ "[]", "dump", 1 },
		{ "{\"hosts\":[{\"name\":\"h\"}]}", "hosts", 1 },
		{ "{\"volumes\":{\n\"x\":{}}}", "'x' is no id", 2 },
		{ "{\"volumes\":{\n\"" ID "\":{\"image\":", "cut off", 2 },
		{ "{\"volumes\":{\"" ID "\":{\"capacity\":01}}}", "", 1 },
		{ "{\"volumes\":{\"" ID "\":{\"format\":\"\xff\"}}}", "UTF-8", 1 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct seen seen = { 0 };
		struct vdc_err err = { 0 };

		assert_int_equal(read_text(cases[i].text, &seen, &err), -EBADMSG);
		assert_non_null(strstr(vdc_err_text(&err), cases[i].why));
		assert_int_equal(err.line, cases[i].line);
		assert_int_equal(seen.n_selves, 0);
	}
}

static void ids_are_numbers_and_texts(void **state)
{
	static const char *const bad[] = { "", "aaaaaaaa", ID "0",
					   "aaaaaaaa-0000-4000-8000-00000000000g",
					   "aaaaaaaa0-000-4000-8000-000000000001" };
	struct vdc_uuid a, b;

	(void)state;
	assert_true(vdc_uuid_read("FEDCBA98-7654-3210-0123-456789ABCDEF", &a));
	assert_int_equal(a.high, UINT64_C(0xfedcba9876543210));
	assert_int_equal(a.low, UINT64_C(0x0123456789abcdef));
	id_is(a, "fedcba98-7654-3210-0123-456789abcdef");
	for (size_t i = 0; i < VDC_COUNT(bad); i++)
		assert_false(vdc_uuid_read(bad[i], &b));
	b = a;
	assert_int_equal(vdc_uuid_compare(a, b), 0);
	b.low++;
	assert_true(vdc_uuid_compare(a, b) < 0 && vdc_uuid_compare(b, a) > 0);
	b.high--;
	assert_true(vdc_uuid_compare(a, b) > 0);
	assert_false(vdc_uuid_blank(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_of_a_block_domain),
		cmocka_unit_test(what_a_domain_says_of_itself),
		cmocka_unit_test(a_full_dump_may_have_no_lease),
		cmocka_unit_test(a_full_dump_inside_of_an_answer),
		cmocka_unit_test(chains_with_a_template_in_each_image),
		cmocka_unit_test(chains_of_texts),
		cmocka_unit_test(values_that_make_no_sense_are_none),
		cmocka_unit_test(what_is_not_there_is_none),
		cmocka_unit_test(a_domain_without_volumes),
		cmocka_unit_test(what_is_no_dump_is_refused),
		cmocka_unit_test(ids_are_numbers_and_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
