/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The health of the storage of data centres: hosts are asked to read it (act/storage_ask.h), what they
 * reach is written down, and what follows (plan/storage_health.h) is done: a transaction for each data
 * centre. One run at a time works on a database: its job stays and is taken up by the next one, also
 * when its owner was killed. A host that is brought back stands in the job's state until it was read.
 */
#pragma once

#include "plan/storage_news.h"
#include "store/job.h"

struct vdc_storage_options {
	int64_t read_us; /* of a domain; then it is lost */
	struct vdc_storage_figures figures;
	bool recover;
};

/* What vdc.conf(5) says. */
struct vdc_storage_options vdc_storage_options(void);

/* What is looked at of a data centre; none named: all. */
struct vdc_storage_part {
	const char *data_center_id;
	const char *const *hosts; /* ids */
	size_t n_hosts;
	const char *const *domains;
	size_t n_domains;
};

/* In the arena of the call. */
struct vdc_storage_health {
	const struct vdc_domain_reach **rows; /* of this pass, by domain, then by host */
	size_t n_rows;
	struct vdc_storage_tales tales; /* what changed; it is in the events, too */
	struct vdc_findings findings;
};

/* The job, made if there is none yet. -EBUSY names who has it. */
int vdc_storage_begin(struct vdc_db *db, struct vdc_job_lease **ret, struct vdc_err *err);
int vdc_storage_end(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_err *err);

/* Adds to RET what came of it. That hosts cannot be asked is no error. */
int vdc_storage_check(struct vdc_db *db, struct vdc_job_lease *lease,
		      const struct vdc_storage_options *options,
		      const struct vdc_storage_part *part, struct vdc_arena *arena,
		      struct vdc_storage_health *ret, struct vdc_err *err);
