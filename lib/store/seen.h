/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reading the hosts needs of the database beside the nouns: samples, and finding by path. */
#pragma once

#include "base/mem.h"
#include "edge/db.h"

/* A measurement. Sizes in bytes, CPU in thousandths of one CPU; -1: not measured. */
struct vdc_sample {
	int64_t time;
	int64_t cpu;
	int64_t memory_used;
	int64_t memory_free; /* hosts only */
	int64_t vms;	     /* hosts only: how many run */
};

/* Adds a sample and forgets those of the same host or VM that are older than a day. */
int vdc_store_host_sample(struct vdc_db *db, const char *host_id, const struct vdc_sample *sample,
			  struct vdc_err *err);
int vdc_store_vm_sample(struct vdc_db *db, const char *vm_id, const struct vdc_sample *sample,
			struct vdc_err *err);

/* The id of the disk with that path; *RET stays NULL when there is none. Disks that only one host
 * reaches count when a VM of VM_ID's has them. */
int vdc_store_disk_at(struct vdc_db *db, const char *path, const char *vm_id,
		      struct vdc_arena *arena, char **ret, struct vdc_err *err);

/* The VM of that name in a cluster; *RET stays NULL when there is none. */
int vdc_store_vm_named(struct vdc_db *db, const char *cluster_id, const char *name,
		       struct vdc_arena *arena, char **ret, struct vdc_err *err);
