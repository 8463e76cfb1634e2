/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect init, on this host */
#include <errno.h>

#include "base/time.h"
#include "spm_elect.h"

/* On block storage seven volumes are made first. */
#define INIT_TIME (180 * VDC_SECOND)

int spm_elect_init(struct vdc_call *call, struct vdc_err *err)
{
	const char *from = vdc_text_option(call, "from");
	struct vdc_lockspaces spaces;
	int r;

	if (!from || !vdc_given(call, "local"))
		return vdc_err_set(err, -EINVAL, "init wants --local and --from");
	r = spm_elect_read(call, from, &spaces, err);
	for (size_t i = 0; i < spaces.n && !r; i++) {
		r = vdc_lockspace_init(spaces.all[i], vdc_int_option(call, "timeout", INIT_TIME),
				       err);
		if (r)
			vdc_err_prefix(err, "domain %s: ", spaces.all[i]->name);
	}
	return r;
}
