/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/extend_watch.h"

#include <string.h>

#include "base/attr.h"
#include "unit.h"

#define SD "8adbc85e-e554-4ae0-b318-8a5465fe5fe1"
#define IMAGE "31c3d1a3-5a2d-4a40-9b4a-0d9b9c0a2a6c"
#define VOLUME "d772f1c6-3ebb-43c3-a42e-73fcd8255a5f"

static void events_have_a_meaning(void **state)
{
	static const struct {
		const char *what, *detail;
		enum vdc_extend_meaning meaning;
	} cases[] = {
		{ "block_threshold", NULL, VDC_EXTEND_MEANS_PASSED },
		{ "io_error", "enospc", VDC_EXTEND_MEANS_NO_SPACE },
		{ "io_error", "eio", VDC_EXTEND_MEANS_NOTHING },
		{ "io_error", NULL, VDC_EXTEND_MEANS_NOTHING },
		{ "started", NULL, VDC_EXTEND_MEANS_STARTED },
		{ "resumed", NULL, VDC_EXTEND_MEANS_READ },
		{ "block_job", NULL, VDC_EXTEND_MEANS_READ },
		{ "stopped", "migrated", VDC_EXTEND_MEANS_GONE },
		{ "stopped", NULL, VDC_EXTEND_MEANS_GONE },
		{ "balloon", NULL, VDC_EXTEND_MEANS_NOTHING },
		{ "lost", NULL, VDC_EXTEND_MEANS_ALL },
		{ "from the future", "x", VDC_EXTEND_MEANS_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_int_equal(vdc_extend_meaning(cases[i].what, cases[i].detail),
				 cases[i].meaning);
}

static void volumes_are_found_by_their_path(void **state)
{
	static const struct {
		const char *path, *group, *volume;
	} cases[] = {
		{ "/dev/" SD "/" VOLUME, SD, VOLUME },
		{ "/dev/vg/lv", "vg", "lv" },
		{ "/dev/mapper/vg-lv", "vg", "lv" },
		{ "/dev/mapper/my--vg-a--b", "my-vg", "a-b" },
		{ "/dev/mapper/8adbc85e--e554--4ae0--b318--8a5465fe5fe1-lv", SD, "lv" },
		{ "/run/vdsm/storage/" SD "/" IMAGE "/" VOLUME, SD, VOLUME },
		{ "/rhev/data-center/mnt/blockSD/" SD "/images/" IMAGE "/" VOLUME, SD, VOLUME },
		{ "/rhev/data-center/pool/" SD "/images/" IMAGE "/" VOLUME, SD, VOLUME },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_extend_place place;

		assert_true(vdc_extend_place(cases[i].path, &place));
		assert_string_equal(place.group, cases[i].group);
		assert_string_equal(place.volume, cases[i].volume);
	}
}

static void what_is_no_logical_volume_is_none(void **state)
{
	char long_name[200] = "/dev/mapper/vg-";
	static const char *const paths[] = {
		"",
		"/",
		"lv",
		"/dev/sda",
		"/dev/vg/",
		"/dev//lv",
		"/dev/vg/../sda",
		"/dev/vg/lv/part",
		"/dev/vg/-lv",
		"/dev/disk/by-id",
		"/dev/mapper/control",
		"/dev/mapper/vg-lv-real",
		"/dev/mapper/vg--lv",
		"/dev/mapper/-lv",
		"/var/lib/libvirt/images/disk.qcow2",
		"/run/vdsm/storage/lv",
		"/rhev/data-center/",
	};
	struct vdc_extend_place place = { "before", "it" };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(paths); i++)
		assert_false(vdc_extend_place(paths[i], &place));
	memset(long_name + strlen(long_name), 'x', VDC_EXTEND_NAME_LEN + 1);
	assert_false(vdc_extend_place(long_name, &place));
	assert_string_equal(place.group, "before");
	assert_string_equal(place.volume, "it");
}

static struct vdc_storage_domain domain(int64_t available, int64_t used, int64_t space)
{
	static char group[] = "vg";

	return (struct vdc_storage_domain){
		.volume_group = group,
		.extend_chunk = 1 << 30,
		.extend_percent = 20,
		.extend_transport = VDC_EXTEND_MAILBOX,
		.available = available,
		.used = used,
		.space = space,
	};
}

static void changes_of_a_domain_are_seen(void **state)
{
	const struct vdc_storage_domain before = domain(10, 90, VDC_STORAGE_SPACE_LOW);
	struct vdc_storage_domain after = before;
	struct vdc_extend_change change = vdc_extend_change_of(&before, &after);

	(void)state;
	assert_false(change.figures || change.larger || change.space);
	after.available = 5;
	after.space = VDC_STORAGE_SPACE_CRITICAL;
	change = vdc_extend_change_of(&before, &after);
	assert_false(change.figures || change.larger);
	assert_int_equal(change.space, VDC_STORAGE_SPACE_CRITICAL);
	after = domain(110, 90, VDC_STORAGE_SPACE_OK);
	change = vdc_extend_change_of(&before, &after);
	assert_true(change.larger && !change.figures);
	assert_int_equal(change.space, VDC_STORAGE_SPACE_OK);
	for (int i = 0; i < 4; i++) {
		static char other[] = "other";

		after = before;
		if (i == 0)
			after.extend_chunk++;
		else if (i == 1)
			after.extend_percent++;
		else if (i == 2)
			after.extend_transport = VDC_EXTEND_DATABASE;
		else
			after.volume_group = other;
		assert_true(vdc_extend_change_of(&before, &after).figures);
	}
}

static void one_that_is_new_is_a_change(void **state)
{
	struct vdc_storage_domain after = domain(VDC_UNSET, VDC_UNSET, VDC_UNSET);
	struct vdc_extend_change change = vdc_extend_change_of(NULL, &after);

	(void)state;
	assert_true(change.figures && !change.larger && !change.space);
	after.space = VDC_STORAGE_SPACE_OK;
	assert_int_equal(vdc_extend_change_of(NULL, &after).space, 0);
	after.space = VDC_STORAGE_SPACE_LOW;
	assert_int_equal(vdc_extend_change_of(NULL, &after).space, VDC_STORAGE_SPACE_LOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_have_a_meaning),
		cmocka_unit_test(changes_of_a_domain_are_seen),
		cmocka_unit_test(one_that_is_new_is_a_change),
		cmocka_unit_test(volumes_are_found_by_their_path),
		cmocka_unit_test(what_is_no_logical_volume_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
