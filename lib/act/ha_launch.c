/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ha-restart(8), the command beside this one, begun and left alone. */
#include "act/host_down.h"
#include "base/session.h"

int vdc_ha_launch(const char *job, struct vdc_err *err)
{
	const char *const argv[] = { "ha-restart", "resume", job, NULL };
	int r = vdc_session_launch(argv, err);

	return r ? vdc_err_prefix(err, "ha-restart resume %s: ", job) : 0;
}
