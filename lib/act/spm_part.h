/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/spm_*.c. */
#pragma once

#include <signal.h>
#include <stdatomic.h>

#include "act/spm_hold.h"

char *spm_path(const char *domain, const char *ending); /* the caller frees it */
int spm_make_folder(struct vdc_err *err);
int64_t spm_start_of(int pid); /* -1: there is no such process */

/*
 * With which LVER process HOLDER has the lease, by sanlock's word. THOROUGH: by the storage's, too, for
 * after a time in which all of this host stood still sanlock goes on believing in a lease that is
 * another's by now. -ENOENT: it does not have it; -ETIMEDOUT: no word in that time.
 */
int spm_ask(const struct vdc_lockspace *space, int holder, bool thorough, int64_t limit_us,
	    int64_t *lver, struct vdc_err *err);

/*
 * spm_hold_end.c. To a holder: its lease is about to be lost. It ends what works under the lease, releases
 * it and ends; if it does not, whoever sent this kills it.
 */
#define SPM_LOSING SIGUSR1

/* sanlock is to run vdc_spm_hold_lose() before it kills the holder at the other end of FD. */
void spm_ask_for_grace(int fd, const struct vdc_lockspace *space);
/* Asks all who work to end, kills who did not within LIMIT_US, and keeps others from it by *LOCK.
 * -ETIMEDOUT: somebody is not to be killed. */
int spm_end_work(const char *domain, int64_t limit_us, int *lock);

/* This host's id on the storage, as a process reads it that ends with this one. */
struct spm_renewal {
	_Atomic int64_t last; /* by vdc_time_monotonic(); VDC_UNSET: it was not read yet */
	_Atomic bool lost;    /* it is another's, or was given up */
};
int spm_renewal_watch(const struct vdc_lockspace *space, int64_t interval_us,
		      const struct spm_renewal **ret);

/*
 * Becomes the dead-man of HOLDER: tells it an I/O time-out before (SPM_LOSING), then kills its process
 * group and all that works under its lease when the host id has not been renewed, or sanlock has not
 * confirmed the lease, for LIMIT_US, and when the holder or sanlock is gone. The time counts from the
 * last renewal, not from sanlock's last word: that may come until 8 time-outs after it
 * (tests/model/spm.pml, DEAD_TOO_SOON).
 */
_Noreturn void spm_be_dead_man(const struct vdc_lockspace *space, int holder, int64_t limit_us);
