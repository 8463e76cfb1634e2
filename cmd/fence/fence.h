/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command fence. */
#pragma once

#include "cli/command.h"

int fence_status(struct vdc_call *call, struct vdc_err *err);
int fence_switch(struct vdc_call *call, struct vdc_err *err); /* on, off, reboot */
int fence_resume(struct vdc_call *call, struct vdc_err *err);
int fence_test(struct vdc_call *call, struct vdc_err *err);
int fence_history(struct vdc_call *call, struct vdc_err *err);
