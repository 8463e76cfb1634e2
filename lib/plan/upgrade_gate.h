/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is refused while a cluster has the in-cluster upgrade policy: VMs are about to go from host to
 * host, and to another version. Every command that would suspend a VM or bind it asks here. Pure.
 */
#pragma once

#include "model/cluster.h"
#include "model/vm.h"

/* 0, or -EPERM. What is saved now may not be restored by what the host runs afterwards. */
int vdc_plan_may_suspend(const struct vdc_cluster *cluster, const struct vdc_vm *vm,
			 struct vdc_err *err);

/*
 * 0, or -EPERM when AFTER is suspended or bound to its host and BEFORE (NULL: it is new) was not, by
 * the preconditions of the policy (plan/upgrade_check.h).
 */
int vdc_plan_may_change_vm(const struct vdc_cluster *cluster, const struct vdc_vm *before,
			   const struct vdc_vm *after, struct vdc_arena *arena,
			   struct vdc_err *err);
