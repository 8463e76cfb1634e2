/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a check found, as the list options want it. */
#pragma once

#include "cli/command.h"
#include "model/finding.h"
#include "model/world.h"

/* Nothing at all for a table without rows. */
int vdc_print_findings(struct vdc_call *call, const struct vdc_findings *findings,
		       struct vdc_err *err);

/* Whether one is an error or worse. */
bool vdc_findings_block(const struct vdc_findings *findings);

/* --skip-images, for the table of a command whose verbs have it. */
extern const struct vdc_option vdc_images_options[];

/* What image-discrepancies finds in the data centre with that id, unless --skip-images is given
 * (act/image_sweep.h). */
int vdc_find_images(struct vdc_call *call, const struct vdc_world *world, const char *data_center,
		    struct vdc_findings *findings, struct vdc_err *err);
