/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters of clusters, policies and what the VM asks for, and every weight. */
#include "plan/placement.h"

#include <string.h>

#include "placement_case.h"
#include "plan/placement_part.h"
#include "unit.h"

static void only_hosts_that_are_up_and_others(void **state)
{
	struct placement_case *c = *state;

	placement_refused(c, c->h1, "here", "runs there");
	placement_refused(c, c->h2, NULL, "");
	c->h2->status = VDC_HOST_NON_OPERATIONAL;
	placement_refused(c, c->h2, "status", "non_operational");
	c->h2->status = VDC_HOST_MAINTENANCE;
	placement_refused(c, c->h2, "status", "maintenance");
	assert_ptr_equal(c->result.best, c->h3);
	c->query.bans = &(struct vdc_place_ban){ "h3", "it failed there" };
	c->query.n_bans = 1;
	placement_refused(c, c->h3, "failed", "it failed there");
	assert_null(c->result.best);
	assert_non_null(strstr(c->result.none, "h3: it failed there"));
	assert_non_null(strstr(c->result.none, "h2: it is maintenance"));
}

static void what_moves_takes_room_on_both(void **state)
{
	struct placement_case *c = *state;
	struct vdc_vm *big = placement_vm(c, "v2", c->h2);

	big->memory = 13 * GIB;
	placement_ask(c);
	assert_int_equal(vdc_placement_used(c->placement, c->h2), 13 * GIB);
	vdc_placement_reserve(c->placement, big, c->h3);
	assert_int_equal(vdc_placement_used(c->placement, c->h3), 13 * GIB);
	assert_non_null(vdc_place_refuses(c->placement, &c->query, c->h3, c->arena, NULL));
	vdc_placement_put(c->placement, big, c->h3);
	assert_int_equal(vdc_placement_used(c->placement, c->h2), 0);
	assert_null(vdc_place_refuses(c->placement, &c->query, c->h2, c->arena, NULL));
	vdc_placement_put(c->placement, big, NULL);
	assert_int_equal(vdc_placement_used(c->placement, c->h3), 0);
	assert_null(vdc_place_refuses(c->placement, &c->query, c->h3, c->arena, NULL));
}

static void levels_and_the_barrier(void **state)
{
	struct placement_case *c = *state;

	c->vm->migration_barrier = (struct vdc_level){ 4, 8 };
	placement_refused(c, c->h2, "level", "4.8");
	c->vm->migration_barrier = (struct vdc_level){ 4, 7 };
	placement_refused(c, c->h2, NULL, "");
	c->cluster->version = (struct vdc_level){ -1, -1 };
	placement_refused(c, c->h2, "level", "unknown");
}

static void the_policy_while_upgrading(void **state)
{
	struct placement_case *c = *state;

	c->h1->os_major = 8;
	c->h2->os_major = 7;
	c->h3->os_major = 9;
	placement_refused(c, c->h2, NULL, "");
	c->cluster->scheduling_policy = placement_text(c, "in_cluster_upgrade");
	placement_refused(c, c->h2, "policy", "RHEL 7, the VM runs on RHEL 8");
	c->h2->os_major = 8;
	placement_refused(c, c->h2, NULL, "");
	placement_measure(c, "h2", 0, 1);
	placement_measure(c, "h3", 0, 70);
	placement_ask(c);
	assert_ptr_equal(c->result.best, c->h3); /* newer, however busy */
	c->h2->os_type = placement_text(c, "Fedora");
	placement_refused(c, c->h2, "policy", "Fedora");
	c->h2->os_type = NULL;
	placement_refused(c, c->h2, "policy", "unreadable");
	c->h2->os_type = placement_text(c, "RHEL");
	c->h1->os_type = NULL;
	placement_refused(c, c->h2, "policy", "unreadable");
	c->query.start = true;
	c->vm->status = VDC_VM_DOWN;
	c->vm->host.id = NULL;
	c->h2->os_major = 7;
	placement_refused(c, c->h2, NULL, "");
	assert_ptr_equal(c->result.best, c->h3);
}

static void a_cluster_under_maintenance_starts_only_ha(void **state)
{
	struct placement_case *c = *state;

	c->cluster->scheduling_policy = placement_text(c, "cluster_maintenance");
	placement_refused(c, c->h2, NULL, "");
	c->query.start = true;
	placement_refused(c, c->h2, "maintenance", "highly available");
	c->vm->high_availability = 1;
	placement_refused(c, c->h2, NULL, "");
}

