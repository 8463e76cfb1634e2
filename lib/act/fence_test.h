/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether the power of hosts could be switched: every agent is asked for the status, through every
 * proxy (ovirt-engine's PmHealthCheckManager has one of them asked). That is the square of the number of
 * hosts: all are asked through their first proxy before any is through its second, and after fence.test-time
 * no question is begun any more.
 * An agent is healthy when it answers through one of them. A host can be started when a group has a
 * healthy agent, and stopped when all agents of a group are.
 */
#pragma once

#include "act/fence_power.h"

struct vdc_fence_test_row {
	const char *agent_id, *agent; /* id, "ipmilan at bmc1" */
	int64_t order;
	const char *proxy;	     /* name; NULL: this machine */
	enum vdc_power_status power; /* VDC_POWER_UNKNOWN: it said nothing */
	const char *message;	     /* why; NULL: none */
	bool asked;		     /* there was time for it */
};

struct vdc_fence_test {
	const char *host_id;
	int64_t most_proxies; /* of the host that are asked; 0: every one */
	/* What came of it, in the arena of the call. */
	const char *host; /* name */
	struct vdc_fence_test_row *rows;
	size_t n;
	bool start, stop;    /* it could be */
	const char *problem; /* one line; NULL: both */
	bool left_out;	     /* a device of it was not asked in time: nothing is known, or stored */
	bool news;	     /* it had none before, or has none any more */
};

/*
 * The database gets pm_problem and pm_tested of the hosts, and an event when a host's power management
 * breaks and when it works again. Errors are those of the database, and -EBUSY: LEASE is lost.
 */
int vdc_fence_test(struct vdc_db *db, struct vdc_job_lease *lease,
		   const struct vdc_fence_power_options *options, struct vdc_fence_test *tests,
		   size_t n, struct vdc_arena *arena, struct vdc_err *err);
