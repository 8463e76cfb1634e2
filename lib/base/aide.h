/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process beside this one with which whole messages go to and fro: for what may hang (base/child.h) and
 * yet is to serve as long as this process lives. It is forked under the same conditions, and dies with
 * its parent.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct vdc_aide {
	pid_t pid; /* 0: none runs */
	int fd;	   /* a socket of packets, not blocking here */
};

/* The life of the aide; FD, which blocks there, ends when the parent wants no more of it. */
typedef void vdc_aide_fn(void *ctx, int fd);
int vdc_aide_start(struct vdc_aide *aide, vdc_aide_fn *life, void *ctx, struct vdc_err *err);
/* It has so long to end by itself; else it is killed with all that it started. */
void vdc_aide_end(struct vdc_aide *aide, int64_t limit_us);

/* A packet, at either end. -EAGAIN: not now; -EPIPE: nobody listens. */
int vdc_aide_send(int fd, const void *data, size_t len);
/* One of exactly LEN bytes. 1: here it is; 0: none is there; -EPIPE: none will come; -EBADMSG. */
int vdc_aide_take(int fd, void *data, size_t len);
/* Of several kinds, told apart by their LEN, of MOST bytes at most. */
int vdc_aide_take_any(int fd, void *data, size_t most, size_t *len);
