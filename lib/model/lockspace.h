/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lockspace of a storage domain as one host has it: what it needs to know to join without any
 * database, and how it stands there. Kept on the host as a document; never in the database.
 */
#pragma once

#include "model/kind.h"

enum vdc_lockspace_state {
	VDC_LOCKSPACE_AWAY = 1,
	VDC_LOCKSPACE_JOINING,
	VDC_LOCKSPACE_JOINED,
	VDC_LOCKSPACE_LEAVING,
};

/* The host's own answer, in vdsm's words. */
enum vdc_spm_role {
	VDC_SPM_ROLE_FREE = 1,
	VDC_SPM_ROLE_CONTEND,
	VDC_SPM_ROLE_SPM,
};

struct vdc_lockspace {
	char *id;   /* of the storage domain; the name of the lockspace */
	char *name; /* of the storage domain */
	int64_t host_id;
	char *sanlock_name;	/* under which this host's sanlock must run: the host's UUID */
	char *ids;		/* path of the lockspace */
	char *leases;		/* path of the leases */
	char *volume_group;	/* NULL: they are files */
	int64_t storage_format; /* enum vdc_storage_format; 0: not told, of files */
	/* Of the domain, see there; VDC_UNSET: not told. */
	int64_t warning_low_space_indicator, critical_space_action_blocker;
	int64_t extend_chunk, extend_percent;
	int64_t block_size, alignment;
	int64_t io_timeout;
	int64_t master; /* the lease of the storage pool manager is here */
	/* As it stands. */
	int64_t state;	    /* enum vdc_lockspace_state */
	int64_t taken;	    /* the host id is another host's, which has not left */
	int64_t generation; /* of this host's id: how often it was taken */
	int64_t latency;    /* microseconds: the slowest of its last renewals */
	int64_t hosts_live;
	int64_t watchdog; /* sanlock has it reset the host when it cannot renew */
	int64_t role;	  /* enum vdc_spm_role; of a master only, and the next */
	int64_t held;	  /* version that the holder on this host says it has; VDC_UNSET: none */
	int64_t lver;
	int64_t owner_id, owner_generation;
	int64_t owner_state;	      /* of that life of its host id: enum vdc_host_liveness */
	int64_t owner_generation_now; /* of its host id as this host's sanlock sees it */
	char *problem;
};

enum vdc_host_liveness {
	VDC_LIVENESS_UNKNOWN = 1,
	VDC_LIVENESS_FREE,
	VDC_LIVENESS_LIVE,
	VDC_LIVENESS_FAIL,
	VDC_LIVENESS_DEAD,
};

extern const struct vdc_kind vdc_lockspace_kind;
extern const struct vdc_enum vdc_lockspace_state_values;
extern const struct vdc_enum vdc_spm_role_values;
extern const struct vdc_enum vdc_host_liveness_values;
