/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command host-maintenance. */
#pragma once

#include "act/drain.h"
#include "cli/work.h"
#include "model/maintenance.h"

/* What was asked for. */
struct maintenance {
	const struct vdc_host **hosts;
	size_t n;
	size_t n_there; /* behind those n: they are in maintenance already, and nothing is done */
	bool leave;   /* they come back, else they go */
	bool restore; /* and their VMs come home */
	struct vdc_drain_options options;
};

int host_maintenance_enter(struct vdc_call *call, struct vdc_err *err);
int host_maintenance_leave(struct vdc_call *call, struct vdc_err *err);
int host_maintenance_list(struct vdc_call *call, struct vdc_err *err);
int host_maintenance_resume(struct vdc_call *call, struct vdc_err *err);

/* Operands and options. */
int maintenance_read(struct vdc_call *call, bool leave, struct maintenance *ret,
		     struct vdc_err *err);

/* job.c: made for WHAT, and what a job was made for. */
int maintenance_make_job(struct vdc_call *call, const struct maintenance *what, char **ret,
			 struct vdc_err *err);
int maintenance_read_job(struct vdc_call *call, const struct vdc_job *job, struct maintenance *ret,
			 struct vdc_err *err);
/* Carries it out, prints the result, returns the exit code. JOB: NULL if there is nothing to do. */
int maintenance_do_job(struct vdc_call *call, const char *job, struct maintenance *what,
		       struct vdc_err *err);

/* A row of HOST as the database has it now, its VMs counted. */
int maintenance_row(struct vdc_call *call, const char *host_id, struct vdc_host_away **ret,
		    struct vdc_err *err);
