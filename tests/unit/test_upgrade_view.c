/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is shown of a run: from its job, its plan and its steps. */
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "plan/upgrade_view.h"
#include "unit.h"

enum { STRIDE = 100, NOW = 1000, STEPS_MAX = 32 };

/* Hosts a, then b and c together; two VMs leave a, one leaves b. Times are seconds. */
struct scene {
	struct vdc_arena *arena;
	struct vdc_job *job;
	struct vdc_upgrade_rows rows;
	const struct vdc_job_step *steps[STEPS_MAX];
	size_t n_steps;
	struct vdc_upgrade_seen seen;
	struct vdc_upgrade_view view;
};

static char *text(struct scene *s, const char *word)
{
	return vdc_arena_strdup(s->arena, word);
}

static const struct vdc_upgrade_host_row *host_row(struct scene *s, const char *name, int64_t wave,
						   int64_t begin)
{
	struct vdc_upgrade_host_row *row = vdc_object_new(&vdc_upgrade_host_kind, s->arena);

	row->id = vdc_arena_format(s->arena, "id-%s", name);
	row->name = text(s, name);
	row->wave = wave;
	if (wave != VDC_UNSET) {
		row->begin = begin;
		row->drained = begin + 100;
		row->end = begin + 500;
	}
	return row;
}

static const struct vdc_upgrade_move *move_row(struct scene *s, const char *from)
{
	struct vdc_upgrade_move *row = vdc_object_new(&vdc_upgrade_move_kind, s->arena);

	row->from.id = text(s, from);
	return row;
}

static void plan(struct scene *s)
{
	static const struct vdc_upgrade_host_row *hosts[4];
	static const struct vdc_upgrade_move *moves[3];
	struct vdc_upgrade *upgrade = vdc_object_new(&vdc_upgrade_kind, s->arena);

	upgrade->duration = 1000;
	hosts[0] = host_row(s, "a", 1, 0);
	hosts[1] = host_row(s, "b", 2, 500);
	hosts[2] = host_row(s, "c", 2, 500);
	hosts[3] = host_row(s, "stays", VDC_UNSET, 0);
	moves[0] = moves[1] = move_row(s, "id-a");
	moves[2] = move_row(s, "id-b");
	s->rows = (struct vdc_upgrade_rows){ upgrade, hosts, 4, moves, 3 };
}

static int begin(void **state)
{
	struct scene *s = vdc_alloc(sizeof(*s));

	s->arena = vdc_arena_new();
	s->job = vdc_object_new(&vdc_job_kind, s->arena);
	s->job->id = text(s, "J");
	s->job->status = VDC_JOB_STARTED;
	s->job->start_time = 100 * VDC_SECOND;
	plan(s);
	s->seen = (struct vdc_upgrade_seen){
		.job = s->job,
		.rows = &s->rows,
		.owner = "somebody",
		.stride = STRIDE,
		.now = NOW * VDC_SECOND,
	};
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct scene *s = *state;

	vdc_arena_free(s->arena);
	free(s);
	return 0;
}

