/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readings on this machine, by program and by script, and what hosts may answer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/storage_read.h"
#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/host_storage.h"
#include "model/storage_domain.h"
#include "unit.h"

#define ID1 "11111111-1111-4111-8111-111111111111"
#define ID2 "22222222-2222-4222-8222-222222222222"

static struct vdc_arena *arena;
static char folder[64];

/* Where O_DIRECT works, which a tmpfs may not have. */
static int begin(void **state vdc_unused)
{
	snprintf(folder, sizeof(folder), "/var/tmp/vdc-unit.XXXXXX");
	assert_non_null(mkdtemp(folder));
	arena = vdc_arena_new();
	return vdc_setting_set(VDC_SETTING_CACHE_DIRECTORY, vdc_arena_format(arena, "%s/c", folder),
			       NULL);
}

static int end(void **state vdc_unused)
{
	const char *const argv[] = { "rm", "-rf", folder, NULL };
	const struct vdc_proc proc = { .argv = argv };
	vdc_autoend done = { 0 };

	vdc_proc_run(&proc, &done, NULL);
	vdc_arena_free(arena);
	return 0;
}

static void make(const char *id, const char *file)
{
	char *at = vdc_arena_format(arena, "%s/%s/dom_md/", folder, id);
	FILE *out;

	mkdir(vdc_arena_format(arena, "%s/%s", folder, id), 0755);
	mkdir(at, 0755);
	out = fopen(vdc_arena_format(arena, "%s%s", at, file), "we");
	assert_non_null(out);
	fputs("VERSION=5\n", out);
	fclose(out);
}

static struct vdc_domain_reading *question(const char *id, const char *path, const char *group,
					   int64_t format)
{
	struct vdc_domain_reading *ret = vdc_object_new(&vdc_domain_reading_kind, arena);

	ret->id = vdc_arena_strdup(arena, id);
	ret->name = vdc_arena_strdup(arena, "d");
	ret->path = vdc_arena_strdup(arena, path);
	ret->volume_group = vdc_arena_strdup(arena, group);
	ret->storage_format = format;
	return ret;
}

/* By our program, or by the script for a host without it. */
static struct vdc_domain_reading *read_it(struct vdc_domain_reading *reading, bool by_script,
					  int64_t limit)
{
	const struct vdc_domain_readings readings = { &reading, 1 };
	const struct vdc_domain_reading *const asked[] = { reading };
	vdc_autobuf said = { 0 };
	struct vdc_err err = { 0 };
	int r;

	if (!by_script) {
		r = vdc_storage_read(&readings, limit, arena, &err);
	} else {
		r = vdc_host_storage(NULL, asked, 1, limit, limit + 10 * VDC_SECOND, &said, &err);
		if (!r)
			r = vdc_host_storage_parse(vdc_buf_str(&said), &reading, 1, limit, arena,
						   &err);
	}
	if (r)
		fail_msg("%s", vdc_err_text(&err));
	return reading;
}

static bool is_read(const struct vdc_domain_reading *reading)
{
	assert_true((reading->latency == VDC_UNSET) == (reading->problem != NULL));
	return !reading->problem;
}

static void read_places(bool by_script)
{
	const struct vdc_domain_reading *r;

	make(ID1, "metadata");
	make(ID2, "ids");
	r = read_it(question(ID1, folder, NULL, VDC_STORAGE_V5), by_script, 5 * VDC_SECOND);
	if (!is_read(r))
		fail_msg("%s", r->problem);
	assert_true(r->latency > 0 && r->latency < 5 * VDC_SECOND);
	assert_true(by_script || (r->available > 0 && r->used > 0));
	assert_true(is_read(
		read_it(question(ID2, folder, NULL, VDC_STORAGE_V4), by_script, 5 * VDC_SECOND)));
	/* What an unmounted file system leaves behind, for a domain of a format and for a folder. */
	r = read_it(question("33333333-3333-4333-8333-333333333333", folder, NULL, VDC_STORAGE_V3),
		    by_script, 5 * VDC_SECOND);
	assert_false(is_read(r));
	assert_non_null(strstr(r->problem, "is it mounted there?"));
	assert_true(is_read(
		read_it(question("33333333-3333-4333-8333-333333333333", folder, NULL, VDC_UNSET),
			by_script, 5 * VDC_SECOND)));
	r = read_it(question(ID1, "/nowhere", NULL, VDC_UNSET), by_script, 5 * VDC_SECOND);
	assert_false(is_read(r));
	assert_non_null(strstr(r->problem, "No such file or directory"));
	assert_false(is_read(read_it(question(ID1, NULL, "no-such-group", VDC_UNSET), by_script,
				     20 * VDC_SECOND)));
}

