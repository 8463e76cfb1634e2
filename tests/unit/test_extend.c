/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes, thresholds and rates of thin volumes by vdsm's figures, requests in a queue, space by need. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "extend_rules.h"
#include "plan/extend_queue.h"
#include "unit.h"

static void sizes_follow_what_was_written(void **state)
{
	static const struct {
		int64_t highest, size, rate, latency; /* MiB, MiB, MiB/s, ms */
		enum vdc_extend_verdict verdict;
		int64_t room, next; /* MiB */
	} cases[] = {
		{ 0, 2560, 0, 1400, VDC_EXTEND_FINE, 2048, 2560 },
		{ 512, 2560, 0, 1400, VDC_EXTEND_FINE, 2048, 3072 },
		{ 513, 2560, 0, 1400, VDC_EXTEND_DUE, 2048, 3200 },
		{ 2560, 2560, 0, 1400, VDC_EXTEND_DUE, 2048, 5120 },
		/* 500 MiB/s for 2 s are 1000 MiB more. */
		{ 0, 3048, 500, 2000, VDC_EXTEND_FINE, 3048, 3584 },
		{ 1, 3048, 500, 2000, VDC_EXTEND_DUE, 3048, 3584 },
		/* 1.1 x 20 GiB are 22528 MiB, which are 176 extents. */
		{ 21000, 22400, 0, 1400, VDC_EXTEND_DUE, 2048, 22528 },
		{ 22528, 22528, 0, 1400, VDC_EXTEND_FULL, 2048, 22528 },
		{ 0, 30000, 0, 1400, VDC_EXTEND_FULL, 2048, 2560 },
		{ 5121, 2560, 0, 1400, VDC_EXTEND_IMPROBABLE, 2048, 7808 },
		{ 22529, 22528, 0, 1400, VDC_EXTEND_IMPROBABLE, 2048, 22528 },
		{ -1, 2560, 0, 1400, VDC_EXTEND_IMPROBABLE, 2048, 2560 },
		{ 0, -1, 0, 1400, VDC_EXTEND_IMPROBABLE, 2048, 2560 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_extend_volume volume = { .capacity = 20 * GIB,
						    .highest = cases[i].highest * MIB,
						    .size = cases[i].size * MIB,
						    .rate = cases[i].rate * MIB,
						    .latency = cases[i].latency * 1000 };
		int64_t threshold = (cases[i].size - cases[i].room) * MIB;

		if (vdc_extend_judge(&preset, &volume) != cases[i].verdict)
			fail_msg("case %zu: verdict %d", i, vdc_extend_judge(&preset, &volume));
		assert_int_equal(vdc_extend_room(&preset, &volume), cases[i].room * MIB);
		assert_int_equal(vdc_extend_threshold(&preset, &volume),
				 threshold > 0 ? threshold : 1);
		assert_int_equal(vdc_extend_size(&preset, &volume), cases[i].next * MIB);
	}
}

static void a_disk_without_a_size_is_no_reason(void **state)
{
	struct vdc_extend_volume volume = { .highest = GIB, .size = GIB };

	(void)state;
	assert_int_equal(vdc_extend_judge(&preset, &volume), VDC_EXTEND_IMPROBABLE);
	volume.capacity = INT64_MAX;
	assert_int_equal(vdc_extend_judge(&preset, &volume), VDC_EXTEND_IMPROBABLE);
	assert_int_equal(vdc_extend_most(&preset, 1), 128 * MIB);
	assert_int_equal(vdc_extend_most(&preset, GIB), 1152 * MIB);
}

static void the_seeds_gigabyte_is_a_setting(void **state)
{
	struct vdc_storage_domain domain = { .extend_chunk = GIB, .extend_percent = 50 };
	struct vdc_extend_rules rules = vdc_extend_rules(&domain, 4 * MIB);
	struct vdc_extend_volume volume = { .capacity = 100 * GIB, .highest = GIB, .size = GIB };

	(void)state;
	assert_int_equal(vdc_extend_room(&rules, &volume), 512 * MIB);
	assert_int_equal(vdc_extend_size(&rules, &volume), 2 * GIB);
	volume.replicating = true;
	assert_int_equal(vdc_extend_size(&rules, &volume), 3 * GIB);
	assert_int_equal(vdc_extend_rules(&domain, 0).extent, MIB);
}

static void absurd_rates_do_not_overflow(void **state)
{
	struct vdc_extend_volume volume = {
		.capacity = 20 * GIB, .size = GIB, .rate = INT64_MAX, .latency = INT64_MAX
	};

	(void)state;
	assert_int_equal(vdc_extend_size(&preset, &volume), 22 * GIB);
	assert_int_equal(vdc_extend_threshold(&preset, &volume), 1);
	assert_int_equal(vdc_extend_time_left(&volume), 0);
	volume.rate = 0;
	assert_int_equal(vdc_extend_time_left(&volume), -1);
	volume.rate = 256 * MIB;
	assert_int_equal(vdc_extend_time_left(&volume), 4 * S);
}

static void rates_rise_at_once_and_fall_slowly(void **state)
{
	struct vdc_extend_rate rate = { 0 };

	(void)state;
	vdc_extend_rate_look(&rate, 1 * S, 5 * GIB);
	assert_int_equal(rate.rate, 0);
	vdc_extend_rate_look(&rate, 1 * S + 50000, 6 * GIB); /* too soon to say */
	assert_int_equal(rate.rate, 0);
	vdc_extend_rate_look(&rate, 2 * S, 5 * GIB + 100 * MIB);
	assert_int_equal(rate.rate, 100 * MIB);
	vdc_extend_rate_look(&rate, 12 * S, 5 * GIB + 100 * MIB);
	assert_int_equal(rate.rate, 50 * MIB);
	vdc_extend_rate_look(&rate, 17 * S, 0); /* another layer */
	assert_int_equal(rate.rate, 50 * MIB * 3 / 4);
	vdc_extend_rate_look(&rate, 100000 * S, 0);
	assert_int_equal(rate.rate, 0);
}

static void latencies_are_those_that_hurt(void **state)
{
	(void)state;
	assert_int_equal(vdc_extend_latency(VDC_EXTEND_LATENCY_PRESET, 600000), 1300000);
	assert_int_equal(vdc_extend_latency(50000, 900000), 900000);
	assert_int_equal(vdc_extend_latency(10000, 0), 10000);
	assert_int_equal(vdc_extend_latency(10000, 3600 * S), 60 * S);
}

static void only_one_of_both_events_counts(void **state)
{
	static const struct {
		const char *device;
		int64_t layer;
		const char *target;
	} cases[] = {
		{ "vda[1]", 1, "vda" },
		{ "nvme0n1[12]", 12, "nvme0n1" },
		{ "vda", -1, "-" },
		{ "vda[]", -1, "-" },
		{ "vda[1", -1, "-" },
		{ "vda[1]x", -1, "-" },
		{ "[1]", -1, "-" },
		{ "", -1, "-" },
		{ "vda[-1]", -1, "-" },
		{ "vda[99999999999999999999]", -1, "-" },
		{ "abcdefghijklmnopqrstuvwxyzabcdef[1]", -1, "-" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		char target[VDC_EXTEND_TARGET_LEN + 1] = "-";

		assert_int_equal(vdc_extend_layer(cases[i].device, target), cases[i].layer);
		assert_string_equal(target, cases[i].target);
	}
}

static struct vdc_extend_request request(const char *domain, unsigned volume, int64_t size)
{
	struct vdc_extend_request ret = { .size = size };

	snprintf(ret.domain, sizeof(ret.domain), "%s", domain);
	snprintf(ret.volume, sizeof(ret.volume), "%u", volume);
	return ret;
}

static void put(struct vdc_extend_queue *queue, const char *domain, unsigned volume, int64_t size)
{
	struct vdc_extend_request it = request(domain, volume, size);

	assert_true(vdc_extend_queue_put(queue, &it));
}

static void take(struct vdc_extend_queue *queue, const char *domain, const char *volume,
		 int64_t size)
{
	struct vdc_extend_request it;

	assert_true(vdc_extend_queue_take(queue, domain, &it));
	assert_string_equal(it.volume, volume);
	assert_int_equal(it.size, size);
}

static void a_volume_is_in_the_queue_once(void **state)
{
	static struct vdc_extend_queue queue;
	struct vdc_extend_request it;

	(void)state;
	put(&queue, "a", 1, 10);
	put(&queue, "b", 1, 20);
	put(&queue, "a", 2, 30);
	put(&queue, "a", 1, 40);
	put(&queue, "a", 1, 35);
	assert_int_equal(queue.n, 3);
	take(&queue, "b", "1", 20);
	take(&queue, NULL, "1", 40);
	assert_false(vdc_extend_queue_take(&queue, "b", &it));
	take(&queue, "a", "2", 30);
	assert_false(vdc_extend_queue_take(&queue, NULL, &it));
}

static void a_flood_is_bounded(void **state)
{
	static struct vdc_extend_queue queue;
	struct vdc_extend_request it = request("a", VDC_EXTEND_QUEUE_MOST, 1);

	(void)state;
	for (unsigned i = 0; i < VDC_EXTEND_QUEUE_MOST; i++)
		put(&queue, "a", i, 1);
	assert_false(vdc_extend_queue_put(&queue, &it));
	put(&queue, "a", 7, 9); /* one that waits already always fits */
	for (unsigned i = 0; i < 7; i++)
		assert_true(vdc_extend_queue_take(&queue, NULL, &it));
	take(&queue, NULL, "7", 9);
}

static void space_goes_to_those_that_need_it(void **state)
{
	struct vdc_extend_waiting waiting[] = {
		{ .size = 10, .wanted = 18, .time_left = -1 },
		{ .size = 10, .wanted = 50, .time_left = 0 },
		{ .size = 10, .wanted = 14, .time_left = 5 },
		{ .size = 10, .wanted = 30, .time_left = 0 },
		{ .size = 10, .wanted = 10, .time_left = 1 },
	};
	static const int64_t enough[] = { 30, 50, 10, 14, 18 }, few[] = { 14, 14, 10, 14, 14 },
			     some[] = { 22, 14, 10, 14, 14 }, none[] = { 14, 10, 10, 10, 10 };
	static const struct {
		int64_t free;
		const int64_t *given;
	} cases[] = { { 75, enough }, { 16, few }, { 27, some }, { 7, none } };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		vdc_extend_share(waiting, VDC_COUNT(waiting), 4, cases[i].free);
		for (size_t k = 0; k < VDC_COUNT(waiting); k++)
			if (waiting[k].given != cases[i].given[k])
				fail_msg("case %zu: number %zu got %d", i, k,
					 (int)waiting[k].given);
	}
}

static void need_follows_from_what_was_asked(void **state)
{
	/* Asked for WANTED at a time in seconds; of a volume of SIZE, a chunk of 100, so long is left. */
	static const struct {
		struct {
			int64_t at, wanted;
		} asked[3];
		int64_t size, now, left;
	} cases[] = {
		{ { { 0 } }, 50, 9, -1 },
		{ { { 1, 300 } }, 300, 9, -1 },			 /* nobody knows how fast */
		{ { { 1, 300 } }, 200, 9, 0 },			 /* it is at the end */
		{ { { 1, 300 }, { 3, 320 } }, 300, 3, 8000000 }, /* 80 at 10 in a second */
		{ { { 1, 300 }, { 3, 320 } }, 300, 6, 5000000 }, /* and it goes on */
		{ { { 1, 300 }, { 3, 320 } }, 300, 60, 0 },
		{ { { 1, 300 }, { 3, 320 }, { 9, 320 } },
		  300,
		  6,
		  5000000 }, /* the same once more */
		{ { { 1, 300 }, { 3, 320 }, { 4, 420 } }, 400, 4, 800000 },
		{ { { 2, 300 }, { 2, 310 } }, 300, 2, -1 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_extend_asked asked = { 0 };
		int64_t left;

		for (size_t k = 0; k < 3 && cases[i].asked[k].at; k++)
			vdc_extend_asked_note(&asked, cases[i].asked[k].wanted,
					      cases[i].asked[k].at * VDC_SECOND);
		left = vdc_extend_asked_left(&asked, cases[i].size, 100, cases[i].now * VDC_SECOND);
		if (left != cases[i].left)
			fail_msg("case %zu: %d us are left", i, (int)left);
	}
}

static void a_larger_lun_has_room(void **state)
{
	static const struct {
		int64_t device, start, size; /* MiB; extents of 4 */
		bool grown;
	} cases[] = {
		{ 1024, 1, 1020, false }, /* as it was made */
		{ 1025, 1, 1020, false },   { 1026, 1, 1020, true },   { 2048, 1, 1020, true },
		{ 512, 1, 1020, false }, /* a LUN that shrank */
		{ 1283, 128, 1024, false }, { 1284, 128, 1024, true }, { 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_true(vdc_extend_has_grown(cases[i].device * MIB, cases[i].start * MIB,
						 cases[i].size * MIB, 4 * MIB) == cases[i].grown);
	assert_false(vdc_extend_has_grown(GIB, 0, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_follow_what_was_written),
		cmocka_unit_test(a_disk_without_a_size_is_no_reason),
		cmocka_unit_test(the_seeds_gigabyte_is_a_setting),
		cmocka_unit_test(absurd_rates_do_not_overflow),
		cmocka_unit_test(rates_rise_at_once_and_fall_slowly),
		cmocka_unit_test(latencies_are_those_that_hurt),
		cmocka_unit_test(only_one_of_both_events_counts),
		cmocka_unit_test(a_volume_is_in_the_queue_once),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(space_goes_to_those_that_need_it),
		cmocka_unit_test(need_follows_from_what_was_asked),
		cmocka_unit_test(a_larger_lun_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
