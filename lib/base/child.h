/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work done in child processes, several at a time.
 *
 * A call into a library that talks to a host can hang for as long as the host likes: in the
 * kernel, in a TLS handshake, behind a frozen daemon. No time limit of the library covers all of
 * them, and a thread cannot be ended from outside. A process can: it is killed at its limit with all
 * that it started, takes nobody else along when it crashes over hostile input, and leaves no lock
 * behind. What it found travels back through a pipe as messages. One that waits for a disk inside
 * the kernel dies only when that answers: it is killed and left alone, and nobody waits for it.
 *
 * The processes are forked, not executed: fork while no other thread runs but those that stand aside
 * for it (the heartbeat of a job does). They die with their parent, also when that was killed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct vdc_pool;
struct vdc_sender; /* the child's end of the pipe */

/* To the parent, whole or not at all; -EPIPE when nobody listens any more. */
int vdc_send(struct vdc_sender *sender, const void *data, size_t len);

struct vdc_task {
	void *ctx;

	/* In the child. Its return and ERR arrive at `ended`. */
	int (*work)(void *ctx, struct vdc_sender *sender, struct vdc_err *err);

	/* In the parent: one message (vdc_task_text: what a context that begins with a struct vdc_buf
	 * gathers). Non-zero ends the whole pool with that error. */
	int (*got)(void *ctx, const char *data, size_t len, struct vdc_err *err);

	/*
	 * In the parent: no more will come. FAILURE has code 0, or what `work` returned, -ETIMEDOUT
	 * when it was killed at a limit, -EIO when it crashed. May add tasks, also this one again.
	 * Non-zero ends the whole pool with that error.
	 */
	int (*ended)(void *ctx, const struct vdc_err *failure, struct vdc_err *err);

	int64_t first_us;   /* longest time to the first message; 0: none */
	int64_t limit_us;   /* longest life; 0: none */
	int64_t quiet_us;   /* longest time without a message; 0: none */
	int64_t not_before; /* monotonic time at which it may begin; 0: now */
};

int vdc_task_text(void *ctx, const char *data, size_t len, struct vdc_err *err);

struct vdc_pool *vdc_pool_new(unsigned at_once);
/*
 * When BURST of them run already, another one begins EVERY_US after the last one at the earliest. For
 * programs whose start is what costs: all at once each of them takes longer than one after another.
 */
void vdc_pool_pace(struct vdc_pool *pool, unsigned burst, int64_t every_us);
void vdc_pool_free(struct vdc_pool *pool); /* kills what still runs; NULL is fine */
void vdc_pool_add(struct vdc_pool *pool, const struct vdc_task *task); /* copies it */
/* THEN, an `ended`, is called after DELAY_US: for whoever has to look again. */
void vdc_pool_later(struct vdc_pool *pool, void *ctx,
		    int (*then)(void *ctx, const struct vdc_err *failure, struct vdc_err *err),
		    int64_t delay_us);
/* Ends the tasks of CTX, whatever they do, without a word to `ended`; not from their own callbacks. */
void vdc_pool_drop(struct vdc_pool *pool, const void *ctx);

/* Until no task is left, or STOP_FD (-1: none) can be read, which returns 0 as well. */
int vdc_pool_run(struct vdc_pool *pool, int stop_fd, struct vdc_err *err);

/* Ends those that run with that context, whose `ended` gets -ECANCELED, and forgets those that wait. */
void vdc_pool_cancel(struct vdc_pool *pool, const void *ctx);

unsigned vdc_processors(void); /* that this process may use; 1 at least */

/* Whether this process is such a child: what it starts then stays in its process group. */
bool vdc_is_child(void);

static inline void vdc_cleanup_pool(struct vdc_pool **pool)
{
	vdc_pool_free(*pool);
}
#define vdc_autopool vdc_cleanup(vdc_cleanup_pool) struct vdc_pool
