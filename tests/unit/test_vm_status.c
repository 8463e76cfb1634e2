/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/vm_status.h"

#include <string.h>

#include "unit.h"

#define NOW 5000000
#define H1 "11111111-1111-1111-1111-111111111111"
#define H2 "22222222-2222-2222-2222-222222222222"

/* A VM of status BEFORE on host FROM; host AT shows it as SIGHT, STATUS and DETAIL. */
struct row {
	enum vdc_vm_status before;
	const char *from;
	const char *at;
	enum vdc_vm_sight sight;
	enum vdc_vm_status status;
	const char *detail;
	enum vdc_vm_status after;
	const char *host;
	enum vdc_vm_news news;
};

#define V(x) VDC_VM_##x
#define N(x) VDC_VM_NEWS_##x
static const struct row rows[] = {
	/* It runs where it was. */
	{ V(UP), H1, H1, V(RUNS), V(UP), "booted", V(UP), H1, N(NONE) },
	{ V(UP), H1, H1, V(RUNS), V(PAUSED), "enospc", V(PAUSED), H1, N(PAUSED) },
	{ V(PAUSED), H1, H1, V(RUNS), V(PAUSED), "user", V(PAUSED), H1, N(NONE) },
	{ V(PAUSED), H1, H1, V(RUNS), V(UP), "unpaused", V(UP), H1, N(RESUMED) },
	{ V(POWERING_UP), H1, H1, V(RUNS), V(UP), "booted", V(UP), H1, N(NONE) },
	{ V(WAIT_FOR_LAUNCH), H1, H1, V(RUNS), V(UP), "booted", V(UP), H1, N(NONE) },
	{ V(UNKNOWN), H1, H1, V(RUNS), V(UP), "booted", V(UP), H1, N(BACK) },
	{ V(UP), H1, H1, V(RUNS), V(POWERING_DOWN), "user", V(POWERING_DOWN), H1, N(NONE) },
	/* Started behind our back, also one that was never seen. */
	{ V(DOWN), NULL, H1, V(RUNS), V(UP), "booted", V(UP), H1, N(STARTED) },
	{ V(SUSPENDED), NULL, H1, V(RUNS), V(UP), "restored", V(UP), H1, N(STARTED) },
	{ 0, NULL, H2, V(RUNS), V(UP), "booted", V(UP), H2, N(STARTED) },
	/* Migration: the source decides until the target runs it. */
	{ V(UP), H1, H2, V(RUNS), V(UP), "migrated", V(UP), H2, N(MIGRATED) },
	{ V(UNKNOWN), H1, H2, V(RUNS), V(UP), "migrated", V(UP), H2, N(MIGRATED) },
	{ V(UP), H1, H2, V(ARRIVES), V(PAUSED), "migrating", V(UP), H1, N(NONE) },
	{ V(DOWN), NULL, H2, V(ARRIVES), V(PAUSED), "migrating", V(MIGRATING), NULL, N(NONE) },
	{ V(UP), H1, H1, V(LEAVES), V(UP), "migrating", V(MIGRATING), H1, N(NONE) },
	{ V(UP), H1, H1, V(LEAVES), V(PAUSED), "migrating", V(MIGRATING), H1, N(NONE) },
	{ V(UP), H2, H1, V(LEAVES), V(PAUSED), "post_copy", V(UP), H2, N(NONE) },
	{ V(UP), H1, H1, V(IS_OFF), V(DOWN), "migrated", V(MIGRATING), H1, N(NONE) },
	{ V(UP), H2, H1, V(IS_OFF), V(DOWN), "migrated", V(UP), H2, N(NONE) },
	/* Stopped. */
	{ V(UP), H1, H1, V(IS_OFF), V(DOWN), "shutdown", V(DOWN), NULL, N(STOPPED) },
	{ V(UP), H1, H1, V(IS_OFF), V(DOWN), "crashed", V(DOWN), NULL, N(FAILED) },
	{ V(UP), H1, H1, V(IS_OFF), V(SUSPENDED), "saved", V(SUSPENDED), NULL, N(STOPPED) },
	{ V(UNKNOWN), H1, H1, V(IS_OFF), V(DOWN), "unknown", V(DOWN), NULL, N(STOPPED) },
	{ V(DOWN), NULL, H1, V(IS_OFF), V(DOWN), "shutdown", V(DOWN), NULL, N(NONE) },
	{ V(IMAGE_LOCKED), NULL, H1, V(IS_OFF), V(DOWN), NULL, V(IMAGE_LOCKED), NULL, N(NONE) },
	{ V(IMAGE_ILLEGAL), NULL, H1, V(IS_OFF), V(DOWN), NULL, V(IMAGE_ILLEGAL), NULL, N(NONE) },
	{ 0, NULL, H1, V(IS_OFF), V(DOWN), "unknown", V(DOWN), NULL, N(NONE) },
	/* It disappeared. */
	{ V(UP), H1, H1, V(MISSING), 0, NULL, V(UNKNOWN), H1, N(LOST) },
	{ V(MIGRATING), H1, H1, V(MISSING), 0, NULL, V(MIGRATING), H1, N(NONE) },
	{ V(DOWN), NULL, H1, V(MISSING), 0, NULL, V(DOWN), NULL, N(NONE) },
	/* Its host is given up. */
	{ V(UP), H1, H1, V(HIDDEN), 0, NULL, V(UNKNOWN), H1, N(UNKNOWN) },
	{ V(UNKNOWN), H1, H1, V(HIDDEN), 0, NULL, V(UNKNOWN), H1, N(NONE) },
	{ V(DOWN), NULL, H1, V(HIDDEN), 0, NULL, V(DOWN), NULL, N(NONE) },
	{ V(UP), H2, H1, V(HIDDEN), 0, NULL, V(UP), H2, N(NONE) },
};

