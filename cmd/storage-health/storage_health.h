/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command storage-health. */
#pragma once

#include "act/storage_health.h"
#include "cli/command.h"

int storage_health_check(struct vdc_call *call, struct vdc_err *err);

/* local.c: the domains of a document, read on this machine. */
int storage_health_local(struct vdc_call *call, struct vdc_err *err);

/* request.c: the data centres that the operands name, or parts of them; without operands all. */
int storage_health_parts(struct vdc_call *call, struct vdc_storage_part **ret, size_t *n,
			 struct vdc_err *err);
