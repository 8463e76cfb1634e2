/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * New space for a volume group whose volumes wait for some: LUNs that an administrator made larger are
 * looked for on this host, and what they have more becomes the group's. A LUN that is new is not taken:
 * which group it is for only an administrator knows, by vgextend(8).
 */
#include "act/extend_part.h"
#include "act/spm_state.h"
#include "base/time.h"
#include "plan/extend_queue.h"

#define PAUSE (30 * VDC_SECOND)

/* It goes on beside all else. What fails once is not said again until it works. */
int extend_luns_look(struct extend_luns *luns, struct vdc_err *err)
{
	const int64_t now = vdc_time_monotonic();
	struct vdc_err why = { 0 };
	bool said = luns->failed;
	int r;

	if (luns->runs) {
		r = vdc_lvm_refresh_end(&luns->run, &why);
	} else {
		if (luns->begun && now - luns->begun < PAUSE)
			return 0;
		luns->begun = now;
		r = vdc_lvm_rescan_begin(&luns->run, &why) ?: 1;
	}
	luns->runs = r > 0;
	if (r <= 0)
		luns->failed = r != 0;
	return r < 0 && !said ? vdc_err_set(err, r,
					    "larger LUNs cannot be looked for, see "
					    "rescan.command of vdc.conf: %s",
					    vdc_err_text(&why))
			      : 0;
}

int extend_luns_take(struct extend_luns *luns, struct vdc_lvm *lvm, const char *group,
		     int64_t extent, struct vdc_spm_work *work, bool *doubt, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lvm_device *all;
	int64_t sum = 0;
	size_t n;
	int r = vdc_lvm_devices(lvm, group, arena, &all, &n, err);

	*doubt = false;
	for (size_t i = 0; !r && i < n; i++)
		sum += all[i].device;
	if (r || sum == luns->taken)
		return r;
	for (size_t i = 0; !r && i < n; i++) {
		if (!vdc_extend_has_grown(all[i].device, all[i].start, all[i].size, extent))
			continue;
		r = vdc_spm_work_check(work, err);
		*doubt = r != 0;
		if (!r)
			r = vdc_lvm_take_device(lvm, all[i].path, err);
	}
	if (!r)
		luns->taken = sum;
	return r;
}
