/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done about the findings of an upgrade's check. Pure: it only offers. */
#pragma once

#include "plan/upgrade_check.h"

struct vdc_upgrade_fix {
	const struct vdc_finding *finding; /* the first one that it helps with */
	const struct vdc_kind *kind;
	const void *object;	       /* of the world, as it was */
	const struct vdc_field *field; /* that is set; NULL: the host is read anew */
	const char *value;	       /* what it gets; NULL: it has none any more */
	const char *offer;	       /* "set affinity of vm web1 to migratable" */
	const char *means; /* what follows from that, one sentence without a full stop */
};

struct vdc_upgrade_fixes {
	struct vdc_upgrade_fix *items;
	size_t n;
};

/*
 * At most one for a field of an object, in the order of FINDINGS, which were made from QUESTION. A
 * finding without one is for the administrator: its advice says what to do. In FINDINGS' arena.
 */
struct vdc_upgrade_fixes vdc_plan_upgrade_fixes(const struct vdc_upgrade_question *question,
						const struct vdc_findings *findings);
