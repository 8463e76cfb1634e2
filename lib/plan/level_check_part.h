/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the check and of raising and lowering share. */
#pragma once

#include "base/map.h"
#include "model/data_center.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "plan/level_check.h"
#include "plan/level_part.h"

enum level_code {
	HOST_LEVEL_TOO_LOW,
	HOST_UNREACHABLE,
	HOST_CPU_TYPE,
	HOST_MACHINE_TYPE,
	CLUSTER_WITHOUT_HOSTS,
	CLUSTER_BELOW,
	LEVEL_MACHINE_REMOVED,
	LEVEL_DROPS_FEATURES,
	VM_PREVIEW,
	VM_SUSPENDED,
	VM_SUSPENDED_BELOW,
	VM_SNAPSHOT_MEMORY,
	VM_PENDING,
	VM_OWN_LEVEL,
	VM_OWN_LEVEL_NOT_RUN,
	VM_BELOW_DATA_CENTER,
	VM_COMPATIBILITY_MODE,
	VM_CLAMPED,
	VM_CANNOT_FOLLOW,
	VM_MACHINE_TYPE,
	VM_MACHINE_REMOVED,
	VM_NIC_RENUMBERED,
	VM_DISPLAY,
	VM_DISPLAY_BOCHS,
	DC_STORAGE_FORMAT,
	DOMAIN_STORAGE_FORMAT,
	DOMAIN_NOT_ACTIVE,
	DOMAIN_FORMAT_TOO_NEW,
};

/* A chipset of the new level, and the machine type that VMs of it get. */
struct level_chipset {
	const char *name, *machine;
	bool common; /* every host offers it, as far as they tell */
	bool used;   /* by the cluster, or by a VM that follows it */
};

/* What is known of a machine type; found once for all VMs that have it. */
struct level_machine_fact {
	int level;			/* the newest that has it, -1 for none */
	bool stays;			/* the new level has it too */
	struct level_chipset *chipset;	/* of the new level; NULL: that has none of its kind */
	const struct vdc_host *lacking; /* the first host that does not offer it */
	const struct vdc_level_removal *removal; /* in what the hosts are about to get */
};

/* A question with all that it needs looked up. */
struct level_case {
	const struct vdc_level_question *question;
	struct vdc_arena *arena;
	struct vdc_level_state state; /* of what the question is about, and nothing else */
	const struct vdc_level_family *family;
	struct vdc_level version; /* that it has now */
	int before;		  /* index of the level that this is like, -1 for none */
	int to;
	bool raises;
	/* Of a cluster: */
	const struct vdc_cluster *cluster;
	const struct vdc_cluster_offer *offer;
	const char *architecture; /* NULL: not known */
	struct vdc_level_limits limits;
	struct level_chipset *chipsets;
	size_t n_chipsets;
	const struct vdc_level_feature *bochs, *cirrus, *nics; /* NULL: not in this family */
	const struct vdc_vm *blank;
	struct vdc_map *machines; /* struct level_machine_fact by name */
	struct vdc_map *traits;	  /* enum level_trait by id of the VM */
};

enum level_trait {
	LEVEL_TRAIT_PREVIEW = 1 << 0,
	LEVEL_TRAIT_VIRTIO_NIC = 1 << 1,
	LEVEL_TRAIT_MEMORY = 1 << 2, /* a snapshot with memory */
};

/* -EINVAL as vdc_plan_level_check, and for a level on the wrong side of the present one. What it
 * holds is in ARENA but for the maps: level_case_close frees them. */
int level_case_open(const struct vdc_level_question *question, bool raises, struct vdc_arena *arena,
		    struct level_case *ret, struct vdc_err *err);
void level_case_close(struct level_case *c);

/* Whether a VM is one of the cluster's. */
bool level_case_has_vm(const struct level_case *c, const struct vdc_vm *vm);
uint64_t level_traits(const struct level_case *c, const struct vdc_vm *vm);
/* As far as it tells what it offers. */
bool level_host_lacks(const struct vdc_host *host, const char *machine);
/* Sets CHIPSETS and an empty MACHINES. */
void level_choose_machines(struct level_case *c);
/* MACHINE is not NULL. */
const struct level_machine_fact *level_machine_fact(const struct level_case *c,
						    const char *machine);
/* Whether the level of that index has it, on the cluster's architecture. */
bool level_case_has(const struct level_case *c, int level, const struct vdc_level_feature *feature);

/* Whether it is a data domain of the data centre with another format than the level's. */
bool level_domain_differs(const struct level_case *c, const struct vdc_storage_domain *domain);

/* What the level does to one VM. */
struct level_step {
	enum vdc_vm_level_effect effect;
	bool compatibility;			 /* OWN: it is in compatibility mode */
	bool foreign;				 /* OWN: another system manages it */
	const char *clamped, *display, *refused; /* in the arena; NULL: nothing */
	struct vdc_vm after;
};

/* Not for a level that the cluster has already. */
void level_step(const struct level_case *c, const struct vdc_vm *vm, struct level_step *ret);

/* By its own firmware, else by the cluster's. */
bool level_vm_has_uefi(const struct level_case *c, const struct vdc_vm *vm);

void level_check_hosts(const struct level_case *c, struct vdc_findings *findings);
void level_check_vms(const struct level_case *c, struct vdc_findings *findings);
/* After the VMs, which tell what chipsets are used. */
void level_check_machines(const struct level_case *c, struct vdc_findings *findings);
