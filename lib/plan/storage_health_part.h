/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of lib/plan/storage_health.c and storage_judge.c that keep hosts and domains from harm, by
 * name: a test takes one after the other out and has to notice. */
#pragma once

#include "plan/storage_health.h"

enum vdc_storage_rule {
	VDC_STORAGE_RULE_FRESH = 1, /* only words of this pass count */
	VDC_STORAGE_RULE_TIME,	    /* what is lost is lost for so long */
	VDC_STORAGE_RULE_SINCE,	    /* without a break */
	VDC_STORAGE_RULE_STALE,	    /* in which nobody looked */
	VDC_STORAGE_RULE_ASKED,	    /* all that are up were asked about a domain that fails */
	VDC_STORAGE_RULE_READER,    /* and nobody reads it */
	VDC_STORAGE_RULE_WITNESS, /* another host that is up reads what a host that fails does not */
	VDC_STORAGE_RULE_LAST,	  /* and does not fail itself */
	VDC_STORAGE_RULE_MANAGER, /* the manager's role moves first */
	VDC_STORAGE_RULE_DATA,	  /* no host fails for an ISO or export domain */
	VDC_STORAGE_RULE_ALL,	  /* a host that returns reads all that is needed */
	VDC_STORAGE_RULE_RETRY,	  /* and was out for a while */
	VDC_STORAGE_N_RULES,
};

#ifndef RULE
#define RULE(rule, holds) (holds)
#endif
