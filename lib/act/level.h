/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out what plan/level_check.h decided: the levels of a cluster or a data centre. */
#pragma once

#include "plan/level_check.h"
#include "store/store.h"

/*
 * Writes CHANGE with its events. Must run in a transaction in which the world of the decision was
 * read. FROM is the level that the cluster or data centre has.
 */
int vdc_level_apply(struct vdc_db *db, const struct vdc_level_change *change, struct vdc_level from,
		    struct vdc_arena *arena, struct vdc_err *err);
