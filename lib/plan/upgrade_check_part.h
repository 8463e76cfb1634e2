/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/upgrade_check*.c. */
#pragma once

#include "plan/upgrade_check.h"

enum upgrade_code {
	VM_SUSPENDED,
	VM_CPU_PINNED,
	VM_NUMA_PINNED,
	VM_NOT_MIGRATABLE,
	VM_PCI_PASSTHROUGH,
	VM_HOSTED_ENGINE,
	HOST_OS_UNREADABLE,
	HOST_OS_OLDER,
	HOST_NON_RESPONSIVE,
	HOST_AWAY,
	VM_BLOCKS_DRAIN,
	VM_MIGRATING,
	VM_STOPPED_BY_DRAIN,
	VM_MACHINE_REMOVED,
	UPGRADE_RUNNING,
	NO_HOST_TO_UPGRADE,
	NO_PLAN,
	NO_RESERVE,
	CPU_SHORT,
	CPU_UNKNOWN,
	STORAGE_DOMAIN_NOT_ACTIVE,
	STORAGE_DOMAIN_NOT_REACHED,
	LEVEL_UNKNOWN,
};

#define FOUND(findings, code, kind, object, ...) \
	vdc_findings_add(findings, &vdc_upgrade_codes[code], &(kind), object, __VA_ARGS__)

/* Storage, levels, and what is left while a wave is away. */
void upgrade_check_storage(const struct vdc_upgrade_question *q, struct vdc_findings *findings);
void upgrade_check_levels(const struct vdc_upgrade_question *q, struct vdc_findings *findings);
void upgrade_check_room(const struct vdc_upgrade_question *q, struct vdc_findings *findings);
