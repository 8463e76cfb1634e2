/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a drain writes about its host and about the homes of VMs, and that a host has one at a time. */
#include "act/drain_part.h"
#include "scratch_store.h"

static const struct vdc_drain_options options = {
	.migrate = { .stop_fd = -1 },
	.reason = "new memory",
};

/* One job, as of one owner. */
struct owner {
	struct drain_run run;
	struct drain_host host;
};

static void begin(struct owner *owner, struct vdc_db *db, const char *job)
{
	const char *id =
		job ? job
		    : put(db, &vdc_job_kind,
			  OBJECT(&vdc_job_kind, "action", "host-maintenance", "status", "started"));
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };

	must(vdc_job_acquire(db, id, VDC_JOB_TTL, &lease, &err), &err);
	must(drain_run_begin(&owner->run, db, lease, &options, 1, arena, &err), &err);
	owner->host =
		(struct drain_host){ .run = &owner->run, .host = get(db, &vdc_host_kind, "h1") };
	drain_number_host(&owner->host, 1, DRAIN_ENTER);
}

static void end(struct owner *owner)
{
	vdc_job_release(owner->run.lease, owner->run.db);
}

static void prepare(struct scratch *s)
{
	populate(s->db);
	script(s->db, "UPDATE vms SET status = 'up' WHERE host_id IS NOT NULL");
}

static int64_t status_of(struct vdc_db *db)
{
	return ((const struct vdc_host *)get(db, &vdc_host_kind, "h1"))->status;
}

static void enters(struct owner *owner)
{
	const char *refusal = NULL;
	struct vdc_err err = { 0 };

	must(drain_enter(&owner->host, &refusal, &err), &err);
	assert_null(refusal);
}

static void a_drain_that_fails_gives_the_status_back(void **state)
{
	struct owner owner;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	begin(&owner, s->db, NULL);
	enters(&owner);
	assert_int_equal(status_of(s->db), VDC_HOST_PREPARING_FOR_MAINTENANCE);
	drain_fail(&owner.host, "VM %s: it stays", "v");
	must(drain_leave(&owner.host, VDC_DRAIN_FAILED, &err), &err);
	assert_int_equal(status_of(s->db), VDC_HOST_UP);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps WHERE status = 'failed' "
					  "AND message = 'VM v: it stays'"),
			 1);
	assert_int_equal(events(s, "host_maintenance_failed"), 1);
	end(&owner);
}

static void who_goes_on_knows_the_status_before(void **state)
{
	struct owner first, second;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	script(s->db, "UPDATE hosts SET status = 'non_operational', reason = 'cpu_type'");
	begin(&first, s->db, NULL);
	enters(&first);
	end(&first); /* killed */
	begin(&second, s->db, vdc_arena_strdup(arena, first.host.step->job.id));
	enters(&second);
	assert_int_equal(second.host.before, VDC_HOST_NON_OPERATIONAL);
	must(drain_leave(&second.host, VDC_DRAIN_STOPPED, &err), &err);
	assert_int_equal(status_of(s->db), VDC_HOST_NON_OPERATIONAL);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM hosts WHERE reason = 'cpu_type' "
					  "AND name = 'h1'"),
			 1);
	assert_int_equal(events(s, "host_maintenance_begun"), 1);
	end(&second);
}

static void a_host_is_drained_by_one(void **state)
{
	struct owner first, second;
	const char *refusal = NULL;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	begin(&first, s->db, NULL);
	enters(&first);
	begin(&second, s->db, NULL);
	must(drain_enter(&second.host, &refusal, &err), &err);
	assert_non_null(strstr(refusal, "drains it"));
	assert_non_null(strstr(refusal, vdc_job_lease_id(first.run.lease)));
	end(&first);
	must(drain_enter(&second.host, &refusal, &err), &err);
	assert_non_null(strstr(refusal, "cut off"));
	end(&second);
}

