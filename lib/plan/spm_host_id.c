/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/spm_host_id.h"

#include <string.h>

enum use { FREE, DEAD, USED };

static enum use use_of(const struct vdc_spm_id_seen *seen)
{
	if (seen->recorded)
		return USED;
	switch (seen->liveness) {
	case VDC_SPM_LIVENESS_FREE:
		return FREE;
	case VDC_SPM_LIVENESS_DEAD:
		return DEAD;
	default:
		return USED;
	}
}

static enum use worst_use(const struct vdc_spm_id_seen *seen, size_t n, int64_t id)
{
	enum use worst = FREE;

	for (size_t i = 0; i < n; i++)
		if (seen[i].id == id && use_of(&seen[i]) > worst)
			worst = use_of(&seen[i]);
	return worst;
}

int64_t vdc_spm_free_host_id(const struct vdc_spm_id_seen *seen, size_t n, int64_t most)
{
	int64_t dead = 0;

	for (int64_t id = 1; id <= most; id++) {
		enum use use = worst_use(seen, n, id);

		if (use == FREE)
			return id;
		if (use == DEAD && !dead)
			dead = id;
	}
	return dead;
}

static bool is_nobodys(const struct vdc_lease_report *report, const char *lockspace,
		       int64_t host_id)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct vdc_lease_peer *peer = &report->peers[i];

		if (peer->host_id == host_id && strcmp(peer->lockspace, lockspace) == 0)
			return vdc_lease_is_given_up(peer) || peer->flag == VDC_LEASE_FLAG_DEAD;
	}
	return true;
}

bool vdc_spm_host_id_is_dead(const struct vdc_lease_report *reports, size_t n,
			     const char *lockspace, int64_t host_id)
{
	bool seen = false;

	for (size_t i = 0; i < n; i++) {
		if (!vdc_lease_space_named(&reports[i], lockspace))
			continue;
		if (!is_nobodys(&reports[i], lockspace, host_id))
			return false;
		seen = true;
	}
	return seen;
}