/* A step of KIND NAME that began at START and, unless it goes on, ended 10 s later. */
static struct vdc_job_step *step(struct scene *s, int64_t number, const char *action,
				 enum vdc_job_status status, const char *kind, const char *name,
				 int64_t start)
{
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, s->arena);

	step->number = number;
	step->action = text(s, action);
	step->status = status;
	step->object_kind = text(s, kind);
	step->object_id = vdc_arena_format(s->arena, "id-%s", name);
	step->object_name = text(s, name);
	step->start_time = start * VDC_SECOND;
	if (status != VDC_JOB_STARTED)
		step->end_time = (start + 10) * VDC_SECOND;
	assert_true(s->n_steps < STEPS_MAX);
	s->steps[s->n_steps++] = step;
	return step;
}
#define HOST(number, action, status, name, start) \
	step(s, number, action, VDC_JOB_##status, "host", name, start)
#define VM(number, action, status, name, start) \
	step(s, number, action, VDC_JOB_##status, "vm", name, start)

static const struct vdc_upgrade_run *look(struct scene *s)
{
	s->seen.steps = s->steps;
	s->seen.n_steps = s->n_steps;
	vdc_upgrade_view(&s->seen, s->arena, &s->view);
	return &s->view.run;
}

static void hosts_are(struct scene *s, const char *expected)
{
	vdc_autobuf got = { 0 };

	look(s);
	for (size_t h = 0; h < s->view.n_hosts; h++)
		vdc_buf_printf(&got, "%s%s %s", h ? ", " : "", s->view.hosts[h].name,
			       vdc_enum_word(&vdc_run_host_status_values, s->view.hosts[h].status));
	assert_string_equal(vdc_buf_str(&got), expected);
}

static void a_run_that_has_just_begun(void **state)
{
	struct scene *s = *state;

	hosts_are(s, "a waiting, b waiting, c waiting");
	assert_int_equal(s->view.run.percent, 0);
	assert_int_equal(s->view.run.elapsed, 900);
	assert_int_equal(s->view.run.wave, 1);
	assert_int_equal(s->view.run.waves, 2);
	assert_int_equal(s->view.run.moves, 3);
	assert_int_equal(s->view.run.left, 1000);
	assert_null(s->view.run.waits);
}

static void hosts_go_from_waiting_to_upgraded(void **state)
{
	struct scene *s = *state;

	HOST(100, "upgrade", FINISHED, "a", 700);
	HOST(101, "check", FINISHED, "a", 700);
	HOST(102, "activate", FINISHED, "a", 780);
	VM(120, "migrate", FINISHED, "v", 720);
	VM(121, "start", FINISHED, "w", 720);
	VM(160, "migrate", FINISHED, "v", 770); /* back home */
	HOST(200, "upgrade", STARTED, "b", 900);
	HOST(201, "check", FINISHED, "b", 900);
	HOST(202, "drain", STARTED, "b", 950);
	HOST(300, "upgrade", STARTED, "c", 960);
	HOST(301, "check", FINISHED, "c", 960);
	hosts_are(s, "a upgraded, b working, c working");
	assert_int_equal(s->view.hosts[0].took, 90);
	assert_int_equal(s->view.hosts[0].moved, 1);
	assert_int_equal(s->view.hosts[0].moves, 2);
	assert_int_equal(s->view.hosts[1].took, 100);
	assert_string_equal(s->view.hosts[1].phase, "drain");
	assert_int_equal(s->view.run.hosts_done, 1);
	assert_int_equal(s->view.run.percent, 33);
	assert_int_equal(s->view.run.moves_done, 1);
	assert_string_equal(s->view.run.waits, "host b: drain for 50s");
	s->seen.owner = NULL;
	hosts_are(s, "a upgraded, b interrupted, c interrupted");
}

static void a_host_that_fails_and_is_tried_again(void **state)
{
	struct scene *s = *state;
	struct vdc_job_step *whole = HOST(100, "upgrade", STARTED, "a", 690), *update;

	HOST(102, "drain", FINISHED, "a", 700);
	update = HOST(103, "update", FAILED, "a", 720);
	update->message = text(s, "no space left");
	HOST(108, "roll_back", STARTED, "a", 740);
	hosts_are(s, "a working, b waiting, c waiting");
	assert_string_equal(s->view.hosts[0].reason, "no space left");
	assert_string_equal(s->view.hosts[0].phase, "roll_back");
	whole->status = VDC_JOB_FAILED;
	whole->message = text(s, "it was rolled back");
	hosts_are(s, "a failed, b waiting, c waiting");
	assert_string_equal(s->view.hosts[0].reason, "it was rolled back");
	assert_int_equal(s->view.run.hosts_failed, 1);
	assert_int_equal(s->view.run.wave, 2);
	/* The same steps once more. */
	whole->status = VDC_JOB_STARTED;
	update->status = VDC_JOB_FINISHED;
	update->message = NULL;
	hosts_are(s, "a working, b waiting, c waiting");
	whole->status = VDC_JOB_FINISHED;
	hosts_are(s, "a upgraded, b waiting, c waiting");
	assert_null(s->view.hosts[0].reason);
}

static void skipped_and_interrupted(void **state)
{
	struct scene *s = *state;

	HOST(100, "upgrade", SKIPPED, "a", 700);
	HOST(200, "upgrade", ABORTED, "b", 800);
	HOST(300, "upgrade", UNKNOWN, "c", 800);
	hosts_are(s, "a skipped, b interrupted, c interrupted");
	assert_int_equal(s->view.run.hosts_failed, 1);
}

static void a_run_that_is_over_waits_for_nothing(void **state)
{
	struct scene *s = *state;

	HOST(100, "upgrade", FINISHED, "a", 700);
	HOST(201, "drain", STARTED, "b", 720);
	s->job->status = VDC_JOB_FINISHED;
	s->job->end_time = 800 * VDC_SECOND;
	look(s);
	assert_int_equal(s->view.run.percent, 100);
	assert_int_equal(s->view.run.elapsed, 700);
	assert_int_equal(s->view.run.left, VDC_UNSET);
	assert_null(s->view.run.owner);
	assert_null(s->view.run.waits);
}

/* The plan: a drains until 100, is back at 500; b and c drain until 600, are back at 1000. */
static void what_is_left_follows_the_plan(void **state)
{
	struct scene *s = *state;
	struct vdc_job_step *whole = HOST(100, "upgrade", STARTED, "a", 960);
	struct vdc_job_step *drain = HOST(102, "drain", STARTED, "a", 960), *update;

	assert_int_equal(look(s)->left, 1000 - 40);
	drain->start_time = 700 * VDC_SECOND;
	assert_int_equal(look(s)->left, 1000 - 100); /* no further than the drain */
	drain->status = VDC_JOB_FINISHED;
	update = HOST(103, "update", STARTED, "a", 800);
	assert_int_equal(look(s)->left, 1000 - 300);
	drain->start_time = update->start_time = 980 * VDC_SECOND;
	update->start_time++;
	assert_int_equal(look(s)->left, 1000 - 100); /* and no less, when it is empty */
	whole->status = VDC_JOB_FINISHED;
	assert_int_equal(look(s)->wave, 2);
	assert_int_equal(look(s)->left, 1000 - 500);
	s->job->percent = 77;
	assert_int_equal(look(s)->percent, 77);
}

static void what_it_waits_for_is_named_the_oldest_first(void **state)
{
	struct scene *s = *state;

	HOST(101, "drain", STARTED, "a", 900)->message = text(s, "2 VMs left");
	VM(120, "migrate", STARTED, "v", 990);
	VM(121, "migrate", STARTED, "w", 940);
	VM(122, "migrate", STARTED, "x", 980);
	VM(123, "migrate", STARTED, "y", 995);
	assert_string_equal(look(s)->waits, "host a: drain for 1m 40s (2 VMs left); VM w: migrate "
					    "for 1m 00s; VM x: migrate for 20s; and 2 more");
	s->n_steps = 1;
	s->job->request = VDC_JOB_PAUSE;
	assert_string_equal(look(s)->waits, "what runs to end before it stops: host a: drain for "
					    "1m 40s (2 VMs left)");
	s->job->request = VDC_JOB_CANCEL;
	assert_non_null(strstr(look(s)->waits, "what runs to be aborted: host a"));
	s->seen.owner = NULL;
	assert_string_equal(look(s)->waits, "somebody to go on with it: cluster-upgrade resume J");
}

static void without_a_plan_hosts_are_those_of_the_steps(void **state)
{
	struct scene *s = *state;
	struct vdc_upgrade_run_move *move = vdc_object_new(&vdc_upgrade_run_move_kind, s->arena);

	move->from.id = text(s, "id-a");
	move->to.id = text(s, "id-b");
	s->seen.moves = &move;
	s->seen.n_moves = 1;
	HOST(200, "upgrade", STARTED, "b", 950);
	VM(220, "migrate", FAILED, "v", 960);
	VM(7, "migrate", FINISHED, "w", 960); /* of no host: workloads are refreshed at the end */
	look(s);
	assert_string_equal(move->from.name, "a");
	s->seen.rows = NULL;
	hosts_are(s, "b working");
	assert_string_equal(move->from.name, "id-a");
	assert_int_equal(s->view.run.waves, 0);
	assert_int_equal(s->view.run.left, VDC_UNSET);
	assert_int_equal(s->view.run.moves_failed, 1);
	assert_int_equal(s->view.run.moves_done, 0);
}

static void a_run_is_of_a_cluster_or_of_a_data_center(void **state)
{
	struct scene *s = *state;
	struct vdc_upgrade_run run;

	s->job->object_id = text(s, "id-x");
	s->job->object_name = text(s, "x");
	s->job->object_kind = text(s, "cluster");
	s->job->parent = text(s, "id-parent");
	vdc_upgrade_run_of(s->job, NULL, NOW * VDC_SECOND, s->arena, &run);
	assert_string_equal(run.cluster.name, "x");
	assert_null(run.data_center.id);
	assert_string_equal(run.parent, "id-parent");
	s->job->object_kind = text(s, "data_center");
	vdc_upgrade_run_of(s->job, NULL, NOW * VDC_SECOND, s->arena, &run);
	assert_string_equal(run.data_center.name, "x");
	assert_null(run.cluster.id);
}

static void times_for_people(void **state)
{
	struct scene *s = *state;

	assert_string_equal(vdc_upgrade_time(-5, s->arena), "0s");
	assert_string_equal(vdc_upgrade_time(59, s->arena), "59s");
	assert_string_equal(vdc_upgrade_time(65, s->arena), "1m 05s");
	assert_string_equal(vdc_upgrade_time(3 * 3600 + 125, s->arena), "3h 02m");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_run_that_has_just_begun),
		TEST(hosts_go_from_waiting_to_upgraded),
		TEST(a_host_that_fails_and_is_tried_again),
		TEST(skipped_and_interrupted),
		TEST(a_run_that_is_over_waits_for_nothing),
		TEST(what_is_left_follows_the_plan),
		TEST(what_it_waits_for_is_named_the_oldest_first),
		TEST(without_a_plan_hosts_are_those_of_the_steps),
		TEST(a_run_is_of_a_cluster_or_of_a_data_center),
		TEST(times_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
