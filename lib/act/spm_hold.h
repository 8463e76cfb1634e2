/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The holder of the lease of the storage pool manager: a process that has nothing else to do. sanlock
 * has it end what works under the lease, and then kills it, when it cannot renew the lease; since there
 * may be no watchdog, and sanlock itself may be frozen, a second process of it, the dead-man, kills it
 * and all work under the lease when sanlock has not confirmed the lease for 6 I/O time-outs: before 8,
 * after which others may take it.
 */
#pragma once

#include "act/spm_state.h"

struct vdc_spm_hold {
	const struct vdc_lockspace *space;
	int64_t acquire_us;    /* how long it contends */
	int64_t drain_us;      /* how long it waits for work when it is to stop */
	int64_t expected_lver; /* the lease must have it when it is taken, VDC_UNSET: any */
	int64_t least_lver;    /* highest lver that was ever seen, VDC_UNSET: none */
	/* Once: it holds the lease; then CODE is 0; or it does not, then TEXT says why. */
	void (*told)(void *ctx, int code, const char *text);
	void *ctx;
};

/* In a process of its own session, without threads; until it is asked to stop by SIGTERM. */
int vdc_spm_hold(const struct vdc_spm_hold *hold, struct vdc_err *err);

/* Asks the holder of this host to stop, and waits. -EBUSY: it did not, for work that does not end.
 * 0 when there is none. */
int vdc_spm_hold_stop(const struct vdc_lockspace *space, int64_t limit_us, struct vdc_err *err);

/* What sanlock runs before it kills holder PID: it is told that its lease is about to be lost, and killed
 * with its group when it has not ended within LIMIT_US. */
int vdc_spm_hold_lose(int pid, int64_t limit_us, struct vdc_err *err);
