/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the lease says by itself, and which host it means. */
#include "plan/spm_election_part.h"

/* sanlock_rv.h; also in vdsm and in libvirt's lock driver. */
enum {
	SANLOCK_OWNER_LIVES = -243,
	SANLOCK_OWNED = -244,
	SANLOCK_OTHER_WON = -245,
	SANLOCK_SHARED_RETRY = -246,
	SANLOCK_OWNED_RETRY = -247,
};

enum vdc_spm_try vdc_spm_try_of(int result)
{
	switch (result) {
	case SANLOCK_OWNER_LIVES:
	case SANLOCK_OWNED:
	case SANLOCK_OTHER_WON:
	case SANLOCK_SHARED_RETRY:
	case SANLOCK_OWNED_RETRY:
		return VDC_SPM_TRY_FRESH;
	default:
		return result < 0 ? VDC_SPM_TRY_FAILED : VDC_SPM_TRY_TAKEN;
	}
}

size_t spm_id_count(const struct vdc_spm_input *input, int64_t spm_id)
{
	size_t n = 0;

	for (size_t i = 0; i < input->n; i++)
		n += input->hosts[i].host->spm_id == spm_id;
	return n;
}

const struct vdc_spm_candidate *spm_owner(const struct vdc_spm_input *input)
{
	if (input->lease.owner_id < 1 || spm_id_count(input, input->lease.owner_id) != 1)
		return NULL;
	for (size_t i = 0; i < input->n; i++)
		if (input->hosts[i].host->spm_id == input->lease.owner_id)
			return &input->hosts[i];
	return NULL;
}

/* What was seen of an earlier life of the owner says nothing about this one. */
enum vdc_spm_liveness spm_liveness(const struct vdc_spm_lease *lease)
{
	bool stale = lease->live_generation && lease->live_generation < lease->generation;

	return stale ? VDC_SPM_LIVENESS_UNKNOWN : lease->liveness;
}

static bool joined_anew(const struct vdc_spm_lease *lease)
{
	return lease->live_generation > lease->generation;
}

bool spm_released(const struct vdc_spm_lease *lease)
{
	return lease->owner_id < 1 ||
	       (!joined_anew(lease) && spm_liveness(lease) == VDC_SPM_LIVENESS_FREE);
}

bool spm_expired(const struct vdc_spm_lease *lease)
{
	return joined_anew(lease) || spm_liveness(lease) == VDC_SPM_LIVENESS_DEAD;
}

bool spm_is_manager(const struct vdc_spm_input *input, const struct vdc_spm_candidate *one)
{
	const struct vdc_spm_lease *lease = &input->lease;

	return one->answer == VDC_SPM_ANSWER_SPM && spm_owner(input) == one &&
	       !spm_released(lease) && !spm_expired(lease) &&
	       (one->lver == VDC_UNSET || one->lver >= lease->lver);
}

bool spm_lver_went_back(const struct vdc_spm_input *input)
{
	return input->last_lver != VDC_UNSET && input->lease.lver < input->last_lver;
}
