/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Something done at a host through libvirt, for the owner of a job. The calls run in a child process
 * that is killed at its limit (base/child.h); the database is the parent's alone. Right before each
 * effect the child asks the parent, which looks whether the job is still its own: an effect comes less
 * than a second after that look, or not at all (HACKING.md, "Work that survives a crash").
 *
 * The child is forked while the heartbeat of the job runs. That is safe as long as it keeps to libvirt:
 * the C library makes memory and streams whole again in a child, and the database is the only other
 * thing that the heartbeat uses.
 */
#pragma once

#include "base/child.h"
#include "edge/libvirt_control.h"
#include "store/job.h"

struct vdc_errand;

struct vdc_errand_call {
	const char *host;   /* name, for messages */
	const char *uri;    /* NULL: libvirt has no part in it */
	unsigned flags;	    /* of vdc_virt_open() */
	int64_t connect_us; /* longest time until the host lets us in */
	int64_t limit_us;   /* longest time for all of it */
	int64_t quiet_us; /* longest time between two words of the child; 0: no limit of its own */

	struct vdc_db *db;
	struct vdc_job_lease *lease; /* NULL: it only looks, or may be done by two at once */
	/* In the parent, after that look: what else must hold before an effect. May be NULL. */
	int (*may)(void *ctx, struct vdc_err *err);
	int64_t recent_us; /* so old a look at the job may be; 0: a new one for each effect */

	void *ctx;
	/* In the child. */
	int (*run)(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		   struct vdc_err *err);
	/* In the parent: what vdc_errand_tell() sent. May be NULL. */
	int (*told)(void *ctx, const char *data, size_t len, struct vdc_err *err);

	struct vdc_errand *errand; /* its own, in a pool */
};

/*
 * -ETIMEDOUT at a limit; -EBUSY: the job is somebody else's now; else what RUN returned, its message
 * with the host's name in front.
 */
int vdc_errand_run(const struct vdc_errand_call *call, struct vdc_err *err);

/*
 * One of many that run at once in POOL, after vdc_virt_load(). CALL lives until it ended: then ENDED,
 * in the parent, gets the context of the call and what vdc_errand_run would have returned. Its
 * non-zero return ends the pool.
 */
typedef int vdc_errand_ended_fn(void *ctx, const struct vdc_err *failure, struct vdc_err *err);
int vdc_errand_add(struct vdc_pool *pool, struct vdc_errand_call *call, vdc_errand_ended_fn *ended,
		   struct vdc_arena *arena, struct vdc_err *err);

/* Ends one of them, without a word to ENDED; not from its own callbacks. Nothing if it has ended. */
void vdc_errand_drop(struct vdc_pool *pool, struct vdc_errand_call *call);

/* In the child: what the parent is to know. Ends with the child, if that is killed. */
int vdc_errand_tell(struct vdc_errand *errand, const void *data, size_t len, struct vdc_err *err);

/* In the child, right before an effect: 0 when it may be. Look at the object before. */
int vdc_errand_may(struct vdc_errand *errand, struct vdc_err *err);
