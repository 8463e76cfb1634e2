/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When an election of a storage pool manager is to be started, from looks at the data centre over
 * time. The conditions are the seed's (2.8): the manager crashed; it cannot reach all domains while it
 * can reach the master; it cannot renew its lease, or the lease volume is full. The figures are
 * ovirt-engine's. Pure: the time is passed in.
 *
 * A manager that misses domains is moved only to a host that misses fewer: a domain that all hosts
 * lost is no reason, and two hosts that each miss another one do not pass the role to and fro.
 */
#pragma once

#include "plan/spm_election.h"

/* Microseconds, but for ATTEMPTS. */
struct vdc_spm_watch_figures {
	int64_t every;	   /* 10 s: StoragePoolRefreshTimeInSeconds */
	unsigned attempts; /* 3: SPMFailOverAttempts, looks in a row before something counts */
	int64_t back_off; /* 10 s after a round that failed, twice as long after each further one */
	int64_t longest;  /* 3 min: StoragePoolNonOperationalResetTimeoutInMin */
};

extern const struct vdc_spm_watch_figures vdc_spm_watch_preset;

enum vdc_spm_reach {
	VDC_SPM_REACH_UNKNOWN,
	VDC_SPM_REACH_YES,
	VDC_SPM_REACH_NO,
};

/* How a manager fares with its lease. */
enum vdc_spm_renewal {
	VDC_SPM_RENEWAL_UNKNOWN,
	VDC_SPM_RENEWAL_GOOD,
	VDC_SPM_RENEWAL_LATE, /* sanlock could not write for 6 io_timeouts, or said so */
	VDC_SPM_RENEWAL_FULL, /* nothing can be written to the volume of the leases */
};

struct vdc_spm_view {
	const struct vdc_spm_candidate *candidate;
	enum vdc_spm_reach master;
	size_t misses; /* other active data domains that it cannot reach */
};

struct vdc_spm_sight {
	int64_t now;
	const struct vdc_spm_input *input; /* as an election would see it */
	const struct vdc_spm_view *views;  /* of the same hosts, in the same order */
	enum vdc_spm_renewal renewal;	   /* of the manager */
	bool unfinished; /* somebody who died was electing, and may have left a host switched off */
};

enum vdc_spm_cause {
	VDC_SPM_CAUSE_VACANT = 1, /* nobody is the manager, and nobody is known to have crashed */
	VDC_SPM_CAUSE_CRASHED,
	VDC_SPM_CAUSE_DOMAINS,
	VDC_SPM_CAUSE_RENEWAL,
	VDC_SPM_CAUSE_UNFINISHED,
};

enum vdc_spm_watch_step {
	VDC_SPM_WATCH_REST = 1, /* all is well, or the data centre is not to have a manager */
	VDC_SPM_WATCH_AGAIN,	/* something is wrong, not for long enough yet */
	VDC_SPM_WATCH_ELECT,
	VDC_SPM_WATCH_BACK_OFF, /* an election is due; rounds before it failed */
	VDC_SPM_WATCH_ALL_AWAY, /* no host answers: nobody could be elected or should be fenced */
	VDC_SPM_WATCH_MASTER_LOST, /* no host reaches the master domain */
};

struct vdc_spm_watch {
	struct vdc_spm_watch_figures figures;
	enum vdc_spm_cause cause; /* 0: none */
	unsigned looks;		  /* in a row that found it */
	unsigned away;		  /* in a row in which no host answered */
	unsigned failed;	  /* rounds in a row */
	int64_t not_before;	  /* when the next round may start */
};

struct vdc_spm_watch_verdict {
	enum vdc_spm_watch_step step;
	enum vdc_spm_cause cause;
	bool leave;		       /* for the election: the manager is to hand over */
	const struct vdc_host *prefer; /* for the election; NULL: any */
	int64_t again_at;	       /* when to look again */
	const char *reason;	       /* one sentence in the arena; NULL: all is well */
};

/* FAILED rounds in a row are known of before, the last of which ended at LAST (0, 0: none). */
void vdc_spm_watch_begin(struct vdc_spm_watch *watch, const struct vdc_spm_watch_figures *figures,
			 unsigned failed, int64_t last);

void vdc_spm_watch_look(struct vdc_spm_watch *watch, const struct vdc_spm_sight *sight,
			struct vdc_arena *arena, struct vdc_spm_watch_verdict *ret);

/* Lines NAME=VALUE, and back: looks that are minutes and processes apart belong together. What is no such
 * text is a watch that begins. */
char *vdc_spm_watch_text(const struct vdc_spm_watch *watch, struct vdc_arena *arena);
void vdc_spm_watch_parse(const char *text, const struct vdc_spm_watch_figures *figures, int64_t now,
			 struct vdc_spm_watch *ret);

/* A round is over. */
void vdc_spm_watch_ended(struct vdc_spm_watch *watch, int64_t now, bool elected);