static void hosts_that_it_names_and_storage_of_one_host(void **state)
{
	struct placement_case *c = *state;

	c->vm->pinned_hosts = placement_text(c, "h3 h9");
	placement_refused(c, c->h2, "pinned", "names");
	placement_refused(c, c->h3, NULL, "");
	c->cluster->scheduling_policy = placement_text(c, "in_cluster_upgrade");
	placement_refused(c, c->h2, NULL, "");
	c->vm->local_storage = 1;
	placement_refused(c, c->h3, "storage", "its own host");
	c->query.start = true;
	placement_refused(c, c->h1, NULL, "");
}

static void the_emptiest_then_not_the_spm(void **state)
{
	struct placement_case *c = *state;

	placement_measure(c, "h2", 0, 50);
	placement_measure(c, "h3", 0, 10);
	placement_ask(c);
	assert_ptr_equal(c->result.best, c->h3);
	c->n_samples = 0;
	placement_measure(c, "h2", 0, 12);
	placement_measure(c, "h3", 0, 14); /* the same step */
	placement_ask(c);
	assert_ptr_equal(c->result.best, c->h2);
	c->h2->spm_status = VDC_SPM_SPM;
	placement_ask(c);
	assert_ptr_equal(c->result.best, c->h3);
	placement_vm(c, "v2", c->h3)->memory = 8 * GIB;
	placement_ask(c);
	assert_ptr_equal(c->result.best, c->h2); /* no longer equals */
	assert_true(c->result.hosts[0].score > c->result.hosts[1].score);
	assert_int_equal(c->result.n_fit, 2);
	assert_ptr_equal(c->result.hosts[2].host, c->h1);
}

static void what_was_put_there_counts(void **state)
{
	struct placement_case *c = *state;
	struct vdc_vm *v2 = placement_vm(c, "v2", c->h1);

	placement_measure(c, "h2", 0, 0);
	placement_measure(c, "h3", 0, 0);
	placement_ask(c);
	assert_ptr_equal(c->result.best, c->h2);
	vdc_placement_put(c->placement, c->vm, c->h2);
	c->query.vm = v2;
	assert_int_equal(vdc_place(c->placement, &c->query, c->arena, &c->result, NULL), 0);
	assert_ptr_equal(c->result.best, c->h3);
}

static void another_cluster_needs_the_catalogue(void **state)
{
	struct placement_case *c = *state;
	struct vdc_cluster *other = placement_add(c, &vdc_cluster_kind, "c2");
	struct vdc_err err = { 0 };

	other->name = placement_text(c, "other");
	other->version = (struct vdc_level){ 4, 8 };
	c->h3->cluster.id = other->id;
	c->query.cluster_id = other->id;
	placement_refused(c, c->h3, "level", "no catalogue");
	assert_int_equal(c->result.n, 1);
	c->query.cluster_id = "nowhere";
	assert_int_not_equal(vdc_place(c->placement, &c->query, c->arena, &c->result, &err), 0);
	c->query.cluster_id = NULL;
	placement_ask(c);
	assert_int_equal(c->result.n, 2);
}

static void another_data_center_is_out_of_reach(void **state)
{
	struct placement_case *c = *state;
	struct vdc_cluster *other = placement_add(c, &vdc_cluster_kind, "c2");

	other->name = placement_text(c, "other");
	c->cluster->data_center.id = placement_text(c, "dc1");
	other->data_center.id = placement_text(c, "dc2");
	c->h3->cluster.id = other->id;
	c->query.cluster_id = other->id;
	c->query.accept_unknown = true;
	placement_refused(c, c->h3, "level", "another data centre");
	other->data_center.id = placement_text(c, "dc1");
	placement_refused(c, c->h3, NULL, "");
}

static void the_filters_have_their_names(void **state)
{
	size_t n = 0;

	(void)state;
	for (; vdc_placement_filters[n]; n++)
		assert_string_equal(vdc_placement_filters[n], place_filters[n].name);
	assert_int_equal(n, place_n_filters);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, placement_case_begin, placement_case_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_hosts_that_are_up_and_others),
		TEST(what_moves_takes_room_on_both),
		TEST(levels_and_the_barrier),
		TEST(the_policy_while_upgrading),
		TEST(a_cluster_under_maintenance_starts_only_ha),
		TEST(hosts_that_it_names_and_storage_of_one_host),
		TEST(the_emptiest_then_not_the_spm),
		TEST(what_was_put_there_counts),
		TEST(another_cluster_needs_the_catalogue),
		TEST(another_data_center_is_out_of_reach),
		TEST(the_filters_have_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
