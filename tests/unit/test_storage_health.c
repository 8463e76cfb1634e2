/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one reading means, what is told of a change, and what is found wrong. */
#include <string.h>

#include "base/mem.h"
#include "plan/storage_news.h"
#include "unit.h"

#define S INT64_C(1000000)
#define GIB (INT64_C(1024) * 1024 * 1024)
enum { HOSTS = 3, DOMAINS = 2 };

static struct vdc_arena *arena;
static const struct vdc_storage_figures figures = { .slow = 5 * S,
						    .failure = 300 * S,
						    .retry = 300 * S };

static struct scene {
	struct vdc_host hosts[HOSTS];
	struct vdc_storage_domain domains[DOMAINS];
	const struct vdc_host *host_list[HOSTS];
	const struct vdc_storage_domain *domain_list[DOMAINS];
	const struct vdc_domain_reach *before[HOSTS * DOMAINS], *after[HOSTS * DOMAINS];
	int64_t spaces[DOMAINS];
	struct vdc_storage_verdict verdict;
} it;

static struct vdc_domain_reach *row(int host, int domain, enum vdc_reach_status status,
				    const char *detail)
{
	struct vdc_domain_reach *row = vdc_object_new(&vdc_domain_reach_kind, arena);

	row->host.id = it.hosts[host].id;
	row->storage_domain.id = it.domains[domain].id;
	row->status = status;
	row->since = row->checked = 100 * S;
	row->detail = vdc_arena_strdup(arena, detail);
	return row;
}

static int begin(void **state vdc_unused)
{
	static const char *const names[] = { "h1", "h2", "h3" };
	static const char *const domains[] = { "data", "more" };

	arena = vdc_arena_new();
	memset(&it, 0, sizeof(it));
	for (int i = 0; i < HOSTS; i++) {
		vdc_object_clear(&vdc_host_kind, &it.hosts[i]);
		it.hosts[i].id = it.hosts[i].name = vdc_arena_strdup(arena, names[i]);
		it.hosts[i].status = VDC_HOST_UP;
		it.host_list[i] = &it.hosts[i];
	}
	for (int i = 0; i < DOMAINS; i++) {
		vdc_object_clear(&vdc_storage_domain_kind, &it.domains[i]);
		it.domains[i].id = it.domains[i].name = vdc_arena_strdup(arena, domains[i]);
		it.domains[i].type = VDC_STORAGE_DOMAIN_DATA;
		it.domains[i].status = VDC_STORAGE_DOMAIN_ACTIVE;
		it.domains[i].warning_low_space_indicator = 10;
		it.domains[i].critical_space_action_blocker = 5;
		it.domain_list[i] = &it.domains[i];
		it.spaces[i] = VDC_UNSET;
	}
	for (int h = 0; h < HOSTS; h++)
		for (int d = 0; d < DOMAINS; d++)
			it.before[h * DOMAINS + d] = it.after[h * DOMAINS + d] =
				row(h, d, VDC_REACH_OK, NULL);
	it.verdict = (struct vdc_storage_verdict){
		.domains = vdc_arena_alloc(arena, DOMAINS * sizeof(*it.verdict.domains)),
		.hosts = vdc_arena_alloc(arena, HOSTS * sizeof(*it.verdict.hosts)),
		.reasons = vdc_arena_alloc(arena, HOSTS * sizeof(*it.verdict.reasons)),
	};
	return 0;
}

static int end(void **state vdc_unused)
{
	vdc_arena_free(arena);
	return 0;
}

static void becomes(int host, int domain, enum vdc_reach_status status, const char *detail)
{
	it.after[host * DOMAINS + domain] = row(host, domain, status, detail);
}

static const struct vdc_storage_scene *scene_of(const struct vdc_domain_reach *const *rows)
{
	struct vdc_storage_scene *scene = vdc_arena_alloc(arena, sizeof(*scene));

	*scene = (struct vdc_storage_scene){ it.domain_list, DOMAINS, it.host_list, HOSTS, rows };
	return scene;
}

static struct vdc_storage_change change(void)
{
	return (struct vdc_storage_change){ scene_of(it.before), scene_of(it.after), &it.verdict,
					    it.spaces, 100 * S };
}

/* "type: text; type: text; " of what is told; then that is the past. */
static const char *told(void)
{
	const struct vdc_storage_change now = change();
	struct vdc_storage_tales tales;
	const char *text = "";

	vdc_storage_tell(&now, arena, &tales);
	for (size_t i = 0; i < tales.n; i++)
		text = vdc_arena_format(arena, "%s%s: %s; ", text, tales.tales[i].type,
					tales.tales[i].text);
	memcpy(it.before, it.after, sizeof(it.before));
	return text;
}