static void a_status_that_others_set_is_set_back(void **state)
{
	struct owner owner;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	begin(&owner, s->db, NULL);
	enters(&owner);
	must(drain_insist(&owner.host, &err), &err);
	assert_int_equal(events(s, "host_maintenance_insisted"), 0);
	script(s->db, "UPDATE hosts SET status = 'up'");
	must(drain_insist(&owner.host, &err), &err);
	assert_int_equal(status_of(s->db), VDC_HOST_PREPARING_FOR_MAINTENANCE);
	assert_int_equal(events(s, "host_maintenance_insisted"), 1);
	/* One that was given up does not answer because somebody wants it to. */
	script(s->db, "UPDATE hosts SET status = 'non_responsive'");
	must(drain_insist(&owner.host, &err), &err);
	assert_int_equal(status_of(s->db), VDC_HOST_NON_RESPONSIVE);
	end(&owner);
}

static void only_an_empty_host_is_in_maintenance(void **state)
{
	struct owner owner;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	begin(&owner, s->db, NULL);
	enters(&owner);
	assert_int_equal(drain_leave(&owner.host, VDC_DRAIN_DONE, &err), -EAGAIN);
	assert_int_equal(status_of(s->db), VDC_HOST_PREPARING_FOR_MAINTENANCE);
	script(s->db, "UPDATE vms SET status = 'down', host_id = NULL");
	must(drain_leave(&owner.host, VDC_DRAIN_DONE, &err), &err);
	assert_int_equal(status_of(s->db), VDC_HOST_MAINTENANCE);
	assert_string_equal(((struct vdc_host *)get(s->db, &vdc_host_kind, "h1"))->status_detail,
			    "new memory");
	end(&owner);
}

static void nobody_writes_for_a_drain_that_was_taken_over(void **state)
{
	struct owner owner;
	const char *refusal;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	begin(&owner, s->db, NULL);
	script(s->db, "UPDATE job_leases SET token = token + 1, owner = 'somebody else'");
	assert_int_equal(drain_enter(&owner.host, &refusal, &err), -EBUSY);
	assert_int_equal(drain_leave(&owner.host, VDC_DRAIN_FAILED, &err), -EBUSY);
	assert_int_equal(status_of(s->db), VDC_HOST_UP);
	vdc_job_release(owner.run.lease, NULL);
}

static struct drain_vm leaving(struct owner *owner, const char *vm, enum drain_how how)
{
	return (struct drain_vm){
		.host = &owner->host,
		.vm = get(owner->run.db, &vdc_vm_kind, vm),
		.how = how,
		.comes_back = true,
	};
}

static int64_t at_home(struct vdc_db *db)
{
	return number_of(db, "SELECT COUNT(*) FROM vms JOIN hosts ON hosts.id = vms.home_host_id "
			     "WHERE hosts.name = 'h1'");
}

