/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an engine writes about a disk into the metadata of its volume, against what its database says. */
#include <string.h>

#include "plan/image_check.h"
#include "unit.h"

static const char id[] = "99999999-0000-4000-8000-000000000001";
static const char domain[] = "99999999-0000-4000-8000-000000000002";

static char *borrowed(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* Whether the two descriptions of a volume are told to differ. */
static bool differ(const char *storage, const char *database, bool engine)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_image_check_options options = {
		.now = VDC_UNSET, .secret = 7, .database = true, .engine = engine
	};
	struct vdc_image_check *check = vdc_image_check_new(arena, &options);
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 0 });
	struct vdc_storage_self self = { .has_id = true };
	struct vdc_storage_domain on;
	struct vdc_volume row;
	struct vdc_image_result result;
	size_t n = 0;

	assert_true(vdc_uuid_read(id, &volume.id) && vdc_uuid_read(domain, &self.id));
	volume.description = storage;
	vdc_image_check_begin(check, "one");
	vdc_image_check_volume(check, &volume);
	assert_int_equal(vdc_image_check_self(check, &self, NULL), 0);
	vdc_object_clear(&vdc_storage_domain_kind, &on);
	on.id = borrowed(domain);
	vdc_image_check_domain(check, &on);
	vdc_object_clear(&vdc_volume_kind, &row);
	row.id = borrowed(id);
	row.storage_domain.id = borrowed(domain);
	row.disk.id = borrowed(id);
	row.description = borrowed(database);
	vdc_image_check_row(check, &row);
	vdc_image_check_end(check, &result);
	for (size_t i = 0; i < result.n; i++)
		n += !strcmp(result.items[i]->code, "DESCRIPTION_DIFFERS");
	vdc_image_check_free(check);
	return n;
}

#define A60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *storage, *database;
	bool differ;
} cases[] = {
	{ "{\"DiskAlias\":\"a\",\"DiskDescription\":\"b\"}",
	  "{\"DiskAlias\":\"a\",\"DiskDescription\":\"b\"}", false },
	{ "{\"DiskDescription\":\"b\", \"DiskAlias\":\"a\"}",
	  "{\"DiskAlias\":\"a\",\"DiskDescription\":\"b\"}", false },
	{ "{\"DiskAlias\":\"a\"}", "{\"DiskAlias\":\"a\",\"DiskDescription\":\"b\"}", false },
	{ "{\"DiskAlias\":\"a\",\"DiskDescription\":\"\"}",
	  "{\"DiskAlias\":\"a\",\"DiskDescription\":\"b\"}", true },
	{ "{\"DiskAlias\":\"a\"}", "{\"DiskAlias\":\"ab\",\"DiskDescription\":\"\"}", true },
	{ "{\"DiskAlias\":\"ab\"}", "{\"DiskAlias\":\"a\",\"DiskDescription\":\"\"}", true },
	/* Volumes of snapshots, of OVFs, of older versions and other programs. */
	{ "", "{\"DiskAlias\":\"a\",\"DiskDescription\":\"\"}", false },
	{ "web1 disk", "{\"DiskAlias\":\"a\",\"DiskDescription\":\"\"}", false },
	{ "{\"Updated\":true,\"DiskDescription\":\"OVF_STORE\"}",
	  "{\"DiskAlias\":\"a\",\"DiskDescription\":\"\"}", false },
	{ "{\"DiskAlias\":\"a", "{\"DiskAlias\":\"b\",\"DiskDescription\":\"\"}", false },
	{ "[\"DiskAlias\"]", "{\"DiskAlias\":\"b\",\"DiskDescription\":\"\"}", false },
	/* Hexadecimal digits of UTF-16LE: "für", U+1F5AB, and what is none. */
	{ "{\"DiskAlias\":\"6600fc007200\",\"DiskDescription\":\"b\",\"Enc\":\"1\"}",
	  "{\"DiskAlias\":\"für\",\"DiskDescription\":\"b\"}", false },
	{ "{\"DiskAlias\":\"a\",\"DiskDescription\":\"3dd8abddac20\",\"Enc\":\"2\"}",
	  "{\"DiskAlias\":\"a\",\"DiskDescription\":\"\U0001f5ab€\"}", false },
	{ "{\"DiskAlias\":\"6600fc007200\",\"Enc\":\"1\"}",
	  "{\"DiskAlias\":\"fur\",\"DiskDescription\":\"\"}", true },
	{ "{\"DiskAlias\":\"66zz\",\"Enc\":\"1\"}",
	  "{\"DiskAlias\":\"f\",\"DiskDescription\":\"\"}", true },
	{ "{\"DiskAlias\":\"a\",\"Enc\":\"many\"}",
	  "{\"DiskAlias\":\"b\",\"DiskDescription\":\"\"}", false },
	/* There are 210 bytes; what is cut off is no difference. */
	{ "{\"DiskAlias\":\"" A60 A60 A60 "aaaaa\"}",
	  "{\"DiskAlias\":\"" A60 A60 A60 A60 "\",\"DiskDescription\":\"\"}", false },
	{ "{\"DiskAlias\":\"" A60 A60 A60 "aaaab\"}",
	  "{\"DiskAlias\":\"" A60 A60 A60 A60 "\",\"DiskDescription\":\"\"}", true },
	{ "{\"DiskAlias\":\"" A60 "\"}", "{\"DiskAlias\":\"" A60 A60 "\",\"DiskDescription\":\"\"}",
	  true },
};

static void names_of_a_disk_are_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		if (differ(cases[i].storage, cases[i].database, true) != cases[i].differ)
			fail_msg("case %zu: %s", i, cases[i].storage);
}

/* Our own database has the text itself. */
static void texts_are_compared(void **state)
{
	(void)state;
	assert_true(differ("{\"DiskAlias\":\"a\"}", "{\"DiskAlias\": \"a\"}", false));
	assert_false(differ("{\"DiskAlias\":\"a\"}", "{\"DiskAlias\":\"a\"}", false));
	assert_true(differ("web1", "{\"DiskAlias\":\"a\"}", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_disk_are_compared),
		cmocka_unit_test(texts_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
