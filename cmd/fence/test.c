/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence test */
#include <errno.h>
#include <string.h>

#include "act/fence_test.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/list.h"
#include "cli/named.h"
#include "fence.h"
#include "model/host_power.h"
#include "power.h"
#include "store/store.h"

#define ACTION "fence-test"

struct choosing {
	struct vdc_buf *hosts;
};

static int take_managed(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
			struct vdc_err *err vdc_unused)
{
	const struct choosing *choosing = ctx;

	if (vdc_is_true(((const struct vdc_host *)object)->pm_enabled))
		vdc_buf_add(choosing->hosts, &object, sizeof(object));
	return 0;
}

static int choose(struct vdc_call *call, struct vdc_buf *hosts, struct vdc_err *err)
{
	struct choosing choosing = { hosts };
	const char *const *names;
	int n = vdc_call_operands(call, &names);

	if (vdc_given(call, "all") == (n > 0))
		return vdc_err_set(err, -EINVAL, "name hosts, or give --all");
	if (n)
		return vdc_named_objects(call, &vdc_host_kind, hosts, err);
	return vdc_store_each(vdc_call_db(call), &vdc_host_kind, 0, vdc_call_arena(call),
			      take_managed, &choosing, err);
}

/* Another run that lives; one whose owner died is closed, for a test leaves nothing to go on with. */
static int look_for_others(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_db *db = vdc_call_db(call);
	char *job = NULL, *owner = NULL;
	int r = vdc_job_open_about(db, ACTION, ACTION, NULL, arena, &job, err);

	while (!r && job) {
		struct vdc_job *dead = vdc_object_new(&vdc_job_kind, arena);

		r = vdc_job_owner(db, job, arena, &owner, err);
		if (!r && owner)
			r = vdc_err_set(err, -EBUSY, "job %s tests power management: %s", job,
					owner);
		if (r)
			break;
		dead->id = job;
		dead->status = VDC_JOB_ABORTED;
		dead->end_time = vdc_time_now();
		r = vdc_job_create(db, dead, arena, err);
		if (!r)
			r = vdc_job_open_about(db, ACTION, ACTION, NULL, arena, &job, err);
	}
	return r;
}

static int print(struct vdc_call *call, const struct vdc_fence_test *tests, size_t n,
		 struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_power_test_kind, &list, err);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < tests[i].n && !r; k++) {
			const struct vdc_fence_test_row *found = &tests[i].rows[k];
			struct vdc_power_test *row = vdc_object_new(&vdc_power_test_kind, arena);

			row->id = vdc_arena_strdup(arena, found->agent_id);
			row->host = vdc_arena_strdup(arena, tests[i].host);
			row->order = found->order;
			row->agent = vdc_arena_strdup(arena, found->agent);
			row->proxy = vdc_arena_strdup(arena, found->proxy ?: "-");
			row->power = found->power;
			row->message = vdc_arena_strdup(arena, found->message);
			row->problem = vdc_arena_strdup(arena, tests[i].problem);
			r = vdc_list_add(list, row, err);
		}
	return r ? r : vdc_list_end(list, err);
}

/* A quiet one says what changed since the last test: once when it breaks, once when it works again. */
static int report(struct vdc_call *call, const struct vdc_fence_test *tests, size_t n,
		  struct vdc_err *err)
{
	bool quiet = vdc_given(call, "quiet");
	bool table = vdc_call_output(call) == VDC_OUTPUT_TABLE;
	size_t bad = 0;
	int r = table && quiet ? 0 : print(call, tests, n, err);

	for (size_t i = 0; i < n && !r; i++) {
		bad += tests[i].problem != NULL;
		if (tests[i].problem && (!quiet || tests[i].news))
			vdc_log(VDC_LOG_ERROR, "host %s: %s", tests[i].host, tests[i].problem);
		else if (tests[i].news)
			vdc_log(VDC_LOG_ERROR, "host %s: its power management works again",
				tests[i].host);
	}
	return r ? r : bad ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}

static int carry_out(struct vdc_call *call, const struct vdc_buf *hosts, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_db *db = vdc_call_db(call);
	struct vdc_host *const *chosen = (const void *)hosts->data;
	size_t n = hosts->len / sizeof(*chosen);
	struct vdc_fence_test *tests = vdc_arena_alloc(arena, (n + 1) * sizeof(*tests));
	struct vdc_job *job = vdc_job_new(ACTION, NULL, arena);
	struct vdc_fence_power_options options;
	struct vdc_job_lease *lease = NULL;
	int code = 0, r;

	fence_power_options(call, &options);
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct vdc_fence_test){ .host_id = chosen[i]->id,
						    .most_proxies = vdc_int_option(
							    call, "proxy-tries", 0) };
	job->object_id = vdc_arena_strdup(arena, ACTION);
	job->description = vdc_arena_strdup(arena, "test of power management");
	r = vdc_job_create(db, job, arena, err);
	if (!r)
		r = vdc_job_acquire(db, job->id, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = vdc_fence_test(db, lease, &options, tests, n, arena, err);
	if (!r) {
		code = report(call, tests, n, err);
		r = code < 0 ? code : vdc_work_close_job(call, lease, VDC_EXIT_OK, err);
	}
	vdc_job_release(lease, r == -EBUSY ? NULL : db);
	return r ? r : code;
}

int fence_test(struct vdc_call *call, struct vdc_err *err)
{
	vdc_autobuf hosts = { 0 };
	int r = choose(call, &hosts, err);

	if (!r)
		r = fence_busy(call, look_for_others(call, err));
	return r || !hosts.len ? r : carry_out(call, &hosts, err);
}
