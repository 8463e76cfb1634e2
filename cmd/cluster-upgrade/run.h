/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by what begins runs and goes on with them. */
#pragma once

#include "act/data_center_upgrade.h"
#include "cluster_upgrade.h"

int cluster_upgrade_run(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_resume(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_pause(struct vdc_call *call, struct vdc_err *err);
int cluster_upgrade_abort(struct vdc_call *call, struct vdc_err *err);

extern const struct vdc_option cluster_upgrade_run_options[];

/* What the command line asks for a run of UPGRADE. */
int cluster_upgrade_run_choice(struct vdc_call *call, const struct vdc_upgrade *upgrade,
			       struct vdc_upgrade_options *ret, struct vdc_err *err);

/* What a run begins with. */
struct cluster_upgrade_beginning {
	struct upgrade_scene scene;
	struct vdc_upgrade_rows rows;
};

/* Looks at the hosts of the scene's cluster and plans. The scene is to be closed in any case. */
int cluster_upgrade_prepare(struct cluster_upgrade_beginning *beginning,
			    struct vdc_upgrade_options *ret, struct vdc_err *err);
/* -EPERM: waves without reserve that were not accepted. */
int cluster_upgrade_refuse_bare(struct vdc_call *call, const struct vdc_upgrade *upgrade,
				struct vdc_err *err);

int cluster_upgrade_run_data_center(struct vdc_call *call,
				    const struct vdc_data_center *data_center, struct vdc_err *err);
/* The options of TURN as CALL; plans its cluster, or says why there is nothing to do. With DRY_RUN the
 * hosts are not looked at. */
int cluster_upgrade_plan_turn(struct vdc_call *call, struct vdc_data_center_turn *turn,
			      bool dry_run, struct vdc_err *err);

/*
 * Carries the job out: where somebody looks at a terminal in a session of its own, which is followed;
 * else, or when that is what this process is, here. The exit code of the run.
 */
int cluster_upgrade_carry_out(struct vdc_call *call, const char *job, struct vdc_err *err);
