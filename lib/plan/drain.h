/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens to a running VM when its host is drained. A VM with the eviction strategy
 * live_migrate is moved, and if it cannot move it blocks the drain; one without a strategy is shut
 * down, and with the run strategy `always` started on another host at once (KubeVirt's
 * evictionStrategy and runStrategy).
 */
#pragma once

#include "base/mem.h"
#include "model/cluster.h"
#include "model/vm.h"
#include "plan/upgrade_plan.h"

struct vdc_drain_verdict {
	enum vdc_drain drain; /* 0: it blocks */
	const char *reason;   /* why it blocks or is not moved; in the arena; NULL: it moves */
	bool comes_back;      /* VDC_DRAIN_STOP: it is started when its host returns */
};

struct vdc_drain_verdict vdc_plan_drain(const struct vdc_vm *vm, const struct vdc_cluster *cluster,
					struct vdc_arena *arena);

/*
 * Why a VM can never be moved while it runs, whatever its host; NULL: it can. A VM that users may not
 * move (user_migratable) can.
 */
const char *vdc_plan_unmovable(const struct vdc_vm *vm, const struct vdc_cluster *cluster,
			       struct vdc_arena *arena);
