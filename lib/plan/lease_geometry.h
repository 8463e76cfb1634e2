/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the leases of a storage domain lie, and how big all that is. The rules are those of vdsm
 * (StorageDomain formats V2 to V5) and of sanlock 3.8 (leader records of 512 or 4096 bytes, an area
 * of 1 to 8 MiB for each lease).
 */
#pragma once

#include "model/storage_domain.h"

/* Of one domain. Bytes. */
struct vdc_lease_geometry {
	int64_t sector;	   /* 512 or 4096: what sanlock writes at once */
	int64_t alignment; /* what one lease takes up, and the lockspace */
	int64_t hosts;	   /* highest host id that fits */
};

enum { VDC_LEASE_HOSTS = 2000, VDC_LEASE_HOSTS_PRESET = 250, VDC_MAILBOX_HOSTS = 250 };

/* The lease of the storage pool manager: its name, and its slot in the volume "leases". */
#define VDC_SPM_LEASE "SDM"
enum { VDC_SPM_LEASE_SLOT = 1 };

/*
 * SECTOR 0: 512; HOSTS 0: as many as vdsm takes. -EINVAL: the format does not go with that storage
 * or has no such geometry; the message says what would.
 */
int vdc_lease_geometry(int64_t format, int64_t storage_type, int64_t sector, int64_t hosts,
		       struct vdc_lease_geometry *ret, struct vdc_err *err);

/* Whether it is one that sanlock has. */
bool vdc_lease_geometry_valid(const struct vdc_lease_geometry *geometry);
/* The highest host id that has room in such areas; 0: sanlock has none such. */
int64_t vdc_lease_hosts(int64_t sector, int64_t alignment);

bool vdc_storage_is_block(int64_t storage_type);

/* A special volume of a domain: a logical volume, or a file below dom_md. */
struct vdc_lease_volume {
	const char *name;
	int64_t size; /* bytes; of a file that grows as it is written: 0 */
	int64_t head; /* bytes at its front that mean something: zeros in a new one */
};
enum { VDC_LEASE_VOLUMES = 7 };

/* Those of a domain, in the order in which they are made; returns how many. */
size_t vdc_lease_volumes(int64_t format, int64_t storage_type,
			 const struct vdc_lease_geometry *geometry,
			 struct vdc_lease_volume ret[VDC_LEASE_VOLUMES]);
