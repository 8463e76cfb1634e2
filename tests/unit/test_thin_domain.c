/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/thin_domain.h"

#include <errno.h>
#include <string.h>

#include "edge/host_thin.h"
#include "unit.h"

#define GIB (INT64_C(1) << 30)

static struct vdc_arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static struct vdc_storage_domain *domain(int64_t available, int64_t used)
{
	struct vdc_storage_domain *ret = vdc_object_new(&vdc_storage_domain_kind, arena);

	ret->id = vdc_arena_strdup(arena, "d1");
	ret->name = vdc_arena_strdup(arena, "data");
	ret->available = available;
	ret->used = used;
	ret->warning_low_space_indicator = 10;
	ret->critical_space_action_blocker = 5;
	return ret;
}

static struct vdc_disk *disk(const char *of, int64_t size, const char *path)
{
	struct vdc_disk *ret = vdc_object_new(&vdc_disk_kind, arena);

	ret->storage_domain.id = vdc_arena_strdup(arena, of);
	ret->provisioned_size = size;
	ret->path = vdc_arena_strdup(arena, path);
	return ret;
}

static struct vdc_thin_disk *thin(const char *of, int64_t capacity, int64_t rate, const char *path)
{
	struct vdc_thin_disk *ret = vdc_object_new(&vdc_thin_disk_kind, arena);

	ret->storage_domain = vdc_arena_strdup(arena, of);
	ret->capacity = capacity;
	ret->rate = rate;
	ret->path = vdc_arena_strdup(arena, path);
	return ret;
}

static const struct vdc_thin_pools nothing = { .known = true, .threshold = 100 };

static struct vdc_thin_domain *look(const struct vdc_storage_domain *of,
				    const struct vdc_thin_pools *pools)
{
	const struct vdc_disk *disks[] = {
		disk("d1", 60 * GIB, "/dev/d/a"),
		disk("d1", VDC_UNSET, NULL),
		disk("d2", 500 * GIB, "/dev/e/a"),
	};
	const struct vdc_thin_disk *thins[] = {
		thin("data", 60 * GIB, GIB, "/dev/d/a"),  /* counted already */
		thin("data", 50 * GIB, GIB, "/dev/d/b"),  /* not in the inventory */
		thin("data", VDC_UNSET, 0, "/dev/d/c"),	  /* nobody knows */
		thin("other", 70 * GIB, GIB, "/dev/e/b"), /* elsewhere */
		thin(NULL, 70 * GIB, GIB, "/dev/f/b"),
	};

	return vdc_thin_domain_of(of, disks, VDC_COUNT(disks), thins, VDC_COUNT(thins), pools,
				  arena);
}

static void disks_are_summed_up_once(void **state)
{
	const struct vdc_thin_domain *it = look(domain(40 * GIB, 60 * GIB), &nothing);

	(void)state;
	assert_int_equal(it->size, 100 * GIB);
	assert_int_equal(it->committed, 110 * GIB);
	assert_int_equal(it->percent, 110);
	assert_int_equal(it->disks, 3);
	assert_int_equal(it->rate, 2 * GIB);
	assert_int_equal(it->seconds_left, 20);
	assert_int_equal(it->state, VDC_THIN_DOMAIN_OVER);
	assert_null(it->note);
}

static void limits_are_those_of_the_domain(void **state)
{
	static const struct {
		int64_t available, used;
		enum vdc_thin_domain_state state;
	} cases[] = {
		{ 400 * GIB, 100 * GIB, VDC_THIN_DOMAIN_FINE },
		{ 40 * GIB, 60 * GIB, VDC_THIN_DOMAIN_OVER },
		{ 9 * GIB, 91 * GIB, VDC_THIN_DOMAIN_LOW },
		{ 4 * GIB, 96 * GIB, VDC_THIN_DOMAIN_CRITICAL },
		{ 0, 100 * GIB, VDC_THIN_DOMAIN_CRITICAL },
		{ VDC_UNSET, 100 * GIB, VDC_THIN_DOMAIN_UNKNOWN },
		{ VDC_UNSET, VDC_UNSET, VDC_THIN_DOMAIN_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_int_equal(look(domain(cases[i].available, cases[i].used), &nothing)->state,
				 cases[i].state);
	assert_int_equal(look(domain(VDC_UNSET, VDC_UNSET), &nothing)->seconds_left, VDC_UNSET);
	assert_int_equal(look(domain(0, GIB), &nothing)->seconds_left, 0);
}

static void what_lies_below_is_told(void **state)
{
	static const struct {
		const char *said;
		bool backend;
		const char *note; /* a part of it */
	} cases[] = {
		{ "thin_pool_autoextend_threshold 100\nthin\n", false, NULL },
		{ "backend\nbackend\nthin_pool_autoextend_threshold 100\nthin\n", true,
		  "preallocate" },
		{ "pool monitored\nthin_pool_autoextend_threshold 70\nthin\n", false, NULL },
		{ "pool monitored\nthin_pool_autoextend_threshold 100\nthin\n", false,
		  "thin_pool_autoextend_threshold" },
		{ "pool monitored\npool not monitored\nthin_pool_autoextend_threshold 70\nthin\n",
		  false, "--monitor y" },
		{ "pool monitored\nmonitoring 0\nthin_pool_autoextend_threshold 70\nthin\n", false,
		  "--monitor y" },
		{ "monitoring 0\nthin\n", false, NULL },
		{ "pool\nthin_pool_autoextend_threshold 70\nthin\n", false, NULL },
		{ "pool monitored\nthin\n", false, "thin_pool_autoextend_threshold" },
		{ "backend\npool not monitored\nthin_pool_autoextend_threshold x\nthin\n", true,
		  "; a thin pool" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_thin_pools pools;
		const struct vdc_thin_domain *it;

		assert_int_equal(vdc_host_thin_parse(cases[i].said, &pools, NULL), 0);
		it = look(domain(40 * GIB, 60 * GIB), &pools);
		assert_int_equal(it->thin_backend, cases[i].backend);
		if (cases[i].note)
			assert_non_null(strstr(it->note, cases[i].note));
		else
			assert_null(it->note);
	}
}

static void nonsense_is_no_answer(void **state)
{
	static const char *const said[] = { "", "\n", "backend\n", "thing\n", "sh: not found" };
	struct vdc_thin_pools pools;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(said); i++)
		assert_int_equal(vdc_host_thin_parse(said[i], &pools, NULL), -EBADMSG);
	pools = (struct vdc_thin_pools){ 0 };
	assert_int_equal(look(domain(GIB, GIB), &pools)->thin_backend, VDC_UNSET);
}

static void a_group_is_a_name(void **state)
{
	vdc_autobuf said = { 0 };
	struct vdc_thin_pools pools;

	(void)state;
	assert_int_equal(vdc_host_thin(NULL, "a b", 0, &said, NULL), -EINVAL);
	assert_int_equal(vdc_host_thin(NULL, "$(reboot)", 0, &said, NULL), -EINVAL);
	assert_int_equal(vdc_host_thin(NULL, "no-such-group", 0, &said, NULL), 0);
	assert_int_equal(vdc_host_thin_parse(vdc_buf_str(&said), &pools, NULL), 0);
	assert_false(pools.backend || pools.pools);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disks_are_summed_up_once),
		cmocka_unit_test(limits_are_those_of_the_domain),
		cmocka_unit_test(what_lies_below_is_told),
		cmocka_unit_test(nonsense_is_no_answer),
		cmocka_unit_test(a_group_is_a_name),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
