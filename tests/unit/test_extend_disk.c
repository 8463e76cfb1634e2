/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done about one thin disk, step by step, and which of several comes first. */
#include "extend_rules.h"
#include "unit.h"

static struct vdc_extend_decision next(struct vdc_extend_disk *disk, int64_t now, bool done)
{
	struct vdc_extend_decision ret = vdc_extend_disk_next(disk, &vdc_extend_preset, now);

	vdc_extend_disk_did(disk, &vdc_extend_preset, &ret, done, now);
	return ret;
}

/* From the threshold to the next one. */
static void a_threshold_is_one_request(void **state)
{
	struct vdc_extend_volume seen = { .capacity = 20 * GIB,
					  .highest = 500 * MIB,
					  .size = 2560 * MIB };
	struct vdc_extend_disk disk;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	assert_int_equal(next(&disk, S, true).what, VDC_EXTEND_DO_LOOK);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
	assert_int_equal(next(&disk, S, true).what, VDC_EXTEND_DO_ARM);
	assert_int_equal(disk.armed, 512 * MIB);
	assert_int_equal(next(&disk, S, true).what, VDC_EXTEND_DO_LOOK);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
	assert_int_equal(next(&disk, S, true).what, VDC_EXTEND_DO_WAIT);
	vdc_extend_disk_passed(&disk, &vdc_extend_preset, 2 * S, 520 * MIB);
	assert_int_equal(next(&disk, 2 * S, true).what, VDC_EXTEND_DO_ASK);
	assert_int_equal(disk.wanted, 3200 * MIB);
	vdc_extend_disk_passed(&disk, &vdc_extend_preset, 2 * S, 520 * MIB);
	assert_int_equal(next(&disk, 2 * S, true).what, VDC_EXTEND_DO_WAIT);
	vdc_extend_disk_answer(&disk, &vdc_extend_preset, 2 * S + 30000, 3200 * MIB);
	assert_int_equal(next(&disk, 2 * S + 30000, true).what, VDC_EXTEND_DO_LOOK);
	seen.highest = 520 * MIB;
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 2 * S + 30000, &seen);
	assert_int_equal(next(&disk, 2 * S + 30000, true).what, VDC_EXTEND_DO_REFRESH);
	seen.size = 3200 * MIB;
	seen.highest = 530 * MIB;
	assert_int_equal(next(&disk, 2 * S + 30000, true).what, VDC_EXTEND_DO_LOOK);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 2 * S + 40000, &seen);
	assert_int_equal(disk.wanted, 0);
	assert_true(disk.volume.latency < VDC_EXTEND_LATENCY_PRESET);
	assert_int_equal(next(&disk, 2 * S + 40000, true).what, VDC_EXTEND_DO_ARM);
}

static void a_refusal_is_not_asked_about_at_once(void **state)
{
	struct vdc_extend_volume seen = { .capacity = 20 * GIB, .highest = GIB, .size = GIB };
	struct vdc_extend_disk disk;
	int64_t now = S;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	vdc_extend_disk_event(&disk, VDC_EXTEND_NO_SPACE);
	for (int64_t pause = S; pause <= 30 * S; pause *= 2) {
		vdc_extend_disk_look(&disk, &vdc_extend_preset, now, &seen);
		assert_int_equal(next(&disk, now, true).what, VDC_EXTEND_DO_ASK);
		vdc_extend_disk_answer(&disk, &vdc_extend_preset, now, 0);
		vdc_extend_disk_look(&disk, &vdc_extend_preset, now + pause - 1, &seen);
		assert_int_equal(next(&disk, now + pause - 1, true).what, VDC_EXTEND_DO_WAIT);
		now += pause;
	}
	seen.size = 4 * GIB;
	vdc_extend_disk_look(&disk, &vdc_extend_preset, now, &seen);
	assert_int_equal(next(&disk, now, true).what, VDC_EXTEND_DO_RESUME);
	assert_false(disk.paused);
}

/* It would be seen with the next request only, two seconds later. */
static void what_is_granted_during_a_refresh_is_not_lost(void **state)
{
	const struct vdc_extend_volume seen = { .capacity = 20 * GIB,
						.highest = 600 * MIB,
						.size = 2560 * MIB };
	struct vdc_extend_decision refresh;
	struct vdc_extend_disk disk;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
	assert_int_equal(next(&disk, S, true).what, VDC_EXTEND_DO_ASK);
	vdc_extend_disk_answer(&disk, &vdc_extend_preset, S, 3200 * MIB);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
	refresh = vdc_extend_disk_next(&disk, &vdc_extend_preset, S);
	assert_int_equal(refresh.what, VDC_EXTEND_DO_REFRESH);
	vdc_extend_disk_answer(&disk, &vdc_extend_preset, S + 1, 4480 * MIB);
	vdc_extend_disk_did(&disk, &vdc_extend_preset, &refresh, true, S + 2);
	assert_int_equal(disk.granted, 4480 * MIB);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S + 2, &seen);
	assert_int_equal(next(&disk, S + 2, true).what, VDC_EXTEND_DO_REFRESH);
	assert_int_equal(disk.granted, 0);
}

