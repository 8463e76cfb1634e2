/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/vm_claim.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define BEGUN 100

/* A VM of host OWNER, last seen there at SEEN, and a story of who shows it when: "A110 B120". A small
 * letter: the host is read and does not show it. What comes of it, letter by letter:
 * '.' believed, '>' it moved, 'w' another reading has to decide, '!' it runs twice, '-' not shown. */
struct story {
	const char *owner;
	int64_t seen;
	const char *looks;
	const char *result;
	const char *ask; /* who has to be asked at the end */
};

static const struct story stories[] = {
	/* Nothing special. */
	{ "A", 50, "A110", ".", NULL },
	{ "A", 50, "a110 B120", "->", NULL },
	{ NULL, VDC_UNSET, "A110", ".", NULL },
	/* Two hosts run it, in whatever order they are read. */
	{ "A", 50, "A110 B120", ".w", "A" },
	{ "A", 50, "A110 B120 A130", ".w!", NULL },
	{ "A", 50, "B110 A120", "w.", "B" },
	{ "A", 50, "B110 A120 B130", "w.!", NULL },
	{ NULL, VDC_UNSET, "A110 B120 A130", ".w!", NULL },
	{ "A", VDC_UNSET, "B110 A120 B130", "w.!", NULL },
	/* It moved between the readings. */
	{ "A", 50, "A110 B120 a130 B140", ".w->", NULL },
	{ "A", 50, "B110 a120 B130", "w->", NULL },
	/* What was read earlier is put in later. */
	{ "A", 50, "A120 B110", ".w", "B" },
	{ "A", 50, "A120 B110 B130", ".w!", NULL },
	/* Its host stays silent. */
	{ "A", 50, "B110", "w", "B" },
	{ "A", 50, "B110 B120", "w>", NULL },
	/* Its host is none of those that are read. */
	{ "X", 50, "A110", ">", NULL },
	/* The alarm is given once, and again when it happens again. */
	{ "A", 50, "A110 B120 A130 B140 A150 B160", ".w!w.w", NULL },
	{ "A", 50, "A110 B120 A130 A140 A150 B160 A170", ".w!..w!", NULL },
	/* A third host. */
	{ "A", 50, "A110 B120 C125 A130", ".ww!", NULL },
};

struct world {
	struct vdc_vm vm;
	struct vdc_vm_claim claim;
	char hosts[32][2];
	char result[32];
};

/* One look of a story, as the synchronization does it; returns its letter. */
static char look(struct world *world, char *host, int64_t now)
{
	bool shows = *host < 'a';
	struct vdc_vm_sighting sighting = {
		.host = host,
		.now = now,
		.begun = BEGUN,
		.owner_is_read = world->vm.host.id && *world->vm.host.id != 'X',
	};
	struct vdc_vm_claim next;
	enum vdc_vm_claim_verdict verdict;
	bool moves = world->vm.host.id && strcmp(world->vm.host.id, host) != 0;

	if (!shows) {
		world->vm.lost_since = now;
		return '-';
	}
	verdict = vdc_vm_claim_judge(&world->vm, &world->claim, &sighting, &next);
	world->claim = next;
	if (verdict == VDC_VM_CLAIM_WAIT)
		return 'w';
	if (verdict == VDC_VM_CLAIM_TWICE)
		return '!';
	world->vm.host.id = host;
	world->vm.status = VDC_VM_UP;
	world->vm.seen = now;
	world->vm.lost_since = VDC_UNSET;
	return moves ? '>' : '.';
}

static void every_story(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(stories); i++) {
		const struct story *story = &stories[i];
		struct world world = { .vm = { .status = VDC_VM_UP,
					       .host.id = (char *)(uintptr_t)story->owner,
					       .seen = story->seen,
					       .lost_since = VDC_UNSET } };
		const char *ask;
		int n = 0;

		for (const char *at = story->looks; *at; n++) {
			world.hosts[n][0] = *at++;
			world.result[n] =
				look(&world, world.hosts[n], strtoll(at, (char **)&at, 10));
			at += *at == ' ';
		}
		ask = world.claim.host ? world.claim.ask : NULL;
		if (strcmp(world.result, story->result) != 0 ||
		    strcmp(ask ?: "", story->ask ?: "") != 0)
			fail_msg("story %zu: %s gave %s, ask %s", i, story->looks, world.result,
				 ask ?: "nobody");
	}
}

static void what_came_by_a_migration_is_believed(void **state)
{
	char owner[] = "A";
	struct vdc_vm vm = {
		.status = VDC_VM_UP, .host.id = owner, .seen = 110, .lost_since = VDC_UNSET
	};
	struct vdc_vm_sighting sighting = {
		.host = "B", .now = 120, .begun = BEGUN, .owner_is_read = true, .migrated = true
	};
	struct vdc_vm_claim none = { 0 }, next;

	(void)state;
	assert_int_equal(vdc_vm_claim_judge(&vm, &none, &sighting, &next), VDC_VM_CLAIM_BELIEVE);
	assert_null(next.host);
	sighting.now = 105; /* it was there before it came back */
	assert_int_equal(vdc_vm_claim_judge(&vm, &none, &sighting, &next), VDC_VM_CLAIM_WAIT);
	assert_string_equal(next.ask, "B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_story),
		cmocka_unit_test(what_came_by_a_migration_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
