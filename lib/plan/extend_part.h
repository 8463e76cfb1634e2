/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/extend*.c. */
#pragma once

/* What keeps a guest from its end and a volume from growing too far. A test takes each of them away,
 * and wants that to be found out. */
enum vdc_extend_rule {
	VDC_EXTEND_RULE_HIGHEST =
		1,	       /* a size follows from what was written, not from the last size */
	VDC_EXTEND_RULE_REACH, /* what is written meanwhile is room, too */
	VDC_EXTEND_RULE_MOST,
	VDC_EXTEND_RULE_IMPROBABLE,
	VDC_EXTEND_RULE_DESTINATION, /* the destination of a migration knows first */
	VDC_EXTEND_RULE_SURE,	     /* whether there is one is looked at before */
	VDC_EXTEND_RULE_ARM,	     /* thresholds are set again */
	VDC_EXTEND_RULE_ONCE,	     /* a request that is on its way is not sent again at once */
	VDC_EXTEND_RULE_AGAIN,	     /* one without an answer is */
	VDC_EXTEND_RULE_RESUME,
	VDC_EXTEND_N_RULES,
};

#ifndef RULE
#define RULE(rule, holds) (holds)
#endif
