/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command lv-extend. */
#pragma once

#include "act/lockspace.h"
#include "cli/command.h"

int lv_extend_check(struct vdc_call *call, struct vdc_err *err);
int lv_extend_extend(struct vdc_call *call, struct vdc_err *err);
int lv_extend_serve(struct vdc_call *call, struct vdc_err *err);
int lv_extend_watch(struct vdc_call *call, struct vdc_err *err);
int lv_extend_mailbox_show(struct vdc_call *call, struct vdc_err *err);
int lv_extend_mailbox_init(struct vdc_call *call, struct vdc_err *err);
int lv_extend_mailbox_clear(struct vdc_call *call, struct vdc_err *err);

/* mailbox.c: the master domain that the operand names, or the only one of this host; and all it knows. */
int lv_extend_master(struct vdc_call *call, struct vdc_lockspaces *spaces,
		     struct vdc_lockspace **ret, struct vdc_err *err);
