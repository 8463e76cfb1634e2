/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_gate.h"

#include <errno.h>
#include <string.h>

#include "plan/upgrade_check.h"
#include "plan/upgrade_policy.h"

int vdc_plan_may_suspend(const struct vdc_cluster *cluster, const struct vdc_vm *vm,
			 struct vdc_err *err)
{
	if (!vdc_policy_is_upgrade(cluster))
		return 0;
	return vdc_err_set(err, -EPERM,
			   "VM %s cannot be suspended while cluster %s is being upgraded "
			   "(VM_CANNOT_SUSPEND_CLUSTER_UPGRADING): shut it down instead",
			   vm->name, cluster->name);
}

static bool has(const struct vdc_findings *findings, const char *code)
{
	for (size_t i = 0; i < findings->n; i++)
		if (strcmp(findings->items[i]->code, code) == 0)
			return true;
	return false;
}

int vdc_plan_may_change_vm(const struct vdc_cluster *cluster, const struct vdc_vm *before,
			   const struct vdc_vm *after, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_findings had = { .arena = arena }, has_now = { .arena = arena };

	if (!vdc_policy_is_upgrade(cluster))
		return 0;
	if (before)
		vdc_plan_upgrade_policy_check_vm(before, &had);
	vdc_plan_upgrade_policy_check_vm(after, &has_now);
	for (size_t i = 0; i < has_now.n; i++) {
		if (has(&had, has_now.items[i]->code))
			continue;
		if (strcmp(has_now.items[i]->code, "VM_SUSPENDED") == 0)
			return vdc_plan_may_suspend(cluster, after, err);
		return vdc_err_set(err, -EPERM,
				   "cluster %s is being upgraded: %s, which is refused meanwhile "
				   "(BOUND_TO_HOST_WHILE_UPGRADING_CLUSTER)",
				   cluster->name, has_now.items[i]->text);
	}
	return 0;
}
