/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a check found, as the list options want it. */
#pragma once

#include "cli/command.h"
#include "model/finding.h"

/* Nothing at all for a table without rows. */
int vdc_print_findings(struct vdc_call *call, const struct vdc_findings *findings,
		       struct vdc_err *err);

/* Whether one is an error or worse. */
bool vdc_findings_block(const struct vdc_findings *findings);
