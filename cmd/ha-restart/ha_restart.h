/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command ha-restart. */
#pragma once

#include "act/ha_restart.h"
#include "cli/command.h"

int ha_restart_run(struct vdc_call *call, struct vdc_err *err);
int ha_restart_list(struct vdc_call *call, struct vdc_err *err);
int ha_restart_resume(struct vdc_call *call, struct vdc_err *err);

/* Ids of hosts that have an open job; char * each. */
int ha_restart_hosts(struct vdc_call *call, struct vdc_buf *ids, struct vdc_err *err);

struct vdc_ha_options ha_restart_options(struct vdc_call *call);
/* A table without rows is no table. */
int ha_restart_print(struct vdc_call *call, const struct vdc_ha_rows *rows, struct vdc_err *err);
/* Carries these out together; returns the exit code. Those that somebody else does are left out, which
 * is said of those that were asked for by name. */
int ha_restart_do(struct vdc_call *call, const char *const *jobs, size_t n, bool by_name,
		  struct vdc_err *err);
