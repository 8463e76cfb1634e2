/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lease of a job: rows of job_leases. The heartbeat's thread is in job_heartbeat.c. */
#include "store/job.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "store/job_lease.h"
#include "store/statements.h"

static const char find_job[] = "SELECT status FROM jobs WHERE id = $1";

static const char find_lease[] =
	"SELECT token, owner, heartbeat, expires FROM job_leases WHERE job_id = $1";

static const char take_lease[] =
	"INSERT INTO job_leases (job_id, token, owner, heartbeat, expires) "
	"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (job_id) DO UPDATE SET token = excluded.token, "
	"owner = excluded.owner, heartbeat = excluded.heartbeat, expires = excluded.expires";

static const char renew_lease[] = "UPDATE job_leases SET heartbeat = $3, expires = $4 "
				  "WHERE job_id = $1 AND token = $2 AND owner IS NOT NULL";

static const char give_up_lease[] = "UPDATE job_leases SET owner = NULL, expires = NULL "
				    "WHERE job_id = $1 AND token = $2";

static const char disown[] = "UPDATE job_leases SET token = token + 1, owner = NULL, "
			     "expires = NULL WHERE job_id = $1";

const struct vdc_statement vdc_job_statements[] = {
	{ "find a job", find_job },
	{ "find a lease", find_lease },
	{ "take a lease", take_lease },
	{ "renew a lease", renew_lease },
	{ "give a lease up", give_up_lease },
	{ "take a job from its owner", disown },
	{ NULL, NULL },
};

struct row {
	int64_t token;
	char owner[160]; /* "" for nobody */
	int64_t heartbeat, expires;
};

static int take_row(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		    struct vdc_err *err vdc_unused)
{
	const char *owner = vdc_db_as_text(&columns[1]);
	struct row *row = ctx;

	row->token = vdc_db_as_int(&columns[0], 0);
	snprintf(row->owner, sizeof(row->owner), "%s", owner ? owner : "");
	row->heartbeat = vdc_db_as_int(&columns[2], 0);
	row->expires = vdc_db_as_int(&columns[3], 0);
	return 0;
}

static int read_lease(struct vdc_db *db, const char *job_id, struct row *row, struct vdc_err *err)
{
	const struct vdc_value id = vdc_db_text(job_id);

	*row = (struct row){ 0 };
	return vdc_db_run(db, find_lease, &id, 1, take_row, row, NULL, err);
}

static int found_one(void *ctx, const struct vdc_value *columns vdc_unused, size_t n vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	*(bool *)ctx = true;
	return 0;
}

static int check_job(struct vdc_db *db, const char *job_id, struct vdc_err *err)
{
	const struct vdc_value id = vdc_db_text(job_id);
	bool found = false;
	int r = vdc_db_run(db, find_job, &id, 1, found_one, &found, NULL, err);

	return r < 0 || found ? r : vdc_err_set(err, -ENOENT, "there is no job %s", job_id);
}

static void describe_self(char *out, size_t size)
{
	char host[HOST_NAME_MAX + 1] = "?", since[VDC_TIME_LEN + 1];

	gethostname(host, sizeof(host) - 1);
	snprintf(out, size, "%s pid %d since %s", host, (int)getpid(),
		 vdc_time_format(vdc_time_now() / VDC_SECOND * VDC_SECOND, since));
}

/* In the transaction of acquire: the row as it was decides. */
static int take(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_job_lease *lease = ctx;
	char owner[sizeof(((struct row *)0)->owner)];
	struct vdc_value params[5];
	struct row row;
	int64_t now;
	int r = check_job(db, lease->job_id, err);

	if (r == 0)
		r = read_lease(db, lease->job_id, &row, err);
	if (r == 0)
		r = vdc_db_now(db, &now, err);
	if (r < 0)
		return r;
	if (row.owner[0] && row.expires > now)
		return vdc_err_set(err, -EBUSY,
				   "job %s is being done by %s; it was heard of %lld s "
				   "ago",
				   lease->job_id, row.owner,
				   (long long)((now - row.heartbeat) / VDC_SECOND));
	lease->token = row.token + 1;
	describe_self(owner, sizeof(owner));
	params[0] = vdc_db_text(lease->job_id);
	params[1] = vdc_db_int(lease->token);
	params[2] = vdc_db_text(owner);
	params[3] = vdc_db_int(now);
	params[4] = vdc_db_int(now + lease->ttl);
	return vdc_db_run(db, take_lease, params, 5, NULL, NULL, NULL, err);
}

