/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What image-discrepancies finds on the storage of a data centre, as far as this machine can read it,
 * or else a host that is up, for checks that must not pass over it. Writes nowhere.
 */
#pragma once

#include "edge/db.h"
#include "plan/image_findings.h"

/*
 * Reads the domains of DATA_CENTER (its id; NULL: none) that WORLD has and compares them with the
 * database; where that finds an error, once more a moment later. A domain that does not answer within
 * storage.read-timeout is not waited for, nor what is not read by storage.compare-timeout: it is among
 * FINDINGS as one that nobody knows of. Not in a transaction.
 */
int vdc_image_sweep(struct vdc_db *db, const struct vdc_world *world, const char *data_center,
		    struct vdc_findings *findings, struct vdc_err *err);
