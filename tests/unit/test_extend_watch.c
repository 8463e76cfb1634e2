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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_have_a_meaning),
		cmocka_unit_test(volumes_are_found_by_their_path),
		cmocka_unit_test(what_is_no_logical_volume_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
