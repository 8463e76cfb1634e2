/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the holder of a master domain's lease says about itself on its host, in files below the
 * setting "spm-directory", and the leave of others to work under its lease. The files are a hint: the
 * lease, by sanlock's word, decides.
 */
#pragma once

#include "act/lockspace.h"

struct vdc_spm_state {
	enum vdc_spm_role role; /* FREE: nobody holds or contends on this host */
	int pid;		/* of the holder */
	int64_t lver;		/* VDC_UNSET while it contends */
	int64_t since;		/* wall clock */
	bool stopping;		/* it waits for work to end and takes no new */
	const char *refusal;	/* why it did not stop when it was last asked to; NULL */
};

/* That of a holder which lives; texts in ARENA. */
int vdc_spm_state_read(const char *domain, struct vdc_arena *arena, struct vdc_spm_state *ret,
		       struct vdc_err *err);
/* For the holder alone: PID is this process. */
int vdc_spm_state_write(const char *domain, const struct vdc_spm_state *state, struct vdc_err *err);
void vdc_spm_state_remove(const char *domain);

/*
 * Structural work under the lease: the holder does not release it before the work ended, and whoever
 * works is killed when the lease is lost.
 *
 *	r = vdc_spm_work_begin(&space, lver, &work, err);     -EPERM: this host is not SPM with LVER
 *	...
 *	r = vdc_spm_work_check(work, err);                    right before each write
 *	...
 *	vdc_spm_work_end(work);
 *
 * LVER VDC_UNSET: whatever it is. The check asks sanlock, and its
 * answer is no older than a second when it comes; without one for three seconds it fails.
 */
struct vdc_spm_work;
int vdc_spm_work_begin(const struct vdc_lockspace *space, int64_t lver, struct vdc_spm_work **ret,
		       struct vdc_err *err);
int vdc_spm_work_check(struct vdc_spm_work *work, struct vdc_err *err);
int64_t vdc_spm_work_lver(const struct vdc_spm_work *work);
void vdc_spm_work_end(struct vdc_spm_work *work); /* NULL is fine */

/* For the holder: waits until all work ended, and lets no new begin. -ETIMEDOUT names who works;
 * -ECANCELED: STOP_FD (-1: none) is readable. */
int vdc_spm_work_drain(const char *domain, int64_t limit_us, int stop_fd, int *lock,
		       struct vdc_err *err);
/* Kills who works (for the dead-man, too), or sends SIGTERM. */
void vdc_spm_work_kill(const char *domain);
void vdc_spm_work_ask_to_end(const char *domain);
