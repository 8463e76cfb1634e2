/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands against draining hosts, each alone and all at once, and where VMs go. */
#include "plan/maintenance.h"

#include <string.h>

#include "../helpers/small_world.h"
#include "base/buf.h"
#include "unit.h"

static struct vdc_arena *arena;
static struct small_world w;
static struct vdc_maintenance_input input;
static struct vdc_maintenance plan;
static const struct vdc_host *drained[3];

static int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	w = small_world_new(arena);
	w.cluster->data_center.id = vdc_arena_strdup(arena, "dc");
	for (int i = 0; i < 4; i++)
		w.vms[i]->eviction_strategy = VDC_EVICTION_LIVE_MIGRATE;
	drained[0] = w.hosts[0];
	input = (struct vdc_maintenance_input){
		.world = w.world,
		.hosts = drained,
		.n_hosts = 1,
		.accept_unknown = true,
	};
	return 0;
}

static int finish(void **state)
{
	(void)state;
	vdc_placement_free(input.placement);
	vdc_arena_free(arena);
	return 0;
}

static void ask(void)
{
	const struct vdc_placement_input world = { .world = w.world };

	vdc_placement_free(input.placement);
	input.placement = vdc_placement_new(&world, arena);
	vdc_plan_maintenance(&input, arena, &plan);
}

