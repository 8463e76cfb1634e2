/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spm-elect at a host, over the remote shell: what it says of itself, and what it is told to do. It
 * runs in children that are killed at their limit; what it prints is somebody else's text until the
 * reader of documents took it.
 */
#pragma once

#include "act/errand.h"
#include "act/lockspace.h"
#include "model/host.h"

/* One host, and what came of it, in the arena of the call. */
struct vdc_spm_word {
	const struct vdc_host *host;
	int code;	     /* 0: it answered; else negative errno, and FAILURE says why */
	const char *failure; /* without the name of the host */
	struct vdc_lockspaces spaces;
	int64_t took_us;
};

/* The lockspace of a domain among them; NULL: the host does not know it. */
const struct vdc_lockspace *vdc_spm_word_of(const struct vdc_spm_word *word, const char *domain);

/* `spm-elect status --local` at all of them, so many at once. That one does not answer is no error. */
int vdc_spm_ask(struct vdc_spm_word *words, size_t n, unsigned jobs, int64_t limit_us,
		struct vdc_arena *arena, struct vdc_err *err);

/*
 * `spm-elect ARGV...` at one host, by the owner of LEASE, less than a second after a look at the job.
 * ARGV ends with NULL. -EBUSY: the lease is lost; all else is in WORD: -EAGAIN the lease of the
 * manager is another host's or work under it goes on, -ENOENT, -EPERM, ... as its exit codes say.
 */
int vdc_spm_tell(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_spm_word *word,
		 const char *const *argv, int64_t limit_us, struct vdc_arena *arena,
		 struct vdc_err *err);