static const char *found(void)
{
	const struct vdc_storage_change now = change();
	struct vdc_findings findings = { .arena = arena };
	const char *text = "";

	vdc_storage_find(&now, &findings);
	for (size_t i = 0; i < findings.n; i++)
		text = vdc_arena_format(arena, "%s%s %s; ", text, findings.items[i]->code,
					findings.items[i]->object);
	return text;
}

static const struct vdc_domain_reach *judged(const struct vdc_domain_reach *before,
					     struct vdc_storage_answer answer, int64_t now)
{
	return vdc_storage_judge(&it.hosts[0], &it.domains[0], before, &answer, now, &figures,
				 arena);
}

static void test_what_a_reading_means(void **state vdc_unused)
{
	const struct vdc_domain_reach *first, *next;

	first = judged(NULL, (struct vdc_storage_answer){ .latency = 700 }, 10 * S);
	assert_int_equal(first->status, VDC_REACH_OK);
	assert_int_equal(first->since, 10 * S);
	assert_int_equal(first->seen, 10 * S);
	assert_int_equal(first->latency, 700);
	assert_null(first->detail);
	next = judged(first, (struct vdc_storage_answer){ .latency = 5 * S + 1 }, 20 * S);
	assert_int_equal(next->status, VDC_REACH_SLOW);
	assert_int_equal(next->seen, 20 * S);
	next = judged(first, (struct vdc_storage_answer){ VDC_UNSET, "gone", NULL }, 20 * S);
	assert_int_equal(next->status, VDC_REACH_LOST);
	assert_int_equal(next->since, 20 * S);
	assert_int_equal(next->checked, 20 * S);
	assert_int_equal(next->seen, 10 * S);
	assert_int_equal(next->latency, VDC_UNSET);
	assert_string_equal(next->detail, "gone");
	next = judged(next, (struct vdc_storage_answer){ VDC_UNSET, "gone", NULL }, 900 * S);
	assert_int_equal(next->since, 20 * S);
	/* Nobody looked for long: it may have been there meanwhile. */
	next = judged(next, (struct vdc_storage_answer){ VDC_UNSET, "gone", NULL }, 1801 * S);
	assert_int_equal(next->since, 1801 * S);
	next = judged(next, (struct vdc_storage_answer){ VDC_UNSET, "x", "no route" }, 1802 * S);
	assert_int_equal(next->status, VDC_REACH_UNKNOWN);
	assert_string_equal(next->detail, "no route");
	next = judged(next, (struct vdc_storage_answer){ .latency = VDC_UNSET }, 1803 * S);
	assert_int_equal(next->status, VDC_REACH_UNKNOWN);
	assert_string_equal(next->detail, "the host says nothing about it");
}

static void test_what_one_host_loses_is_told_of_it(void **state vdc_unused)
{
	assert_string_equal(told(), "");
	becomes(1, 0, VDC_REACH_LOST, "Input/output error");
	assert_string_equal(told(), "host_storage_lost: host h2 does not read storage domain data: "
				    "Input/output error; ");
	assert_string_equal(found(), "HOST_LOST_STORAGE h2; ");
	assert_string_equal(told(), "");
	becomes(1, 1, VDC_REACH_SLOW, NULL);
	assert_string_equal(told(), "host_storage_slow: host h2 takes too long to read storage "
				    "domain more; ");
	assert_string_equal(found(), "HOST_LOST_STORAGE h2; HOST_SLOW_STORAGE h2; ");
	becomes(1, 0, VDC_REACH_OK, NULL);
	becomes(1, 1, VDC_REACH_OK, NULL);
	assert_string_equal(told(), "host_storage_back: host h2 reads again storage domain data; "
				    "host_storage_quick: host h2 reads in time again storage "
				    "domain more; ");
	assert_string_equal(found(), "");
}

static void test_what_all_lose_is_told_of_the_domain(void **state vdc_unused)
{
	becomes(0, 0, VDC_REACH_LOST, "Stale file handle");
	becomes(1, 0, VDC_REACH_LOST, "Stale file handle");
	becomes(2, 0, VDC_REACH_UNKNOWN, "no route");
	assert_string_equal(told(), "storage_domain_lost: no host reads storage domain data: Stale "
				    "file handle; host_storage_unknown: host h3 cannot be asked "
				    "about storage domain data: no route; ");
	assert_string_equal(found(), "STORAGE_DOMAIN_LOST data; HOST_STORAGE_UNKNOWN h3; ");
	becomes(2, 0, VDC_REACH_LOST, "Stale file handle");
	assert_string_equal(told(), "");
	it.domains[0].master = 1;
	assert_string_equal(found(), "MASTER_DOMAIN_LOST data; ");
	becomes(0, 0, VDC_REACH_OK, NULL);
	assert_string_equal(told(), "storage_domain_read: storage domain data is read again; ");
	assert_string_equal(found(), "HOST_LOST_STORAGE h2; HOST_LOST_STORAGE h3; ");
}

