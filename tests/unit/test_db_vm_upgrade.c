/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an upgrade of a VM writes, and that there is one at a time in a cluster. */
#include "act/vm_upgrade_work.h"

#include "scratch_store.h"
#include "store/job.h"

static struct vdc_vm_upgrade_options options;
static struct vdc_vm_upgrade_case web, db1;

static struct vdc_vm_upgrade_case case_of(struct scratch *s, const char *vm)
{
	return (struct vdc_vm_upgrade_case){
		.vm = get(s->db, &vdc_vm_kind, vm),
		.cluster = get(s->db, &vdc_cluster_kind, "new"),
		.host = get(s->db, &vdc_host_kind, "h1"),
		.plan = { .machine = "pc-q35-10.0", .runs = true },
		.barrier = { 10, 0 },
	};
}

static void prepare(struct scratch *s)
{
	static const char *const vms[] = { "web", "db1" };
	struct vdc_err err = { 0 };

	must(vdc_store_migrate(s->db, &err), &err);
	put(s->db, &vdc_data_center_kind, OBJECT(&vdc_data_center_kind, "name", "dc"));
	put(s->db, &vdc_cluster_kind,
	    OBJECT(&vdc_cluster_kind, "name", "new", "data_center", "dc"));
	put(s->db, &vdc_host_kind,
	    OBJECT(&vdc_host_kind, "name", "h1", "cluster", "new", "qemu_version", "10.0.2"));
	for (size_t i = 0; i < VDC_COUNT(vms); i++)
		put(s->db, &vdc_vm_kind,
		    OBJECT(&vdc_vm_kind, "name", vms[i], "cluster", "new", "compatibility_mode",
			   "true", "machine_type", "pc-q35-7.2", "status", "up"));
	options = (struct vdc_vm_upgrade_options){ .power_off = true };
	web = case_of(s, "web");
	db1 = case_of(s, "db1");
}

static struct vdc_vm_upgrade_work work_of(struct vdc_db *db)
{
	return (struct vdc_vm_upgrade_work){ .db = db, .arena = arena, .options = &options };
}

static void opens(struct vdc_vm_upgrade_work *up, const struct vdc_vm_upgrade_case *what)
{
	struct vdc_err err = { 0 };

	must(vdc_vm_upgrade_open(up, what, &err), &err);
}

static void one_open_job_in_a_cluster(void **state)
{
	struct vdc_vm_upgrade_work first, second;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	first = second = work_of(s->db);
	opens(&first, &web);
	assert_int_equal(vdc_vm_upgrade_open(&second, &db1, &err), -EBUSY);
	assert_non_null(strstr(err.msg, "another VM of cluster new is being upgraded"));
	assert_non_null(strstr(err.msg, vdc_arena_format(arena, "pid %d", (int)getpid())));
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM jobs"), 1);
	vdc_job_release(first.lease, s->db);
}

static void what_was_cut_off_is_gone_on_with(void **state)
{
	struct vdc_vm_upgrade_work first, second;
	struct vdc_job_step *step = OBJECT(&vdc_job_step_kind, "number", "6", "action", "define");
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	first = second = work_of(s->db);
	opens(&first, &web);
	assert_null(first.definition);
	assert_int_equal(first.begun, 0);
	must(vdc_vm_upgrade_keep(&first, "<domain/>", &err), &err);
	must(vdc_job_step_begin(first.lease, s->db, step, arena, &err), &err);
	vdc_job_release(first.lease, s->db);

	options.power_off = false;
	opens(&second, &db1);
	assert_string_equal(second.vm->name, "web");
	assert_string_equal(second.host->name, "h1");
	assert_string_equal(second.machine, "pc-q35-10.0");
	assert_string_equal(second.definition, "<domain/>");
	assert_int_equal(second.begun, VDC_VM_UPGRADE_DEFINE);
	assert_true(second.ran && second.power_off && !second.force_off && !second.chipset);
	assert_int_equal(second.barrier.major, 10);
	vdc_job_release(second.lease, s->db);
}

static void its_end_is_in_the_vm_the_job_and_the_log(void **state)
{
	struct vdc_vm_upgrade_work up;
	struct vdc_err err = { 0 };
	struct vdc_vm *vm;
	SCRATCH(s);

	prepare(s);
	up = work_of(s->db);
	opens(&up, &web);
	up.defined = "<domain type='kvm'/>";
	must(vdc_vm_upgrade_note_vm(&up, &err), &err);
	vdc_job_release(up.lease, s->db);
	vm = get(s->db, &vdc_vm_kind, "web");
	assert_int_equal(vm->compatibility_mode, 0);
	assert_int_equal(vm->migration_barrier.major, 10);
	assert_string_equal(vm->machine_type, "pc-q35-10.0");
	assert_string_equal(vm->running_qemu_version, "10.0.2");
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM jobs WHERE status = 'finished'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE type = 'vm_upgraded'"
					  " AND object_name = 'web'"),
			 1);
	up = work_of(s->db);
	opens(&up, &db1);
	assert_string_equal(up.vm->name, "db1");
	must(vdc_vm_upgrade_fail(&up, "it did not start", &err), &err);
	vdc_job_release(up.lease, s->db);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM jobs WHERE status = 'failed'"), 1);
	vm = get(s->db, &vdc_vm_kind, "db1");
	assert_int_equal(vm->compatibility_mode, 1);
}

static void nobody_writes_for_a_job_that_was_taken_over(void **state)
{
	struct vdc_vm_upgrade_work up;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	up = work_of(s->db);
	opens(&up, &web);
	script(s->db, "UPDATE job_leases SET token = token + 1, owner = 'somebody else'");
	assert_int_equal(vdc_vm_upgrade_note_vm(&up, &err), -EBUSY);
	assert_int_equal(vdc_vm_upgrade_fail(&up, "why", &err), -EBUSY);
	assert_int_equal(vdc_vm_upgrade_note_snapshot(&up, &err), -EBUSY);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM snapshots"), 0);
	vdc_job_release(up.lease, NULL);
}

static void a_snapshot_is_noted_once(void **state)
{
	struct vdc_vm_upgrade_work up;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	up = work_of(s->db);
	opens(&up, &web);
	must(vdc_vm_upgrade_note_snapshot(&up, &err), &err);
	must(vdc_vm_upgrade_note_snapshot(&up, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM snapshots"), 1);
	vdc_job_release(up.lease, s->db);
}

static void a_vm_that_was_dealt_with_meanwhile_is_not_done_again(void **state)
{
	struct vdc_vm_upgrade_work up;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	prepare(s);
	up = work_of(s->db);
	web.plan.machine = NULL; /* as for one that was to be gone on with */
	assert_int_equal(vdc_vm_upgrade_open(&up, &web, &err), -EAGAIN);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM jobs"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(one_open_job_in_a_cluster),
		on_both(what_was_cut_off_is_gone_on_with),
		on_both(its_end_is_in_the_vm_the_job_and_the_log),
		on_both(nobody_writes_for_a_job_that_was_taken_over),
		on_both(a_snapshot_is_noted_once),
		on_both(a_vm_that_was_dealt_with_meanwhile_is_not_done_again),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
