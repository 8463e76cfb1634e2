/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an election leaves in the database: the manager, the data centre's status, the history. */
#include <inttypes.h>
#include <string.h>

#include "act/apply.h"
#include "act/spm_elect_part.h"
#include "base/time.h"
#include "edge/user.h"
#include "model/spm_record.h"
#include "store/events.h"

struct noting {
	struct spm_round *round;
	int64_t now;
	const struct vdc_host *const *hosts;
	size_t n_hosts;
	const struct vdc_data_center *before;
};

static int read(struct vdc_db *db, struct noting *n, struct vdc_err *err)
{
	struct spm_round *round = n->round;
	void *found;
	int r = vdc_job_guard(round->lease, db, err);

	n->now = vdc_time_now();
	if (!r)
		r = vdc_store_get(db, &vdc_data_center_kind, round->election->data_center, 0,
				  round->look, &found, err);
	if (!r)
		r = vdc_spm_hosts(db, round->election->data_center, round->look, &n->hosts,
				  &n->n_hosts, err);
	if (!r)
		n->before = found;
	return r;
}

/* HOST (NULL: none) has STATUS, and no other host of the data centre has any; ONLY_CONTENDERS: but for
 * the manager. */
static int write_roles(struct vdc_db *db, const struct noting *n, const char *host_id,
		       enum vdc_spm_status status, bool only_contenders, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n->n_hosts && !r; i++) {
		const struct vdc_host *before = n->hosts[i];
		struct vdc_host *host = vdc_object_copy(&vdc_host_kind, before, n->round->look);
		bool is_it = host_id && strcmp(host->id, host_id) == 0;

		if (!is_it && before->spm_status != VDC_SPM_CONTENDING &&
		    (before->spm_status != VDC_SPM_SPM || only_contenders))
			continue;
		host->spm_status = is_it ? status : VDC_SPM_NONE;
		r = vdc_update(db, &vdc_host_kind, before, host, n->round->look, NULL, err);
	}
	return r;
}

/* One that somebody put into maintenance stays there. */
static int write_status(struct vdc_db *db, const struct noting *n,
			enum vdc_data_center_status status, struct vdc_err *err)
{
	struct vdc_data_center *after =
		vdc_object_copy(&vdc_data_center_kind, n->before, n->round->look);

	if (after->status == VDC_DATA_CENTER_MAINTENANCE)
		return 0;
	after->status = status;
	return vdc_update(db, &vdc_data_center_kind, n->before, after, n->round->look, NULL, err);
}

static int contend(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	int r = read(db, n, err);

	if (!r)
		r = write_roles(db, n, n->round->next.host->id, VDC_SPM_CONTENDING, false, err);
	return r ? r : write_status(db, n, VDC_DATA_CENTER_CONTEND, err);
}

int spm_note_contender(struct spm_round *round, struct vdc_err *err)
{
	struct noting n = { .round = round };

	return vdc_db_transaction(round->db, contend, &n, err);
}

static bool is_same(const struct noting *n, const struct vdc_spm_record *record)
{
	const struct vdc_spm_election *election = n->round->election;

	return election->end == VDC_SPM_KEEP && record->host_id &&
	       strcmp(record->host_id, election->host->id) == 0 && record->lver == election->lver &&
	       record->master_domain_id &&
	       strcmp(record->master_domain_id, n->round->survey.master->id) == 0;
}

/* Whoever was the manager until now: it handed over, or lost the lease. */
static int end_record(struct vdc_db *db, const struct noting *n, struct vdc_spm_record *record,
		      struct vdc_err *err)
{
	bool released = false;

	for (size_t i = 0; record->host_id && i < n->round->n; i++)
		if (strcmp(n->round->past[i].id, record->host_id) == 0)
			released = n->round->past[i].former;
	record->end_time = n->now;
	record->result = released ? VDC_SPM_RESULT_RELEASED : VDC_SPM_RESULT_LOST;
	return vdc_store_put(db, &vdc_spm_record_kind, record, n->round->look, err);
}

/* *KNOWN: the manager's own row is there already. */
static int end_records(struct vdc_db *db, const struct noting *n, bool *known, struct vdc_err *err)
{
	struct vdc_objects records = { 0 };
	int r = vdc_gather(db, &vdc_spm_record_kind, "data_center", n->before->id, n->round->look,
			   &records, err);

	*known = false;
	for (size_t i = 0; i < records.n && !r; i++) {
		struct vdc_spm_record *record = records.objects[i];

		if (record->result != VDC_SPM_RESULT_ELECTED || record->end_time != VDC_UNSET)
			continue;
		if (is_same(n, record)) {
			*known = true;
			n->round->election->record = vdc_arena_strdup(n->round->arena, record->id);
		} else {
			r = end_record(db, n, record, err);
		}
	}
	return r;
}

