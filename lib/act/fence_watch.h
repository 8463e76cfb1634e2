/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who watches which clusters, and since when: a job for each set of clusters, which stays and is taken
 * up again by whoever watches them next. Its state holds when watching began and the last pass.
 */
#pragma once

#include "model/host.h"
#include "store/job.h"

#define VDC_FENCE_MONITOR_ACTION "fence-monitor"

/* The job of these clusters (ids), or of all: N 0. */
int vdc_fence_watch_find(struct vdc_db *db, const char *const *clusters, size_t n,
			 struct vdc_arena *arena, char **ret, struct vdc_err *err);

/* With the lease of that job in hand: -EBUSY names whoever watches one of these clusters too. */
int vdc_fence_watch_alone(struct vdc_db *db, const char *job, struct vdc_arena *arena,
			  struct vdc_err *err);

/* A pass begins: QUIET long after the first one without a gap nobody is fenced. */
int vdc_fence_watch_pass(struct vdc_db *db, struct vdc_job_lease *lease, int64_t quiet,
			 struct vdc_err *err);
/* The watch ends, for now. */
int vdc_fence_watch_end(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_err *err);

/* Since when CLUSTER is watched without a gap; BEGUN, when the caller began, if it is not. */
int vdc_fence_watched_since(struct vdc_db *db, const char *cluster, int64_t begun, int64_t quiet,
			    struct vdc_arena *arena, int64_t *ret, struct vdc_err *err);

/* Whether CLUSTER is one of those that are watched: all of them, if none is named. */
bool vdc_fence_watch_has(const char *const *clusters, size_t n, const char *cluster);

/* Ids of the hosts of these clusters that are to be treated, and are not by anybody who lives. */
int vdc_fence_watch_untreated(struct vdc_db *db, const char *const *clusters, size_t n,
			      struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n_ret,
			      struct vdc_err *err);
/* All that are not treated at present: those that the monitor itself looks at. */
int vdc_fence_watch_hosts(struct vdc_db *db, const char *const *clusters, size_t n,
			  struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n_ret,
			  struct vdc_err *err);
