/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by what begins runs and goes on with them. */
#pragma once

#include "act/upgrade_run.h"
#include "cluster_upgrade.h"

int cluster_upgrade_run(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_resume(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_pause(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_abort(struct vdc_call *call, struct vdc_err *err);

extern const struct vdc_option cluster_upgrade_run_options[];

/* What the command line asks for a run of UPGRADE. */
int cluster_upgrade_run_choice(struct vdc_call *call, const struct vdc_upgrade *upgrade,
			       struct vdc_upgrade_options *ret, struct vdc_err *err);

/*
 * Carries the job out: where somebody looks at a terminal in a session of its own, which is followed;
 * else, or when that is what this process is, here. The exit code of the run.
 */
int cluster_upgrade_carry_out(struct vdc_call *call, const char *job, const char *cluster,
			      struct vdc_err *err);
