/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command lv-extend. */
#pragma once

#include "cli/command.h"

int lv_extend_check(struct vdc_call *call, struct vdc_err *err);
int lv_extend_watch(struct vdc_call *call, struct vdc_err *err);
int lv_extend_mailbox_show(struct vdc_call *call, struct vdc_err *err);
int lv_extend_mailbox_init(struct vdc_call *call, struct vdc_err *err);
int lv_extend_mailbox_clear(struct vdc_call *call, struct vdc_err *err);
