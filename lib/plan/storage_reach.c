/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/storage_reach.h"

const struct vdc_domain_reach *vdc_storage_reach(const struct vdc_storage_scene *scene, size_t host,
						 size_t domain)
{
	return scene->reaches[host * scene->n_domains + domain];
}

bool vdc_storage_is_watched(const struct vdc_storage_domain *domain)
{
	switch (domain->type) {
	case VDC_STORAGE_DOMAIN_DATA:
	case VDC_STORAGE_DOMAIN_ISO:
	case VDC_STORAGE_DOMAIN_EXPORT:
		break;
	default: /* not reached by hosts through a path */
		return false;
	}
	switch (domain->status) {
	case VDC_STORAGE_DOMAIN_UNKNOWN:
	case VDC_STORAGE_DOMAIN_ACTIVE:
	case VDC_STORAGE_DOMAIN_INACTIVE:
	case VDC_STORAGE_DOMAIN_MIXED:
		return true;
	default:
		return false;
	}
}

enum vdc_spm_reach vdc_spm_reach_of(const struct vdc_domain_reach *reach, int64_t now, int64_t age)
{
	if (!reach || reach->checked == VDC_UNSET || now - reach->checked > age)
		return VDC_SPM_REACH_UNKNOWN;
	switch (reach->status) {
	case VDC_REACH_OK:
	case VDC_REACH_SLOW:
		return VDC_SPM_REACH_YES;
	case VDC_REACH_LOST:
		return VDC_SPM_REACH_NO;
	default:
		return VDC_SPM_REACH_UNKNOWN;
	}
}

struct vdc_spm_reach_view vdc_storage_spm_view(const struct vdc_storage_scene *scene, size_t host,
					       int64_t now, int64_t age)
{
	struct vdc_spm_reach_view view = { VDC_SPM_REACH_UNKNOWN, 0 };

	for (size_t i = 0; i < scene->n_domains; i++) {
		const struct vdc_storage_domain *domain = scene->domains[i];
		enum vdc_spm_reach reach;

		if (domain->type != VDC_STORAGE_DOMAIN_DATA || !vdc_storage_is_watched(domain))
			continue;
		reach = vdc_spm_reach_of(vdc_storage_reach(scene, host, i), now, age);
		if (vdc_is_true(domain->master))
			view.master = reach;
		else if (domain->status == VDC_STORAGE_DOMAIN_ACTIVE && reach == VDC_SPM_REACH_NO)
			view.misses++;
	}
	return view;
}
