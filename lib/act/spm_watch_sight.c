/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to be said about the reach of hosts: by what they said just now, and by what storage-health(8)
 * found lately. */
#include <string.h>

#include "act/apply.h"
#include "act/spm_watch.h"
#include "base/setting.h"
#include "base/time.h"
#include "model/domain_reach.h"
#include "plan/storage_reach.h"

/* The host itself said what it found in the lease of the master, or why it could not read it. */
static enum vdc_spm_reach said(const struct vdc_spm_seen *seen)
{
	const struct vdc_lockspace *master = seen->master;

	if (!master)
		return VDC_SPM_REACH_UNKNOWN;
	if (master->lver != VDC_UNSET)
		return VDC_SPM_REACH_YES;
	return master->problem ? VDC_SPM_REACH_NO : VDC_SPM_REACH_UNKNOWN;
}

static bool is_watched(const struct vdc_spm_survey *survey, const char *domain)
{
	for (size_t i = 0; i < survey->storage.n; i++) {
		const struct vdc_storage_domain *one = survey->storage.domains[i];

		if (strcmp(one->id, domain) == 0)
			return one->status != VDC_STORAGE_DOMAIN_MAINTENANCE &&
			       one->status != VDC_STORAGE_DOMAIN_INACTIVE;
	}
	return false;
}

static void take(const struct vdc_spm_survey *survey, const struct vdc_domain_reach *reach,
		 struct vdc_spm_view *view)
{
	enum vdc_spm_reach word = vdc_spm_reach_of(
		reach, survey->at, vdc_setting_number(VDC_SETTING_STORAGE_REACH_AGE));
	const char *domain = reach->storage_domain.id;

	if (strcmp(domain, survey->master->id) == 0) {
		if (view->master == VDC_SPM_REACH_UNKNOWN)
			view->master = word;
	} else if (word == VDC_SPM_REACH_NO && is_watched(survey, domain)) {
		view->misses++;
	}
}

/* A full volume is a reason of its own only where writing fails, too. */
static enum vdc_spm_renewal renewal_of(const struct vdc_spm_survey *survey)
{
	if (survey->input.lease.liveness != VDC_SPM_LIVENESS_FAIL)
		return VDC_SPM_RENEWAL_UNKNOWN;
	return survey->master->available == 0 ? VDC_SPM_RENEWAL_FULL : VDC_SPM_RENEWAL_LATE;
}

int vdc_spm_watch_sight(struct vdc_db *db, const struct vdc_spm_survey *survey,
			struct vdc_arena *arena, struct vdc_spm_sight *ret, struct vdc_err *err)
{
	struct vdc_spm_view *views = vdc_arena_alloc(arena, (survey->n + 1) * sizeof(*views));
	int r = 0;

	for (size_t i = 0; i < survey->n && !r; i++) {
		struct vdc_objects reaches;

		views[i] =
			(struct vdc_spm_view){ &survey->candidates[i], said(&survey->seen[i]), 0 };
		r = vdc_gather(db, &vdc_domain_reach_kind, "host", survey->seen[i].host->id, arena,
			       &reaches, err);
		for (size_t j = 0; !r && j < reaches.n; j++)
			take(survey, reaches.objects[j], &views[i]);
	}
	if (r)
		return r;
	*ret = (struct vdc_spm_sight){
		.now = vdc_time_now(),
		.input = &survey->input,
		.views = views,
		.renewal = renewal_of(survey),
	};
	return 0;
}
