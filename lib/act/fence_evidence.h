/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What there is to say about a host that is perhaps down: whether anything answers at its address,
 * what its fence agents say of its power, what other hosts say of its leases. It only looks.
 */
#pragma once

#include "act/work_news.h"
#include "edge/db.h"
#include "plan/fence_confirm.h"

/*
 * Fills SIGHT but for its user, in ARENA. INSIST: where its lease was renewed lately and nothing says
 * that it is off, the lease is watched until it is renewed again, or would have been twice.
 */
int vdc_fence_evidence(struct vdc_db *db, const char *host_id, bool insist, vdc_work_told_fn *told,
		       void *ctx, struct vdc_arena *arena, struct vdc_confirm_sight *sight,
		       struct vdc_err *err);
