/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to lib/act/data_center_*.c */
#pragma once

#include "act/data_center_upgrade.h"

struct data_center_run {
	struct vdc_db *db;
	struct vdc_arena *arena;
	struct vdc_job_lease *lease;
	const struct vdc_data_center_control *control;
	struct vdc_job *job;
	struct vdc_job_step **steps;
	size_t n_steps;
	bool aborts;	    /* somebody asked for that */
	bool stops;	    /* ... or to pause */
	int code;	    /* of the cluster that ended it */
	const char *ending; /* why it cannot go on; NULL: it can */
	const char *left;   /* what was left as it is at the end; NULL: nothing */
};

#define DATA_CENTER_RAISE_STEP "raise_level"

/* The job as ours, opened again where it was over; and its end, with the exit code. */
int data_center_open(struct data_center_run *run, struct vdc_err *err);
int data_center_close(struct data_center_run *run, enum vdc_job_status status, struct vdc_err *err);

/* Begins a step, and ends it; whoever looks on is told. */
int data_center_begin_step(struct data_center_run *run, struct vdc_job_step *step,
			   struct vdc_err *err);
int data_center_end_step(struct data_center_run *run, struct vdc_job_step *step,
			 enum vdc_job_status status, const char *message, struct vdc_err *err);

/* data_center_images.c: why its storage must not be converted, in the arena; NULL: it may. */
int data_center_find_damage(const struct data_center_run *run, const char **ret,
			    struct vdc_err *err);

/* Whether somebody asked to stop, by a signal or in the database. */
int data_center_poll(struct data_center_run *run, struct vdc_err *err);

/* The cluster of STEP, from where it is: run->ending or run->stops say that it did not get through. */
int data_center_take_turn(struct data_center_run *run, struct vdc_job_step *step,
			  struct vdc_err *err);