static struct vdc_vm vm_of(enum vdc_vm_status status, const char *host)
{
	return (struct vdc_vm){
		.status = status,
		.host.id = (char *)(uintptr_t)host,
		.exit_status = 0,
		.lost_since = VDC_UNSET,
	};
}

static void every_transition(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct vdc_vm vm = vm_of(row->before, row->from);
		struct vdc_vm_look look = {
			.sight = row->sight,
			.host = row->at,
			.status = row->status,
			.detail = row->detail,
			.now = NOW,
		};
		struct vdc_vm_verdict verdict = vdc_vm_judge(&vm, &look);

		if (verdict.status != row->after || verdict.news != row->news ||
		    verdict.host != row->host)
			fail_msg("row %zu: status %d, news %d, host %s", i, (int)verdict.status,
				 (int)verdict.news, verdict.host ?: "none");
	}
}

static void an_end_is_told_from_a_failure(void **state)
{
	static const struct {
		const char *detail;
		int64_t exit;
	} ends[] = {
		{ "shutdown", VDC_VM_EXIT_NORMAL }, { "destroyed", VDC_VM_EXIT_NORMAL },
		{ "saved", VDC_VM_EXIT_NORMAL },    { "crashed", VDC_VM_EXIT_ERROR },
		{ "failed", VDC_VM_EXIT_ERROR },    { "panicked", VDC_VM_EXIT_ERROR },
		{ "daemon", VDC_VM_EXIT_ERROR },    { "unknown", VDC_VM_EXIT_UNKNOWN },
		{ NULL, VDC_VM_EXIT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(ends); i++) {
		struct vdc_vm vm = vm_of(VDC_VM_UP, H1);
		struct vdc_vm_look look = {
			.sight = VDC_VM_IS_OFF,
			.host = H1,
			.status = VDC_VM_DOWN,
			.detail = ends[i].detail,
		};

		assert_int_equal(vdc_vm_judge(&vm, &look).exit, ends[i].exit);
	}
}

static void a_loss_is_noted_once_and_never_forgotten(void **state)
{
	struct vdc_vm vm = vm_of(VDC_VM_UP, H1);
	struct vdc_vm_look look = { .sight = VDC_VM_MISSING, .host = H1, .now = NOW };
	struct vdc_vm_verdict verdict = vdc_vm_judge(&vm, &look);

	(void)state;
	assert_int_equal(verdict.lost_since, NOW);
	vm.status = verdict.status;
	vm.lost_since = verdict.lost_since;
	look.now = 2 * NOW;
	verdict = vdc_vm_judge(&vm, &look);
	assert_int_equal(verdict.lost_since, NOW);
	assert_int_equal(verdict.news, VDC_VM_NEWS_NONE);

	look.last_chance = true;
	verdict = vdc_vm_judge(&vm, &look);
	assert_int_equal(verdict.status, VDC_VM_DOWN);
	assert_int_equal(verdict.exit, VDC_VM_EXIT_UNKNOWN);
	assert_int_equal(verdict.news, VDC_VM_NEWS_GONE);
	assert_int_equal(verdict.lost_since, NOW);
	vm.status = verdict.status;
	vm.host.id = NULL;
	assert_int_equal(vdc_vm_judge(&vm, &look).news, VDC_VM_NEWS_NONE);

	look = (struct vdc_vm_look){ .sight = VDC_VM_RUNS, .host = H2, .status = VDC_VM_UP };
	assert_int_equal(vdc_vm_judge(&vm, &look).lost_since, VDC_UNSET);
}

static void a_vm_that_another_host_shows_is_on_its_way(void **state)
{
	struct vdc_vm vm = vm_of(VDC_VM_UP, H1);
	struct vdc_vm_look look = {
		.sight = VDC_VM_MISSING, .host = H1, .claimed = true, .now = NOW
	};
	struct vdc_vm_verdict verdict = vdc_vm_judge(&vm, &look);

	(void)state;
	assert_int_equal(verdict.status, VDC_VM_MIGRATING);
	assert_int_equal(verdict.lost_since, NOW);
	assert_int_equal(verdict.news, VDC_VM_NEWS_NONE);
}

static void running_twice_is_an_alarm(void **state)
{
	struct vdc_vm vm = vm_of(VDC_VM_UP, H1);
	struct vdc_vm_look look = {
		.sight = VDC_VM_RUNS,
		.host = H2,
		.status = VDC_VM_UP,
		.rival = H1,
	};

	(void)state;
	assert_int_equal(vdc_vm_judge(&vm, &look).news, VDC_VM_NEWS_TWICE);
	assert_string_equal(vdc_vm_judge(&vm, &look).host, H1);
}

static void what_a_reboot_ended(void **state)
{
	const struct vdc_vm up = { .status = VDC_VM_UP,
				   .host.id = (char[]){ H1 },
				   .lost_since = VDC_UNSET };
	struct vdc_vm leaving = up;
	struct vdc_vm_look look = {
		.sight = VDC_VM_IS_OFF,
		.host = H1,
		.status = VDC_VM_DOWN,
		.detail = "unknown",
		.rebooted = true,
		.now = NOW,
	};
	struct vdc_vm_verdict verdict = vdc_vm_judge(&up, &look);

	(void)state;
	assert_int_equal(verdict.status, VDC_VM_DOWN);
	assert_int_equal(verdict.exit, VDC_VM_EXIT_ERROR);
	assert_int_equal(verdict.news, VDC_VM_NEWS_FAILED);
	look.status = VDC_VM_SUSPENDED;
	look.detail = "saved";
	assert_int_equal(vdc_vm_judge(&up, &look).exit, VDC_VM_EXIT_NORMAL);
	/* Whether one that was leaving arrived, nobody knows. */
	leaving.status = VDC_VM_MIGRATING;
	look.sight = VDC_VM_MISSING;
	assert_int_equal(vdc_vm_judge(&leaving, &look).status, VDC_VM_UNKNOWN);
	look.rebooted = false;
	assert_int_equal(vdc_vm_judge(&leaving, &look).status, VDC_VM_MIGRATING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_reboot_ended),
		cmocka_unit_test(every_transition),
		cmocka_unit_test(an_end_is_told_from_a_failure),
		cmocka_unit_test(a_loss_is_noted_once_and_never_forgotten),
		cmocka_unit_test(a_vm_that_another_host_shows_is_on_its_way),
		cmocka_unit_test(running_twice_is_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
