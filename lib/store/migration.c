/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/migration.h"

#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "base/time.h"
#include "base/words.h"
#include "store/statements.h"
#include "store/store.h"

static const char others[] =
	"SELECT s.job_id, s.object_id, s.state, l.owner FROM steps s "
	"JOIN job_leases l ON l.job_id = s.job_id "
	"WHERE s.status = 'started' AND s.action = 'migrate' AND s.job_id <> $1 "
	"AND l.owner IS NOT NULL AND l.expires > $2";
static const char own[] = "SELECT s.job_id, s.object_id, s.state, NULL FROM steps s "
			  "WHERE s.status = 'started' AND s.action = 'migrate' "
			  "AND s.job_id = $1 AND s.number <> $2";
static const char tries_of[] =
	"SELECT COALESCE(tries, 0) FROM steps WHERE job_id = $1 AND number = $2";

static const char state_of[] = "SELECT state FROM steps WHERE job_id = $1 AND number = $2 "
			       "AND status = 'started'";
static const char note_state[] = "UPDATE steps SET state = $3 WHERE job_id = $1 AND number = $2";

const struct vdc_statement vdc_migration_statements[] = {
	{ "migrations of others", others },
	{ "migrations of the job", own },
	{ "tries of a migration", tries_of },
	{ "state of a migration", state_of },
	{ "note the state of a migration", note_state },
	{ NULL, NULL },
};

void vdc_migration_ends(const struct vdc_job_step *step, struct vdc_arena *arena, char **from,
			char **to)
{
	*from = vdc_line_value(step->state, "from", arena);
	*to = vdc_line_value(step->state, "to", arena);
}

struct claiming {
	const struct vdc_job_lease *lease;
	const struct vdc_migration_claim *claim;
	struct vdc_arena *arena;
	int64_t out, in; /* that others have */
	char *busy;	 /* who moves the VM */
};

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static int count(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		 struct vdc_err *err vdc_unused)
{
	struct claiming *c = ctx;
	const char *state = vdc_db_as_text(&columns[2]), *owner = vdc_db_as_text(&columns[3]);

	if (owner && same(vdc_db_as_text(&columns[1]), c->claim->step->object_id))
		c->busy = vdc_arena_format(c->arena, "job %s moves it already: %s",
					   vdc_db_as_text(&columns[0]), owner);
	c->out += same(vdc_line_value(state, "from", c->arena), c->claim->from);
	c->in += same(vdc_line_value(state, "to", c->arena), c->claim->to);
	return 0;
}

static int look_at_others(struct vdc_db *db, struct claiming *c, struct vdc_err *err)
{
	struct vdc_value params[2] = { vdc_db_text(vdc_job_lease_id(c->lease)) };
	int64_t now;
	int r = vdc_db_now(db, &now, err);

	c->out = c->in = 0;
	c->busy = NULL;
	params[1] = vdc_db_int(now);
	if (r == 0)
		r = vdc_db_run(db, others, params, 2, count, c, NULL, err);
	params[1] = vdc_db_int(c->claim->step->number);
	return r ? r : vdc_db_run(db, own, params, 2, count, c, NULL, err);
}

static int take_number(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		       struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

static int write_step(struct vdc_db *db, struct claiming *c, struct vdc_err *err)
{
	struct vdc_job_step *step = c->claim->step;
	const char *id = vdc_job_lease_id(c->lease);
	const struct vdc_value key[] = { vdc_db_text(id), vdc_db_int(step->number) };
	int64_t tries = 0;
	int r = vdc_db_run(db, tries_of, key, 2, take_number, &tries, NULL, err);

	step->job.id = vdc_arena_strdup(c->arena, id);
	step->tries = tries + 1;
	step->status = VDC_JOB_STARTED;
	step->start_time = vdc_time_now();
	step->action = vdc_arena_strdup(c->arena, VDC_MIGRATE_STEP);
	step->state = vdc_arena_format(c->arena, "from=%s\nto=%s", c->claim->from, c->claim->to);
	return r ? r : vdc_store_put(db, &vdc_job_step_kind, step, c->arena, err);
}

static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct claiming *c = ctx;
	const struct vdc_job_step *step = c->claim->step;
	int r = vdc_job_guard(c->lease, db, err);

	if (r == 0)
		r = look_at_others(db, c, err);
	if (r)
		return r;
	if (c->busy)
		return vdc_err_set(err, -EALREADY, "VM %s: %s",
				   step->object_name ? step->object_name : step->object_id,
				   c->busy);
	/* Positive: the transaction ends well, without having written anything. */
	if (c->out >= c->claim->most_out || c->in >= c->claim->most_in)
		return 1;
	return write_step(db, c, err);
}

int vdc_migration_claim(const struct vdc_job_lease *lease, struct vdc_db *db,
			const struct vdc_migration_claim *claim, struct vdc_arena *arena,
			struct vdc_err *err)
{
	struct claiming c = { .lease = lease, .claim = claim, .arena = arena };
	int r = vdc_db_transaction(db, in_transaction, &c, err);

	return r > 0 ? vdc_err_set(err, -EAGAIN, "the hosts have as many migrations as they may")
		     : r;
}

static int64_t number_of(const char *lines, const char *name, struct vdc_arena *arena)
{
	const char *text = vdc_line_value(lines, name, arena);
	int64_t value;

	return text && vdc_int_parse(text, &value, NULL) == 0 ? value : -1;
}

struct vdc_migration_progress vdc_migration_progress_of(const struct vdc_job_step *step)
{
	vdc_autoarena *arena = vdc_arena_new();

	return (struct vdc_migration_progress){
		.done = number_of(step->state, "done", arena),
		.total = number_of(step->state, "total", arena),
		.rate = number_of(step->state, "rate", arena),
		.eta_us = number_of(step->state, "eta", arena),
	};
}

struct noting {
	const struct vdc_job_lease *lease;
	int64_t number;
	const struct vdc_migration_progress *progress;
	struct vdc_arena *arena;
	char *from, *to;
};

static int take_ends(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	const struct vdc_job_step step = { .state =
						   (char *)(uintptr_t)vdc_db_as_text(&columns[0]) };
	struct noting *noting = ctx;

	vdc_migration_ends(&step, noting->arena, &noting->from, &noting->to);
	return 0;
}

static int note_progress(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	const struct vdc_migration_progress *p = n->progress;
	struct vdc_value params[3] = { vdc_db_text(vdc_job_lease_id(n->lease)),
				       vdc_db_int(n->number) };
	int r = vdc_job_guard(n->lease, db, err);

	n->from = n->to = NULL;
	if (!r)
		r = vdc_db_run(db, state_of, params, 2, take_ends, n, NULL, err);
	if (r || !n->from || !n->to)
		return r;
	params[2] = vdc_db_text(vdc_arena_format(
		n->arena, "from=%s\nto=%s\ndone=%lld\ntotal=%lld\nrate=%lld\neta=%lld", n->from,
		n->to, (long long)p->done, (long long)p->total, (long long)p->rate,
		(long long)p->eta_us));
	return vdc_db_run(db, note_state, params, 3, NULL, NULL, NULL, err);
}

int vdc_migration_note_progress(const struct vdc_job_lease *lease, struct vdc_db *db,
				int64_t number, const struct vdc_migration_progress *progress,
				struct vdc_arena *arena, struct vdc_err *err)
{
	struct noting noting = { lease, number, progress, arena, NULL, NULL };

	return vdc_db_transaction(db, note_progress, &noting, err);
}
