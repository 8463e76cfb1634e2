/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What follows from what the hosts of a data centre read of its storage domains. The rules are
 * ovirt-engine's (IrsProxyImpl, "domain in problem"), the figures its defaults:
 *
 *  - A domain that every host has lost for 5 minutes is inactive: the storage is at fault.
 *  - A host that has lost a data domain for so long, which another host that is up still reads, is
 *    non_operational: the host is at fault. Never the last one that is up, for somebody up must read the
 *    domain; and not the storage pool manager, whose role moves first (spm-elect watch).
 *  - A domain that a host reads is active again. So is a host that reads all data domains that are active.
 *
 * A host's word counts if it was given in this pass: one that could not be asked says nothing. What
 * takes something away waits until all hosts that are up were asked. Pure: the time is passed in.
 */
#pragma once

#include "plan/storage_reach.h"

/* Microseconds. */
struct vdc_storage_figures {
	int64_t slow;	 /* 5 s: MaxStorageVdsDelayCheckSec */
	int64_t failure; /* 5 min: StorageDomainFailureTimeoutInMinutes */
	int64_t retry;	 /* 5 min: AutoRecoverySchedule */
};

/* What came of asking a host for a domain. */
struct vdc_storage_answer {
	int64_t latency;     /* microseconds; VDC_UNSET: it was not read */
	const char *problem; /* why not; NULL with no latency: the host said nothing about it */
	const char *silence; /* why the host could not be asked; NULL: it answered */
};

/*
 * The row that follows from BEFORE (NULL: the first), in ARENA, for the same host and domain. A domain
 * that is lost stays lost since then, unless nobody looked for three times the failure time.
 */
struct vdc_domain_reach *
vdc_storage_judge(const struct vdc_host *host, const struct vdc_storage_domain *domain,
		  const struct vdc_domain_reach *before, const struct vdc_storage_answer *answer,
		  int64_t now, const struct vdc_storage_figures *figures, struct vdc_arena *arena);

enum vdc_storage_domain_step {
	VDC_STORAGE_DOMAIN_STAYS,
	VDC_STORAGE_DOMAIN_FAILS, /* inactive */
	VDC_STORAGE_DOMAIN_IS_BACK,
};

enum vdc_storage_host_step {
	VDC_STORAGE_HOST_STAYS,
	VDC_STORAGE_HOST_FAILS,	     /* non_operational */
	VDC_STORAGE_HOST_WAITS,	     /* it would be, but it is the manager: its role moves first */
	VDC_STORAGE_HOST_MAY_RETURN, /* it reads all it needs again */
};

struct vdc_storage_question {
	const struct vdc_storage_scene *scene; /* with the rows after this pass */
	int64_t now, began;		       /* rows checked since BEGAN are of this pass */
	bool recover; /* bring back what was taken away; a domain that was never looked at may be used
			 anyway */
	struct vdc_storage_figures figures;
};

/* In the arena of the call. */
struct vdc_storage_verdict {
	enum vdc_storage_domain_step *domains;
	enum vdc_storage_host_step *hosts;
	const char **reasons; /* of hosts that fail or wait: which domains; else NULL */
};

void vdc_storage_decide(const struct vdc_storage_question *question, struct vdc_arena *arena,
			struct vdc_storage_verdict *ret);

/* Whether its word is asked for: it is up, or non_operational for the sake of storage. */
bool vdc_storage_host_counts(const struct vdc_host *host);
/* It is down for a lack of storage alone. */
bool vdc_storage_host_is_out(const struct vdc_host *host);

/*
 * How full a domain is with so much room, which was WAS before (enum vdc_storage_space): below the
 * domain's critical_space_action_blocker, below its warning_low_space_indicator, or neither. A warning
 * ends a tenth above where it begins, so that it is not told over and over. VDC_UNSET: not known.
 */
int64_t vdc_storage_space_of(const struct vdc_storage_domain *domain, int64_t was,
			     int64_t available, int64_t used);
