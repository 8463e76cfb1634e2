/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command on a host that takes long and must not die with whoever began it, nor with the connection:
 * it runs there in a session of its own, below /var/lib/vdc/jobs/ID, and whoever names the same id
 * finds it, running or ended. A host that went down in the midst of it begins it anew, once.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct vdc_remote_job {
	const char *address; /* for the remote shell; NULL: this machine */
	const char *id;	     /* letters, digits, '-' and '.' */
	const char *const
		*argv;	  /* ends with NULL; empty: the system's package manager upgrades all */
	int64_t limit_us; /* then it is killed: status 124 or 137 */
};

/* Of what it said, both streams, the end is kept. */
enum { VDC_REMOTE_JOB_OUTPUT = 64 * 1024 };

struct vdc_remote_job_end {
	int status;	    /* exit code; 128 + n: a signal */
	struct vdc_buf out; /* always ends with a NUL behind the last byte; the caller frees it */
};

/*
 * Begins it or finds it, and waits at most WAIT_US. 0: it has ended; 1: it still runs; RET is written
 * on 0 only. -EIO: the host went down in it twice, or cannot run it; else as vdc_shell_run.
 */
int vdc_remote_job_run(const struct vdc_remote_job *job, int64_t wait_us,
		       struct vdc_remote_job_end *ret, struct vdc_err *err);
