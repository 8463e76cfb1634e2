/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A look at a data centre's manager as rows for people: the host's own answer, the lease, the liveness
 * of host ids and the database beside each other, and every disagreement among them.
 */
#pragma once

#include "act/spm_survey.h"
#include "model/spm_view.h"

/*
 * Ages come from the sanlock of the host that said whether the owner lives, which is asked for them: a
 * timestamp in a lease is of its writer's clock, and says nothing by itself. Who does not tell leaves
 * them unknown. All in ARENA; *FOUND: something is wrong, or nobody knows.
 */
int vdc_spm_view(const struct vdc_spm_survey *survey, int64_t limit_us, struct vdc_arena *arena,
		 struct vdc_spm_view ***ret, size_t *n, bool *found, struct vdc_err *err);