static void test_steps_and_space(void **state vdc_unused)
{
	it.verdict.domains[0] = VDC_STORAGE_DOMAIN_FAILS;
	it.verdict.domains[1] = VDC_STORAGE_DOMAIN_IS_BACK;
	it.verdict.hosts[2] = VDC_STORAGE_HOST_FAILS;
	it.verdict.reasons[2] = "it does not read storage domain more";
	it.spaces[1] = VDC_STORAGE_SPACE_LOW;
	assert_string_equal(
		told(),
		"host_non_operational: host h3 is non_operational: it does not read storage domain "
		"more; storage_domain_inactive: storage domain data is inactive: no host reads it; "
		"storage_domain_active: storage domain more is active; storage_domain_space_low: "
		"storage domain more has less than 10 % of its space left; ");
	it.verdict.domains[0] = it.verdict.domains[1] = VDC_STORAGE_DOMAIN_STAYS;
	it.verdict.hosts[2] = VDC_STORAGE_HOST_WAITS;
	it.domains[1].space = VDC_STORAGE_SPACE_LOW;
	it.domains[0].status = VDC_STORAGE_DOMAIN_INACTIVE;
	becomes(2, 1, VDC_REACH_LOST, "x");
	assert_string_equal(found(), "STORAGE_DOMAIN_INACTIVE data; STORAGE_SPACE_LOW more; "
				     "MANAGER_LOST_STORAGE h3; ");
	it.spaces[1] = VDC_STORAGE_SPACE_OK;
	becomes(2, 1, VDC_REACH_OK, NULL);
	assert_string_equal(told(), "storage_domain_space_ok: storage domain more has space "
				    "again; ");
}

static void test_space_has_a_margin(void **state vdc_unused)
{
	const struct vdc_storage_domain *domain = &it.domains[0];
	int64_t all = 1000 * GIB;
	const struct {
		int64_t was, available, space;
	} cases[] = {
		{ VDC_UNSET, 101 * GIB, VDC_STORAGE_SPACE_OK },
		{ VDC_STORAGE_SPACE_OK, 99 * GIB, VDC_STORAGE_SPACE_LOW },
		{ VDC_STORAGE_SPACE_LOW, 105 * GIB, VDC_STORAGE_SPACE_LOW },
		{ VDC_STORAGE_SPACE_LOW, 111 * GIB, VDC_STORAGE_SPACE_OK },
		{ VDC_STORAGE_SPACE_LOW, 5 * GIB, VDC_STORAGE_SPACE_LOW },
		{ VDC_STORAGE_SPACE_LOW, 5 * GIB - 1, VDC_STORAGE_SPACE_CRITICAL },
		{ VDC_STORAGE_SPACE_CRITICAL, 5 * GIB + GIB / 4, VDC_STORAGE_SPACE_CRITICAL },
		{ VDC_STORAGE_SPACE_CRITICAL, 6 * GIB, VDC_STORAGE_SPACE_LOW },
		{ VDC_STORAGE_SPACE_CRITICAL, 105 * GIB, VDC_STORAGE_SPACE_LOW },
	};

	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_int_equal(vdc_storage_space_of(domain, cases[i].was, cases[i].available,
						      all - cases[i].available),
				 cases[i].space);
	assert_int_equal(vdc_storage_space_of(domain, VDC_STORAGE_SPACE_LOW, VDC_UNSET, all),
			 VDC_STORAGE_SPACE_LOW);
	it.domains[0].warning_low_space_indicator = VDC_UNSET;
	it.domains[0].critical_space_action_blocker = VDC_UNSET;
	assert_int_equal(vdc_storage_space_of(domain, VDC_UNSET, 0, all), VDC_STORAGE_SPACE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_a_reading_means, begin, end),
		cmocka_unit_test_setup_teardown(test_what_one_host_loses_is_told_of_it, begin, end),
		cmocka_unit_test_setup_teardown(test_what_all_lose_is_told_of_the_domain, begin,
						end),
		cmocka_unit_test_setup_teardown(test_steps_and_space, begin, end),
		cmocka_unit_test_setup_teardown(test_space_has_a_margin, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
