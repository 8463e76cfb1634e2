/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect status --local */
#include "base/time.h"
#include "spm_elect.h"

#define LOOK_TIME (10 * VDC_SECOND)

int spm_elect_status(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_lockspaces spaces;
	int r = spm_elect_load(call, &spaces, err);

	if (r)
		return r;
	vdc_lockspaces_look(&spaces, LOOK_TIME, vdc_call_arena(call));
	return spm_elect_print(call, &spaces, err);
}
