/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/time.h"
#include "plan/extend_disk.h"

#define LATE VDC_SECOND

static bool is_late(const struct vdc_extend_disk *disk, enum vdc_extend_do what, int64_t now)
{
	int64_t since = what == VDC_EXTEND_DO_LOOK ? disk->look_at : disk->looked;

	return since && now - since >= LATE;
}

enum vdc_extend_rank vdc_extend_rank(const struct vdc_extend_disk *disk,
				     const struct vdc_extend_decision *decision, int64_t now)
{
	bool short_of = disk->granted || disk->since || disk->paused || !disk->seen;

	switch (decision->what) {
	case VDC_EXTEND_DO_LOOK:
		if (is_late(disk, decision->what, now))
			return VDC_EXTEND_RANK_LATE;
		return short_of ? VDC_EXTEND_RANK_SPACE : VDC_EXTEND_RANK_FIGURES;
	case VDC_EXTEND_DO_ARM:
		return is_late(disk, decision->what, now) ? VDC_EXTEND_RANK_LATE
							  : VDC_EXTEND_RANK_LIMIT;
	default:
		return VDC_EXTEND_RANK_SPACE;
	}
}
