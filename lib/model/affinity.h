/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Affinity groups: VMs that belong together or apart, on some hosts or away from them. */
#pragma once

#include "model/kind.h"

struct vdc_affinity_group {
	char *id;
	struct vdc_ref cluster;
	char *name;
	char *description;
	int64_t vms_enabled;
	int64_t vms_positive;
	int64_t vms_enforcing;
	int64_t hosts_enabled;
	int64_t hosts_positive;
	int64_t hosts_enforcing;
};

/* A VM in a group. */
struct vdc_affinity_vm {
	char *id;
	struct vdc_ref affinity_group;
	struct vdc_ref vm;
};

/* A host in a group. */
struct vdc_affinity_host {
	char *id;
	struct vdc_ref affinity_group;
	struct vdc_ref host;
};

extern const struct vdc_kind vdc_affinity_group_kind;
extern const struct vdc_kind vdc_affinity_vm_kind;
extern const struct vdc_kind vdc_affinity_host_kind;
