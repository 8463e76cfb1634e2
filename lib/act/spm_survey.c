/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_survey.h"

#include <inttypes.h>
#include <string.h>

#include "act/apply.h"
#include "act/spm_survey_part.h"
#include "base/time.h"
#include "model/cluster.h"
#include "model/extension.h"
#include "model/spm_record.h"
#include "plan/host_status.h"

/* Between two looks of which the first was of no one moment. */
#define PAUSE (VDC_SECOND / 5)

struct vdc_spm_survey_options vdc_spm_survey_options(void)
{
	return (struct vdc_spm_survey_options){
		.limit_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_SYNC_JOBS),
		.tries = 5,
	};
}

struct vdc_spm_candidate *vdc_spm_survey_candidate(const struct vdc_spm_survey *survey,
						   const char *host_id)
{
	for (size_t i = 0; i < survey->n; i++)
		if (strcmp(survey->seen[i].host->id, host_id) == 0)
			return &survey->candidates[i];
	return NULL;
}

struct reading {
	const char *data_center;
	struct vdc_arena *arena;
	struct vdc_spm_survey *survey;
};

/* Power is off by what was proven after the host was last seen; what somebody says is less. */
static enum vdc_spm_proof proof_of(const struct vdc_host *host)
{
	if (!vdc_host_is_known_down(host))
		return VDC_SPM_PROOF_NONE;
	return host->power_status == VDC_POWER_OFF ? VDC_SPM_PROOF_POWER_OFF
						   : VDC_SPM_PROOF_CONFIRMED;
}

/* Whether the hosts of that cluster are to run virtual machines. */
static bool is_virt(const struct vdc_objects *clusters, const char *id)
{
	for (size_t i = 0; i < clusters->n; i++)
		if (strcmp(vdc_object_id(clusters->objects[i]), id) == 0)
			return vdc_is_true(
				((const struct vdc_cluster *)clusters->objects[i])->virt_service);
	return true;
}

static int read_hosts(struct vdc_db *db, const struct reading *reading, struct vdc_err *err)
{
	struct vdc_spm_survey *survey = reading->survey;
	const struct vdc_host *const *hosts = NULL;
	struct vdc_objects clusters = { 0 };
	int r = vdc_spm_hosts(db, survey->data_center->id, reading->arena, &hosts, &survey->n, err);

	if (!r)
		r = vdc_gather(db, &vdc_cluster_kind, "data_center", survey->data_center->id,
			       reading->arena, &clusters, err);
	if (r)
		return r;
	survey->seen = vdc_arena_alloc(reading->arena, (survey->n + 1) * sizeof(*survey->seen));
	survey->candidates =
		vdc_arena_alloc(reading->arena, (survey->n + 1) * sizeof(*survey->candidates));
	for (size_t i = 0; i < survey->n; i++) {
		survey->seen[i].host = hosts[i];
		survey->candidates[i] = (struct vdc_spm_candidate){
			.host = hosts[i],
			.lver = VDC_UNSET,
			.proof = proof_of(hosts[i]),
			.no_virt = !is_virt(&clusters, hosts[i]->cluster.id),
		};
		if (hosts[i]->spm_status == VDC_SPM_SPM && !survey->input.recorded)
			survey->input.recorded = hosts[i]->id;
	}
	survey->input.hosts = survey->candidates;
	survey->input.n = survey->n;
	return 0;
}

/* Versions of the lease of another domain say nothing about this one's. */
static int read_history(struct vdc_db *db, const struct reading *reading, struct vdc_err *err)
{
	struct vdc_spm_survey *survey = reading->survey;
	struct vdc_objects records;
	int r = vdc_gather(db, &vdc_spm_record_kind, "data_center", survey->data_center->id,
			   reading->arena, &records, err);

	survey->input.last_lver = VDC_UNSET;
	for (size_t i = 0; !r && i < records.n; i++) {
		const struct vdc_spm_record *record = records.objects[i];

		if (survey->master && record->master_domain_id &&
		    strcmp(record->master_domain_id, survey->master->id) == 0 &&
		    record->lver > survey->input.last_lver)
			survey->input.last_lver = record->lver;
	}
	return r;
}

static int count_tasks(struct vdc_db *db, const struct reading *reading, struct vdc_err *err)
{
	const struct vdc_spm_storage *storage = &reading->survey->storage;
	int r = 0;

	for (size_t d = 0; d < storage->n && !r; d++) {
		struct vdc_objects all = { 0 };

		r = vdc_gather(db, &vdc_extension_kind, "storage_domain", storage->domains[d]->id,
			       reading->arena, &all, err);
		for (size_t i = 0; i < all.n && !r; i++)
			reading->survey->input.tasks +=
				((const struct vdc_extension *)all.objects[i])->status ==
				VDC_EXTENSION_RUNNING;
	}
	return r;
}

static int read_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct reading *reading = ctx;
	struct vdc_spm_survey *survey = reading->survey;
	int r;

	*survey = (struct vdc_spm_survey){ .at = vdc_time_now() };
	r = vdc_spm_storage(db, reading->data_center, reading->arena, &survey->storage, err);
	if (r)
		return r;
	survey->data_center = survey->input.data_center = survey->storage.data_center;
	survey->master = survey->storage.master;
	survey->input.wait_lease = vdc_is_true(survey->data_center->wait_lease);
	r = read_hosts(db, reading, err);
	if (!r)
		r = read_history(db, reading, err);
	return r ? r : count_tasks(db, reading, err);
}

int vdc_spm_survey(struct vdc_db *db, const char *data_center,
		   const struct vdc_spm_survey_options *options, struct vdc_arena *arena,
		   struct vdc_spm_survey *ret, struct vdc_err *err)
{
	struct vdc_spm_survey survey;
	struct reading reading = { data_center, arena, &survey };
	bool settled = false;
	int r = vdc_db_snapshot(db, read_all, &reading, err);

	if (r)
		return r;
	if (!survey.master)
		survey.blind = vdc_arena_format(arena, "data center %s has no master domain",
						survey.data_center->name);
	for (unsigned try = 0; survey.master && !settled && !r && try < options->tries; try++) {
		if (try)
			vdc_sleep(PAUSE);
		r = spm_look(&survey, options, arena, &settled, err);
	}
	if (!r)
		*ret = survey;
	return r;
}
