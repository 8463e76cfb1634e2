/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/treat*.c. */
#pragma once

#include "act/apply.h"
#include "act/treat.h"

/* Steps of one round; each is about the host. */
enum {
	TREAT_SOFT = 1,
	TREAT_NON_RESPONSIVE,
	TREAT_KDUMP,
	TREAT_KDUMP_END,
	TREAT_HARD_FENCE,
	TREAT_DOWN,
	TREAT_OFF = 1000,
	TREAT_ASK_POWER = 2000,
	TREAT_ON = 3000,
	TREAT_FREE = 4000,
	TREAT_SET_UP = 10000,
	TREAT_ROUND = 20000,
};

struct treating {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_treat_options *options;
	const char *host_id;
	const char *host_name;
	struct vdc_fence_flow flow;
	struct vdc_fence_sight sight;
	int64_t begun;		 /* wall clock: when this process began */
	char look_text[256];	 /* what the last look failed of */
	char evidence[256];	 /* what proved that it is down */
	int64_t proven_at;	 /* wall clock: its agents said so here; 0: they did not */
	bool was_manager;	 /* of its data centre, until it was set down here */
	bool launched;		 /* whoever switched it off has had its VMs started */
	char said[320];		 /* what the job says at present */
	bool stored_wait;	 /* that is what is waited for */
	int64_t told;		 /* monotonic */
	struct vdc_arena *arena; /* of this turn */
};

/* treat_sight.c: what the database knows; the hosts themselves. */
int treat_observe(struct treating *t, struct vdc_err *err);
int treat_look(struct treating *t, bool all, struct vdc_err *err);

/* treat_do.c: -ECANCELED: somebody asked to stop in the midst of it. */
int treat_do(struct treating *t, const struct vdc_fence_decision *decision, struct vdc_err *err);

/* treat_power.c */
int treat_ask_power(struct treating *t, enum vdc_fence_outcome *ret, struct vdc_err *err);
int treat_off(struct treating *t, enum vdc_fence_outcome *ret, const char **text,
	      struct vdc_err *err);
int treat_on(struct treating *t, enum vdc_fence_outcome *ret, const char **text,
	     struct vdc_err *err);
int treat_down(struct treating *t, struct vdc_err *err);
int treat_free(struct treating *t, enum vdc_fence_outcome *ret, const char **text,
	       struct vdc_err *err);

/* treat_note.c: each a transaction of its own. */
int64_t treat_number(const struct treating *t, int64_t step);
struct vdc_job_step *treat_step(const struct treating *t, int64_t step, const char *action);
int treat_store(struct treating *t, const char *message, struct vdc_err *err);
int treat_wait(struct treating *t, const struct vdc_fence_decision *decision, struct vdc_err *err);
int treat_tell_pause(struct treating *t, const char *why, struct vdc_err *err);
int treat_close(struct treating *t, struct vdc_err *err);
void treat_say(const struct treating *t, const char *fmt, ...) vdc_printf(2, 3);
bool treat_stops(const struct treating *t);
