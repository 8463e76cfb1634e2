/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands against raising a cluster or a data centre to a level, and what raising does to each VM.
 * Pure: the world in, findings and changes out. A finding of severity error is a blocker.
 */
#pragma once

#include "model/finding.h"
#include "plan/level_host.h"

/* Every code there is, for the man page and its test; ends with a row without code. */
extern const struct vdc_finding_code vdc_level_codes[];

/* Kinds that the world must hold; ends with NULL. */
extern const struct vdc_kind *const vdc_level_check_kinds[];

struct vdc_level_question {
	const struct vdc_catalogue *catalogue;
	const struct vdc_world *world;
	const struct vdc_cluster *cluster; /* one of these two */
	const struct vdc_data_center *data_center;
	struct vdc_level to;
	uint64_t qemu; /* release that the hosts are about to get; 0 = as they are */
};

/* -EINVAL: no such level or family, or a level below the data centre's or below the present one. At
 * the present one it checks the hosts and the machine types of VMs, for an upgrade of QEMU. */
int vdc_plan_level_check(const struct vdc_level_question *question, struct vdc_findings *findings,
			 struct vdc_err *err);

enum vdc_vm_level_effect {
	VDC_LEVEL_NOW = 1, /* it is off: its next start has the new level */
	VDC_LEVEL_PENDING, /* it runs: keeps the old level until its next cold boot */
	VDC_LEVEL_OWN,	   /* nothing changes: it has a level of its own, is in compatibility mode,
			      or another system manages it */
	VDC_LEVEL_REFUSED, /* cannot follow: keeps the old level as its own; TEXT says why */
};

/* What raising (or lowering) does to one VM. */
struct vdc_vm_level_change {
	const struct vdc_vm *vm; /* as it is */
	/*
	 * As it will be; only what changes is set besides its id. machine_type, the display and what
	 * was clamped are for its definition; a VM that runs keeps what it runs with, and
	 * running_level notes the level of that until its next cold boot.
	 */
	struct vdc_vm *after;
	enum vdc_vm_level_effect effect;
	const char
		*text; /* clamped limits and such, for people; NULL when there is nothing to say */
};

struct vdc_level_change {
	struct vdc_cluster *cluster;	     /* id and version; NULL when a data centre changes */
	struct vdc_data_center *data_center; /* id, version, storage_format */
	struct vdc_storage_domain **domains; /* id, storage_format: of those whose format changes */
	size_t n_domains;
	struct vdc_vm_level_change *vms; /* in the order of the world */
	size_t n_vms;
};

/* Only where the check has no blocker: -EPERM otherwise, naming the first. Lives in ARENA. To the
 * level that it has: no VM changes. */
int vdc_plan_level_raise(const struct vdc_level_question *question, struct vdc_arena *arena,
			 struct vdc_level_change *ret, struct vdc_err *err);
/* A cluster: only without hosts, and not below its data centre. A data centre: not where a domain's
 * format would be wrong for the level. */
int vdc_plan_level_lower(const struct vdc_level_question *question, struct vdc_arena *arena,
			 struct vdc_level_change *ret, struct vdc_err *err);
