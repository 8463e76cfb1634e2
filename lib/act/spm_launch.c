/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect(8), the command beside this one, begun and left alone. */
#include "act/spm_launch.h"

#include "act/spm_member.h"
#include "base/session.h"

int vdc_spm_launch(const char *data_center, bool leave, const char *prefer, const char *reason,
		   struct vdc_err *err)
{
	const char *const verb = leave && !prefer ? "release" : "elect";
	const char *const argv[] = {
		"spm-elect", verb, data_center, "--reason", reason, prefer ? "--prefer" : NULL,
		prefer,	     NULL,
	};
	int r = vdc_session_launch(argv, err);

	return r ? vdc_err_prefix(err, "spm-elect %s %s: ", verb, data_center) : 0;
}

int vdc_spm_launch_after(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
			 struct vdc_err *err)
{
	const char *data_center;
	int r = vdc_spm_data_center(db, host, arena, &data_center, err);

	return r ? r
		 : vdc_spm_launch(data_center, false, NULL,
				  vdc_arena_format(arena, "host %s was the manager and is down",
						   host->name),
				  err);
}
