/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs: one owner at a time, also when owners die, sleep, or lose the database. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/time.h"
#include "scratch_store.h"
#include "store/job.h"
#include "store/settings.h"

#define TTL (VDC_SECOND * 3 / 2)

static const char *new_job(struct vdc_db *db)
{
	struct vdc_err err = { 0 };

	must(vdc_store_migrate(db, &err), &err);
	return put(db, &vdc_job_kind, OBJECT(&vdc_job_kind, "action", "cluster-upgrade"));
}

static struct vdc_job_lease *acquire(struct vdc_db *db, const char *id)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };

	must(vdc_job_acquire(db, id, TTL, &lease, &err), &err);
	return lease;
}

static void sleep_us(int64_t us)
{
	const struct timespec t = { .tv_sec = us / VDC_SECOND, .tv_nsec = us % VDC_SECOND * 1000 };

	nanosleep(&t, NULL);
}

static void one_owner_at_a_time(void **state)
{
	struct vdc_job_lease *lease, *second = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *other;
	const char *id;
	char *owner;
	SCRATCH(s);

	id = new_job(s->db);
	other = scratch_open(s);
	lease = acquire(s->db, id);
	assert_int_equal(vdc_job_lease_token(lease), 1);
	assert_int_equal(vdc_job_acquire(other, id, TTL, &second, &err), -EBUSY);
	assert_non_null(strstr(err.msg, vdc_arena_format(arena, "pid %d since ", (int)getpid())));
	must(vdc_job_owner(other, id, arena, &owner, &err), &err);
	assert_non_null(owner);
	vdc_job_release(lease, s->db);
	must(vdc_job_owner(other, id, arena, &owner, &err), &err);
	assert_null(owner);
	second = acquire(other, id);
	assert_int_equal(vdc_job_lease_token(second), 2);
	vdc_job_release(second, other);
	vdc_db_close(other);
}

static void the_owner_is_asked_while_the_job_is_open(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_job *job;
	const char *id;
	SCRATCH(s);

	id = new_job(s->db);
	must(vdc_job_ask(s->db, id, VDC_JOB_PAUSE, &err), &err);
	must(vdc_job_ask(s->db, id, VDC_JOB_CANCEL, &err), &err);
	job = get(s->db, &vdc_job_kind, id);
	assert_int_equal(job->request, VDC_JOB_CANCEL);
	job->status = VDC_JOB_FAILED;
	put(s->db, &vdc_job_kind, job);
	assert_int_equal(vdc_job_ask(s->db, id, VDC_JOB_PAUSE, &err), -EINVAL);
	job = get(s->db, &vdc_job_kind, id);
	assert_int_equal(job->request, VDC_JOB_CANCEL);
}

static void a_job_that_is_not_there(void **state)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	new_job(s->db);
	assert_int_equal(
		vdc_job_acquire(s->db, "00000000-0000-0000-0000-000000000001", TTL, &lease, &err),
		-ENOENT);
	assert_null(lease);
}

static void the_heart_beats_while_the_owner_waits(void **state)
{
	struct vdc_job_lease *lease, *second = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *other;
	const char *id;
	SCRATCH(s);

	id = new_job(s->db);
	other = scratch_open(s);
	lease = acquire(s->db, id);
	sleep_us(TTL + VDC_SECOND);
	assert_int_equal(vdc_job_acquire(other, id, TTL, &second, &err), -EBUSY);
	must(vdc_job_check(lease, s->db, &err), &err);
	vdc_job_release(lease, s->db);
	vdc_db_close(other);
}

static void a_check_is_fresh_for_a_second(void **state)
{
	struct vdc_job_lease *lease;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	lease = acquire(s->db, new_job(s->db));
	must(vdc_job_check(lease, s->db, &err), &err);
	assert_int_equal(vdc_job_fresh(lease, &err), 0);
	sleep_us(VDC_SECOND + VDC_SECOND / 20);
	assert_int_equal(vdc_job_fresh(lease, &err), -EAGAIN);
	must(vdc_job_check(lease, s->db, &err), &err);
	assert_int_equal(vdc_job_fresh(lease, &err), 0);
	vdc_job_release(lease, s->db);
}

/* What an owner in another process found after it was stopped and went on. */
struct findings {
	int ready, go;
	int check, guarded_write;
};

static void own_in_a_child(const struct scratch *s, const char *id, volatile struct findings *found)
{
	struct vdc_db *db = scratch_open(s);
	struct vdc_job_lease *lease = acquire(db, id);
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);
	struct vdc_err err = { 0 };

	job->percent = 99;
	found->ready = 1;
	while (!found->go)
		sleep_us(10000);
	found->check = vdc_job_check(lease, db, &err);
	found->guarded_write = vdc_job_update(lease, db, job, arena, &err);
	_exit(strstr(err.msg, "taken over by") ? 0 : 1);
}

static int64_t wait_until_free(struct vdc_db *db, const char *id, struct vdc_job_lease **lease)
{
	int64_t start = vdc_time_monotonic();

	while (vdc_job_acquire(db, id, TTL, lease, NULL) == -EBUSY)
		sleep_us(20000);
	assert_non_null(*lease);
	return vdc_time_monotonic() - start;
}

