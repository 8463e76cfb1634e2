/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps about hosts that do not answer, and their rows of the history. */
#include "act/fence_note.h"

#include <signal.h>
#include <sys/wait.h>

#include "act/fence_kdump.h"
#include "base/number.h"
#include "base/setting.h"
#include "base/time.h"
#include "kdump_sender.h"
#include "scratch_store.h"

#define STEP "fence_soft"

static struct vdc_job_lease *begin_job(struct scratch *s, const char **job)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };

	*job = put(s->db, &vdc_job_kind,
		   OBJECT(&vdc_job_kind, "action", "fence-soft", "status", "started"));
	must(vdc_job_acquire(s->db, *job, VDC_JOB_TTL, &lease, &err), &err);
	return lease;
}

static struct vdc_fence_note note_of(struct scratch *s, struct vdc_job_lease *lease)
{
	return (struct vdc_fence_note){
		.db = s->db,
		.lease = lease,
		.host = get(s->db, &vdc_host_kind, "h1"),
		.action = VDC_FENCE_SOFT,
		.number = 3,
		.step_action = STEP,
		.reason = "because",
		.arena = arena,
	};
}

static int count(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		 struct vdc_err *err vdc_unused)
{
	const struct vdc_fence_record *record = object;

	((size_t *)ctx)[record->result]++;
	return 0;
}

/* Rows of the history by their result. */
static void count_rows(struct scratch *s, size_t by_result[VDC_FENCE_UNKNOWN + 1])
{
	struct vdc_err err = { 0 };

	memset(by_result, 0, (VDC_FENCE_UNKNOWN + 1) * sizeof(*by_result));
	must(vdc_store_each(s->db, &vdc_fence_record_kind, 0, NULL, count, by_result, &err), &err);
}

static void begun_again_it_goes_on_with_its_row(void **state)
{
	struct vdc_fence_note first, second;
	const struct vdc_fence_record *row;
	size_t rows[VDC_FENCE_UNKNOWN + 1];
	struct vdc_err err = { 0 };
	struct vdc_job_lease *lease;
	const char *job;
	SCRATCH(s);

	populate(s->db);
	lease = begin_job(s, &job);
	first = note_of(s, lease);
	second = note_of(s, lease);
	must(vdc_fence_note_begin(&first, &err), &err);
	must(vdc_fence_note_begin(&second, &err), &err);
	assert_string_equal(second.record->id, first.record->id);
	must(vdc_fence_note_end(&second,
				&(struct vdc_fence_ending){ .result = VDC_FENCE_SUCCESS,
							    .evidence = "it said so",
							    .severity = VDC_SEVERITY_NORMAL,
							    .type = "host_soft_fenced",
							    .text = "host h1 answers" },
				&err),
	     &err);
	count_rows(s, rows);
	assert_int_equal(rows[VDC_FENCE_SUCCESS], 1);
	assert_int_equal(rows[VDC_FENCE_RUNNING], 0);
	row = get(s->db, &vdc_fence_record_kind, first.record->id);
	assert_string_equal(row->reason, "because");
	assert_string_equal(row->evidence, "it said so");
	assert_true(row->end_time >= row->start_time);
	/* Done once more it is another one. */
	must(vdc_fence_note_begin(&first, &err), &err);
	count_rows(s, rows);
	assert_int_equal(rows[VDC_FENCE_SUCCESS], 1);
	assert_int_equal(rows[VDC_FENCE_RUNNING], 1);
	vdc_job_release(lease, s->db);
}

static void another_job_that_does_it_is_named(void **state)
{
	struct vdc_fence_note first, second;
	size_t rows[VDC_FENCE_UNKNOWN + 1];
	struct vdc_job_lease *lease, *other;
	struct vdc_err err = { 0 };
	const char *job, *other_job, *dead;
	SCRATCH(s);

	populate(s->db);
	lease = begin_job(s, &job);
	other = begin_job(s, &other_job);
	first = note_of(s, lease);
	second = note_of(s, other);
	must(vdc_fence_note_begin(&first, &err), &err);
	assert_int_equal(vdc_fence_note_begin(&second, &err), -EBUSY);
	assert_non_null(strstr(vdc_err_text(&err), job));
	/* It lives: it is not buried. */
	must(vdc_fence_note_bury(s->db, "fence-soft", STEP, first.host->id, arena, &dead, &err),
	     &err);
	assert_null(dead);
	/* It died. */
	vdc_job_release(lease, s->db);
	must(vdc_fence_note_bury(s->db, "another", STEP, first.host->id, arena, &dead, &err), &err);
	assert_null(dead);
	must(vdc_fence_note_bury(s->db, "fence-soft", STEP, first.host->id, arena, &dead, &err),
	     &err);
	assert_string_equal(dead, job);
	count_rows(s, rows);
	assert_int_equal(rows[VDC_FENCE_UNKNOWN], 1);
	assert_int_equal(((const struct vdc_job *)get(s->db, &vdc_job_kind, job))->status,
			 VDC_JOB_ABORTED);
	must(vdc_fence_note_begin(&second, &err), &err);
	vdc_job_release(other, s->db);
}

