/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A run of an upgrade looked at from outside, whoever carries it out: all is read from the database,
 * again and again, and what happened between two looks is told as the run itself tells it. That of a
 * data centre (act/data_center_upgrade.h) can be looked at too: its job, its steps and its owner.
 */
#pragma once

#include "act/work_news.h"
#include "plan/upgrade_view.h"

struct vdc_upgrade_watch;

/* -ENOENT: there is no such job; -EINVAL: it is no upgrade. DB must outlive it. */
int vdc_upgrade_watch_new(struct vdc_db *db, const char *job_id, struct vdc_upgrade_watch **ret,
			  struct vdc_err *err);
void vdc_upgrade_watch_free(struct vdc_upgrade_watch *watch); /* NULL is fine */

/* Looks once more, in one snapshot. */
int vdc_upgrade_watch_look(struct vdc_upgrade_watch *watch, struct vdc_err *err);
/* What the last look saw; until the next one but one. */
const struct vdc_upgrade_seen *vdc_upgrade_watch_seen(const struct vdc_upgrade_watch *watch);

/*
 * Tells what happened since the look before, in the order of time; after the first look what is going
 * on, and FROM_START also what was done so far.
 */
void vdc_upgrade_watch_tell(struct vdc_upgrade_watch *watch, bool from_start, vdc_work_told_fn *fn,
			    void *ctx);