/* Whoever asks libvirt about the VM in the same moment costs milliseconds, not a turn. */
static void a_look_that_saw_nothing_is_soon_repeated(void **state)
{
	const struct vdc_extend_volume seen = { .capacity = 100 * GIB, .size = 10 * GIB };
	struct vdc_extend_disk disk;
	int64_t now = S;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	for (int64_t pause = vdc_extend_preset.blind; pause < 8 * S; pause *= 2) {
		int64_t most = pause < vdc_extend_preset.every ? pause : vdc_extend_preset.every;

		assert_int_equal(next(&disk, now, false).what, VDC_EXTEND_DO_LOOK);
		assert_int_equal(next(&disk, now, true).until, now + most);
		now += most;
	}
	vdc_extend_disk_look(&disk, &vdc_extend_preset, now, &seen);
	vdc_extend_disk_event(&disk, VDC_EXTEND_AGAIN);
	assert_int_equal(next(&disk, now, false).what, VDC_EXTEND_DO_LOOK);
	assert_int_equal(disk.look_at, now + vdc_extend_preset.blind);
}

/* What is written here beyond the size that the destination sees is lost there. */
static void the_destination_of_a_migration_is_first(void **state)
{
	const struct vdc_extend_volume seen = { .capacity = 20 * GIB,
						.highest = 600 * MIB,
						.size = 2560 * MIB };
	const int64_t granted = S + 50000, late = granted + vdc_extend_preset.destination;
	struct vdc_extend_disk disk;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
	assert_int_equal(next(&disk, S, true).what, VDC_EXTEND_DO_ASK);
	vdc_extend_disk_answer(&disk, &vdc_extend_preset, granted, 3200 * MIB);
	/* Nobody knew that it moves: a look says so, or the next one if that fails. */
	assert_int_equal(next(&disk, granted, false).what, VDC_EXTEND_DO_LOOK);
	assert_int_equal(next(&disk, granted, true).what, VDC_EXTEND_DO_WAIT);
	assert_int_equal(next(&disk, granted + S, true).what, VDC_EXTEND_DO_LOOK);
	vdc_extend_disk_event(&disk, VDC_EXTEND_MIGRATION_BEGINS);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, late - S, &seen);
	assert_int_equal(next(&disk, late - S, true).what, VDC_EXTEND_DO_WAIT);
	assert_int_equal(next(&disk, late - S, true).until, late);
	assert_int_equal(next(&disk, late, false).what, VDC_EXTEND_DO_REFRESH);
	/* One that failed is not believed to be at the same moment as before. */
	assert_int_equal(next(&disk, late + S, true).what, VDC_EXTEND_DO_LOOK);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, late + S, &seen);
	assert_int_equal(next(&disk, late + S, true).what, VDC_EXTEND_DO_REFRESH);
}

/* So that it need not be paused for it. */
static void while_a_vm_moves_more_room_is_kept(void **state)
{
	struct vdc_extend_volume seen = { .capacity = 100 * GIB, .size = 10 * GIB };
	struct vdc_extend_disk disk;
	int64_t room;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
	seen.highest = 100 * MIB;
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 2 * S, &seen);
	room = vdc_extend_room(&preset, &disk.volume);
	vdc_extend_disk_event(&disk, VDC_EXTEND_MIGRATION_BEGINS);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 2 * S + 1, &seen);
	assert_int_equal(vdc_extend_room(&preset, &disk.volume),
			 room + 100 * MIB * (vdc_extend_preset.destination / S));
	vdc_extend_disk_event(&disk, VDC_EXTEND_MIGRATION_ENDS);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 2 * S + 2, &seen);
	assert_int_equal(vdc_extend_room(&preset, &disk.volume), room);
}

/* Two sizes on their way could come to be seen at once. */
static void one_request_at_a_time_while_a_vm_moves(void **state)
{
	struct vdc_extend_volume seen = { .capacity = 20 * GIB,
					  .highest = 600 * MIB,
					  .size = 2560 * MIB };
	struct vdc_extend_disk disk;

	(void)state;
	for (int migrating = 0; migrating < 2; migrating++) {
		vdc_extend_disk_begin(&disk, &preset);
		if (migrating)
			vdc_extend_disk_event(&disk, VDC_EXTEND_MIGRATION_BEGINS);
		seen.highest = 600 * MIB;
		vdc_extend_disk_look(&disk, &vdc_extend_preset, S, &seen);
		assert_int_equal(next(&disk, S, true).size, 3200 * MIB);
		seen.highest = seen.size + 1200 * MIB;
		vdc_extend_disk_look(&disk, &vdc_extend_preset, S + 10000, &seen);
		assert_int_equal(next(&disk, S + 10000, true).what,
				 migrating ? VDC_EXTEND_DO_WAIT : VDC_EXTEND_DO_ASK);
		assert_int_equal(next(&disk, 4 * S, true).what, VDC_EXTEND_DO_LOOK);
		vdc_extend_disk_look(&disk, &vdc_extend_preset, 4 * S, &seen);
		assert_int_equal(next(&disk, 4 * S, true).what, VDC_EXTEND_DO_ASK);
		assert_true(migrating == (disk.wanted == 3200 * MIB));
	}
}

