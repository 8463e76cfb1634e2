/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What image-discrepancies has to say about the storage of a data centre, for the checks of other
 * commands. Pure.
 */
#pragma once

#include "model/finding.h"
#include "model/world.h"
#include "plan/image_check.h"

/* Besides those of plan/image_codes.h; ends with a row without code. */
extern const struct vdc_finding_code vdc_image_finding_codes[];

/* A domain that was not compared with the database. */
struct vdc_image_unread {
	const struct vdc_storage_domain *domain;
	const char *why;
};

/* Data that VMs of the data centre have their disks on, unless it is switched off on purpose. */
bool vdc_storage_domain_matters(const struct vdc_storage_domain *domain, const char *data_center);

/* Whether anything is an error or worse. */
bool vdc_image_blocks(const struct vdc_image_result *result);

/*
 * A finding for each code of each domain of RESULT that is an error or worse, with that code, about the
 * domain and with the words of its first discrepancy; what was not confirmed counts as work that goes
 * on. And IMAGES_UNKNOWN for each of UNREAD. WORLD has the domains.
 */
void vdc_image_findings(const struct vdc_world *world, const struct vdc_image_result *result,
			const struct vdc_image_unread *unread, size_t n_unread,
			struct vdc_findings *findings);
