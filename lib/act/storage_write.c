/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts read, and what follows from it, into the database. */
#include <errno.h>
#include <string.h>

#include "act/storage_part.h"
#include "act/storage_scene.h"
#include "act/update.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/events.h"
#include "store/reach.h"

struct writing {
	const struct storage_pass *pass;
	struct storage_written *written;
	int64_t now;
};

static const struct vdc_storage_asked *asked_of(const struct storage_pass *pass,
						const char *host_id)
{
	for (size_t i = 0; i < pass->n_asked; i++)
		if (strcmp(pass->asked[i].host->id, host_id) == 0)
			return &pass->asked[i];
	return NULL;
}

/* The number of the questions: it was not asked about. */
static size_t number_of(const struct storage_pass *pass, const char *domain_id)
{
	size_t i = 0;

	while (i < pass->n_questions && strcmp(pass->questions[i]->id, domain_id) != 0)
		i++;
	return i;
}

static struct vdc_storage_answer answer_of(const struct vdc_storage_asked *asked, size_t question)
{
	const struct vdc_domain_reading *reading = asked->readings[question];

	return (struct vdc_storage_answer){
		.latency = reading->latency,
		.problem = reading->problem,
		.silence = asked->failure,
	};
}

/* NULL: nobody asked that host. */
static int judge_row(const struct writing *w, size_t host, size_t domain, size_t question,
		     struct vdc_domain_reach **ret, struct vdc_err *err)
{
	const struct storage_pass *pass = w->pass;
	const struct vdc_storage_scene *before = &w->written->before;
	const struct vdc_storage_asked *asked = asked_of(pass, before->hosts[host]->id);
	struct vdc_storage_answer answer;
	char id[VDC_UUID_LEN + 1];

	*ret = NULL;
	if (!asked)
		return 0;
	answer = answer_of(asked, question);
	*ret = vdc_storage_judge(before->hosts[host], before->domains[domain],
				 vdc_storage_reach(before, host, domain), &answer, w->now,
				 &pass->options->figures, pass->arena);
	if ((*ret)->id)
		return 0;
	if (vdc_uuid_random(id) < 0)
		return vdc_err_set(err, -EIO, "the system gives no random bytes for an id");
	(*ret)->id = vdc_arena_strdup(pass->arena, id);
	return 0;
}

/* The rows after this pass: those that were asked for anew, the others as they are. */
static int judge_rows(const struct writing *w, struct vdc_err *err)
{
	const struct storage_pass *pass = w->pass;
	struct storage_written *written = w->written;
	const struct vdc_storage_scene *before = &written->before;
	size_t n = before->n_hosts * before->n_domains;
	const struct vdc_domain_reach **grid =
		vdc_arena_alloc(pass->arena, (n + 1) * sizeof(*grid));
	int r = 0;

	written->rows = vdc_arena_alloc(pass->arena, (n + 1) * sizeof(*written->rows));
	written->n_rows = 0;
	memcpy(grid, before->reaches, n * sizeof(*grid));
	for (size_t d = 0; d < before->n_domains; d++) {
		size_t question = number_of(pass, before->domains[d]->id);

		for (size_t h = 0; h < before->n_hosts && question < pass->n_questions && !r; h++) {
			struct vdc_domain_reach *row;

			r = judge_row(w, h, d, question, &row, err);
			if (!r && row)
				grid[h * before->n_domains + d] = written->rows[written->n_rows++] =
					row;
		}
	}
	written->after = *before;
	written->after.reaches = grid;
	return r;
}

/* As the first host has it that read the domain and knows. */
static const struct vdc_domain_reading *space_by(const struct storage_pass *pass,
						 const char *domain_id)
{
	size_t question = number_of(pass, domain_id);

	for (size_t i = 0; i < pass->n_asked && question < pass->n_questions; i++) {
		const struct vdc_domain_reading *reading = pass->asked[i].readings[question];

		if (!pass->asked[i].failure && reading->available != VDC_UNSET &&
		    reading->used != VDC_UNSET)
			return reading;
	}
	return NULL;
}