static int add_record(struct vdc_db *db, const struct noting *n, enum vdc_spm_result result,
		      struct vdc_err *err)
{
	const struct vdc_spm_election *election = n->round->election;
	struct vdc_arena *arena = n->round->arena;
	struct vdc_spm_record *record = vdc_object_new(&vdc_spm_record_kind, arena);
	bool found = result == VDC_SPM_RESULT_ELECTED && !election->elected;
	int r;

	record->data_center.id = n->before->id;
	record->start_time = n->round->begun;
	record->master_domain_id = n->round->survey.master->id;
	record->result = result;
	record->reason =
		vdc_arena_strdup(arena, found ? "it held the lease already" : election->reason);
	if (result == VDC_SPM_RESULT_ELECTED) {
		record->host_id = election->host->id;
		record->host_name = election->host->name;
		record->spm_id = election->host->spm_id;
		record->lver = election->lver;
	} else {
		record->end_time = n->now;
		record->reason = vdc_arena_format(arena, "%s%s%s", election->reason ?: "",
						  election->reason ? ": " : "", election->text);
		/* What was read is remembered: it must not go back. */
		if (n->round->survey.input.lease.known &&
		    n->round->survey.input.lease.lver >= n->round->survey.input.last_lver)
			record->lver = n->round->survey.input.lease.lver;
	}
	record->seed = (int64_t)election->seed;
	record->actor = vdc_arena_strdup(arena, vdc_user_caller());
	record->correlation_id = vdc_arena_strdup(arena, vdc_event_correlation());
	r = vdc_store_put(db, &vdc_spm_record_kind, record, n->round->look, err);
	n->round->election->record = vdc_arena_strdup(n->round->arena, record->id);
	return r;
}

static int note_manager(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct vdc_spm_election *election = n->round->election;
	bool known;
	int r = end_records(db, n, &known, err);

	if (!r && !known)
		r = add_record(db, n, VDC_SPM_RESULT_ELECTED, err);
	if (!r)
		r = write_roles(db, n, election->host->id, VDC_SPM_SPM, false, err);
	if (!r)
		r = write_status(db, n, VDC_DATA_CENTER_UP, err);
	if (r || known)
		return r;
	return vdc_event_note(
		db, VDC_SEVERITY_NORMAL, "spm_elected", &vdc_data_center_kind, n->before, err,
		"host %s %s storage pool manager of data center %s, version %" PRId64 "%s%s",
		election->host->name, election->elected ? "became" : "is", n->before->name,
		election->lver, election->reason ? ": " : "", election->reason ?: "");
}

static int note_failure(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct vdc_spm_election *election = n->round->election;
	bool refused = election->end == VDC_SPM_CONFIRM || election->end == VDC_SPM_REFUSE;
	bool known;
	int r = 0;

	/* The lease is nobody's: what the database had is over. */
	if (election->end == VDC_SPM_NOBODY)
		r = end_records(db, n, &known, err);
	if (!r)
		r = add_record(db, n, refused ? VDC_SPM_RESULT_REFUSED : VDC_SPM_RESULT_FAILED,
			       err);
	if (!r)
		r = write_status(db, n, VDC_DATA_CENTER_PROBLEMATIC, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_ERROR, "spm_election_failed",
				  &vdc_data_center_kind, n->before, err,
				  "data center %s got no storage pool manager: %s", n->before->name,
				  election->text);
}

static int close_job(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct vdc_spm_election *election = n->round->election;
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, n->round->look);

	job->id = vdc_arena_strdup(n->round->look, vdc_job_lease_id(n->round->lease));
	job->status = election->end == VDC_SPM_KEEP ? VDC_JOB_FINISHED
		      : election->end		    ? VDC_JOB_FAILED
						    : VDC_JOB_ABORTED;
	job->end_time = job->last_updated = n->now;
	job->message = vdc_arena_strdup(n->round->look, election->text);
	job->percent = 100;
	return vdc_store_put(db, &vdc_job_kind, job, n->round->look, err);
}

static int end(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	const struct vdc_spm_election *election = n->round->election;
	int r = read(db, n, err);

	if (!r && election->end == VDC_SPM_KEEP)
		r = note_manager(db, n, err);
	else if (!r)
		r = write_roles(db, n, NULL, VDC_SPM_NONE, election->end != VDC_SPM_NOBODY, err);
	/* That a manager which lives was not moved is worth no row. */
	if (!r && election->end && election->end != VDC_SPM_KEEP && !n->round->manager_lives)
		r = note_failure(db, n, err);
	return r ? r : close_job(db, n, err);
}

static int manager(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	int r = read(db, n, err);

	return r ? r : note_manager(db, n, err);
}

/* Before the end, which does it again and finds it done. */
int spm_note_manager(struct spm_round *round, struct vdc_err *err)
{
	struct noting n = { .round = round };

	return vdc_db_transaction(round->db, manager, &n, err);
}

int spm_note_end(struct spm_round *round, struct vdc_err *err)
{
	struct noting n = { .round = round };

	return vdc_db_transaction(round->db, end, &n, err);
}
