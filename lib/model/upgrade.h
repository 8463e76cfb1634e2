/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan of a cluster's upgrade as a document (vdc-upgrade-plan(5)): one upgrade, its hosts in the
 * order of their waves, its moves in the order of their time. It is not stored.
 */
#pragma once

#include "model/kind.h"

enum vdc_upgrade_action { /* as enum vdc_drain of plan/upgrade_plan.h */
			  VDC_UPGRADE_MIGRATE = 1,
			  VDC_UPGRADE_RESTART,
			  VDC_UPGRADE_STOP,
};

enum vdc_upgrade_why { /* as enum vdc_upgrade_bound of plan/upgrade_plan.h */
		       VDC_UPGRADE_WHY_ALONE = 1,
		       VDC_UPGRADE_WHY_LIMIT,
		       VDC_UPGRADE_WHY_ROOM,
		       VDC_UPGRADE_WHY_RESERVE,
		       VDC_UPGRADE_WHY_LAST,
};

struct vdc_upgrade {
	char *id; /* the fingerprint of the cluster that it was made for */
	struct vdc_ref cluster;
	int64_t created;
	int64_t os_major; /* boolean: hosts of two major versions will be mixed */
	int64_t max_away;
	int64_t ceiling;
	int64_t ha_reserve;
	int64_t hosts;
	int64_t waves;
	int64_t waves_without_reserve;
	int64_t moves;
	int64_t second_moves;
	int64_t restarts;
	int64_t stops;
	int64_t highest_peak; /* percent of a host's memory */
	int64_t duration;     /* seconds, estimated */
	char *qemu;	      /* release that the hosts get; NULL: not known */
};

struct vdc_upgrade_host_row {
	char *id; /* the host's */
	char *name;
	int64_t wave; /* from 1; VDC_UNSET: it is not upgraded */
	int64_t reserve;
	int64_t why;		     /* enum vdc_upgrade_why: why no more hosts go with it */
	int64_t begin, drained, end; /* seconds */
	int64_t memory;
	int64_t peak;
};

struct vdc_upgrade_move {
	char *id; /* number of the wave and of the move in it: "2.7" */
	int64_t wave;
	struct vdc_ref vm;
	int64_t action; /* enum vdc_upgrade_action */
	struct vdc_ref from;
	struct vdc_ref to;
	int64_t again;
	int64_t begin, end; /* milliseconds */
	int64_t memory;
};

extern const struct vdc_kind vdc_upgrade_kind;
extern const struct vdc_kind vdc_upgrade_host_kind;
extern const struct vdc_kind vdc_upgrade_move_kind;
extern const struct vdc_enum vdc_upgrade_action_values;
extern const struct vdc_enum vdc_upgrade_why_values;
