/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `cluster-upgrade status` says of a run: the run, its hosts in the order of their waves, the VMs
 * that leave a host just now. It follows from the job and its steps (plan/upgrade_view.h).
 */
#pragma once

#include "model/kind.h"

struct vdc_upgrade_run {
	char *id; /* of the job */
	struct vdc_ref cluster, data_center; /* one of these two */
	char *parent; /* of a cluster in the run of its data centre: the job of that */
	int64_t status; /* enum vdc_job_status */
	int64_t percent;
	char *owner;	 /* who carries it out; NULL: nobody */
	int64_t request; /* enum vdc_job_request */
	char *actor;
	int64_t start_time, end_time;
	int64_t elapsed; /* seconds */
	int64_t left;	 /* seconds, estimated */
	int64_t wave, waves;
	int64_t hosts, hosts_done, hosts_failed;
	int64_t moves, moves_done, moves_failed;
	char *waits;
	int64_t exit_code;
	char *message;
};

enum vdc_run_host_status {
	VDC_RUN_HOST_WAITING = 1, /* its turn did not come yet */
	VDC_RUN_HOST_WORKING,
	VDC_RUN_HOST_INTERRUPTED,
	VDC_RUN_HOST_UPGRADED,
	VDC_RUN_HOST_FAILED,
	VDC_RUN_HOST_SKIPPED,
};

struct vdc_upgrade_run_host {
	char *id;
	char *name;
	int64_t wave;
	int64_t status;	      /* enum vdc_run_host_status */
	char *phase;	      /* the last one that it came to */
	int64_t since;	      /* when that began */
	int64_t took;	      /* seconds since its first phase began, or until the last one ended */
	int64_t moved, moves; /* VMs that left it, and that are to */
	char *reason;
};

struct vdc_upgrade_run_move {
	char *id; /* number of the step */
	struct vdc_ref vm;
	char *action; /* "migrate", "restart", ...: as of the step */
	struct vdc_ref from, to;
	int64_t done, total, rate; /* bytes, per second */
	int64_t left;		   /* seconds, estimated */
	int64_t start_time;
};

extern const struct vdc_kind vdc_upgrade_run_kind;
extern const struct vdc_kind vdc_upgrade_run_host_kind;
extern const struct vdc_kind vdc_upgrade_run_move_kind;
extern const struct vdc_enum vdc_run_host_status_values;
