/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written when a host is known to be down: once, and about no VM that is elsewhere. */
#include "act/ha_job.h"
#include "base/setting.h"
#include "model/storage_domain.h"
#include "plan/host_status.h"
#include "scratch_store.h"

static struct vdc_job_lease *begin(struct scratch *s)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };
	const char *job;

	populate(s->db);
	script(s->db, "UPDATE vms SET status = 'up' WHERE host_id IS NOT NULL;"
		      "UPDATE hosts SET status = 'non_responsive', spm_status = 'spm', seen = 1 "
		      "WHERE name = 'h1'");
	put(s->db, &vdc_vm_kind,
	    OBJECT(&vdc_vm_kind, "name", "ha", "cluster", "c1", "host", "h1", "status", "unknown",
		   "high_availability", "true", "priority", "50"));
	put(s->db, &vdc_vm_kind,
	    OBJECT(&vdc_vm_kind, "name", "always", "cluster", "c1", "host", "h1", "status",
		   "migrating", "run_strategy", "always"));
	put(s->db, &vdc_vm_kind,
	    OBJECT(&vdc_vm_kind, "name", "moved", "cluster", "c1", "host", "h2", "status", "up",
		   "high_availability", "true"));
	put(s->db, &vdc_vm_kind,
	    OBJECT(&vdc_vm_kind, "name", "halted", "cluster", "c1", "host", "h1", "status", "up",
		   "high_availability", "true", "run_strategy", "halted"));
	job = put(s->db, &vdc_job_kind,
		  OBJECT(&vdc_job_kind, "action", "fence", "status", "started"));
	must(vdc_job_acquire(s->db, job, VDC_JOB_TTL, &lease, &err), &err);
	return lease;
}

static struct vdc_host_down down(struct scratch *s, struct vdc_job_lease *lease)
{
	const struct vdc_host *h1 = get(s->db, &vdc_host_kind, "h1");
	struct vdc_host_down down = {
		.host_id = h1->id,
		.status = VDC_HOST_DOWN,
		.power_off = true,
		.evidence = "ipmilan at bmc1 says off",
	};
	struct vdc_err err = { 0 };

	must(vdc_host_down(s->db, lease, &down, arena, &err), &err);
	return down;
}

static const struct vdc_host *h1(struct scratch *s)
{
	return get(s->db, &vdc_host_kind, "h1");
}

static const struct vdc_vm *vm(struct scratch *s, const char *name)
{
	return get(s->db, &vdc_vm_kind, name);
}

static int take_memory(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		       struct vdc_err *err vdc_unused)
{
	const struct vdc_job_step *step = object;
	struct vdc_job_step *wanted = ctx;

	if (strcmp(step->object_name, wanted->object_name) == 0)
		wanted->state = vdc_arena_strdup(arena, step->state);
	return 0;
}

static struct vdc_ha_memory memory_of(struct scratch *s, const char *job, const char *name)
{
	struct vdc_job_step wanted = { .object_name = vdc_arena_strdup(arena, name) };
	struct vdc_err err = { 0 };

	must(vdc_store_each_of(s->db, &vdc_job_step_kind, vdc_kind_field(&vdc_job_step_kind, "job"),
			       job, VDC_WITH_LONG, NULL, take_memory, &wanted, &err),
	     &err);
	return vdc_ha_memory_read(wanted.state, arena);
}

static void its_vms_are_down_and_ha_ones_queued(void **state)
{
	struct vdc_job_lease *lease;
	struct vdc_host_down d;
	SCRATCH(s);

	lease = begin(s);
	d = down(s, lease);
	assert_int_equal(d.vms, 5);
	assert_int_equal(d.ha_vms, 2);
	assert_non_null(d.ha_job);
	assert_int_equal(h1(s)->status, VDC_HOST_DOWN);
	assert_int_equal(h1(s)->power_status, VDC_POWER_OFF);
	assert_int_equal(h1(s)->spm_status, VDC_SPM_NONE);
	assert_string_equal(h1(s)->down_evidence, "ipmilan at bmc1 says off");
	assert_true(vdc_host_is_known_down(h1(s)));
	assert_int_equal(vm(s, "ha")->status, VDC_VM_DOWN);
	assert_int_equal(vm(s, "ha")->exit_status, VDC_VM_EXIT_ERROR);
	assert_null(vm(s, "ha")->host.id);
	assert_non_null(strstr(vm(s, "ha")->stop_reason, "host h1 is down"));
	assert_int_equal(vm(s, "moved")->status, VDC_VM_UP);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE code = 143"), 5);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE type = 'spm_lost'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps WHERE action = 'ha_start' "
					  "AND status = 'queued'"),
			 2);
	assert_true(memory_of(s, d.ha_job, "always").moving); /* nobody saw where it ended */
	assert_false(memory_of(s, d.ha_job, "ha").moving);
	vdc_job_release(lease, s->db);
}

