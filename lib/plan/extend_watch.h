/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host that watches its thin disks makes of what its hypervisor tells, and of where their volumes
 * lie. Pure.
 */
#pragma once

#include <stdbool.h>

#include "model/storage_domain.h"

/* Of an event of edge/libvirt.h. */
enum vdc_extend_meaning {
	VDC_EXTEND_MEANS_NOTHING = 1,
	VDC_EXTEND_MEANS_PASSED,   /* a threshold */
	VDC_EXTEND_MEANS_NO_SPACE, /* the VM was paused */
	VDC_EXTEND_MEANS_STARTED,  /* a new process: nothing that was set is left */
	VDC_EXTEND_MEANS_READ,	   /* its disks or its state may be others now */
	VDC_EXTEND_MEANS_GONE,
	VDC_EXTEND_MEANS_ALL, /* events were lost: read all */
};
enum vdc_extend_meaning vdc_extend_meaning(const char *what, const char *detail);

/*
 * A logical volume, by the path of its device or, on hosts of vdsm, of a link to it:
 *
 *	/dev/GROUP/VOLUME	/dev/mapper/GROUP-VOLUME, in which a dash of a name is doubled
 *	/run/vdsm/storage/GROUP/IMAGE/VOLUME
 *	/rhev/data-center/.../GROUP/images/IMAGE/VOLUME
 */
enum { VDC_EXTEND_NAME_LEN = 127 }; /* LVM's own limit */

struct vdc_extend_place {
	char group[VDC_EXTEND_NAME_LEN + 1];
	char volume[VDC_EXTEND_NAME_LEN + 1];
};

/* What of a storage domain became another. BEFORE NULL: it was not known. */
struct vdc_extend_change {
	bool figures;  /* by which its volumes are extended, or the way to the manager */
	bool larger;   /* it has more space than it had: perhaps a LUN that is to be looked for */
	int64_t space; /* enum vdc_storage_space, if that changed; 0: it did not */
};
struct vdc_extend_change vdc_extend_change_of(const struct vdc_storage_domain *before,
					      const struct vdc_storage_domain *after);

/* False: it is none, and nothing that could be grown. */
bool vdc_extend_place(const char *path, struct vdc_extend_place *ret);
