/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command spm-elect. */
#pragma once

#include "act/spm_hold.h"
#include "cli/command.h"

int spm_elect_init(struct vdc_call *call, struct vdc_err *err);
int spm_elect_hosts(struct vdc_call *call, struct vdc_err *err);
int spm_elect_priority(struct vdc_call *call, struct vdc_err *err);
int spm_elect_join(struct vdc_call *call, struct vdc_err *err);
int spm_elect_leave(struct vdc_call *call, struct vdc_err *err);
int spm_elect_join_local(struct vdc_call *call, struct vdc_err *err);
int spm_elect_leave_local(struct vdc_call *call, struct vdc_err *err);
int spm_elect_status(struct vdc_call *call, struct vdc_err *err);
int spm_elect_status_local(struct vdc_call *call, struct vdc_err *err);
int spm_elect_start(struct vdc_call *call, struct vdc_err *err);
int spm_elect_elect(struct vdc_call *call, struct vdc_err *err);
int spm_elect_release(struct vdc_call *call, struct vdc_err *err);
int spm_elect_history(struct vdc_call *call, struct vdc_err *err);
int spm_elect_free_leases(struct vdc_call *call, struct vdc_err *err);
int spm_elect_watch(struct vdc_call *call, struct vdc_err *err);
int spm_elect_work(struct vdc_call *call, struct vdc_err *err);
int spm_elect_stop(struct vdc_call *call, struct vdc_err *err);

/* status.c: those that the operands name, else all. */
struct vdc_objects;
int spm_elect_data_centers(struct vdc_call *call, struct vdc_objects *ret, struct vdc_err *err);

/* local.c: the lockspaces of this host. */
int spm_elect_load(struct vdc_call *call, struct vdc_lockspaces *ret, struct vdc_err *err);
/* The master domain that an operand names, or the only one. */
int spm_elect_master(struct vdc_call *call, struct vdc_lockspace **ret, struct vdc_err *err);
/* join.c: lockspaces of a document; "-" is standard input. */
int spm_elect_read(struct vdc_call *call, const char *from, struct vdc_lockspaces *ret,
		   struct vdc_err *err);
/* As a table or document, their roles filled in; returns the exit code. */
int spm_elect_print(struct vdc_call *call, const struct vdc_lockspaces *spaces,
		    struct vdc_err *err);
