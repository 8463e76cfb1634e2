/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a VM may be taken out of compatibility mode now, and to which machine type. A VM is in that
 * mode after it came running from an older cluster: it goes on with the machine type that it was
 * started with there. A cold boot does not end it; changing its definition does, and that cannot be
 * undone, for the older cluster does not know the new type.
 */
#pragma once

#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/host.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/vm.h"

struct vdc_vm_disk {
	const struct vdc_disk *disk;
	const struct vdc_disk_attachment *attachment;
	const struct vdc_storage_domain *domain; /* NULL: not known */
};

struct vdc_vm_upgrade_input {
	const struct vdc_vm *vm;
	const struct vdc_cluster *cluster;
	const struct vdc_level_entry *level; /* of the cluster; NULL: it has none */
	const struct vdc_host *host;	     /* where it will be started; NULL: not known yet */
	const struct vdc_vm_disk *disks;
	size_t n_disks;
	const struct vdc_snapshot *const *snapshots; /* of the VM */
	size_t n_snapshots;
	const char *other;   /* name of a VM of the cluster that is being upgraded; NULL: none */
	const char *chipset; /* "q35": change to it; NULL: keep the one it has */
	bool power_off;	     /* it may be shut down */
	bool snapshot;	     /* one is to be made */
	bool no_backup;	     /* it is to be done without */
};

enum vdc_vm_upgrade_block {
	VDC_VM_UPGRADE_NOT_MIGRATED = 1, /* it never came from another cluster */
	VDC_VM_UPGRADE_NOT_IN_MODE,	 /* it is not in compatibility mode */
	VDC_VM_UPGRADE_PINNED,		 /* somebody pinned its machine type */
	VDC_VM_UPGRADE_STATUS,		 /* neither off nor running normally */
	VDC_VM_UPGRADE_NOT_OFF,		 /* it runs */
	VDC_VM_UPGRADE_NO_BACKUP,	 /* no snapshot or backup since it was powered off */
	VDC_VM_UPGRADE_SHAREABLE, /* a disk that no snapshot can be made of, and the next two */
	VDC_VM_UPGRADE_DIRECT_LUN,
	VDC_VM_UPGRADE_NOT_QCOW2,
	VDC_VM_UPGRADE_NO_SPACE,   /* the domain of a disk has less than its critical space left */
	VDC_VM_UPGRADE_CHIPSET,	   /* it has none that can be told */
	VDC_VM_UPGRADE_NO_MACHINE, /* no newer machine type that the host offers */
	VDC_VM_UPGRADE_RUNNING,	   /* another VM of the cluster is being upgraded */
};

struct vdc_vm_upgrade_blocker {
	enum vdc_vm_upgrade_block block;
	const char *text; /* what is wrong and what to do */
};

struct vdc_vm_upgrade {
	const struct vdc_vm_upgrade_blocker *blockers; /* all of them */
	size_t n_blockers;
	const char *machine; /* the type it is to have; NULL: none was found */
	bool chipset_changes;
	bool runs;	    /* it must be shut down first */
	bool make_snapshot; /* one is wanted, and none is there that would do */
	const char *backup; /* name of the snapshot or backup that is there; NULL: none */
};

/* Texts live in ARENA or in the input. */
struct vdc_vm_upgrade vdc_plan_vm_upgrade(const struct vdc_vm_upgrade_input *input,
					  struct vdc_arena *arena);

extern const struct vdc_enum vdc_vm_upgrade_block_values; /* stable words for the blockers */

/* "q35", "i440fx", "" for types that have no chipset to choose ("virt", "pseries-7.2"); NULL is "". */
const char *vdc_machine_chipset(const char *machine);

/* The newest type that a host offers (WORDS) of the line of MACHINE: another version of "pc-q35-". With
 * CHIPSET another line of the same maker. NULL: none. */
const char *vdc_machine_newest(const char *words, const char *machine, const char *chipset,
			       struct vdc_arena *arena);

/*
 * A VM that runs was seen in cluster TO and was recorded in cluster FROM: writes into VM where it
 * belongs now, and what it has to remember of that. LIVE: it came running. RUNNING: index of the
 * level in the family of TO that the machine type it runs with belongs to, AT: that of TO, both -1
 * for unknown. Going back to the cluster that it came from ends compatibility mode.
 */
void vdc_plan_vm_moved(struct vdc_vm *vm, const struct vdc_cluster *from,
		       const struct vdc_cluster *to, bool live, int running, int at, int64_t now,
		       struct vdc_arena *arena);

/* The same, with both indices looked up: CATALOGUE may be NULL, ARCHITECTURE is that of the host. */
void vdc_plan_vm_entered(const struct vdc_catalogue *catalogue, struct vdc_vm *vm,
			 const struct vdc_cluster *from, const struct vdc_cluster *to,
			 const char *architecture, bool live, int64_t now, struct vdc_arena *arena);
