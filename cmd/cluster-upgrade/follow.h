/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a run is followed: what status, follow and the view of `cluster-upgrade` share. */
#pragma once

#include "act/upgrade_watch.h"
#include "cluster_upgrade.h"

struct following {
	struct vdc_call *call;
	const char *job; /* id */
	unsigned flags;	 /* enum cluster_upgrade_attach_flags */
	struct vdc_upgrade_watch *watch;
	int64_t looked;	    /* when; monotonic */
	int64_t took;	    /* how long that took */
	int64_t away;	    /* since when the database is, 0: it is not */
	int64_t ownerless;  /* since when nobody carries it out, 0: somebody does */
	unsigned asked;	    /* how often it was asked to stop from here */
	struct vdc_err why; /* the database is away */
};

int following_open(struct following *f, struct vdc_err *err);
void following_close(struct following *f);

/* 1: it was looked at anew; 0: not now, because the database is away, or it is too early. */
int following_look(struct following *f, struct vdc_err *err);

/* Whether there is nothing more to follow: it ended, it is paused, or nobody goes on with it. */
bool following_is_over(const struct following *f);
/* The exit code then. */
int following_code(const struct following *f);

/* Asks the runner to stop: after what runs, then without waiting for that. */
int following_interrupt(struct following *f, struct vdc_err *err);

/* The screen; *CODE: with which it was closed. -ENOTTY: there is none. */
int cluster_upgrade_view(struct following *f, int *code, struct vdc_err *err);

/* What `status` prints. */
int cluster_upgrade_print_status(struct vdc_call *call, const struct vdc_upgrade_seen *seen,
				 struct vdc_err *err);