/* "CODE:object" of all refusals of the host, in their order. */
static const char *refusals(size_t host)
{
	vdc_autobuf out = { 0 };

	ask();
	for (size_t i = 0; i < plan.refusals[host].n; i++)
		vdc_buf_printf(&out, "%s%s:%s", i ? " " : "", plan.refusals[host].items[i]->code,
			       plan.refusals[host].items[i]->object);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static const struct vdc_maintenance_vm *of(const char *name)
{
	for (size_t i = 0; i < plan.n_vms; i++)
		if (strcmp(plan.vms[i].vm->name, name) == 0)
			return &plan.vms[i];
	fail_msg("VM %s does not run there", name);
	return NULL;
}

static void nothing_stands_against_it(void **state)
{
	(void)state;
	assert_string_equal(refusals(0), "");
	assert_int_equal(plan.n_vms, 2);
	assert_int_equal(of("a")->verdict.drain, VDC_DRAIN_MOVE);
	assert_ptr_not_equal(of("a")->to, w.hosts[0]);
	assert_non_null(of("d")->to);
}

static void a_wish_is_kept_where_it_can_be(void **state)
{
	const struct vdc_drain_wish wishes[] = { { "a", "h3" }, { "d", "h1" } };

	(void)state;
	input.wishes = wishes;
	input.n_wishes = 2;
	w.hosts[1]->memory = 200 * GIB; /* the better one */
	assert_string_equal(refusals(0), "");
	assert_string_equal(of("a")->to->id, "h3");
	assert_string_equal(of("d")->to->id, "h2");
}

static void vms_that_block_are_named(void **state)
{
	(void)state;
	w.vms[0]->affinity = VDC_VM_PINNED;
	w.vms[3]->eviction_strategy = VDC_EVICTION_EXTERNAL;
	assert_string_equal(refusals(0), "VM_BLOCKS_DRAIN:a VM_BLOCKS_DRAIN:d");
}

static void room_is_taken_as_it_is_given(void **state)
{
	(void)state;
	w.hosts[1]->memory = 45 * GIB; /* b and one more */
	w.hosts[2]->memory = 25 * GIB; /* c */
	assert_string_equal(refusals(0), "VM_WITHOUT_DESTINATION:d");
	w.vms[3]->eviction_strategy = VDC_EVICTION_NONE;
	assert_string_equal(refusals(0), "");
	assert_int_equal(of("d")->verdict.drain, VDC_DRAIN_STOP);
	w.vms[3]->run_strategy = VDC_RUN_ALWAYS;
	assert_string_equal(refusals(0), "VM_WITHOUT_DESTINATION:d");
}

static void hosts_that_are_drained_together_take_nothing(void **state)
{
	(void)state;
	drained[1] = w.hosts[1];
	input.n_hosts = 2;
	assert_string_equal(refusals(0), "");
	for (size_t i = 0; i < plan.n_vms; i++)
		assert_ptr_equal(plan.vms[i].to, w.hosts[2]);
	drained[2] = w.hosts[2];
	input.n_hosts = 3;
	assert_non_null(strstr(refusals(0), "VM_WITHOUT_DESTINATION:a"));
}

/* Also in a cluster under maintenance, where nothing new starts. */
static void a_restart_is_no_new_vm(void **state)
{
	(void)state;
	w.cluster->scheduling_policy = vdc_arena_strdup(arena, "cluster_maintenance");
	w.vms[0]->eviction_strategy = VDC_EVICTION_NONE;
	w.vms[0]->run_strategy = VDC_RUN_ALWAYS;
	assert_string_equal(refusals(0), "");
	assert_int_equal(of("a")->verdict.drain, VDC_DRAIN_RESTART);
}

static void the_spm_needs_an_heir(void **state)
{
	(void)state;
	w.hosts[0]->spm_status = VDC_SPM_SPM;
	assert_string_equal(refusals(0), "");
	w.hosts[1]->spm_priority = -1;
	assert_string_equal(refusals(0), "");
	w.hosts[2]->status = VDC_HOST_NON_OPERATIONAL;
	assert_string_equal(refusals(0), "SPM_CANNOT_MOVE:h1");
	w.hosts[1]->spm_priority = 0;
	assert_string_equal(refusals(0), "");
	drained[1] = w.hosts[1];
	input.n_hosts = 2;
	assert_non_null(strstr(refusals(0), "SPM_CANNOT_MOVE:h1"));
	w.hosts[0]->spm_status = VDC_SPM_CONTENDING;
	input.n_hosts = 1;
	assert_string_equal(refusals(0), "SPM_CONTENDING:h1");
}

static void what_the_next_failure_would_stop(void **state)
{
	(void)state;
	w.vms[1]->high_availability = 1; /* b on h2, 20 GiB */
	assert_string_equal(refusals(0), "");
	/* h3 takes the VMs of h1, and b no more. */
	w.hosts[1]->memory = 25 * GIB;
	w.hosts[2]->memory = 65 * GIB;
	assert_string_equal(refusals(0), "HA_WITHOUT_CAPACITY:b");
	assert_non_null(strstr(plan.refusals[0].items[0]->text, "if host h2 failed"));
	input.no_reserve = true;
	assert_string_equal(refusals(0), "");
	input.no_reserve = false;
	/* It had no other host before either. */
	w.hosts[0]->memory = 45 * GIB;
	w.hosts[2]->memory = 30 * GIB;
	w.vms[0]->eviction_strategy = w.vms[3]->eviction_strategy = VDC_EVICTION_NONE;
	w.vms[1]->memory = 90 * GIB;
	w.hosts[1]->memory = 100 * GIB;
	assert_string_equal(refusals(0), "");
}

/* Two that fail together need room together. */
static void the_next_failure_stops_all_of_a_host(void **state)
{
	(void)state;
	w.vms[1]->high_availability = w.vms[2]->high_availability = 1;
	w.vms[2]->host.id = w.hosts[1]->id;
	w.vms[0]->status = w.vms[3]->status = VDC_VM_DOWN;
	w.hosts[2]->memory = 30 * GIB;
	assert_string_equal(refusals(0), "HA_WITHOUT_CAPACITY:c");
}

static void what_its_status_says(void **state)
{
	static const struct {
		enum vdc_host_status status;
		const char *code;
	} rows[] = {
		{ VDC_HOST_UP, "" },
		{ VDC_HOST_NON_OPERATIONAL, "" },
		{ VDC_HOST_ERROR, "" },
		{ VDC_HOST_PREPARING_FOR_MAINTENANCE, "" },
		{ VDC_HOST_MAINTENANCE, "HOST_IN_MAINTENANCE:h1" },
		{ VDC_HOST_CONNECTING, "HOST_DOES_NOT_ANSWER:h1" },
		{ VDC_HOST_NON_RESPONSIVE, "HOST_DOES_NOT_ANSWER:h1" },
		{ VDC_HOST_DOWN, "HOST_DOES_NOT_ANSWER:h1" },
		{ VDC_HOST_INSTALLING, "HOST_IS_BUSY:h1" },
		{ VDC_HOST_REBOOT, "HOST_IS_BUSY:h1" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		w.hosts[0]->status = rows[i].status;
		assert_string_equal(refusals(0), rows[i].code);
	}
	/* Nobody is hurt by one that is away and empty. */
	w.vms[0]->host.id = w.vms[3]->host.id = w.hosts[1]->id;
	w.hosts[0]->status = VDC_HOST_NON_RESPONSIVE;
	assert_string_equal(refusals(0), "");
}

static struct vdc_job *job(const char *action, const char *object)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->id = vdc_arena_strdup(arena, object);
	job->action = vdc_arena_strdup(arena, action);
	job->object_id = vdc_arena_strdup(arena, object);
	return job;
}

static void jobs_that_run_are_named(void **state)
{
	struct vdc_job *jobs[] = { job("vm-upgrade", "a"), job("vm-migrate", "d"),
				   job("vm-upgrade", "b") };

	(void)state;
	input.jobs = (const struct vdc_job *const *)(const void *)jobs;
	input.n_jobs = 3;
	assert_string_equal(refusals(0), "JOB_RUNS:a");
	jobs[2]->object_id = w.hosts[0]->id;
	assert_string_equal(refusals(0), "JOB_RUNS:a JOB_RUNS:h1");
}

static void all_at_once(void **state)
{
	(void)state;
	w.hosts[0]->spm_status = VDC_SPM_SPM;
	w.hosts[1]->spm_priority = w.hosts[2]->spm_priority = -1;
	w.vms[0]->affinity = VDC_VM_PINNED;
	w.vms[3]->memory = 90 * GIB;
	assert_string_equal(refusals(0),
			    "SPM_CANNOT_MOVE:h1 VM_BLOCKS_DRAIN:a VM_WITHOUT_DESTINATION:d");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_stands_against_it),
		TEST(a_wish_is_kept_where_it_can_be),
		TEST(vms_that_block_are_named),
		TEST(room_is_taken_as_it_is_given),
		TEST(hosts_that_are_drained_together_take_nothing),
		TEST(a_restart_is_no_new_vm),
		TEST(the_spm_needs_an_heir),
		TEST(what_the_next_failure_would_stop),
		TEST(the_next_failure_stops_all_of_a_host),
		TEST(what_its_status_says),
		TEST(jobs_that_run_are_named),
		TEST(all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
