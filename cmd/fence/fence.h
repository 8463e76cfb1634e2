/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command fence. */
#pragma once

#include "act/fence_catalogue.h"
#include "cli/change.h"
#include "cli/command.h"
#include "cli/work.h"
#include "model/host.h"

int fence_agents(struct vdc_call *call, struct vdc_err *err);
int fence_configure(struct vdc_call *call, struct vdc_err *err);
int fence_confirm(struct vdc_call *call, struct vdc_err *err);
int fence_doctor(struct vdc_call *call, struct vdc_err *err);
int fence_enable(struct vdc_call *call, struct vdc_err *err); /* and disable */
int fence_status(struct vdc_call *call, struct vdc_err *err);
int fence_switch(struct vdc_call *call, struct vdc_err *err); /* on, off, reboot */
int fence_resume(struct vdc_call *call, struct vdc_err *err);
int fence_soft(struct vdc_call *call, struct vdc_err *err);
int fence_test(struct vdc_call *call, struct vdc_err *err);
int fence_history(struct vdc_call *call, struct vdc_err *err);
int fence_monitor(struct vdc_call *call, struct vdc_err *err);
int fence_treat(struct vdc_call *call, struct vdc_err *err);

/* What the agent of a type says of itself. -ENOENT: it is not installed, names what is near; -EINVAL: no
 * type has such a name; -EBADMSG: it says nothing of use. */
int fence_program(const char *type, struct vdc_arena *arena, struct vdc_fence_program *ret,
		  struct vdc_err *err);

/* Power management of HOST on or off, with its event, unless it is so already. */
int fence_switch_host(struct vdc_db *db, struct vdc_change *change, struct vdc_host *host, bool on,
		      struct vdc_err *err);

/* R, of looking for another run. One that cron(8) starts with --quiet says nothing of it: VDC_EXIT_BUSY. */
int fence_busy(const struct vdc_call *call, int r);

/* job.c: a job about hosts, whose owner need not be replaced when it dies: the verb is given again. */
struct fence_job {
	const char *action, *step_action;
	const char *what; /* "soft fencing" */
	const struct vdc_host *const *hosts;
	size_t n;
};

/* FN returns an exit code, or a negative errno with ERR filled; so does this. */
int fence_do_job(struct vdc_call *call, const struct fence_job *job,
		 int (*fn)(void *ctx, struct vdc_job_lease *lease, struct vdc_work_watch *watch,
			   struct vdc_err *err),
		 void *ctx, struct vdc_err *err);
