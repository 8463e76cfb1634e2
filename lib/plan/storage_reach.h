/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the hosts of a data centre reach of its storage domains, as it was written down when they were
 * last asked (storage-health): for whoever looks for a storage pool manager. Pure: the time is passed
 * in.
 */
#pragma once

#include "model/domain_reach.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "plan/spm_watch.h"

struct vdc_storage_scene {
	const struct vdc_storage_domain *const *domains; /* attached to the data centre */
	size_t n_domains;
	const struct vdc_host *const *hosts; /* of all its clusters */
	size_t n_hosts;
	/* By host, then by domain: hosts * n_domains. NULL: that host never tried. */
	const struct vdc_domain_reach *const *reaches;
};

/* NULL: that host never tried. */
const struct vdc_domain_reach *vdc_storage_reach(const struct vdc_storage_scene *scene, size_t host,
						 size_t domain);

/*
 * Whether hosts are to read it: it is attached and in use, or was until it was lost. Domains that
 * somebody works on, or that are in maintenance, are left alone.
 */
bool vdc_storage_is_watched(const struct vdc_storage_domain *domain);

/* What the last look (NULL: there was none) says at NOW. One that is older than AGE says nothing. */
enum vdc_spm_reach vdc_spm_reach_of(const struct vdc_domain_reach *reach, int64_t now, int64_t age);

struct vdc_spm_reach_view {
	enum vdc_spm_reach master;
	size_t misses; /* other active data domains that it has lost */
};

struct vdc_spm_reach_view vdc_storage_spm_view(const struct vdc_storage_scene *scene, size_t host,
					       int64_t now, int64_t age);
