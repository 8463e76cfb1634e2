/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The upgrade of a data centre: a job that upgrades its clusters one after another, each by a job of
 * its own (act/upgrade_run.h), whose parent it is. A cluster is planned when its turn comes. Killed at
 * any moment it is gone on with by vdc_data_center_upgrade_run of the same job.
 *
 * The job: `action` is VDC_DATA_CENTER_UPGRADE_ACTION, its object the data centre, `state` the options
 * that each cluster is planned with and upgraded by, a word on each line.
 *
 * Its steps: one for each cluster, numbered by name from 1 on, with VDC_UPGRADE_ACTION as its action
 * and the cluster as its object; its state is "job=ID" as soon as that job is in the database. Then
 * "raise_level", of the data centre, where that was asked for.
 */
#pragma once

#include "act/upgrade_run.h"
#include "model/cluster.h"
#include "model/data_center.h"

#define VDC_DATA_CENTER_UPGRADE_ACTION "data-center-upgrade"

struct vdc_data_center_request {
	const struct vdc_data_center *data_center;
	const struct vdc_cluster *const *clusters; /* in the order of their turns */
	size_t n_clusters;
	const char *options; /* lines */
	bool raise_level;
};

/* -EBUSY: the data centre has one that is not over; it is named, with its owner. *RET: its id. */
int vdc_data_center_upgrade_begin(struct vdc_db *db, const struct vdc_data_center_request *request,
				  struct vdc_arena *arena, char **ret, struct vdc_err *err);

/* -EBUSY as above, for who wants to know before anything else. */
int vdc_data_center_upgrade_is_free(struct vdc_db *db, const struct vdc_data_center *data_center,
				    struct vdc_arena *arena, struct vdc_err *err);

/* A cluster whose turn has come, and what is planned for it. */
struct vdc_data_center_turn {
	const struct vdc_cluster *cluster;
	const char *options; /* of the job */
	struct vdc_arena *arena;
	struct vdc_upgrade_rows rows;
	struct vdc_upgrade_options how;
	const char *nothing; /* why there is nothing to upgrade; NULL: it is planned */
	bool left_out;	     /* its level is left alone too */
	bool any_host;	     /* it has one */
};

struct vdc_data_center_control {
	struct vdc_upgrade_control cluster; /* of each cluster's run */
	/* An error is why the cluster cannot be upgraded, and ends the run. */
	int (*plan)(void *ctx, struct vdc_data_center_turn *turn, struct vdc_err *err);
	/* A step of the data centre's job has changed. */
	void (*step)(void *ctx, const struct vdc_job_step *step);
	void *ctx;
};

/* As vdc_upgrade_run: 0, 8: some clusters were upgraded and some were not; 1: none. */
int vdc_data_center_upgrade_run(struct vdc_db *db, const char *job_id,
				const struct vdc_data_center_control *control, struct vdc_err *err);

/* The job by which the cluster of that step is upgraded; NULL: there is none. In the step. */
const char *vdc_data_center_child(const struct vdc_job_step *step);

/* Such a job at one moment. */
struct vdc_data_center_seen {
	struct vdc_job *job;
	struct vdc_job_step **steps; /* in the order of their numbers */
	size_t n_steps;
	char *owner; /* NULL: nobody carries it out */
	int64_t now;
};

int vdc_data_center_look(struct vdc_db *db, const char *job_id, struct vdc_arena *arena,
			 struct vdc_data_center_seen *ret, struct vdc_err *err);

/* The step of the cluster that is being upgraded; NULL: none is. */
const struct vdc_job_step *vdc_data_center_current(const struct vdc_data_center_seen *seen);

/*
 * Asks the owner of the job, whichever of the two kinds it is of, and that of the run of the cluster
 * whose turn it is. -EINVAL: it is over.
 */
int vdc_data_center_ask(struct vdc_db *db, const char *job_id, enum vdc_job_request request,
			struct vdc_err *err);