static void decide(const struct writing *w)
{
	const struct storage_pass *pass = w->pass;
	struct storage_written *written = w->written;
	const struct vdc_storage_question question = {
		.scene = &written->after,
		.now = w->now,
		.began = pass->began,
		.recover = pass->options->recover,
		.figures = pass->options->figures,
	};
	size_t n = written->after.n_domains;
	int64_t *spaces = vdc_arena_alloc(pass->arena, (n + 1) * sizeof(*spaces));

	vdc_storage_decide(&question, pass->arena, &written->verdict);
	for (size_t d = 0; d < n; d++) {
		const struct vdc_storage_domain *domain = written->after.domains[d];
		const struct vdc_domain_reading *by = space_by(pass, domain->id);

		spaces[d] =
			by ? vdc_storage_space_of(domain, domain->space, by->available, by->used)
			   : domain->space;
	}
	written->spaces = spaces;
	vdc_storage_tell(&(struct vdc_storage_change){ &written->before, &written->after,
						       &written->verdict, spaces, pass->began },
			 pass->arena, &written->tales);
}

static int write_domain(const struct writing *w, struct vdc_db *db, size_t at, struct vdc_err *err)
{
	const struct storage_pass *pass = w->pass;
	const struct vdc_storage_domain *before = w->written->after.domains[at];
	const struct vdc_domain_reading *by = space_by(pass, before->id);
	struct vdc_storage_domain *after =
		vdc_object_copy(&vdc_storage_domain_kind, before, pass->arena);

	after->space = w->written->spaces[at];
	if (by) {
		after->available = by->available;
		after->used = by->used;
	}
	switch (w->written->verdict.domains[at]) {
	case VDC_STORAGE_DOMAIN_FAILS:
		after->status = VDC_STORAGE_DOMAIN_INACTIVE;
		after->inactive_since = w->now;
		break;
	case VDC_STORAGE_DOMAIN_IS_BACK:
		after->status = VDC_STORAGE_DOMAIN_ACTIVE;
		after->inactive_since = VDC_UNSET;
		break;
	default:
		break;
	}
	return vdc_update(db, &vdc_storage_domain_kind, before, after, pass->arena, NULL, err);
}

static int fail_host(const struct writing *w, struct vdc_db *db, size_t at, struct vdc_err *err)
{
	const struct vdc_host *before = w->written->after.hosts[at];
	struct vdc_host *after = vdc_object_copy(&vdc_host_kind, before, w->pass->arena);

	after->status = VDC_HOST_NON_OPERATIONAL;
	after->reason = VDC_REASON_STORAGE_DOMAIN_UNREACHABLE;
	after->status_detail = vdc_arena_strdup(w->pass->arena, w->written->verdict.reasons[at]);
	after->status_since = w->now;
	return vdc_update(db, &vdc_host_kind, before, after, w->pass->arena, NULL, err);
}

static int write_events(const struct writing *w, struct vdc_db *db, struct vdc_err *err)
{
	const struct vdc_storage_tales *tales = &w->written->tales;
	int r = 0;

	for (size_t i = 0; i < tales->n && !r; i++) {
		const struct vdc_storage_tale *tale = &tales->tales[i];

		r = vdc_event_note(db, tale->severity, tale->type, tale->kind, tale->object, err,
				   "%s", tale->text);
	}
	return r;
}

static int write_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	const struct storage_pass *pass = w->pass;
	struct storage_written *written = w->written;
	int r = vdc_job_guard(pass->lease, db, err);

	w->now = vdc_time_now();
	if (!r)
		r = vdc_storage_scene(db, pass->part->data_center_id, pass->arena, &written->before,
				      err);
	if (!r)
		r = judge_rows(w, err);
	if (r)
		return r;
	decide(w);
	r = vdc_store_reaches(db, written->rows, written->n_rows, err);
	for (size_t d = 0; d < written->after.n_domains && !r; d++)
		r = write_domain(w, db, d, err);
	for (size_t h = 0; h < written->after.n_hosts && !r; h++)
		if (written->verdict.hosts[h] == VDC_STORAGE_HOST_FAILS)
			r = fail_host(w, db, h, err);
	if (!r)
		r = storage_note_returning(db, pass, written, err);
	return r ? r : write_events(w, db, err);
}

int storage_write(const struct storage_pass *pass, struct storage_written *ret, struct vdc_err *err)
{
	struct writing writing = { .pass = pass, .written = ret };

	return vdc_db_transaction(pass->db, write_all, &writing, err);
}
