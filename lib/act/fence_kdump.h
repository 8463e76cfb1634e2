/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a host that does not answer writes a kernel dump: its crash kernel then sends the message of
 * fence_kdump_send(8) every few seconds, to UDP port 7410 of the machines in its /etc/kdump.conf. The
 * first of them shows that the kernel it had, and its VMs, are no more. There is none at the end: a host
 * that was dumping and is silent for a minute has finished.
 *
 * Anybody who can send from the address of the host can say so: the network of the hosts is to be
 * trusted, as for fence_kdump itself.
 */
#pragma once

#include "act/work_news.h"
#include "edge/db.h"
#include "store/job.h"

#define VDC_FENCE_STEP_KDUMP "fence_kdump"

enum vdc_kdump_result {
	VDC_KDUMP_NONE = 1, /* no message came */
	VDC_KDUMP_DUMPING, /* since SINCE, and it has not finished; the limit is reached, or wanted so */
	VDC_KDUMP_FINISHED,
};

struct vdc_fence_kdump {
	const char *host_id;
	int64_t number;	 /* of the step */
	bool only_first; /* return at the first message: VDC_KDUMP_DUMPING */
	bool dumps_already; /* an earlier call returned VDC_KDUMP_DUMPING: only the end is waited for */
	/* What came of it, in the arena of the call. */
	enum vdc_kdump_result result;
	int64_t since;	      /* wall clock of the first message; VDC_UNSET: none */
	const char *evidence; /* "kernel dump: message of fence_kdump from 10.0.0.7"; NULL: none */
	const char *reason;   /* why it cannot be waited for (address, port); else NULL */
};

struct vdc_fence_kdump_options {
	int64_t first_us;	/* longest wait for the first message */
	int64_t limit_us;	/* for all of it, from the first message on */
	int64_t silence_us;	/* that shows the end */
	const char *reason;	/* for the history; may be NULL */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
	int stop_fd; /* readable: wait no more; -1: never */
};

struct vdc_fence_kdump_options vdc_fence_kdump_options(void); /* as vdc.conf(5) says */

/*
 * Waits, as a step of the caller's job. Several processes may do so at once where they have CAP_NET_RAW.
 * Errors are those of the database, or -EBUSY when the lease is lost.
 */
int vdc_fence_kdump(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_fence_kdump_options *options, struct vdc_fence_kdump *kdump,
		    struct vdc_arena *arena, struct vdc_err *err);
