/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A round of the election of a data centre's storage pool manager, as a job: a look (act/spm_survey.h),
 * the step that plan/spm_election.h decides, and another look, until somebody is the manager or nobody
 * can be. One election of a data centre at a time.
 *
 * What makes a host the manager is the lease, which it takes itself: a step that comes twice, or late,
 * does no harm, because START names the version that was seen. Who goes on with the job of somebody
 * who died begins a new round with a new look.
 *
 * A manager that does not answer is switched off and held off, so that what it holds can be released
 * (act/spm_free.h), and switched on again once its lease is another's or free.
 */
#pragma once

#include "act/spm_survey.h"
#include "act/work_news.h"
#include "store/job.h"

#define VDC_SPM_ACTION "spm-election"
#define VDC_SPM_STEP_START "spm_start" /* about a host */
#define VDC_SPM_STEP_STOP "spm_stop"

struct vdc_spm_election {
	const char *data_center; /* id */
	const char *prefer;	 /* id of a host; NULL: any */
	bool force;		 /* a manager that lives hands over to it */
	bool leave;		 /* a manager that lives hands over to whoever can take it */
	bool wait_lease;	 /* as the data centre's setting, which counts, too */
	const char *reason;	 /* for the history; may be NULL */
	uint64_t seed;		 /* for ties; 0: drawn, and what was drawn stands here */
	/* What came of it, in the arena of the call. */
	enum vdc_spm_step
		end;  /* KEEP: HOST is the manager; NOBODY, REFUSE, BLIND, CONFIRM; WAIT: for
				* too long; 0: somebody asked to stop */
	bool elected; /* HOST was made the manager now */
	const struct vdc_host *host; /* NULL: nobody is, or it is not known */
	int64_t lver;		     /* VDC_UNSET: not known */
	const char *text;	     /* one sentence: how it ended */
	const char *record;	     /* id of its row in the history; NULL: nothing was worth one */
};

struct vdc_spm_elect_options {
	struct vdc_spm_survey_options survey;
	int64_t pause_us; /* between two looks that wait */
	int64_t limit_us; /* of a wait; 0: as long as it takes until a dead host's lease is free */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
	int stop_fd; /* readable: ends between two steps; -1: never */
};

struct vdc_spm_elect_options vdc_spm_elect_options(void);

/*
 * The job of an election of DATA_CENTER and its lease: a new one, or that of somebody who died. -EBUSY
 * names who has it.
 */
int vdc_spm_elect_begin(struct vdc_db *db, const char *data_center, struct vdc_arena *arena,
			struct vdc_job_lease **ret, struct vdc_err *err);

/*
 * To its end, which is written with the job's. Errors are those of the database, -ENOENT no master
 * domain, or -EBUSY: the lease of the job is lost.
 */
int vdc_spm_elect(struct vdc_db *db, struct vdc_job_lease *lease,
		  const struct vdc_spm_elect_options *options, struct vdc_spm_election *election,
		  struct vdc_arena *arena, struct vdc_err *err);

/* What would be done first; nothing is. */
int vdc_spm_elect_preview(struct vdc_db *db, const struct vdc_spm_elect_options *options,
			  struct vdc_spm_election *election, struct vdc_arena *arena,
			  struct vdc_spm_next *ret, struct vdc_err *err);
