/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `spm-elect status` prints of a data centre: a row for the lease of its manager, then one for
 * each host, in which the host's own answer, the lease, the liveness of its host id, and the database's
 * record stand beside each other. It is not stored.
 */
#pragma once

#include "model/kind.h"

enum vdc_spm_view_of {
	VDC_SPM_VIEW_LEASE = 1,
	VDC_SPM_VIEW_HOST,
};

struct vdc_spm_view {
	char *id; /* of the master domain, or of the host */
	char *data_center;
	int64_t of;	/* enum vdc_spm_view_of */
	char *name;	/* of the master domain, or of the host */
	int64_t status; /* enum vdc_host_status; of a host, as the next */
	int64_t role;	/* enum vdc_spm_role: its own answer; 0: unknown */
	int64_t lver;	/* in the lease; with which a host says that it has it */
	int64_t host_id;
	char *owner;	  /* of the lease, and nothing else: a host's name, or "nobody" */
	int64_t liveness; /* enum vdc_host_liveness: of the owner's host id, of the host's */
	int64_t age;	  /* seconds since it was last renewed, by the clock of who sees it */
	char *seen_by;	  /* host whose sanlock says so */
	int64_t watchdog; /* of a host: its sanlock has one reset it when it cannot renew */
	char *recorded;	  /* what the database has */
	char *findings;	  /* codes of disagreements */
	char *problem;
};

/* What `elect --dry-run` prints: what would be done first. */
struct vdc_spm_step_view {
	char *id; /* of the data centre */
	char *data_center;
	int64_t step; /* enum vdc_spm_step */
	char *host;
	char *reason;
};

extern const struct vdc_kind vdc_spm_view_kind;
extern const struct vdc_kind vdc_spm_step_view_kind;
