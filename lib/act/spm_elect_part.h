/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/spm_elect*.c. */
#pragma once

#include "act/spm_elect.h"

/* What happened to a host in this round. */
struct spm_past {
	const char *id, *name;
	bool fence_failed, failed, former;
	bool switched_off; /* by this round: it is switched on again */
	int64_t off_at;	   /* wall clock: when that was proven; 0: not by this round */
	bool freed;	   /* what it held was released, or cannot be: its lease expires */
	unsigned stops;	   /* that came to nothing */
};

struct spm_round {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_spm_elect_options *options;
	struct vdc_spm_election *election;
	struct vdc_arena *arena; /* of all of it */
	int64_t begun;		 /* wall clock */
	int64_t waits_since;	 /* monotonic; 0: it does not wait */
	int64_t told_at;
	int64_t number; /* of the next step */
	struct spm_past *past;
	size_t n;
	/* This look, in an arena of its own. */
	struct vdc_arena *look;
	struct vdc_spm_survey survey;
	struct vdc_spm_next next;
	const char *started; /* id of the host that was last told to start; NULL: none */
	const char *said;    /* what was told last */
	bool manager_lives;  /* it was asked to hand over, and did not */
	bool ended;
};

/* spm_elect_past.c */
struct spm_past *spm_past_of(struct spm_round *round, const struct vdc_host *host);
int spm_take_over(struct spm_round *round, struct vdc_err *err);

void spm_say(struct spm_round *round, enum vdc_work_kind kind, const char *fmt, ...)
	vdc_printf(3, 4);
/* A pause, for what NEXT says; the round is over when all of them have taken too long. */
void spm_wait(struct spm_round *round);
/* The round is over, so. */
void spm_end(struct spm_round *round, enum vdc_spm_step end, const char *fmt, ...) vdc_printf(3, 4);

/* spm_elect_step.c: what is done at hosts. */
int spm_do_start(struct spm_round *round, struct vdc_err *err);
int spm_do_stop(struct spm_round *round, struct vdc_err *err);

/* spm_elect_power.c */
int spm_do_fence(struct spm_round *round, struct vdc_err *err);
int spm_do_free(struct spm_round *round, struct vdc_err *err);
int spm_power_on(struct spm_round *round, struct vdc_err *err);

/* spm_elect_note.c: each is one transaction that looks at the lease first. */
int spm_note_contender(struct spm_round *round, struct vdc_err *err);
int spm_note_manager(struct spm_round *round, struct vdc_err *err);
int spm_note_end(struct spm_round *round, struct vdc_err *err);
