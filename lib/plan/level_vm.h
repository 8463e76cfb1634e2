/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The level that a VM has, the one that it runs at, and why the two differ. */
#pragma once

#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/vm.h"

enum vdc_behind {
	VDC_BEHIND_NOT,
	VDC_BEHIND_PENDING,	  /* its configuration changes at the next cold boot */
	VDC_BEHIND_OWN_LEVEL,	  /* custom_compatibility_version */
	VDC_BEHIND_PINNED,	  /* custom_emulated_machine */
	VDC_BEHIND_COMPATIBILITY, /* came from an older cluster and was not upgraded since */
	VDC_BEHIND_MACHINE, /* defined with an older machine type, for no reason that we know */
};

struct vdc_vm_level {
	int configured; /* index in the family's levels, -1 unknown: its own level, else the cluster's */
	int running;	     /* by the machine type it runs with, else as configured */
	const char *machine; /* the type it runs with, else that of its definition; may be NULL */
	enum vdc_behind
		behind; /* the first reason that applies, in the order: compatibility, pinned,
				   own level, pending, machine */
};

struct vdc_vm_level vdc_plan_vm_level(const struct vdc_level_family *family,
				      const struct vdc_cluster *cluster, const struct vdc_vm *vm);

extern const struct vdc_enum vdc_behind_values; /* "", compatibility_mode, ... for lists */

/*
 * Whether a VM may enter a cluster, running or to be started there: not below its migration barrier,
 * not where its level does not exist; ACROSS clusters only on a pair that the catalogue allows.
 * -EPERM names the VM, the rule, the clusters.
 */
int vdc_plan_vm_may_enter(const struct vdc_catalogue *catalogue, const struct vdc_vm *vm,
			  const struct vdc_cluster *from, const struct vdc_cluster *to,
			  struct vdc_err *err);

/*
 * Whether FEATURE is open in CLUSTER at its level: 0, or -EPERM naming feature, level and cluster,
 * and the first level that has it. A cluster without level or family has everything open. -ENOENT:
 * the family does not know the feature.
 */
int vdc_plan_level_allows(const struct vdc_catalogue *catalogue, const struct vdc_cluster *cluster,
			  const char *feature, struct vdc_err *err);
