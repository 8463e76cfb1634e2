/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an election reads from the database and leaves there, where no host can be reached. */
#include "act/spm_elect.h"
#include "model/spm_record.h"
#include "model/storage_domain.h"
#include "scratch_store.h"

static const char *begin(struct scratch *s)
{
	struct vdc_err err = { 0 };

	must(vdc_setting_set(VDC_SETTING_RSH, "false", &err), &err);
	populate(s->db);
	put(s->db, &vdc_storage_domain_kind,
	    OBJECT(&vdc_storage_domain_kind, "name", "data", "data_center", "dc1", "type", "data",
		   "status", "active", "master", "true", "storage_type", "posixfs", "mount_point",
		   "/shared", "storage_format", "v5", "io_timeout", "2"));
	script(s->db, "UPDATE hosts SET status = 'up', address = 'h.invalid', spm_id = 1 "
		      "WHERE name = 'h1';"
		      "UPDATE hosts SET status = 'down' WHERE name <> 'h1'");
	return ((const struct vdc_data_center *)get(s->db, &vdc_data_center_kind, "dc1"))->id;
}

static void add_record(struct scratch *s, const char *domain, const char *lver)
{
	const struct vdc_storage_domain *master = get(s->db, &vdc_storage_domain_kind, "data");

	put(s->db, &vdc_spm_record_kind,
	    OBJECT(&vdc_spm_record_kind, "data_center", "dc1", "start_time", "2026-01-01",
		   "master_domain_id", domain ?: master->id, "lver", lver, "result", "lost"));
}

static struct vdc_spm_survey survey(struct scratch *s, const char *data_center)
{
	struct vdc_spm_survey_options options = vdc_spm_survey_options();
	struct vdc_spm_survey survey;
	struct vdc_err err = { 0 };

	must(vdc_spm_survey(s->db, data_center, &options, arena, &survey, &err), &err);
	return survey;
}

static enum vdc_spm_proof proof_of_h1(struct scratch *s, const char *data_center)
{
	const struct vdc_spm_survey seen = survey(s, data_center);
	const struct vdc_host *h1 = get(s->db, &vdc_host_kind, "h1");

	return vdc_spm_survey_candidate(&seen, h1->id)->proof;
}

static void a_version_counts_for_its_own_domain(void **state)
{
	SCRATCH(s);
	const char *dc = begin(s);
	struct vdc_spm_survey seen = survey(s, dc);

	assert_int_equal(seen.input.last_lver, VDC_UNSET);
	add_record(s, NULL, "7");
	add_record(s, NULL, "5");
	add_record(s, "c277ad93-0973-43d9-a0ca-22199bc8e801", "900");
	seen = survey(s, dc);
	assert_int_equal(seen.input.last_lver, 7);
	assert_false(seen.input.lease.known);
	assert_non_null(seen.blind);
	assert_int_equal(seen.answered, 0);
}

static void what_was_proven_before_a_host_was_seen_is_no_proof(void **state)
{
	SCRATCH(s);
	const char *dc = begin(s);

	script(s->db, "UPDATE hosts SET status = 'down', seen = 100, proven_down = 200, "
		      "power_status = 'off' WHERE name = 'h1'");
	assert_int_equal(proof_of_h1(s, dc), VDC_SPM_PROOF_POWER_OFF);
	script(s->db, "UPDATE hosts SET power_status = 'on' WHERE name = 'h1'");
	assert_int_equal(proof_of_h1(s, dc), VDC_SPM_PROOF_CONFIRMED);
	script(s->db, "UPDATE hosts SET power_status = 'off', seen = 300 WHERE name = 'h1'");
	assert_int_equal(proof_of_h1(s, dc), VDC_SPM_PROOF_NONE);
}

static void of_a_data_center_there_is_one_election(void **state)
{
	SCRATCH(s);
	const char *dc = begin(s), *first;
	struct vdc_job_lease *lease = NULL, *other = NULL;
	struct vdc_err err = { 0 };

	must(vdc_spm_elect_begin(s->db, dc, arena, &lease, &err), &err);
	assert_int_equal(vdc_spm_elect_begin(s->db, dc, arena, &other, &err), -EBUSY);
	assert_non_null(strstr(vdc_err_text(&err), "another election is under way"));
	/* left behind: the next one goes on with it */
	first = vdc_arena_strdup(arena, vdc_job_lease_id(lease));
	vdc_job_release(lease, s->db);
	must(vdc_spm_elect_begin(s->db, dc, arena, &lease, &err), &err);
	assert_string_equal(vdc_job_lease_id(lease), first);
	vdc_job_release(lease, s->db);
	assert_int_equal(vdc_spm_elect_begin(s->db, "no-such-id", arena, &other, &err), -ENOENT);
}

static void one_that_comes_to_nothing_is_recorded(void **state)
{
	SCRATCH(s);
	struct vdc_spm_election election = { .data_center = begin(s), .reason = "a test" };
	struct vdc_spm_elect_options options = vdc_spm_elect_options();
	struct vdc_job_lease *lease = NULL;
	const struct vdc_spm_record *record;
	const struct vdc_job *job;
	struct vdc_err err = { 0 };

	script(s->db, "UPDATE hosts SET spm_status = 'contending' WHERE name = 'h1'");
	add_record(s, NULL, "7");
	must(vdc_spm_elect_begin(s->db, election.data_center, arena, &lease, &err), &err);
	must(vdc_spm_elect(s->db, lease, &options, &election, arena, &err), &err);
	assert_int_equal(election.end, VDC_SPM_BLIND);
	assert_null(election.host);
	record = get(s->db, &vdc_spm_record_kind, election.record);
	assert_int_equal(record->result, VDC_SPM_RESULT_FAILED);
	assert_int_equal(record->lver, VDC_UNSET);
	assert_true(record->seed > 0);
	assert_non_null(strstr(record->reason, "a test: "));
	assert_int_not_equal(record->end_time, VDC_UNSET);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE type = "
					  "'spm_election_failed'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM data_centers WHERE name = 'dc1' "
					  "AND status = 'problematic'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM hosts WHERE "
					  "spm_status = 'contending'"),
			 0);
	job = get(s->db, &vdc_job_kind, vdc_job_lease_id(lease));
	assert_int_equal(job->status, VDC_JOB_FAILED);
	vdc_job_release(lease, s->db);
	/* that one is over: the next is another */
	must(vdc_spm_elect_begin(s->db, election.data_center, arena, &lease, &err), &err);
	assert_string_not_equal(vdc_job_lease_id(lease), job->id);
	vdc_job_release(lease, s->db);
}

static void who_lost_the_job_records_nothing(void **state)
{
	SCRATCH(s);
	struct vdc_spm_election election = { .data_center = begin(s) };
	struct vdc_spm_elect_options options = vdc_spm_elect_options();
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };

	must(vdc_spm_elect_begin(s->db, election.data_center, arena, &lease, &err), &err);
	script(s->db, "UPDATE job_leases SET token = token + 1");
	assert_int_equal(vdc_spm_elect(s->db, lease, &options, &election, arena, &err), -EBUSY);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM spm_history"), 0);
	vdc_job_release(lease, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_version_counts_for_its_own_domain),
		on_both(what_was_proven_before_a_host_was_seen_is_no_proof),
		on_both(of_a_data_center_there_is_one_election),
		on_both(one_that_comes_to_nothing_is_recorded),
		on_both(who_lost_the_job_records_nothing),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