/* The crash kernel of 127.0.0.7, until it is killed or has sent so many. */
static pid_t crash(int64_t port, unsigned messages)
{
	pid_t pid = fork();
	int fd;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	fd = open_at("127.0.0.7");
	for (unsigned i = 0; i < messages; i++) {
		send_to(fd, port, kdump_message, sizeof(kdump_message));
		vdc_sleep(VDC_SECOND / 10);
	}
	_exit(0);
}

static void a_kernel_dump_is_waited_for(void **state)
{
	enum { MANY = 100000 };
	static const struct {
		const char *what;
		unsigned messages;
		int64_t first, limit, silence;
		bool only_first, already;
		enum vdc_kdump_result result;
		enum vdc_fence_result row;
	} cases[] = {
		{ "none", 0, VDC_SECOND / 5, 20, 20, false, false, VDC_KDUMP_NONE,
		  VDC_FENCE_FAILED },
		{ "the first", MANY, 20 * VDC_SECOND, 20 * VDC_SECOND, 20 * VDC_SECOND, true, false,
		  VDC_KDUMP_DUMPING, VDC_FENCE_SUCCESS },
		{ "too long", MANY, 20 * VDC_SECOND, VDC_SECOND, 20 * VDC_SECOND, false, false,
		  VDC_KDUMP_DUMPING, VDC_FENCE_SUCCESS },
		{ "to its end", 200, 20 * VDC_SECOND, 60 * VDC_SECOND, VDC_SECOND, false, false,
		  VDC_KDUMP_FINISHED, VDC_FENCE_SUCCESS },
		{ "only the end", 0, 20 * VDC_SECOND, 60 * VDC_SECOND, VDC_SECOND / 5, false, true,
		  VDC_KDUMP_FINISHED, VDC_FENCE_SUCCESS },
	};
	struct vdc_job_lease *lease;
	char port_text[VDC_INT_LEN + 1];
	struct vdc_err err = { 0 };
	const char *job, *host;
	int64_t port = free_port();
	SCRATCH(s);

	populate(s->db);
	script(s->db, "UPDATE hosts SET address = '127.0.0.7' WHERE name = 'h1'");
	must(vdc_setting_set(VDC_SETTING_FENCE_KDUMP_PORT, vdc_int_text(port, port_text), &err),
	     &err);
	host = ((const struct vdc_host *)get(s->db, &vdc_host_kind, "h1"))->id;
	lease = begin_job(s, &job);
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		pid_t pid = cases[i].messages ? crash(port, cases[i].messages) : 0;
		struct vdc_fence_kdump_options options = {
			.first_us = cases[i].first,
			.limit_us = cases[i].limit,
			.silence_us = cases[i].silence,
			.stop_fd = -1,
		};
		struct vdc_fence_kdump kdump = {
			.host_id = host,
			.number = (int64_t)i + 1,
			.only_first = cases[i].only_first,
			.dumps_already = cases[i].already,
		};
		size_t rows[VDC_FENCE_UNKNOWN + 1], before;

		count_rows(s, rows);
		before = rows[cases[i].row];
		must(vdc_fence_kdump(s->db, lease, &options, &kdump, arena, &err), &err);
		if (pid) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		if (kdump.result != cases[i].result)
			fail_msg("%s: %d %s", cases[i].what, kdump.result, kdump.reason ?: "");
		count_rows(s, rows);
		assert_int_equal(rows[cases[i].row], before + 1);
		assert_int_equal(rows[VDC_FENCE_RUNNING], 0);
		if (pid)
			assert_string_equal(kdump.evidence,
					    "kernel dump: message of fence_kdump from 127.0.0.7");
	}
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE type = "
					  "'host_kdumping'"),
			 3);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE type = "
					  "'host_kdump_finished'"),
			 2);
	vdc_job_release(lease, s->db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(begun_again_it_goes_on_with_its_row),
		on_both(another_job_that_does_it_is_named),
		on_both(a_kernel_dump_is_waited_for),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
