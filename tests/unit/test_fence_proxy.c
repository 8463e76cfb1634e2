/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_proxy.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "model/cluster.h"
#include "unit.h"

static struct vdc_world *world;
static struct vdc_arena *arena;

static void add_cluster(const char *id, const char *data_center)
{
	struct vdc_cluster *cluster = vdc_object_new(&vdc_cluster_kind, arena);

	cluster->id = vdc_arena_strdup(arena, id);
	cluster->data_center.id = vdc_arena_strdup(arena, data_center);
	vdc_world_add(world, &vdc_cluster_kind, cluster);
}

static struct vdc_host *add_host(const char *name, const char *cluster, enum vdc_host_status status)
{
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, arena);

	host->id = host->name = vdc_arena_strdup(arena, name);
	host->cluster.id = vdc_arena_strdup(arena, cluster);
	host->status = status;
	vdc_world_add(world, &vdc_host_kind, host);
	return host;
}

/* Victim h1 in c1 of dc1; c2 is of dc1 as well, c3 of dc2. */
static int make_world(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	world = vdc_world_new(arena);
	add_cluster("c1", "dc1");
	add_cluster("c2", "dc1");
	add_cluster("c3", "dc2");
	add_host("h1", "c1", VDC_HOST_UP);
	add_host("h2", "c1", VDC_HOST_UP);
	add_host("h3", "c1", VDC_HOST_MAINTENANCE);
	add_host("h4", "c1", VDC_HOST_NON_RESPONSIVE);
	add_host("h5", "c1", VDC_HOST_NON_OPERATIONAL)->reason =
		VDC_REASON_STORAGE_DOMAIN_UNREACHABLE;
	add_host("h6", "c1", VDC_HOST_NON_OPERATIONAL)->reason = VDC_REASON_NETWORK_UNREACHABLE;
	add_host("h7", "c2", VDC_HOST_UP);
	add_host("h8", "c3", VDC_HOST_UP);
	add_host("h9", "c1", VDC_HOST_DOWN);
	return 0;
}

static int end_world(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static const char *proxies(const char *victim, const char *sources, bool is_here)
{
	const struct vdc_fence_proxy_question question = {
		.world = world,
		.victim = vdc_world_find(world, &vdc_host_kind, victim),
		.sources = sources,
		.is_here = is_here,
	};
	const struct vdc_host *const *hosts;
	vdc_autobuf out = { 0 };
	struct vdc_err err = { 0 };
	int n = vdc_fence_proxies(&question, arena, &hosts, &err);

	if (n < 0)
		return vdc_arena_strdup(arena, vdc_err_text(&err));
	for (int i = 0; i < n; i++)
		vdc_buf_printf(&out, "%s%s", i ? " " : "", hosts[i] ? hosts[i]->name : "here");
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

/* The same ones, whichever comes first. */
static bool are(const char *list, const char *first, const char *const *rest, size_t n)
{
	size_t len = strlen(first);

	if (strncmp(list, first, len) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!strstr(list, rest[i]))
			return false;
		len += strlen(rest[i]) + 1;
	}
	return strlen(list) == len;
}

static void sources(void **state)
{
	(void)state;
	assert_string_equal(proxies("h1", "direct", false), "here");
	assert_string_equal(proxies("h1", "direct", true), "");
	assert_true(
		are(proxies("h1", "cluster", false), "h2", (const char *const[]){ "h3", "h5" }, 2));
	assert_true(are(proxies("h1", VDC_FENCE_PROXIES, false), "here h2",
			(const char *const[]){ "h3", "h5", "h7" }, 3));
	assert_true(are(proxies("h1", VDC_FENCE_PROXIES, true), "h2",
			(const char *const[]){ "h3", "h5", "h7" }, 3));
	assert_string_equal(proxies("h1", "other_dc", false), "h8");
	assert_string_equal(proxies("h1", "OtherDc direct", false), "h8 here");
	assert_string_equal(proxies("h8", "cluster", false), "");
	assert_string_equal(proxies("h1", "h4", false), "h4");
	assert_non_null(strstr(proxies("h1", "h1", false), "cannot be its own proxy"));
	assert_non_null(strstr(proxies("h1", "cluster nowhere", false), "\"nowhere\" is none of"));
}

static void fitness(void **state)
{
	const struct vdc_host *h4 = vdc_world_find(world, &vdc_host_kind, "h4");
	const struct vdc_host *h6 = vdc_world_find(world, &vdc_host_kind, "h6");

	(void)state;
	assert_string_equal(vdc_fence_proxy_unfit(h4, arena), "it is non_responsive");
	assert_string_equal(vdc_fence_proxy_unfit(h6, arena),
			    "it is non_operational: network_unreachable");
}

/* 40 victims, 8 hosts: each has about 5 of them, the same ones every time. */
static void they_spread(void **state)
{
	size_t had[8] = { 0 };

	(void)state;
	add_cluster("big", "dc1");
	for (int i = 0; i < 8; i++)
		add_host(vdc_arena_format(arena, "p%d", i), "big", VDC_HOST_UP);
	for (int i = 0; i < 40; i++)
		add_host(vdc_arena_format(arena, "victim%d", i), "big", VDC_HOST_NON_RESPONSIVE);
	for (int i = 0; i < 40; i++) {
		const char *victim = vdc_arena_format(arena, "victim%d", i);
		const char *list = proxies(victim, "cluster", false);

		assert_string_equal(list, proxies(victim, "cluster", false));
		assert_int_equal(list[0], 'p');
		had[list[1] - '0']++;
	}
	for (int i = 0; i < 8; i++)
		assert_in_range(had[i], 1, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sources, make_world, end_world),
		cmocka_unit_test_setup_teardown(fitness, make_world, end_world),
		cmocka_unit_test_setup_teardown(they_spread, make_world, end_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
