/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/spm_free.c and spm_free_ask.c. */
#pragma once

#include "act/fence_note.h"
#include "act/look.h"
#include "act/spm_free.h"
#include "act/spm_free_local.h"
#include "base/buf.h"

struct spm_freeing {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	struct vdc_spm_free *free;
	vdc_work_told_fn *told; /* may be NULL */
	void *told_ctx;
	struct vdc_arena *arena;
	const struct vdc_host *host;
	struct vdc_fence_note note;
	struct vdc_dead_leases leases;
	/* Who is told, one after another, until all is done. */
	const struct vdc_host **helpers;
	size_t n_helpers, at;
	struct vdc_target target; /* of the present one */
	char *document;		  /* that it is told */
	struct vdc_buf answer;
	const char *failure; /* of the last one that could not be asked; NULL: none */
	int64_t until;	     /* monotonic */
	struct vdc_pool *pool;
	int (*ended)(void *ctx, struct vdc_err *err);
	void *ctx;
};

/* Has the helpers do it, in POOL; ends in spm_free_conclude(). */
int spm_free_ask(struct spm_freeing *f, struct vdc_err *err);
int spm_free_conclude(struct spm_freeing *f, struct vdc_err *err);

void spm_free_say(const struct spm_freeing *f, const char *text);
