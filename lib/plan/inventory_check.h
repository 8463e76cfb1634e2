/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Contradictions inside of the database: what its constraints cannot hold, because it arises between
 * objects or because it is sometimes right. Pure: the world in, findings out.
 */
#pragma once

#include "model/finding.h"
#include "model/world.h"

/* Every code there is, for the man page and its test; ends with a row without code. */
extern const struct vdc_finding_code vdc_inventory_codes[];

/* The kinds that the world must hold; ends with NULL. */
extern const struct vdc_kind *const vdc_inventory_check_kinds[];

/* Findings come by kind, then in the order of the world. */
void vdc_plan_check_inventory(const struct vdc_world *world, struct vdc_findings *findings);
