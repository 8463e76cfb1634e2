/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leases and the places of metadata. */
#include "plan/image_codes_part.h"

static const struct vdc_image_code codes[] = {
	{
		.id = VDC_IMAGE_SLOT_SHARED,
		.code = "SLOT_SHARED",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_LEASES,
		.what = "two volumes have the same place for their metadata and their lease",
		.cause = "two hosts allocated a place at the same time, or tags were edited by "
			 "hand",
		.repair = "give one of them another free place, and write its metadata again",
		.never = "start or remove either of the disks: each writes over the other's "
			 "metadata",
	},
	{
		.id = VDC_IMAGE_SLOT_OUT_OF_RANGE,
		.code = "SLOT_OUT_OF_RANGE",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the place for the metadata of a volume lies where none can be",
		.cause = "a tag that was edited by hand",
		.repair = "give it a free place, and write its metadata again",
		.never = "write there: it is somebody else's",
	},
	{
		.id = VDC_IMAGE_LEASE_MISSING,
		.code = "LEASE_MISSING",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "a volume has no lease where its lease must be",
		.cause = "a creation that was interrupted, a lease area that was damaged",
		.repair = "write the lease again (sanlock direct init) while the disk is not used",
	},
	{
		.id = VDC_IMAGE_LEASE_OF_OTHER,
		.code = "LEASE_OF_OTHER",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the lease of a volume is in the name of another one",
		.cause = "the remains of a volume that had the place before, of a merge or of a "
			 "shared place",
		.repair = "write the lease again (sanlock direct init) while the disk is not used",
		.never = "write it while an operation on either of the disks goes on",
	},
	{
		.id = VDC_IMAGE_LEASE_LEFTOVER,
		.code = "LEASE_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "a lease is in the name of a volume that is not there",
		.cause = "the removal of a volume that was interrupted after the volume was gone",
		.repair = "none is needed: the place is written again when it is used",
	},
	{
		.id = VDC_IMAGE_VM_LEASE_INDEX_DAMAGED,
		.code = "VM_LEASE_INDEX_DAMAGED",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the index of the leases of virtual machines, or an entry of it, cannot be "
			"read",
		.cause = "a rebuild of it that was interrupted, a volume that was written over",
		.repair = "rebuild the index on the storage pool manager (vdsm-client Lease rebuild "
			  "does so) while no lease is added or removed",
		.never = "format it while VMs with leases run: they may be started a second time",
	},
	{
		.id = VDC_IMAGE_VM_LEASE_UNLISTED,
		.code = "VM_LEASE_UNLISTED",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "there is a lease of a virtual machine that the index does not have",
		.cause = "its creation or removal was interrupted between index and lease",
		.repair = "rebuild the index, which clears it, when no host runs a VM of this id",
	},
	{
		.id = VDC_IMAGE_VM_LEASE_OF_OTHER,
		.code = "VM_LEASE_OF_OTHER",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the index has a lease of a virtual machine, and none or another one is in "
			"its place",
		.cause = "its creation was interrupted, or the place was written over",
		.repair = "rebuild the index, which writes the lease again, while the VM is off",
		.never = "start the VM by hand without its lease: it may run twice",
	},
	{
		.id = VDC_IMAGE_VM_LEASE_UNFINISHED,
		.code = "VM_LEASE_UNFINISHED",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "whoever changed the lease of a virtual machine did not come to the end",
		.cause = "the storage pool manager was stopped while it did",
		.repair = "remove the lease of the VM and add it again",
	},
	{
		.id = VDC_IMAGE_VM_LEASE_MISSING,
		.code = "VM_LEASE_MISSING",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the database says that a virtual machine has its lease here, and there "
			"is none",
		.cause = "a database that was restored from a backup, a domain that was",
		.repair = "remove the lease of the VM and add it again, while it is off",
		.never = "start it by hand without: it may run twice",
	},
	{
		.id = VDC_IMAGE_VM_LEASE_LEFTOVER,
		.code = "VM_LEASE_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "a lease is there for a virtual machine that has none here",
		.cause = "the removal of the VM or of its lease was interrupted",
		.repair = "remove the lease when no host runs a VM of this id",
	},
};

const struct image_topic image_codes_lease = { codes, VDC_COUNT(codes) };
