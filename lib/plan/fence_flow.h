/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The treatment of a host that stopped answering: what now, given what is known. The order is that of
 * ovirt-engine (VdsNotRespondingTreatment): grace, soft fencing, non_responsive, a delay, the questions
 * of the cluster's policy, power off, its VMs down, what it held freed, power on, and watched until it
 * is set up again.
 * What came to nothing is tried again, after pauses that grow. Man page vdc-fencing(7).
 *
 *	flow = vdc_fence_flow_parse(job->state, now);
 *	for (;;) {
 *		decision = vdc_fence_flow_next(&flow, &sight, &times, arena);
 *		... does it ...
 *		vdc_fence_flow_did(&flow, decision.what, outcome, now, text);
 *		... stores vdc_fence_flow_text(&flow) ...
 *	}
 *
 * Times are microseconds of the wall clock, for they outlive the process.
 */
#pragma once

#include "model/cluster.h"
#include "model/fence_treatment.h"
#include "model/host.h"
#include "plan/host_status.h"

/* What has been done so far: of each the last that is done, and for OFF what is begun. */
enum vdc_fence_phase {
	VDC_FENCE_PHASE_GRACE = 1, /* it is silent, and may be for a while */
	VDC_FENCE_PHASE_LOST,	   /* soft fencing did not bring it back */
	VDC_FENCE_PHASE_HELD,	   /* non_responsive: what is left is its power */
	VDC_FENCE_PHASE_OFF,	   /* whether it was switched off is not known */
	VDC_FENCE_PHASE_DOWN,	   /* proven down: its VMs are to be */
	VDC_FENCE_PHASE_FREE,	   /* off, its VMs down: what it holds is to be freed */
	VDC_FENCE_PHASE_ON,	   /* that was tried: to be switched on */
	VDC_FENCE_PHASE_DUMP,	   /* its VMs are down, and its kernel still writes its dump */
	VDC_FENCE_PHASE_RETURN,	   /* it starts */
	VDC_FENCE_PHASE_PAUSE,	   /* all this came to nothing for now */
	VDC_FENCE_PHASE_OVER,
};

enum vdc_fence_lease {
	VDC_FENCE_LEASE_ALIVE = 1,
	VDC_FENCE_LEASE_DEAD,
	VDC_FENCE_LEASE_UNKNOWN, /* nobody could be asked, or it has none */
};

struct vdc_fence_flow {
	enum vdc_fence_phase phase;
	int64_t since;		    /* when it came into that */
	int64_t rounds;		    /* that came to nothing */
	enum vdc_fence_lease lease; /* 0: not asked in this round */
	int64_t lease_at;	    /* when it was */
	bool soft_tried;	    /* in this round */
	bool dump_asked;	    /* in this round */
	bool dumped;		    /* a kernel dump shows that it is down, and not its power */
	bool proven;		    /* off, and not switched on since */
	bool fenced;		    /* its VMs are down; to be set up when it answers again */
	char reason[256];	    /* PAUSE, OVER: why */
};

enum vdc_fence_look {
	VDC_FENCE_LOOK_ANSWERED = 1,
	VDC_FENCE_LOOK_SILENT,
	VDC_FENCE_LOOK_UNCLEAR, /* it failed, which says nothing about the host */
};

/* What is known now. */
struct vdc_fence_sight {
	int64_t now;
	const struct vdc_host *host; /* NULL: the inventory has it no more */
	const struct vdc_cluster *cluster;
	enum vdc_fence_look look; /* 0: not looked at */
	const char *look_text;	  /* what failed, or when it answered; may be NULL */
	int64_t looked;		  /* when that ended */
	int64_t vms;		  /* that run there as far as the database knows */
	bool has_agents;
	/* Of the cluster: hosts that answer or ought to, and those of them that do not. A host that
	 * is down or in maintenance and silent is neither, and says nothing about the network. */
	int64_t hosts, lost;
	int64_t counted; /* when all of them were last looked at; 0: not by us */
	int64_t fences;	 /* hosts of the cluster that treatments switched off in the last hour */
	int64_t quiet_until;
};

struct vdc_fence_times {
	struct vdc_grace grace;
	int64_t look;	 /* longest duration of a look */
	int64_t refresh; /* pause between two of them */
	int64_t delay;
	int64_t soft, kdump; /* longest duration of these; only forecasts use them */
	int64_t comes_back;  /* how long a host may take that was switched on */
	int64_t repeat, repeat_most;
};

/* A look is fresh enough to act upon for its own duration and this. */
#define VDC_FENCE_FRESH (10 * INT64_C(1000000))

extern const struct vdc_enum vdc_fence_phase_values;

struct vdc_fence_decision {
	enum vdc_fence_do what;
	const char *
		reason; /* one line, without a full stop; valid as long as the arena and the sight */
	int64_t until;	/* WAIT, GIVE_UP: what is waited for comes then */
	int64_t wake;	/* WAIT: when to ask again, not later than UNTIL */
};

struct vdc_fence_decision vdc_fence_flow_next(const struct vdc_fence_flow *flow,
					      const struct vdc_fence_sight *sight,
					      const struct vdc_fence_times *times,
					      struct vdc_arena *arena);

/* What stands against switching the host off: NULL: nothing. Part of the above. */
const char *vdc_fence_forbidden(const struct vdc_fence_sight *sight, struct vdc_arena *arena);

/* HOSTS of a cluster, as the last look found them, into the numbers of SIGHT. */
void vdc_fence_count(const struct vdc_host *const *hosts, size_t n, struct vdc_fence_sight *sight);

enum vdc_fence_outcome {
	VDC_FENCE_DID = 1, /* SOFT: it answers; KDUMP: it dumped; ASK_POWER, OFF: it is off;
				 FREE: its leases are free; ON: it is on; SET_UP: it is up, or answers and is unfit */
	VDC_FENCE_DID_NOT, /* KDUMP: there is none */
};

/* Before OFF: what a successor has to know if this process dies in it. */
void vdc_fence_flow_begin_off(struct vdc_fence_flow *flow, int64_t now);

/* TEXT: why it failed, or how it ended; may be NULL. */
void vdc_fence_flow_did(struct vdc_fence_flow *flow, enum vdc_fence_do what,
			enum vdc_fence_outcome outcome, int64_t now, const char *text);
void vdc_fence_flow_lease(struct vdc_fence_flow *flow, enum vdc_fence_lease lease, int64_t now);

/* Lines NAME=VALUE, and back. What is no such text is a flow that begins at NOW. */
char *vdc_fence_flow_text(const struct vdc_fence_flow *flow, struct vdc_arena *arena);
struct vdc_fence_flow vdc_fence_flow_parse(const char *text, int64_t now);

/*
 * When the quiet time ends: after a start of monitoring. A pass of the monitor at NOW continues what
 * began at STARTED if the last one, at LAST, is not longer ago than the quiet time.
 */
int64_t vdc_fence_monitored_since(int64_t started, int64_t last, int64_t now, int64_t quiet);

/*
 * What would happen, if the host is silent from now on and nothing but its power can be reached: also one
 * that answers, unless it is being treated.
 */
enum { VDC_FENCE_FORECAST_MOST = 16 };
size_t vdc_fence_forecast(const struct vdc_fence_flow *flow, const struct vdc_fence_sight *sight,
			  const struct vdc_fence_times *times,
			  struct vdc_fence_step *ret[VDC_FENCE_FORECAST_MOST],
			  struct vdc_arena *arena);
