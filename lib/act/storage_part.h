/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/storage_health.c, storage_write.c and storage_return.c. */
#pragma once

#include "act/storage_ask.h"
#include "act/storage_health.h"

/* A pass over a part of a data centre. */
struct storage_pass {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_storage_options *options;
	const struct vdc_storage_part *part;
	struct vdc_arena *arena;
	int64_t began;
	/* What was asked, and what came back. */
	struct vdc_storage_asked *asked;
	size_t n_asked;
	const struct vdc_domain_reading **questions;
	size_t n_questions;
};

/* What was written: as it was decided in the transaction that went through. */
struct storage_written {
	struct vdc_storage_scene before, after;
	struct vdc_storage_verdict verdict;
	const int64_t *spaces;
	const struct vdc_domain_reach **rows;
	size_t n_rows;
	struct vdc_storage_tales tales;
};

/* storage_write.c: decides by what the database has now, and writes all of it in one transaction. */
int storage_write(const struct storage_pass *pass, struct storage_written *ret,
		  struct vdc_err *err);

/* storage_return.c: hosts that come back are read as any other host that is to be up; also those that a
 * run which was killed left behind. */
int storage_return(const struct storage_pass *pass, struct vdc_err *err);
/* In a transaction: that they come back stands in the job, and they are unassigned until then. */
int storage_note_returning(struct vdc_db *db, const struct storage_pass *pass,
			   const struct storage_written *written, struct vdc_err *err);
