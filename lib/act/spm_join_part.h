/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of act/spm_join.h. */
#pragma once

#include "act/look.h"
#include "act/sanlock_ask.h"
#include "act/spm_join.h"
#include "base/buf.h"

struct spm_run;

/* A host on its way in or out. */
struct spm_move {
	struct spm_run *run;
	struct vdc_spm_member_host *member;
	const struct vdc_spm_storage *storage; /* of its data centre */
	struct vdc_sanlock_asked *asked;       /* its own sanlock */
	struct vdc_target target;
	struct vdc_buf refused; /* int64_t each: host ids that it found taken */
	bool numbered;		/* it got its host id here */
	struct vdc_buf document, text;
	bool running, has_status;
	int status; /* of the command there */
};

struct spm_run {
	struct vdc_db *db;
	const struct vdc_spm_join_options *options;
	struct vdc_arena *arena;
	struct vdc_pool *pool;
	struct spm_move *moves;
	size_t n;
	struct vdc_spm_storage *storages; /* of each data centre that is concerned */
	size_t n_storages;
	struct vdc_sanlock_asked
		*asked; /* of the hosts, and of others that are in the lockspaces */
	size_t n_asked;
};

/* Fills RUN, of which database, options and arena are set. Hosts without data centre have failed then. */
int spm_run_open(struct spm_run *run, struct vdc_spm_member_host *hosts, size_t n,
		 struct vdc_err *err);
void spm_run_close(struct spm_run *run);

/* Adds hosts to run->asked that are in the lockspaces of the run's data centres and are none of its own:
 * so many of each, for they see the same. */
enum { SPM_WITNESSES = 4 };
int spm_add_witnesses(struct spm_run *run, struct vdc_err *err);

/* Nothing came of it. PROBLEM, without the host's name, lives as long as the run's arena. */
void spm_fail(struct spm_move *move, int code, const char *problem);
void spm_fail_by(struct spm_move *move, const struct vdc_err *why);

/* The document of its lockspaces with the number that it has, for the host. -EINVAL as
 * vdc_spm_member_of. */
int spm_make_document(struct spm_move *move, struct vdc_err *err);

/* In the child: `spm-elect VERB --local MORE...`, with the document as its input. */
int spm_work(const struct spm_move *move, const char *verb, const char *more,
	     struct vdc_sender *sender, struct vdc_err *err);
/* A task of the pool. ENDED: spm_take_answer() first. */
void spm_add(struct spm_move *move,
	     int (*work)(void *ctx, struct vdc_sender *sender, struct vdc_err *err),
	     int (*ended)(void *ctx, const struct vdc_err *failure, struct vdc_err *err));
/* Until all are done, or somebody asks to stop. */
int spm_run_end(struct spm_run *run, struct vdc_err *err);

/* Of the command at the host: what it says into the member. 0, also when the host failed. */
void spm_take_answer(struct spm_move *move, const struct vdc_err *failure);

/* In a transaction: generations, the name of its sanlock, and an event if there is news. */
int spm_note_joined(struct spm_move *move, struct vdc_err *err);

bool spm_has_domain(const struct vdc_spm_storage *storage, const char *id);

/* Host ids for those that have none, or whose was refused; those that get none have failed. Written
 * unless it is a dry run. */
int spm_number(struct spm_run *run, struct spm_move *const *moves, size_t n, struct vdc_err *err);
