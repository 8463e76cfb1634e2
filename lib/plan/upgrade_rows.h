/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan of an upgrade as rows of its document (model/upgrade.h), and back: a plan that somebody
 * kept in a file is held against the cluster as it is now before anything is done. Pure.
 */
#pragma once

#include "model/upgrade.h"
#include "plan/upgrade_snapshot.h"

struct vdc_upgrade_page { /* what is said of the plan besides its rows */
	int64_t created;  /* microseconds */
	bool os_major;
	const char *qemu; /* may be NULL */
};

/* OBJECT is valid during the call only. */
typedef int vdc_upgrade_row_fn(void *ctx, const struct vdc_kind *kind, const void *object,
			       struct vdc_err *err);

/* The upgrade, its hosts by wave, its moves by time. The first error of FN ends it. */
int vdc_upgrade_each_row(const struct vdc_upgrade_snapshot *snapshot,
			 const struct vdc_upgrade_plan *plan, const struct vdc_upgrade_page *page,
			 vdc_upgrade_row_fn *fn, void *ctx, struct vdc_err *err);

/* What was read from a document; objects live as long as the arena that they were read into. */
struct vdc_upgrade_rows {
	const struct vdc_upgrade *upgrade;
	const struct vdc_upgrade_host_row **hosts;
	size_t n_hosts;
	const struct vdc_upgrade_move **moves;
	size_t n_moves;
};

/*
 * ROWS as a plan for the cluster as SNAPSHOT has it. -EPERM when the cluster has changed since: the
 * first differences are named; -EINVAL for rows that are no plan.
 */
int vdc_upgrade_from_rows(const struct vdc_upgrade_rows *rows,
			  const struct vdc_upgrade_snapshot *snapshot, struct vdc_arena *arena,
			  struct vdc_upgrade_plan *ret, struct vdc_err *err);

/*
 * Goes through PLAN step by step, whoever made it. -EPERM names the first step that is not safe: a
 * host twice or not chosen, too many away, a VM that goes where it may not, above the ceiling, back
 * to an old host, or that stays on a host that goes away; a reserve that is promised and not there.
 */
int vdc_plan_upgrade_replay(const struct vdc_upgrade_input *input,
			    const struct vdc_upgrade_plan *plan, struct vdc_err *err);