int vdc_job_acquire(struct vdc_db *db, const char *job_id, int64_t ttl_us,
		    struct vdc_job_lease **ret, struct vdc_err *err)
{
	struct vdc_job_lease *lease = vdc_alloc(sizeof(*lease));
	int64_t began;
	int r;

	lease->job_id = vdc_strdup(job_id);
	lease->ttl = ttl_us;
	began = vdc_time_monotonic();
	r = vdc_db_transaction(db, take, lease, err);
	if (r == 0)
		r = vdc_job_heartbeat_start(lease, db, err);
	if (r < 0) {
		vdc_job_release(lease, NULL);
		return r;
	}
	lease->checked = began;
	*ret = lease;
	return 0;
}

void vdc_job_release(struct vdc_job_lease *lease, struct vdc_db *db)
{
	if (!lease)
		return;
	vdc_job_heartbeat_stop(lease);
	if (db) {
		const struct vdc_value params[] = { vdc_db_text(lease->job_id),
						    vdc_db_int(lease->token) };

		vdc_db_run(db, give_up_lease, params, 2, NULL, NULL, NULL, NULL);
	}
	free(lease->job_id);
	free(lease);
}

static int lost(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err)
{
	struct row row;
	int r = read_lease(db, lease->job_id, &row, err);

	if (r < 0)
		return r;
	return vdc_err_set(err, -EBUSY, "job %s is no longer ours: it was taken over by %s",
			   lease->job_id, row.owner[0] ? row.owner : "somebody who has ended it");
}

int vdc_job_renew(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err)
{
	struct vdc_value params[4] = { vdc_db_text(lease->job_id), vdc_db_int(lease->token) };
	int64_t now, changed;
	int r = vdc_db_now(db, &now, err);

	if (r < 0)
		return r;
	params[2] = vdc_db_int(now);
	params[3] = vdc_db_int(now + lease->ttl);
	r = vdc_db_run(db, renew_lease, params, 4, NULL, NULL, &changed, err);
	return r < 0 || changed ? r : lost(lease, db, err);
}

int vdc_job_check(struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err)
{
	int64_t began = vdc_time_monotonic();
	int r = vdc_job_renew(lease, db, err);

	if (r == 0)
		lease->checked = began;
	return r;
}

int vdc_job_fresh(const struct vdc_job_lease *lease, struct vdc_err *err)
{
	if (vdc_time_monotonic() - lease->checked < VDC_SECOND)
		return 0;
	return vdc_err_set(err, -EAGAIN, "job %s: the check of its lease is older than a second",
			   lease->job_id);
}

int64_t vdc_job_looked(const struct vdc_job_lease *lease)
{
	return lease->checked;
}

int vdc_job_guard(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err)
{
	struct row row;
	int r = read_lease(db, lease->job_id, &row, err);

	if (r < 0)
		return r;
	return row.token == lease->token && row.owner[0] ? 0 : lost(lease, db, err);
}

const char *vdc_job_lease_id(const struct vdc_job_lease *lease)
{
	return lease->job_id;
}

int64_t vdc_job_lease_token(const struct vdc_job_lease *lease)
{
	return lease->token;
}

int vdc_job_owner(struct vdc_db *db, const char *job_id, struct vdc_arena *arena, char **ret,
		  struct vdc_err *err)
{
	struct row row;
	int64_t now = 0;
	int r = read_lease(db, job_id, &row, err);

	if (r == 0)
		r = vdc_db_now(db, &now, err);
	if (r < 0)
		return r;
	*ret = row.owner[0] && row.expires > now ? vdc_arena_strdup(arena, row.owner) : NULL;
	return 0;
}

int vdc_job_disown(struct vdc_db *db, const char *job_id, struct vdc_err *err)
{
	const struct vdc_value id = vdc_db_text(job_id);

	return vdc_db_run(db, disown, &id, 1, NULL, NULL, NULL, err);
}
