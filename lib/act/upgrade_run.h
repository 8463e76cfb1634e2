/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The upgrade of a cluster, carried out: a job with the plan of plan/upgrade_plan.h, wave after wave.
 * Killed at any moment it is gone on with by vdc_upgrade_run of the same job, and ends with every
 * host upgraded, or recorded as failed with its VMs elsewhere, and every VM running exactly once.
 *
 * The job: `action` is VDC_UPGRADE_ACTION, its object the cluster, `plan` the plan as a document
 * (vdc-upgrade-plan(5), XML), `state` what was chosen and what is to be put back at the end
 * (act/upgrade_state.c), `percent` how far it is, `request` what somebody asks its owner to do.
 *
 * Its steps: each host of the plan has VDC_UPGRADE_NUMBERS numbers, the first host from that number
 * on; steps of a host have the host as their object and one of vdc_upgrade_phases as action ("upgrade", the
 * first of them, is all of it: how it ends tells whether the host is done, or failed and why), those
 * of a VM ("migrate", "restart", "stop", "start") the VM. Numbers below are steps of the whole
 * cluster: "policy", "policy_reset", "affinity", "refresh", "raise_level".
 */
#pragma once

#include "act/drain.h"
#include "plan/upgrade_failure.h"
#include "plan/upgrade_rows.h"

#define VDC_UPGRADE_ACTION "cluster-upgrade"

enum { VDC_UPGRADE_NUMBERS = 20000 };

enum vdc_upgrade_phase {
	VDC_UPGRADE_CHECK = 1, /* looked at once more before anything is done to it */
	VDC_UPGRADE_DRAIN,
	VDC_UPGRADE_UPDATE, /* its packages, or its image */
	VDC_UPGRADE_REBOOT,
	VDC_UPGRADE_RETURN, /* it answers again, with what was expected */
	VDC_UPGRADE_ENROL,  /* after an image: key, host id, definitions of VMs */
	VDC_UPGRADE_ACTIVATE,
	VDC_UPGRADE_ROLL_BACK, /* what failed is undone */
	VDC_UPGRADE_N_PHASES,
};
extern const char *const vdc_upgrade_phases[VDC_UPGRADE_N_PHASES]; /* words; [0] is NULL */

enum vdc_upgrade_refresh { /* VMs that still run the old QEMU at the end */
			   VDC_UPGRADE_LEAVE = 1,
			   VDC_UPGRADE_LIVE_MIGRATE,
			   VDC_UPGRADE_RESTART_VMS,
};

/* What the run was asked to do besides its plan; kept in the job. Durations in microseconds. */
struct vdc_upgrade_options {
	const char *command; /* at each host, through the remote shell; NULL: by its OS */
	const char
		*image_command; /* on this machine, for hosts in IMAGES; %h %a stand for the host */
	const char *rollback_command; /* the same, for a host whose new image does not come up */
	const char *images; /* ids of hosts that get an image, words; "*": all; NULL: none */
	int64_t command_us; /* time limit of a command */
	int64_t return_us;  /* for a host to answer again */
	bool no_reboot;	    /* the update needs none: nothing is moved, nothing restarted */
	enum vdc_upgrade_failure failure;
	int64_t retries, retry_delay_us;
	int64_t tolerated; /* hosts that may fail before the run ends; with SKIP; VDC_UNSET: any */
	enum vdc_upgrade_refresh refresh;
	int64_t batch, batch_pause_us; /* of RESTART_VMS */
	bool raise_level;
	bool os_major;	 /* under the in-cluster upgrade policy, else cluster_maintenance */
	bool no_reserve; /* waves without reserve are accepted */
	bool unsafe;	 /* disks are shared, whatever libvirt thinks */
	bool accept_unknown;
	bool any_load; /* over-loaded hosts take VMs, too */
	int64_t shutdown_us;
	bool force_off;
};
extern const struct vdc_upgrade_options vdc_upgrade_options_default;

/* A new job for the plan in ROWS. -EBUSY: the cluster has one that is not over; it is named, with its
 * owner. *RET: its id, in ARENA. */
int vdc_upgrade_begin(struct vdc_db *db, const struct vdc_upgrade_rows *rows,
		      const struct vdc_upgrade_options *options, struct vdc_arena *arena,
		      char **ret, struct vdc_err *err);

/* -EBUSY as above, for who wants to know before anything else. */
int vdc_upgrade_is_free(struct vdc_db *db, const char *cluster_id, const char *cluster,
			struct vdc_arena *arena, struct vdc_err *err);

/* How it is followed and stopped. */
struct vdc_upgrade_control {
	int stop_fd; /* readable: runs to the next safe point and stops; once more: migrations are
			aborted; -1 */
	int (*stop_taken)(void *ctx);
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
};

/*
 * Carries the job out as its owner, from where it is; one that was paused or has failed is opened
 * again, and hosts that failed get another chance. Returns the exit code of the command: 0; 8: some
 * hosts were upgraded and some were not; 1: none. -EBUSY: somebody else does it; -EINVAL: it is over.
 * Other errors leave it as if its owner had been killed.
 */
int vdc_upgrade_run(struct vdc_db *db, const char *job_id,
		    const struct vdc_upgrade_control *control, struct vdc_err *err);
