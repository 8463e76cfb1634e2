/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Affinity at the end of an upgrade, where nothing has to move, or nothing can. */
#include "act/upgrade_work.h"

#include "model/affinity.h"
#include "scratch_store.h"

static struct upgrade_run run;
static struct vdc_buf said;

static void note(void *ctx, const struct vdc_work_news *news)
{
	(void)ctx;
	if (news->kind == VDC_WORK_NOTE)
		vdc_buf_printf(&said, "%s\n", news->text);
}

static const struct vdc_upgrade_control control = { .stop_fd = -1, .told = note };

static void a_run(struct scratch *s)
{
	struct vdc_err err = { 0 };
	const char *id;

	populate(s->db);
	for (const char *const *vm = (const char *const[]){ "x", "y", NULL }; *vm; vm++)
		put(s->db, &vdc_vm_kind,
		    OBJECT(&vdc_vm_kind, "name", *vm, "cluster", "c1", "host", "h1", "status", "up",
			   "memory", "1G"));
	id = put(s->db, &vdc_job_kind,
		 OBJECT(&vdc_job_kind, "action", "cluster-upgrade", "status", "started"));
	run = (struct upgrade_run){
		.db = s->db,
		.arena = arena,
		.control = &control,
		.job = get(s->db, &vdc_job_kind, id),
		.cluster = get(s->db, &vdc_cluster_kind, "c1"),
		.steps = vdc_arena_alloc(arena, UPGRADE_N_STEPS * sizeof(*run.steps)),
	};
	for (size_t i = 0; i < UPGRADE_N_STEPS; i++) {
		run.steps[i] = *(struct vdc_job_step *)vdc_object_new(&vdc_job_step_kind, arena);
		run.steps[i].job.id = run.job->id;
	}
	must(vdc_job_acquire(s->db, id, VDC_JOB_TTL, &run.lease, &err), &err);
	vdc_buf_clear(&said);
}

/* x and y, which are on h1, together or apart. */
static void a_rule(struct scratch *s, const char *together, const char *must_be)
{
	put(s->db, &vdc_affinity_group_kind,
	    OBJECT(&vdc_affinity_group_kind, "name", "g", "cluster", "c1", "vms_enabled", "true",
		   "vms_positive", together, "vms_enforcing", must_be));
	for (const char *const *vm = (const char *const[]){ "x", "y", NULL }; *vm; vm++)
		put(s->db, &vdc_affinity_vm_kind,
		    OBJECT(&vdc_affinity_vm_kind, "affinity_group", "g", "vm", *vm));
}

static void mend(void)
{
	struct vdc_err err = { 0 };

	must(upgrade_mend_affinity(&run, &err), &err);
	vdc_job_release(run.lease, run.db);
}

static void did_nothing(void)
{
	assert_null(run.left_behind);
	assert_null(run.steps[UPGRADE_AFFINITY].id);
	assert_string_equal(vdc_buf_str(&said), "");
}

static void no_rule_no_step(void **state)
{
	SCRATCH(s);

	a_run(s);
	mend();
	did_nothing();
}

static void a_rule_that_holds_is_no_step(void **state)
{
	SCRATCH(s);

	a_run(s);
	a_rule(s, "true", "true");
	mend();
	did_nothing();
}

static void nothing_was_moved(void **state)
{
	SCRATCH(s);

	a_run(s);
	a_rule(s, "false", "true");
	run.options.no_reboot = true;
	mend();
	did_nothing();
}

static void the_policy_stayed(void **state)
{
	SCRATCH(s);

	a_run(s);
	a_rule(s, "false", "true");
	run.left_behind = "the policy stays";
	mend();
	assert_string_equal(run.left_behind, "the policy stays");
	assert_null(run.steps[UPGRADE_AFFINITY].id);
}

static void cannot_hold(struct scratch *s, const char *must_be, const char *says)
{
	const struct vdc_job_step *step;

	a_run(s);
	a_rule(s, "false", must_be); /* h2 is not up */
	mend();
	assert_non_null(strstr(run.left_behind, says));
	assert_non_null(strstr(run.left_behind, "no other host can take one of them"));
	assert_non_null(strstr(vdc_buf_str(&said), says));
	step = get(s->db, &vdc_job_step_kind, run.steps[UPGRADE_AFFINITY].id);
	assert_string_equal(step->action, "affinity");
	assert_int_equal(step->status, VDC_JOB_FAILED);
	assert_string_equal(step->message, run.left_behind);
}

static void a_must_that_cannot_hold_is_named(void **state)
{
	SCRATCH(s);

	cannot_hold(s, "true", "affinity group g does not hold");
}

static void so_is_a_wish(void **state)
{
	SCRATCH(s);

	cannot_hold(s, "false", "affinity group g is not as wished");
}

static void a_step_that_was_begun_ends(void **state)
{
	struct vdc_err err = { 0 };
	const struct vdc_job_step *step;
	SCRATCH(s);

	a_run(s);
	must(upgrade_begin_step(&run, UPGRADE_AFFINITY, &err), &err);
	mend();
	step = get(s->db, &vdc_job_step_kind, run.steps[UPGRADE_AFFINITY].id);
	assert_int_equal(step->status, VDC_JOB_FINISHED);
	assert_null(run.left_behind);
}

static void a_number_belongs_to_one_vm(void **state)
{
	struct vdc_err err = { 0 };
	int64_t next;
	SCRATCH(s);

	a_run(s);
	must(upgrade_adopt_moves(&run, UPGRADE_AFFINITY_MOVES, &next, &err), &err);
	assert_int_equal(next, UPGRADE_AFFINITY_MOVES);
	put(s->db, &vdc_job_step_kind,
	    OBJECT(&vdc_job_step_kind, "job", run.job->id, "number", "10004", "action", "migrate",
		   "object_id", run.cluster->id, "status", "finished"));
	must(upgrade_adopt_moves(&run, UPGRADE_AFFINITY_MOVES, &next, &err), &err);
	assert_int_equal(next, UPGRADE_AFFINITY_MOVES + 5);
	must(upgrade_adopt_moves(&run, UPGRADE_MOVES, &next, &err), &err);
	assert_int_equal(next, UPGRADE_MOVES);
	vdc_job_release(run.lease, run.db);
}

static int free_all(void **state)
{
	vdc_buf_free(&said);
	return free_arena(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(no_rule_no_step),
		on_sqlite(a_rule_that_holds_is_no_step),
		on_sqlite(nothing_was_moved),
		on_sqlite(the_policy_stayed),
		on_both(a_must_that_cannot_hold_is_named),
		on_sqlite(so_is_a_wish),
		on_sqlite(a_step_that_was_begun_ends),
		on_both(a_number_belongs_to_one_vm),
	};

	return cmocka_run_group_tests(tests, new_arena, free_all);
}
