/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is to be the storage pool manager of a data centre, and what comes first: one step of an
 * election, decided from what was seen a moment ago. Nothing here makes a host the manager: the lease
 * on the master domain does, and a host that gets no lease is none. Pure: time and seed are passed in.
 *
 * The rules are the seed's (2.9) and ovirt-engine's (IrsProxyImpl, ForceSelectSPM): ask three ways who
 * holds the lease; whoever answers as the manager stays; one that does not answer is proven dead
 * before anybody else is chosen.
 *
 * A caller looks, takes the step, notes what came of it in its candidates, and looks again, until the
 * step is one that ends the round (KEEP, NOBODY, REFUSE, BLIND, or CONFIRM). A look reads the lease, asks
 * every host that is up and the lease's owner, and reads the lease again: if its version has changed,
 * the look is thrown away. A host that is told to START is told the version, too, and takes no lease
 * that has another one by then: so a step that is carried out late does no harm. What comes of it
 * otherwise is shown by tests/model/spm.pml (LATE_START).
 */
#pragma once

#include "model/data_center.h"
#include "model/finding.h"
#include "model/host.h"

/* What a host said when it was asked for its own part (vdsm's spmStatus). */
enum vdc_spm_answer {
	VDC_SPM_ANSWER_NONE, /* it does not answer, or was not asked */
	VDC_SPM_ANSWER_FREE,
	VDC_SPM_ANSWER_CONTEND,
	VDC_SPM_ANSWER_SPM,
};

/* How a host id stands in the lockspace of the master domain, as a joined host's sanlock sees it. */
enum vdc_spm_liveness {
	VDC_SPM_LIVENESS_UNKNOWN, /* nobody can say (yet) */
	VDC_SPM_LIVENESS_FREE,	  /* released, or never taken */
	VDC_SPM_LIVENESS_LIVE,
	VDC_SPM_LIVENESS_FAIL, /* renewal is late */
	VDC_SPM_LIVENESS_DEAD, /* for so long that its leases may be taken */
};

/* That a host which does not answer is down, since it was last seen alive. */
enum vdc_spm_proof {
	VDC_SPM_PROOF_NONE,
	VDC_SPM_PROOF_CONFIRMED, /* somebody says so, with evidence; it may be on again */
	VDC_SPM_PROOF_POWER_OFF, /* its power is proven off and held off */
};

struct vdc_spm_lease {
	bool known;	    /* it could be read */
	int64_t owner_id;   /* host id; 0: free */
	int64_t generation; /* of the owner's host id when it took the lease */
	int64_t lver;
	enum vdc_spm_liveness liveness; /* of the owner */
	/*
	 * Its host id's generation at that time; 0: unknown. A higher one than the lease's: it joined
	 * anew, so the lease is nobody's. A lower one: whoever said so has not seen the owner join yet.
	 */
	int64_t live_generation;
};

struct vdc_spm_candidate {
	const struct vdc_host *host; /* name, spm_id, spm_priority, status, pm_enabled count */
	enum vdc_spm_answer answer;
	int64_t lver; /* of the lease that it says it holds; VDC_UNSET: it does not say */
	enum vdc_spm_proof proof;
	bool outside; /* it is not in the lockspace of the master domain */
	bool no_virt; /* its cluster has no virt_service */
	/* In this round: */
	bool fence_failed; /* it could not be fenced, or a policy forbids it */
	bool failed;	   /* it was told to start and failed */
	bool former;	   /* it handed over: it is taken when nobody else is left */
};

struct vdc_spm_input {
	const struct vdc_data_center *data_center;
	struct vdc_spm_lease lease;
	const struct vdc_spm_candidate *hosts; /* of the data centre */
	size_t n;
	int64_t last_lver;    /* highest that was ever read; VDC_UNSET: none */
	const char *recorded; /* id of the manager that the database has; NULL: none */
	const char *prefer;   /* id of a host that is to get it; NULL: any */
	bool force;	      /* the present manager is asked to hand over to PREFER */
	bool leave;	      /* the present manager is asked to hand over to whoever can take it */
	bool wait_lease;      /* the expiry of a lease is proof enough that its owner is dead */
	size_t tasks;	      /* structural changes that are under way */
	uint64_t seed;	      /* for ties; the same in all looks of a round, and recorded */
};

enum vdc_spm_step {
	VDC_SPM_KEEP = 1,    /* HOST has it: nothing to do */
	VDC_SPM_WAIT,	     /* look again: a host contends, or a lease is still fresh */
	VDC_SPM_FENCE,	     /* HOST must be fenced first */
	VDC_SPM_CONFIRM,     /* HOST cannot be fenced: somebody must confirm that it is down */
	VDC_SPM_FREE_LEASES, /* what HOST holds, whose power is off, is to be released */
	VDC_SPM_STOP,	     /* HOST hands over, or has no lease and must end */
	VDC_SPM_START,	     /* HOST takes the lease */
	VDC_SPM_NOBODY,	     /* no candidate is left in this round */
	VDC_SPM_REFUSE,	     /* what was asked for does not go, or the lease cannot be trusted */
	VDC_SPM_BLIND,	     /* the lease cannot be read: nothing is decided */
};

/* The round ends, and nobody was made the manager. */
bool vdc_spm_ends_badly(enum vdc_spm_step step);

struct vdc_spm_next {
	enum vdc_spm_step step;
	const struct vdc_host *host; /* NULL where the step has none */
	const char *reason;	     /* one sentence in ARENA */
};

void vdc_spm_next(const struct vdc_spm_input *input, struct vdc_arena *arena,
		  struct vdc_spm_next *ret);

/* Where the three ways and the database say different things: what `status` lists. */
void vdc_spm_disagreements(const struct vdc_spm_input *input, struct vdc_findings *findings);

extern const struct vdc_finding_code vdc_spm_codes[];

/* What sanlock's answer to an acquire (0 or negative) says of the candidate. */
enum vdc_spm_try {
	VDC_SPM_TRY_TAKEN = 1,
	VDC_SPM_TRY_FRESH, /* another owner lives, or was faster: look again, nobody failed */
	VDC_SPM_TRY_FAILED,
};

enum vdc_spm_try vdc_spm_try_of(int result);
