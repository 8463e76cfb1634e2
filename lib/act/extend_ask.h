/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking the storage pool manager for larger volumes, through the mailbox on the master domain or
 * through the database: who asks need not know which host the manager is. A process beside this one
 * (base/aide.h) does what may take its time, so that no call here waits.
 *
 *	r = vdc_extend_ask_open(&options, &ask, err);
 *	r = vdc_extend_ask_send(ask, &request, err);
 *	poll(vdc_extend_ask_fd(ask), POLLIN)
 *	while ((r = vdc_extend_ask_answer(ask, &answer, err)) > 0) ...
 *	vdc_extend_ask_close(ask);
 *
 * One handle serves all domains whose setting names its transport.
 */
#pragma once

#include "act/lockspace.h"
#include "edge/db.h"
#include "model/storage_domain.h"
#include "plan/extend_queue.h"

struct vdc_extend_ask;

struct vdc_extend_ask_options {
	enum vdc_extend_transport transport;
	/* Mailbox: the master domain as this host has it; its HOST_ID says whose page is used. Several
	 * processes of a host share that page. */
	const struct vdc_lockspace *master;
	/* Database: where it is, PostgreSQL (the aide opens it again), and the id of the host that asks,
	 * NULL for none. */
	const struct vdc_db *db;
	const char *host_id;
};

/* Copies nothing: what OPTIONS point to lives as long. -EINVAL: the host id has no page, or the
 * database is SQLite, which serves one machine. Fork conditions as in base/aide.h. */
int vdc_extend_ask_open(const struct vdc_extend_ask_options *options, struct vdc_extend_ask **ret,
			struct vdc_err *err);
void vdc_extend_ask_close(struct vdc_extend_ask *ask); /* NULL is fine; takes what is asked back */

/*
 * SIZE is what the volume is to have, bytes. One that is asked for already is asked for the larger of
 * both sizes; the same size again, 4 s after the last time or later, is a new request, for the first one
 * or its answer may be lost. -EAGAIN: too many are under way, or the aide is stuck; ask again later.
 */
int vdc_extend_ask_send(struct vdc_extend_ask *ask, const struct vdc_extend_request *request,
			struct vdc_err *err);

/* To poll for reading. */
int vdc_extend_ask_fd(const struct vdc_extend_ask *ask);

enum { VDC_EXTEND_TEXT = 256 };

struct vdc_extend_answer {
	char domain[VDC_UUID_LEN + 1];
	char volume[VDC_UUID_LEN +
		    1]; /* "": about the way: TEXT says why it fails, "" that it works again */
	int64_t size;	/* which it has or was asked for; 0: the manager refused */
	char text[VDC_EXTEND_TEXT]; /* why, where the transport can tell; else "" */
};

/*
 * 1: an answer; 0: none is there; -EPIPE: the aide ended, and the handle can only be closed. SIZE is what
 * the manager says: look at the volume before it is believed.
 */
int vdc_extend_ask_answer(struct vdc_extend_ask *ask, struct vdc_extend_answer *ret,
			  struct vdc_err *err);
