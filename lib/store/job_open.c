/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs that nobody ended: being done, or left behind by an owner that died. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "store/find.h"
#include "store/job.h"
#include "store/statements.h"

static const char open_in_cluster[] =
	"SELECT jobs.id FROM jobs JOIN vms ON vms.id = jobs.object_id WHERE jobs.action = $1 "
	"AND jobs.status IN ('queued', 'started', 'paused') AND vms.cluster_id = $2 "
	"ORDER BY jobs.start_time NULLS FIRST, jobs.id LIMIT 1";

static const char ask[] = "UPDATE jobs SET request = $2 WHERE id = $1 "
			  "AND status IN ('queued', 'started', 'paused')";

static const char open_about[] =
	"SELECT id FROM jobs WHERE action = $1 AND status IN ('queued', 'started', 'paused') "
	"AND object_id = $2 AND id <> $3 ORDER BY start_time NULLS FIRST, id LIMIT 1";

static const char open_step[] =
	"SELECT s.job_id FROM steps s JOIN jobs j ON j.id = s.job_id WHERE s.action = $1 "
	"AND s.object_id = $2 AND s.status = 'started' AND s.job_id <> $3 "
	"AND j.status IN ('queued', 'started', 'paused') ORDER BY s.job_id LIMIT 1";

static const char urgent[] =
	"SELECT s.job_id, MAX(v.priority) FROM steps s JOIN jobs j ON j.id = s.job_id "
	"JOIN vms v ON v.id = s.object_id JOIN hosts h ON h.id = j.object_id "
	"WHERE j.action = $1 AND j.status IN ('queued', 'started', 'paused') "
	"AND s.action = $2 AND s.status IN ('queued', 'started') AND v.cluster_id = $3 "
	"AND h.proven_down IS NOT NULL GROUP BY s.job_id ORDER BY s.job_id";

static const char open_all[] =
	"SELECT id FROM jobs WHERE action = $1 AND status IN ('queued', 'started', 'paused') "
	"ORDER BY start_time NULLS FIRST, id";

static const char count_steps[] =
	"SELECT COUNT(*) FROM steps s JOIN jobs j ON j.id = s.job_id JOIN hosts h ON h.id = s.object_id "
	"WHERE j.action = $1 AND s.action = $2 AND h.cluster_id = $3 AND s.start_time >= $4 "
	"AND s.status <> 'failed' AND s.status <> 'skipped'";

const struct vdc_statement vdc_job_open_statements[] = {
	{ "open job about a VM of a cluster", open_in_cluster },
	{ "open job about an object", open_about },
	{ "open job with a step about an object", open_step },
	{ "priorities of VMs that open jobs wait for", urgent },
	{ "open jobs of an action", open_all },
	{ "steps about hosts of a cluster", count_steps },
	{ "ask the owner of a job", ask },
	{ NULL, NULL },
};

int vdc_job_open_in_cluster(struct vdc_db *db, const char *action, const char *cluster_id,
			    struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(action), vdc_db_text(cluster_id) };

	*ret = NULL;
	return vdc_find_text(db, open_in_cluster, params, 2, arena, ret, err);
}

int vdc_job_open_about(struct vdc_db *db, const char *action, const char *object_id,
		       const char *except, struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(action), vdc_db_text(object_id),
					    vdc_db_text(except ? except : "") };

	*ret = NULL;
	return vdc_find_text(db, open_about, params, 3, arena, ret, err);
}

int vdc_job_open_step(struct vdc_db *db, const char *action, const char *object_id,
		      const char *other_than, struct vdc_arena *arena, char **ret,
		      struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(action), vdc_db_text(object_id),
					    vdc_db_text(other_than) };

	*ret = NULL;
	return vdc_find_text(db, open_step, params, 3, arena, ret, err);
}

struct telling {
	vdc_job_urgent_fn *fn;
	void *ctx;
};

static int tell_urgent(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		       struct vdc_err *err vdc_unused)
{
	const struct telling *telling = ctx;

	telling->fn(telling->ctx, vdc_db_as_text(&columns[0]), vdc_db_as_int(&columns[1], 0));
	return 0;
}

int vdc_job_each_urgent(struct vdc_db *db, const char *action, const char *step_action,
			const char *cluster_id, vdc_job_urgent_fn *fn, void *ctx,
			struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(action), vdc_db_text(step_action),
					    vdc_db_text(cluster_id) };
	struct telling telling = { fn, ctx };

	return vdc_db_run(db, urgent, params, 3, tell_urgent, &telling, NULL, err);
}

int vdc_job_ask(struct vdc_db *db, const char *job_id, enum vdc_job_request request,
		struct vdc_err *err)
{
	const struct vdc_value params[] = {
		vdc_db_text(job_id), vdc_db_text(vdc_enum_word(&vdc_job_request_values, request))
	};
	int64_t changed;
	int r = vdc_db_run(db, ask, params, 2, NULL, NULL, &changed, err);

	return r || changed ? r : vdc_err_set(err, -EINVAL, "job %s is over", job_id);
}

struct listing {
	struct vdc_arena *arena;
	struct vdc_buf ids;
};

static int add_id(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		  struct vdc_err *err vdc_unused)
{
	struct listing *listing = ctx;
	char *id = vdc_arena_strdup(listing->arena, vdc_db_as_text(&columns[0]));

	vdc_buf_add(&listing->ids, &id, sizeof(id));
	return 0;
}

int vdc_job_open_all(struct vdc_db *db, const char *action, struct vdc_arena *arena, char ***ret,
		     size_t *n, struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_text(action);
	struct listing listing = { .arena = arena };
	int r = vdc_db_run(db, open_all, &param, 1, add_id, &listing, NULL, err);

	if (!r) {
		*n = listing.ids.len / sizeof(char *);
		*ret = vdc_arena_alloc(arena, listing.ids.len + 1);
		if (*n)
			memcpy(*ret, listing.ids.data, listing.ids.len);
	}
	vdc_buf_free(&listing.ids);
	return r;
}

static int take_count(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		      struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

int vdc_job_count_steps(struct vdc_db *db, const char *action, const char *step_action,
			const char *cluster_id, int64_t since, int64_t *ret, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(action), vdc_db_text(step_action),
					    vdc_db_text(cluster_id), vdc_db_int(since) };

	*ret = 0;
	return vdc_db_run(db, count_steps, params, VDC_COUNT(params), take_count, ret, NULL, err);
}
