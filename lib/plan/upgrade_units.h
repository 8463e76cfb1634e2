/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The units of ovirt-engine's in-cluster upgrade policy: which of the usual ones it keeps, which it
 * switches off, and its own two (oVirt feature page "In-cluster upgrade"; the engine's ids). */
#pragma once

#include "model/cluster.h"
#include "model/policy_unit.h"

struct vdc_upgrade_unit {
	const char *name; /* NULL ends the table */
	enum vdc_policy_unit_use use;
	const char *uuid; /* NULL: it has no fixed one */
	const char *note;
};

extern const struct vdc_upgrade_unit vdc_upgrade_units[];

/* One of them as it is in CLUSTER; points to the table's texts. */
struct vdc_policy_unit vdc_upgrade_unit_in(const struct vdc_upgrade_unit *unit,
					   const struct vdc_cluster *cluster);
