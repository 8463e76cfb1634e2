/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of store/job.h. */
#pragma once

#include <pthread.h>

#include "store/job.h"

struct vdc_job_lease {
	char *job_id;
	int64_t token;
	int64_t ttl;
	int64_t checked; /* monotonic: when the last successful check began */

	/* the heartbeat */
	struct vdc_db *db;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool started, stop;
};

/* -EBUSY when the token is another's by now. */
int vdc_job_renew(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err);

int vdc_job_heartbeat_start(struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err);
void vdc_job_heartbeat_stop(struct vdc_job_lease *lease);