/* One that is far from home already keeps that home, unless it has to wait for its host. */
static void vms_remember_where_they_belong(void **state)
{
	struct drain_vm vms[2];
	struct owner owner;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	script(s->db, "UPDATE vms SET home_host_id = (SELECT id FROM hosts WHERE name = 'h2') "
		      "WHERE name = 'w'");
	begin(&owner, s->db, NULL);
	vms[0] = leaving(&owner, "c1/v", DRAIN_BY_MOVE);
	vms[1] = leaving(&owner, "w", DRAIN_BY_MOVE);
	must(drain_note_homes(&owner.run, vms, 2, &err), &err);
	assert_int_equal(at_home(s->db), 1);
	vms[1].how = DRAIN_BY_STOP;
	must(drain_note_homes(&owner.run, vms, 2, &err), &err);
	assert_int_equal(at_home(s->db), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms WHERE starts_with_home = 1"),
			 1);
	vms[0].how = DRAIN_BY_RESTART; /* for when no other host can start it */
	must(drain_note_homes(&owner.run, vms, 2, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms WHERE starts_with_home = 1"),
			 2);
	/* The drain comes to nothing: who is there is at home; who is off waits. */
	script(s->db, "UPDATE vms SET status = 'down', host_id = NULL WHERE name = 'w'");
	enters(&owner);
	must(drain_leave(&owner.host, VDC_DRAIN_FAILED, &err), &err);
	assert_int_equal(at_home(s->db), 1);
	end(&owner);
}

static int64_t left_of(struct vdc_db *db, enum drain_forget which)
{
	const struct vdc_host *host = get(db, &vdc_host_kind, "h1");
	struct vdc_err err = { 0 };

	must(drain_forget_homes(db, host->id, which, arena, &err), &err);
	return at_home(db);
}

static void homes_are_forgotten_bit_by_bit(void **state)
{
	SCRATCH(s);

	prepare(s);
	script(s->db, "UPDATE vms SET home_host_id = (SELECT id FROM hosts WHERE name = 'h1')");
	script(s->db, "UPDATE vms SET status = 'down', host_id = NULL, starts_with_home = 0 "
		      "WHERE name = 'w'");
	script(s->db, "UPDATE vms SET host_id = (SELECT id FROM hosts WHERE name = 'h2') "
		      "WHERE name = 'v' AND status = 'up'");
	left_of(s->db, DRAIN_FORGET_THERE);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms WHERE name = 'w' "
					  "AND home_host_id IS NULL"),
			 0);
	left_of(s->db, DRAIN_FORGET_OFF);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms WHERE status = 'down' "
					  "AND home_host_id IS NOT NULL"),
			 0);
	assert_true(at_home(s->db) > 0);
	/* One that is to start with its host keeps it. */
	script(s->db, "UPDATE vms SET home_host_id = (SELECT id FROM hosts WHERE name = 'h1'), "
		      "starts_with_home = 1 WHERE name = 'w'");
	assert_int_equal(left_of(s->db, DRAIN_FORGET_AWAY), 1);
}

static void steps_keep_their_numbers(void **state)
{
	struct vdc_job_step *step;
	struct owner owner;
	const struct vdc_vm *vm;
	struct vdc_err err = { 0 };
	size_t at = 0;
	SCRATCH(s);

	prepare(s);
	begin(&owner, s->db, NULL);
	vm = get(s->db, &vdc_vm_kind, "w");
	assert_int_equal(drain_number(&owner.host, vm->id, "stop"), 2);
	step = OBJECT(&vdc_job_step_kind, "number", "2", "action", "stop", "object_id", vm->id);
	must(vdc_job_step_begin(owner.run.lease, s->db, step, arena, &err), &err);
	must(drain_read_steps(&owner.run, &err), &err);
	drain_number_host(&owner.host, 1, DRAIN_ENTER);
	assert_int_equal(drain_number(&owner.host, vm->id, "stop"), 2);
	assert_int_equal(drain_number(&owner.host, vm->id, "restart"), 3);
	assert_int_equal(drain_unfinished(&owner.host, &at)->number, 2);
	assert_null(drain_unfinished(&owner.host, &at));
	/* Those of another host of the job are none of ours. */
	drain_number_host(&owner.host, 1 + VDC_DRAIN_NUMBERS, DRAIN_ENTER);
	assert_int_equal(drain_number(&owner.host, vm->id, "stop"), VDC_DRAIN_NUMBERS + 2);
	end(&owner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_drain_that_fails_gives_the_status_back),
		on_both(who_goes_on_knows_the_status_before),
		on_both(a_host_is_drained_by_one),
		on_both(a_status_that_others_set_is_set_back),
		on_both(only_an_empty_host_is_in_maintenance),
		on_both(nobody_writes_for_a_drain_that_was_taken_over),
		on_both(vms_remember_where_they_belong),
		on_both(homes_are_forgotten_bit_by_bit),
		on_both(steps_keep_their_numbers),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
