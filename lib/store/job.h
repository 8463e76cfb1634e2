/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs: who owns one, and its steps (HACKING.md, "Work that survives a crash").
 *
 *	r = vdc_job_acquire(db, job.id, VDC_JOB_TTL, &lease, err);     -EBUSY names the owner
 *	...
 *	r = vdc_job_step_begin(lease, db, &step, arena, err);          written before it is done
 *	r = vdc_job_check(lease, db, err);                             still ours, for a whole TTL
 *	... look at the object again ...
 *	r = vdc_job_fresh(lease, err);                                 that was less than 1 s ago
 *	... the effect on the outside ...
 *	r = vdc_job_step_end(lease, db, &step, VDC_JOB_FINISHED, NULL, arena, err);
 *	...
 *	vdc_job_release(lease, db);
 *
 * The token of a lease grows with every owner. Whoever lost the lease gets -EBUSY from all of these.
 */
#pragma once

#include "base/setting.h"
#include "edge/db.h"
#include "model/job.h"

#define VDC_JOB_TTL vdc_setting_number(VDC_SETTING_JOB_LEASE)

struct vdc_job_lease;

/*
 * Takes the job when nobody has it, or its owner has not been heard of for its TTL. From then on a
 * thread with a connection of its own keeps the lease. -ENOENT: no such job.
 */
int vdc_job_acquire(struct vdc_db *db, const char *job_id, int64_t ttl_us,
		    struct vdc_job_lease **ret, struct vdc_err *err);

/* A job that begins now and is to be stored, and what it is about. */
struct vdc_job *vdc_job_new(const char *action, const char *plan, struct vdc_arena *arena);
void vdc_job_about(struct vdc_job *job, const struct vdc_kind *kind, const char *id,
		   const char *name, struct vdc_arena *arena);
/* Stores a new one, in a transaction of its own; it has its id then. */
int vdc_job_create(struct vdc_db *db, struct vdc_job *job, struct vdc_arena *arena,
		   struct vdc_err *err);

/* In a transaction: the open one of JOB's action about the same object, or JOB. */
int vdc_job_open_or_new(struct vdc_db *db, struct vdc_job *job, struct vdc_arena *arena,
			char **ret, struct vdc_err *err);

/* Gives the job up and frees LEASE (NULL is fine). DB may be NULL when it cannot be reached. */
void vdc_job_release(struct vdc_job_lease *lease, struct vdc_db *db);

/* Renews the lease, not inside a transaction: nobody else can get the job for a TTL. */
int vdc_job_check(struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err);

/* 0 when the last successful check began less than a second ago, else -EAGAIN. No I/O. */
int vdc_job_fresh(const struct vdc_job_lease *lease, struct vdc_err *err);
int64_t vdc_job_looked(const struct vdc_job_lease *lease); /* monotonic: when that check began */

/* For a transaction that writes for the job: its first statement. */
int vdc_job_guard(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err);

const char *vdc_job_lease_id(const struct vdc_job_lease *lease); /* of the job */
int64_t vdc_job_lease_token(const struct vdc_job_lease *lease);

/*
 * Each in a transaction of its own, guarded. STEP needs job, number and action; it gets its id,
 * times and the number of tries, which goes on counting when the step is begun again.
 */
int vdc_job_step_begin(const struct vdc_job_lease *lease, struct vdc_db *db,
		       struct vdc_job_step *step, struct vdc_arena *arena, struct vdc_err *err);
int vdc_job_step_end(const struct vdc_job_lease *lease, struct vdc_db *db,
		     struct vdc_job_step *step, enum vdc_job_status status, const char *message,
		     struct vdc_arena *arena, struct vdc_err *err);

/* Writes what JOB has values for, guarded, and sets when it was last updated. */
int vdc_job_update(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_job *job,
		   struct vdc_arena *arena, struct vdc_err *err);

/* Who has the job: text for people in ARENA, NULL for nobody. */
int vdc_job_owner(struct vdc_db *db, const char *job_id, struct vdc_arena *arena, char **ret,
		  struct vdc_err *err);

/* Takes the job from an owner who is not heard of any more (vdc_job_owner), so that it does nothing
 * when it goes on after all. Nobody has it then. */
int vdc_job_disown(struct vdc_db *db, const char *job_id, struct vdc_err *err);

/* The oldest job of that action about a VM of the cluster that is not ended; NULL for none. */
int vdc_job_open_in_cluster(struct vdc_db *db, const char *action, const char *cluster_id,
			    struct vdc_arena *arena, char **ret, struct vdc_err *err);

/* The oldest job of that action about that object that is not ended, but for the job EXCEPT (may be
 * NULL); NULL for none. */
int vdc_job_open_about(struct vdc_db *db, const char *action, const char *object_id,
		       const char *except, struct vdc_arena *arena, char **ret,
		       struct vdc_err *err);

/* The ids of all jobs of that action that are not ended, the oldest first. */
int vdc_job_open_all(struct vdc_db *db, const char *action, struct vdc_arena *arena, char ***ret,
		     size_t *n, struct vdc_err *err);

/* A job that is not ended, other than OTHER_THAN, in which a step of that action about the object was
 * begun and not ended; NULL for none. */
int vdc_job_open_step(struct vdc_db *db, const char *action, const char *object_id,
		      const char *other_than, struct vdc_arena *arena, char **ret,
		      struct vdc_err *err);

/* Of each job of that action about a host that was proven down, which is not ended: the highest priority
 * of the VMs of the cluster about which it has steps of that action that are not ended. */
typedef void vdc_job_urgent_fn(void *ctx, const char *job_id, int64_t priority);
int vdc_job_each_urgent(struct vdc_db *db, const char *action, const char *step_action,
			const char *cluster_id, vdc_job_urgent_fn *fn, void *ctx,
			struct vdc_err *err);

/* Steps STEP_ACTION about hosts of that cluster, in jobs ACTION, begun since SINCE and not failed. */
int vdc_job_count_steps(struct vdc_db *db, const char *action, const char *step_action,
			const char *cluster_id, int64_t since, int64_t *ret, struct vdc_err *err);

/* Asks whoever owns the job, or owns it next, to pause, to abort, ... -EINVAL: it is over. */
int vdc_job_ask(struct vdc_db *db, const char *job_id, enum vdc_job_request request,
		struct vdc_err *err);
