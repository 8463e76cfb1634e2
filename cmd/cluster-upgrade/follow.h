/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a run is followed: what status, follow and the view of `cluster-upgrade` share. */
#pragma once

#include "act/upgrade_watch.h"
#include "cluster_upgrade.h"

struct following {
	struct vdc_call *call;
	const char *job;    /* id */
	const char *parent; /* of the job of the data centre that is followed through it, or NULL */
	unsigned flags;	    /* enum cluster_upgrade_attach_flags */
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

/* Ctrl-C as something to be read. */
int following_signals(void);
/* Until it is worth to look again; Ctrl-C, of SIGNALS, is passed on. */
int following_wait(struct following *f, int signals, struct vdc_err *err);

/* By lines, until it is over. */
int following_lines(struct following *f, struct cluster_upgrade_printer *printer, int signals,
		    struct vdc_err *err);
/* The last line, and the exit code of the run. */
int following_end(struct following *f, struct cluster_upgrade_printer *printer,
		  struct vdc_err *err);
/* On the screen where there is one and it is wanted; *CODE: how that ended. */
int following_screen(struct following *f, int *code, struct vdc_err *err);
/* F is of a data centre: its clusters one after another. */
int cluster_upgrade_attach_data_center(struct following *f, struct vdc_err *err);

/* The screen; *CODE: with which it was closed. -ENOTTY: there is none. */
int cluster_upgrade_view(struct following *f, int *code, struct vdc_err *err);

/* What `status` prints. */
int cluster_upgrade_print_status(struct vdc_call *call, const struct vdc_upgrade_seen *seen,
				 struct vdc_err *err);