/* A hundred guests that do nothing cost next to nothing. */
static void one_that_is_idle_is_looked_at_seldom(void **state)
{
	const struct vdc_extend_volume seen = { .capacity = 100 * GIB, .size = 10 * GIB };
	struct vdc_extend_volume written = seen;
	struct vdc_extend_disk disk;
	struct vdc_extend_decision next;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, VDC_SECOND, &seen);
	assert_int_equal(disk.look_at, VDC_SECOND + vdc_extend_preset.every);
	next = vdc_extend_disk_next(&disk, &vdc_extend_preset, VDC_SECOND);
	assert_int_equal(next.what, VDC_EXTEND_DO_ARM);
	vdc_extend_disk_did(&disk, &vdc_extend_preset, &next, true, VDC_SECOND);
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 2 * VDC_SECOND, &seen);
	assert_int_equal(disk.look_at, 2 * VDC_SECOND + vdc_extend_preset.idle);
	written.highest = GIB;
	vdc_extend_disk_look(&disk, &vdc_extend_preset, 3 * VDC_SECOND, &written);
	assert_int_equal(disk.look_at, 3 * VDC_SECOND + vdc_extend_preset.every);
}

/* What it had asked for may be granted long since: that is looked at before anything is asked again. */
static void one_that_arrives_is_refreshed_first(void **state)
{
	struct vdc_extend_disk disk;
	struct vdc_extend_decision next;

	(void)state;
	vdc_extend_disk_begin(&disk, &preset);
	vdc_extend_disk_event(&disk, VDC_EXTEND_ARRIVED);
	next = vdc_extend_disk_next(&disk, &vdc_extend_preset, 1);
	assert_int_equal(next.what, VDC_EXTEND_DO_REFRESH);
	vdc_extend_disk_did(&disk, &vdc_extend_preset, &next, true, 1);
	next = vdc_extend_disk_next(&disk, &vdc_extend_preset, 1);
	assert_int_equal(next.what, VDC_EXTEND_DO_LOOK);
}

/* The way to space goes before a threshold, and that before figures; what waited for long before all. */
static void what_is_short_of_space_comes_first(void **state)
{
	enum { LOOK = VDC_EXTEND_DO_LOOK, ARM = VDC_EXTEND_DO_ARM, RESUME = VDC_EXTEND_DO_RESUME };
	static const struct vdc_extend_disk
		idle = { .seen = true, .look_at = 10 * S, .looked = 9 * S },
		new = { .seen = false }, due = { .seen = true, .since = 9 * S },
		granted = { .seen = true, .granted = GIB },
		paused = { .seen = true, .paused = true },
		late = { .seen = true, .look_at = 9 * S, .looked = 7 * S },
		unset = { .seen = true, .look_at = 11 * S, .looked = 9 * S };
	static const struct {
		const struct vdc_extend_disk *disk;
		int what;
		enum vdc_extend_rank rank;
	} cases[] = {
		{ &idle, LOOK, VDC_EXTEND_RANK_FIGURES },
		{ &new, LOOK, VDC_EXTEND_RANK_SPACE },
		{ &due, LOOK, VDC_EXTEND_RANK_SPACE },
		{ &granted, LOOK, VDC_EXTEND_RANK_SPACE },
		{ &paused, LOOK, VDC_EXTEND_RANK_SPACE },
		{ &paused, RESUME, VDC_EXTEND_RANK_SPACE },
		{ &late, LOOK, VDC_EXTEND_RANK_LATE },
		{ &late, ARM, VDC_EXTEND_RANK_LATE },
		{ &unset, ARM, VDC_EXTEND_RANK_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		const struct vdc_extend_decision decision = {
			.what = (enum vdc_extend_do)cases[i].what
		};
		int64_t now = cases[i].disk == &unset ? 9900 * 1000 : 10 * S;

		assert_int_equal(vdc_extend_rank(cases[i].disk, &decision, now), cases[i].rank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_threshold_is_one_request),
		cmocka_unit_test(a_refusal_is_not_asked_about_at_once),
		cmocka_unit_test(one_that_is_idle_is_looked_at_seldom),
		cmocka_unit_test(one_that_arrives_is_refreshed_first),
		cmocka_unit_test(what_is_granted_during_a_refresh_is_not_lost),
		cmocka_unit_test(a_look_that_saw_nothing_is_soon_repeated),
		cmocka_unit_test(the_destination_of_a_migration_is_first),
		cmocka_unit_test(while_a_vm_moves_more_room_is_kept),
		cmocka_unit_test(one_request_at_a_time_while_a_vm_moves),
		cmocka_unit_test(what_is_short_of_space_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
