/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the special volumes of a storage domain lie on every host, and which shape its leases have, by
 * what the inventory says of it. The layout is vdsm's:
 *
 *	files	MOUNT-POINT/ID/dom_md/VOLUME	the domain's mount point may name the directory ID itself
 *	block	/dev/GROUP/VOLUME		logical volumes; GROUP is the domain's volume group, or ID
 */
#pragma once

#include "model/lockspace.h"
#include "model/storage_domain.h"
#include "plan/lease_geometry.h"

/* VOLUME: "ids", "leases", ... (plan/lease_geometry.h). -EINVAL says what the domain lacks. */
int vdc_storage_domain_place(const struct vdc_storage_domain *domain, const char *volume,
			     struct vdc_arena *arena, char **ret, struct vdc_err *err);

/* By its sector size and alignment, which must go with its format and with each other: -EINVAL. A
 * domain that has no format recorded is judged by those two alone. */
int vdc_storage_domain_geometry(const struct vdc_storage_domain *domain,
				struct vdc_lease_geometry *ret, struct vdc_err *err);

/*
 * The domain as a host has it that has the number HOST_ID and whose sanlock runs as SANLOCK_NAME (NULL:
 * any); nothing observed. -EINVAL also: that number has no room in it.
 */
int vdc_storage_domain_lockspace(const struct vdc_storage_domain *domain, int64_t host_id,
				 const char *sanlock_name, struct vdc_arena *arena,
				 struct vdc_lockspace **ret, struct vdc_err *err);

/* The domain by what such a host knows of it, and the presets for what it was not told; borrows its texts. */
struct vdc_storage_domain *vdc_lockspace_domain(const struct vdc_lockspace *space,
						struct vdc_arena *arena);

/*
 * Whether hosts of its data centre are to be in its lockspace: data domains that are attached, also
 * while nobody reaches them, so that hosts go in as soon as somebody does; not in maintenance.
 */
bool vdc_storage_domain_is_shared(const struct vdc_storage_domain *domain);

/* The highest host id that it serves: what its geometry holds, and where hosts ask for space through
 * its mailbox what that has pages for. */
int64_t vdc_storage_domain_most_hosts(const struct vdc_storage_domain *domain,
				      const struct vdc_lease_geometry *geometry);

/* Whether a volume at PATH on a host is one of it, by where its volumes lie. */
bool vdc_storage_domain_holds(const struct vdc_storage_domain *domain, const char *path);
