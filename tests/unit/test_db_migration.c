/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who moves which VM: one migration per VM and as many per host as it may, across jobs. */
#include "base/time.h"
#include "scratch_store.h"
#include "store/migration.h"

#define TTL (20 * VDC_SECOND)

static const char vm1[] = "11111111-1111-4111-8111-111111111111";
static const char vm2[] = "22222222-2222-4222-8222-222222222222";

static struct vdc_job_lease *new_job(struct vdc_db *db, int64_t ttl)
{
	const char *id = put(db, &vdc_job_kind, OBJECT(&vdc_job_kind, "action", "vm-migrate"));
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };

	must(vdc_job_acquire(db, id, ttl, &lease, &err), &err);
	return lease;
}

static struct vdc_job_step *step_of(int64_t number, const char *vm)
{
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, arena);

	step->number = number;
	step->object_id = vdc_arena_strdup(arena, vm);
	step->object_name = vdc_arena_strdup(arena, "web");
	return step;
}

static int claim(struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_job_step *step,
		 const char *from, const char *to, int64_t most, struct vdc_err *err)
{
	const struct vdc_migration_claim c = {
		.step = step, .from = from, .to = to, .most_out = most, .most_in = most
	};

	return vdc_migration_claim(lease, db, &c, arena, err);
}

static void one_vm_is_moved_once(void **state)
{
	struct vdc_job_lease *first, *second;
	struct vdc_job_step *step = step_of(1, vm1);
	struct vdc_err err = { 0 };
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	first = new_job(s->db, TTL);
	second = new_job(s->db, TTL);
	must(claim(first, s->db, step, "h1", "h2", 2, &err), &err);
	assert_int_equal(step->tries, 1);
	assert_int_equal(claim(second, s->db, step_of(1, vm1), "h1", "h3", 9, &err), -EALREADY);
	assert_non_null(strstr(err.msg, vdc_job_lease_id(first)));
	assert_non_null(strstr(err.msg, "VM web"));
	/* Its own job may begin it again. */
	must(claim(first, s->db, step, "h1", "h3", 2, &err), &err);
	assert_int_equal(step->tries, 2);
	must(vdc_job_step_end(first, s->db, step, VDC_JOB_FINISHED, NULL, arena, &err), &err);
	must(claim(second, s->db, step_of(1, vm1), "h1", "h3", 2, &err), &err);
	vdc_job_release(second, s->db);
	vdc_job_release(first, s->db);
}

static void hosts_have_so_many_at_once(void **state)
{
	struct vdc_job_lease *first, *second;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	first = new_job(s->db, TTL);
	second = new_job(s->db, TTL);
	must(claim(first, s->db, step_of(1, vm1), "h1", "h2", 1, &err), &err);
	assert_int_equal(claim(second, s->db, step_of(1, vm2), "h1", "h3", 1, &err), -EAGAIN);
	assert_int_equal(claim(second, s->db, step_of(1, vm2), "h3", "h2", 1, &err), -EAGAIN);
	assert_int_equal(claim(first, s->db, step_of(2, vm2), "h1", "h3", 1, &err), -EAGAIN);
	/* The way back is another one, and a second place another matter. */
	must(claim(second, s->db, step_of(1, vm2), "h2", "h1", 1, &err), &err);
	must(claim(first, s->db, step_of(2, "33333333-3333-4333-8333-333333333333"), "h1", "h2", 2,
		   &err),
	     &err);
	vdc_job_release(second, s->db);
	vdc_job_release(first, s->db);
}

static void the_dead_hold_nothing(void **state)
{
	struct vdc_job_lease *dead, *alive;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	dead = new_job(s->db, TTL);
	alive = new_job(s->db, TTL);
	must(claim(dead, s->db, step_of(1, vm1), "h1", "h2", 1, &err), &err);
	vdc_job_release(dead, s->db);
	must(claim(alive, s->db, step_of(1, vm1), "h1", "h2", 1, &err), &err);
	vdc_job_release(alive, s->db);
}

static void what_a_step_remembers(void **state)
{
	struct vdc_job_step step = { .state = NULL };
	char lines[] = "to=B\nfromage=C\nfrom=A", *from, *to;

	(void)state;
	vdc_migration_ends(&step, arena, &from, &to);
	assert_null(from);
	assert_null(to);
	step.state = lines;
	vdc_migration_ends(&step, arena, &from, &to);
	assert_string_equal(from, "A");
	assert_string_equal(to, "B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(one_vm_is_moved_once),
		on_both(hosts_have_so_many_at_once),
		on_both(the_dead_hold_nothing),
		cmocka_unit_test(what_a_step_remembers),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