static void test_places(void **state vdc_unused)
{
	read_places(false);
}

static void test_places_by_script(void **state vdc_unused)
{
	read_places(true);
}

/* A reading that hangs keeps its lock; the next one ends at its own limit and leaves nothing behind. */
static void test_waits_for_one_that_hangs(void **state vdc_unused)
{
	const struct vdc_domain_reading *r;
	int64_t began;
	int lock;

	make(ID1, "metadata");
	assert_true(is_read(
		read_it(question(ID1, folder, NULL, VDC_STORAGE_V5), false, 5 * VDC_SECOND)));
	lock = open(vdc_arena_format(arena, "%s/c/reads/" ID1, folder), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
	began = vdc_time_monotonic();
	r = read_it(question(ID1, folder, NULL, VDC_STORAGE_V5), false, VDC_SECOND / 2);
	assert_false(is_read(r));
	assert_non_null(strstr(r->problem, "no answer within"));
	assert_true(vdc_time_monotonic() - began < 4 * VDC_SECOND);
	close(lock);
}

static void test_refuses_places_that_are_none(void **state vdc_unused)
{
	struct vdc_domain_reading *bad[] = {
		question(ID1, NULL, NULL, VDC_UNSET),  question(ID1, "/a", "b", VDC_UNSET),
		question(ID1, "a", NULL, VDC_UNSET),   question(ID1, NULL, "-a", VDC_UNSET),
		question(ID1, NULL, "a b", VDC_UNSET), question(ID1, NULL, "..", VDC_UNSET),
		question(ID1, NULL, "a/b", VDC_UNSET), question(ID1, NULL, "", VDC_UNSET),
	};

	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		const struct vdc_domain_readings readings = { &bad[i], 1 };

		assert_int_equal(vdc_storage_read(&readings, VDC_SECOND, arena, NULL), -EINVAL);
	}
}

static int parse(const char *text, struct vdc_domain_reading **ret)
{
	*ret = question(ID1, "/a", NULL, VDC_UNSET);
	return vdc_host_storage_parse(text, ret, 1, 30 * VDC_SECOND, arena, NULL);
}

static void test_answers_of_the_script(void **state vdc_unused)
{
	static const char *const garbage[] = {
		"",
		"garbage",
		ID1 " ok 12 \n",
		ID1 " ok \nend\n",
		ID1 " ok -1 \nend\n",
		ID1 " ok 1x \nend\n",
		ID1 " fine 12 \nend\n",
		ID2 " ok 12 \nend\n",
		"ok\nend\n",
		"end\n" ID1 " ok 12 \n",
	};
	struct vdc_domain_reading *r;

	for (size_t i = 0; i < VDC_COUNT(garbage); i++)
		assert_int_equal(parse(garbage[i], &r), -EBADMSG);
	assert_int_equal(parse(ID1 " ok 812 \nend\n", &r), 0);
	assert_int_equal(r->latency, 812);
	assert_true(is_read(r));
	assert_int_equal(parse(ID1 " lost 31 dd: \x01 bad\nend\n", &r), 0);
	assert_string_equal(r->problem, "dd: ");
	assert_int_equal(parse(ID1 " lost 31 \nend\n", &r), 0);
	assert_string_equal(r->problem, "it cannot be read");
	/* It hangs there. */
	assert_int_equal(parse("end\n", &r), 0);
	assert_string_equal(r->problem, "no answer within 30s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_places, begin, end),
		cmocka_unit_test_setup_teardown(test_places_by_script, begin, end),
		cmocka_unit_test_setup_teardown(test_waits_for_one_that_hangs, begin, end),
		cmocka_unit_test_setup_teardown(test_refuses_places_that_are_none, begin, end),
		cmocka_unit_test_setup_teardown(test_answers_of_the_script, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
