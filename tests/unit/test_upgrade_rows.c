/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_rows.h"

#include <errno.h>
#include <string.h>

#include "../helpers/small_world.h"
#include "unit.h"

enum { ROWS_MAX = 16 };

static struct vdc_arena *arena;
static struct small_world w;
static struct vdc_upgrade_snapshot snapshot;
/* The rows of its plan, to be spoiled. */
static struct vdc_upgrade *upgrade;
static struct vdc_upgrade_host_row *hosts[ROWS_MAX];
static struct vdc_upgrade_move *moves[ROWS_MAX];
static size_t n_hosts, n_moves;

static int keep(void *ctx, const struct vdc_kind *kind, const void *object, struct vdc_err *err)
{
	void *copy = vdc_object_copy(kind, object, arena);

	(void)ctx, (void)err;
	if (kind == &vdc_upgrade_kind)
		upgrade = copy;
	else if (kind == &vdc_upgrade_host_kind)
		hosts[n_hosts++] = copy;
	else
		moves[n_moves++] = copy;
	return 0;
}

static void look(void)
{
	static const struct vdc_catalogue none;
	struct vdc_upgrade_choice choice = vdc_upgrade_choice_default;
	struct vdc_err err = { 0 };

	choice.cluster_id = w.cluster->id;
	choice.accept_unknown = true;
	vdc_upgrade_snapshot_free(&snapshot);
	if (vdc_upgrade_snapshot(w.world, &none, &choice, arena, &snapshot, &err))
		fail_msg("%s", vdc_err_text(&err));
}

static int begin(void **state)
{
	const struct vdc_upgrade_page page = { .created = 1000000, .os_major = true };
	struct vdc_upgrade_plan plan;

	(void)state;
	arena = vdc_arena_new();
	w = small_world_new(arena);
	n_hosts = n_moves = 0;
	look();
	assert_int_equal(vdc_plan_upgrade(&snapshot.input, arena, &plan, NULL), 0);
	assert_int_equal(vdc_upgrade_each_row(&snapshot, &plan, &page, keep, NULL, NULL), 0);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	vdc_upgrade_snapshot_free(&snapshot);
	vdc_arena_free(arena);
	return 0;
}

/* What is said of the rows as they are: NULL, it is a safe plan. */
static const char *verdict(int *code)
{
	struct vdc_upgrade_rows rows = {
		.upgrade = upgrade,
		.hosts = (const struct vdc_upgrade_host_row **)hosts,
		.n_hosts = n_hosts,
		.moves = (const struct vdc_upgrade_move **)moves,
		.n_moves = n_moves,
	};
	struct vdc_upgrade_plan plan;
	struct vdc_err err = { 0 };

	*code = vdc_upgrade_from_rows(&rows, &snapshot, arena, &plan, &err);
	if (!*code)
		*code = vdc_plan_upgrade_replay(&snapshot.input, &plan, &err);
	return *code ? vdc_arena_strdup(arena, vdc_err_text(&err)) : NULL;
}

static void refused(int code, const char *because)
{
	int was;
	const char *text = verdict(&was);

	if (!text || was != code || !strstr(text, because))
		fail_msg("%d: %s; expected %d: %s", was, text, code, because);
}

static void a_plan_is_taken_back(void **state)
{
	int code;

	(void)state;
	assert_null(verdict(&code));
	assert_int_equal(upgrade->waves, 3);
	assert_int_equal(upgrade->moves, n_moves);
	assert_int_equal(n_hosts, 3);
	assert_string_equal(moves[0]->id, "1.1");
}

static void of_another_state(void **state)
{
	(void)state;
	w.vms[0]->host.id = w.hosts[1]->id; /* on h2 now */
	w.vms[2]->host.id = NULL;
	w.vms[2]->status = VDC_VM_DOWN;
	look();
	refused(-EPERM, "VM a is on h2");
	refused(-EPERM, "VM c does not run");
}

static void of_another_cluster(void **state)
{
	(void)state;
	upgrade->cluster.id = vdc_arena_strdup(arena, "c2");
	refused(-EPERM, "another cluster");
}

static void a_host_twice(void **state)
{
	(void)state;
	hosts[n_hosts++] = vdc_object_copy(&vdc_upgrade_host_kind, hosts[0], arena);
	hosts[n_hosts - 1]->wave = 3;
	refused(-EPERM, "twice");
}

static void all_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_hosts; i++)
		hosts[i]->wave = 1;
	for (size_t i = 0; i < n_moves; i++)
		moves[i]->wave = 1;
	refused(-EPERM, "3 hosts are away");
}

static void a_vm_is_forgotten(void **state)
{
	(void)state;
	n_moves--;
	refused(-EPERM, "stays on host");
}

static void to_where_it_is(void **state)
{
	(void)state;
	moves[0]->to = moves[0]->from;
	refused(-EPERM, "which is away");
}

static void above_the_ceiling(void **state)
{
	(void)state;
	snapshot.input.ceiling = 30;
	refused(-EPERM, "above the ceiling");
}

static void treated_otherwise(void **state)
{
	(void)state;
	moves[0]->action = VDC_UPGRADE_STOP;
	refused(-EPERM, "eviction strategy");
}

static void from_where_nobody_leaves(void **state)
{
	(void)state;
	moves[0]->wave = 2;
	moves[1]->wave = 2;
	refused(-EPERM, "stays on host");
}

static void nonsense(void **state)
{
	(void)state;
	moves[0]->vm.id = vdc_arena_strdup(arena, "nobody");
	refused(-EINVAL, "not in the cluster");
	n_moves = 0;
	hosts[0]->wave = 1000;
	refused(-EINVAL, "no wave 1000");
	n_hosts = 0;
	refused(-EINVAL, "upgrades no host");
	upgrade = NULL;
	refused(-EINVAL, "no plan");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
		TEST(a_plan_is_taken_back),
		TEST(of_another_state),
		TEST(of_another_cluster),
		TEST(a_host_twice),
		TEST(all_at_once),
		TEST(a_vm_is_forgotten),
		TEST(to_where_it_is),
		TEST(above_the_ceiling),
		TEST(treated_otherwise),
		TEST(nonsense),
		TEST(from_where_nobody_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