static void done_again_it_changes_nothing(void **state)
{
	struct vdc_job_lease *lease;
	struct vdc_host_down first, second;
	int64_t events, proven;
	SCRATCH(s);

	lease = begin(s);
	first = down(s, lease);
	events = number_of(s->db, "SELECT COUNT(*) FROM events");
	proven = h1(s)->proven_down;
	second = down(s, lease);
	assert_int_equal(second.vms, 0);
	assert_int_equal(second.ha_vms, 2);
	assert_string_equal(first.ha_job, second.ha_job);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events"), events);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps"), 2);
	assert_int_equal(h1(s)->proven_down, proven);
	vdc_job_release(lease, s->db);
}

/* It came back, a VM went home and failed with it again, while the job still cared for another. */
static void a_vm_that_fails_again_is_queued_again(void **state)
{
	struct vdc_job_lease *lease;
	struct vdc_host_down d;
	SCRATCH(s);

	lease = begin(s);
	down(s, lease);
	script(s->db,
	       "UPDATE hosts SET status = 'up', seen = 9000000000000000 WHERE name = 'h1';"
	       "UPDATE vms SET status = 'up', host_id = (SELECT id FROM hosts WHERE name = 'h1') "
	       "WHERE name = 'ha';"
	       "UPDATE steps SET status = 'finished' WHERE object_name = 'ha'");
	assert_false(vdc_host_is_known_down(h1(s)));
	d = down(s, lease);
	assert_int_equal(d.vms, 1);
	assert_int_equal(d.ha_vms, 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps WHERE status = 'queued'"), 2);
	vdc_job_release(lease, s->db);
}

static void only_a_lease_lets_a_vm_start_before_the_proof(void **state)
{
	struct vdc_job_lease *lease;
	struct vdc_err err = { 0 };
	struct vdc_host_down d;
	char *job = NULL;
	SCRATCH(s);

	lease = begin(s);
	must(vdc_ha_enlist_leased(s->db, h1(s)->id, arena, &job, &err), &err);
	assert_null(job);
	put(s->db, &vdc_storage_domain_kind,
	    OBJECT(&vdc_storage_domain_kind, "name", "leases", "type", "data"));
	script(s->db, "UPDATE vms SET lease_storage_domain_id = (SELECT id FROM storage_domains) "
		      "WHERE name = 'ha'");
	must(vdc_ha_enlist_leased(s->db, h1(s)->id, arena, &job, &err), &err);
	assert_non_null(job);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps"), 1);
	assert_int_equal(vm(s, "ha")->status, VDC_VM_UNKNOWN);
	d = down(s, lease);
	assert_string_equal(d.ha_job, job);
	assert_int_equal(d.ha_vms, 2);
	vdc_job_release(lease, s->db);
}

static void who_lost_the_lease_sets_nothing_down(void **state)
{
	struct vdc_host_down d = { .status = VDC_HOST_DOWN, .evidence = "none" };
	struct vdc_job_lease *lease;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	lease = begin(s);
	d.host_id = h1(s)->id;
	script(s->db, "UPDATE job_leases SET token = token + 1");
	assert_int_equal(vdc_host_down(s->db, lease, &d, arena, &err), -EBUSY);
	assert_int_equal(h1(s)->status, VDC_HOST_NON_RESPONSIVE);
	vdc_job_release(lease, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(its_vms_are_down_and_ha_ones_queued),
		on_both(done_again_it_changes_nothing),
		on_both(a_vm_that_fails_again_is_queued_again),
		on_both(only_a_lease_lets_a_vm_start_before_the_proof),
		on_both(who_lost_the_lease_sets_nothing_down),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