static void who_was_stopped_past_its_lease_does_nothing_more(void **state)
{
	volatile struct findings *found;
	struct vdc_job_lease *lease = NULL;
	const char *id;
	int64_t waited;
	int status;
	pid_t child;
	SCRATCH(s);

	id = new_job(s->db);
	found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	child = fork();
	if (child == 0)
		own_in_a_child(s, id, found);
	while (!found->ready)
		sleep_us(1000);
	kill(child, SIGSTOP);
	waited = wait_until_free(s->db, id, &lease);
	assert_true(waited > TTL / 2 && waited < 3 * TTL);
	assert_int_equal(vdc_job_lease_token(lease), 2);
	found->go = 1;
	kill(child, SIGCONT);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(found->check, -EBUSY);
	assert_int_equal(found->guarded_write, -EBUSY);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM jobs WHERE percent = 99"), 0);
	vdc_job_release(lease, s->db);
	munmap((void *)(uintptr_t)found, sizeof(*found));
}

static struct vdc_job_step *step_number(int64_t number)
{
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, arena);

	step->number = number;
	step->action = vdc_arena_strdup(arena, "drain");
	return step;
}

static void a_step_that_was_not_closed_is_begun_again(void **state)
{
	struct vdc_job_lease *lease, *next = NULL;
	struct vdc_job_step *again = step_number(1);
	struct vdc_err err = { 0 };
	struct vdc_db *other;
	const char *id;
	SCRATCH(s);

	id = new_job(s->db);
	other = scratch_open(s);
	lease = acquire(s->db, id);
	must(vdc_job_step_begin(lease, s->db, step_number(1), arena, &err), &err);
	vdc_job_release(lease, NULL); /* as if it had died */
	wait_until_free(other, id, &next);
	must(vdc_job_step_begin(next, other, again, arena, &err), &err);
	assert_int_equal(again->tries, 2);
	must(vdc_job_step_end(next, other, again, VDC_JOB_FINISHED, "moved 3 VMs", arena, &err),
	     &err);
	must(vdc_job_step_begin(next, other, step_number(2), arena, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM steps"), 2);
	assert_int_equal(number_of(s->db,
				   "SELECT count(*) FROM steps WHERE status = 'finished' AND "
				   "message = 'moved 3 VMs' AND end_time >= start_time"),
			 1);
	vdc_job_release(next, other);
	vdc_db_close(other);
}

static void a_released_lease_writes_nothing(void **state)
{
	struct vdc_job_lease *old, *next = NULL;
	struct vdc_err err = { 0 };
	const char *id;
	SCRATCH(s);

	id = new_job(s->db);
	old = acquire(s->db, id);
	script(s->db, "UPDATE job_leases SET owner = NULL, expires = NULL");
	assert_int_equal(vdc_job_check(old, s->db, &err), -EBUSY);
	next = acquire(s->db, id);
	assert_int_equal(vdc_job_step_begin(old, s->db, step_number(1), arena, &err), -EBUSY);
	must(vdc_job_step_begin(next, s->db, step_number(1), arena, &err), &err);
	vdc_job_release(old, s->db); /* does not take it from the next */
	must(vdc_job_check(next, s->db, &err), &err);
	vdc_job_release(next, s->db);
}

static void the_heart_survives_a_lost_connection(void **state)
{
	struct vdc_job_lease *lease, *second = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *other;
	const char *id;
	SCRATCH(s);

	id = new_job(s->db);
	other = scratch_open(s);
	lease = acquire(s->db, id);
	number_of(other, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
			 "WHERE datname = current_database() AND pid != pg_backend_pid()");
	sleep_us(TTL + VDC_SECOND);
	assert_int_equal(vdc_job_acquire(other, id, TTL, &second, &err), -EBUSY);
	vdc_job_release(lease, s->db);
	vdc_db_close(other);
}

static void settings_are_kept(void **state)
{
	struct vdc_err err = { 0 };
	char *value;
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	must(vdc_store_setting_get(s->db, "x", arena, &value, &err), &err);
	assert_null(value);
	must(vdc_store_setting_set(s->db, "x", "1", &err), &err);
	must(vdc_store_setting_set(s->db, "x", "2", &err), &err);
	must(vdc_store_setting_get(s->db, "x", arena, &value, &err), &err);
	assert_string_equal(value, "2");
	must(vdc_store_setting_set(s->db, "x", NULL, &err), &err);
	must(vdc_store_setting_get(s->db, "x", arena, &value, &err), &err);
	assert_null(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(one_owner_at_a_time),
		on_both(the_owner_is_asked_while_the_job_is_open),
		on_both(a_job_that_is_not_there),
		on_both(the_heart_beats_while_the_owner_waits),
		on_both(a_check_is_fresh_for_a_second),
		on_both(who_was_stopped_past_its_lease_does_nothing_more),
		on_both(a_step_that_was_not_closed_is_begun_again),
		on_both(a_released_lease_writes_nothing),
		on_postgres(the_heart_survives_a_lost_connection),
		on_both(settings_are_kept),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
