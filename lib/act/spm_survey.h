/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One look at who is the storage pool manager of a data centre: what the database knows, what its hosts
 * say when they are asked, and the lease on the master domain as they read it. It only looks.
 *
 * The lease is read by every host that answers, and once more by one of them after all have answered:
 * unless it says the same each time the look is of no one moment, thrown away and repeated
 * (plan/spm_election.h). Whether the lease's owner lives is sanlock's word on the hosts that are in the
 * lockspace; no clocks of different machines are compared.
 */
#pragma once

#include "act/spm_member.h"
#include "act/spm_remote.h"
#include "plan/spm_election.h"

struct vdc_spm_survey_options {
	int64_t limit_us; /* for a host to answer */
	unsigned jobs;	  /* hosts asked at once */
	unsigned tries;	  /* looks until one is of one moment */
};

struct vdc_spm_survey_options vdc_spm_survey_options(void); /* as vdc.conf(5) says */

/* What a host said; in the order of input.hosts. */
struct vdc_spm_seen {
	const struct vdc_host *host;
	bool asked;		      /* those that are up, and the owner of the lease */
	const char *failure;	      /* why it did not answer, NULL: it did, or was not asked */
	struct vdc_lockspaces spaces; /* all that it knows */
	const struct vdc_lockspace
		*master; /* that of the master domain; NULL: it said nothing of it */
	int64_t took_us;
};

/* In the arena of the call. */
struct vdc_spm_survey {
	int64_t at; /* wall clock: when it began */
	const struct vdc_data_center *data_center;
	struct vdc_spm_storage storage;
	const struct vdc_storage_domain *master; /* NULL: there is none, and nobody was asked */
	struct vdc_spm_seen *seen;
	size_t n, answered;
	/*
	 * For vdc_spm_next() and vdc_spm_disagreements(): complete but for what a caller wants (prefer,
	 * force, leave, seed), and for what happened in its round.
	 */
	struct vdc_spm_input input;
	struct vdc_spm_candidate *candidates; /* input.hosts */
	const struct vdc_spm_seen
		*reader;   /* who said whether the owner lives; NULL: nobody could */
	const char *blind; /* why the lease is not known; NULL: it is */
};

/*
 * DATA_CENTER: its id. Not in a transaction. That hosts do not answer is no error: -ENOENT there is no
 * such data centre, -EINVAL it has two masters, and those of the database.
 */
int vdc_spm_survey(struct vdc_db *db, const char *data_center,
		   const struct vdc_spm_survey_options *options, struct vdc_arena *arena,
		   struct vdc_spm_survey *ret, struct vdc_err *err);

/* NULL: none of them. */
struct vdc_spm_candidate *vdc_spm_survey_candidate(const struct vdc_spm_survey *survey,
						   const char *host_id);
