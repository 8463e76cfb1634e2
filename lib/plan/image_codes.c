/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/image_codes.h"

#include "model/kind.h"

const struct vdc_image_code vdc_image_codes[VDC_IMAGE_N_CODES] = {
	[VDC_IMAGE_ONLY_ON_STORAGE] = {
		.code = "VOLUME_ONLY_ON_STORAGE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_MISSING,
		.what = "a volume is on the storage and the database does not know it",
		.cause = "a deletion that failed half-way, a database restored from an old backup, "
			 "an image that was copied there by hand",
		.repair = "find out whose image it is; register the disk if somebody needs it, else "
			 "remove it through the manager",
		.never = "delete it before a backup of the database was searched for it: "
			 "after a restore it may be somebody's newest data",
	},
	[VDC_IMAGE_ONLY_IN_DATABASE] = {
		.code = "VOLUME_ONLY_IN_DATABASE",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_MISSING,
		.what = "the database has a volume that the storage does not hold",
		.cause = "a creation that failed, a volume that was removed by hand, a merge whose "
			 "end the database missed, a database restored from a backup",
		.repair = "look in the events for the last operation on the disk; if it was a "
			 "merge, sync the chain; else restore the disk from a backup",
		.never = "start the VM or delete its snapshots before that is clear",
	},
	[VDC_IMAGE_DOMAIN_DIFFERS] = {
		.code = "DOMAIN_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "domain",
		.what = "a volume lies on another domain than the database says",
		.cause = "a move of the disk between domains that failed after the copy, or whose "
			 "end the database missed",
		.repair = "compare both chains, then have the move done again or correct the "
			 "database",
		.never = "remove one of the copies before the other one was checked",
	},
	[VDC_IMAGE_CAPACITY_DIFFERS] = {
		.code = "CAPACITY_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "capacity",
		.what = "storage and database have another size for a volume",
		.cause = "an extension of the disk that ended on one side only, or a size that was "
			 "rounded when an old disk was imported",
		.repair = "a small difference is harmless; otherwise let the guest be off and "
			 "extend the disk once more, which sets both",
		.never = "shrink the volume to the size of the database",
	},
	[VDC_IMAGE_PARENT_DIFFERS] = {
		.code = "PARENT_DIFFERS",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "parent",
		.what = "storage and database name another volume below this one",
		.cause = "a merge or a removal of a snapshot that was interrupted",
		.repair = "look with qemu-img info which one is the real backing file, and bring "
			 "the other side in line",
		.never = "start the VM or remove a snapshot of it before: a wrong chain "
			 "corrupts the disk",
	},
	[VDC_IMAGE_IMAGE_DIFFERS] = {
		.code = "IMAGE_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "image",
		.what = "storage and database count a volume to another disk",
		.cause = "metadata that was repaired by hand, a slot that two volumes share",
		.repair = "compare the other volumes of both disks; the chain shows where it "
			 "belongs",
		.never = "remove either disk before",
	},
	[VDC_IMAGE_FORMAT_DIFFERS] = {
		.code = "FORMAT_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "format",
		.what = "storage and database have another format for a volume",
		.cause = "a conversion or import that ended on one side only",
		.repair = "qemu-img info shows what it is; correct the side that is wrong",
		.never = "start the VM: a qcow2 image that is opened as raw is written over",
	},
	[VDC_IMAGE_ALLOCATION_DIFFERS] = {
		.code = "ALLOCATION_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "type",
		.what = "storage and database do not agree whether a volume is preallocated",
		.cause = "a copy or sparsifying that changed it on one side",
		.repair = "correct the database; the data is not touched by it",
		.never = "rely on its space being reserved until then",
	},
	[VDC_IMAGE_LEGALITY_DIFFERS] = {
		.code = "LEGALITY_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "legality",
		.what = "storage and database do not agree whether a volume may be used",
		.cause = "the removal of a snapshot failed: the volume was marked on the storage "
			 "first",
		.repair = "have the snapshot removed again, which goes on where it stopped",
		.never = "set it to LEGAL by hand before its chain was compared",
	},
	[VDC_IMAGE_VOLTYPE_DIFFERS] = {
		.code = "VOLTYPE_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "voltype",
		.what = "storage and database do not agree on a volume's place in the chain",
		.cause = "a snapshot or a merge that ended on one side only",
		.repair = "look which volume the VM writes to (virsh domblklist, qemu-img info) and "
			 "bring the other side in line",
		.never = "start the VM from the volume below its newest one: what was "
			 "written since is then lost",
	},
	[VDC_IMAGE_CONTENT_TYPE_DIFFERS] = {
		.code = "CONTENT_TYPE_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "disktype",
		.what = "storage and database have another kind of content for a volume",
		.cause = "disks of old versions, and those of a hosted engine",
		.repair = "correct the database if it is a data disk; otherwise ignore it with a "
			 "reason",
	},
	[VDC_IMAGE_DESCRIPTION_DIFFERS] = {
		.code = "DESCRIPTION_DIFFERS",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "description",
		.what = "storage and database describe a volume differently",
		.cause = "the disk was renamed while the domain was away",
		.repair = "none is needed; to edit the disk's description writes both",
	},
	[VDC_IMAGE_SEQUENCE_DIFFERS] = {
		.code = "SEQUENCE_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "sequence",
		.what = "storage and database count a volume differently in its chain",
		.cause = "a snapshot that failed after one side had counted",
		.repair = "compare the order of the chain on both sides; if it is the same, correct "
			 "the database",
	},
	[VDC_IMAGE_ACTUAL_SIZE_DIFFERS] = {
		.code = "ACTUAL_SIZE_DIFFERS",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "truesize",
		.what = "storage and database have another figure for the space that a volume "
			 "takes",
		.cause = "the volume grew since its size was last recorded",
		.repair = "none is needed; it is recorded again by itself",
	},
	[VDC_IMAGE_QCOW_COMPAT_DIFFERS] = {
		.code = "QCOW_COMPAT_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "qcow_compat",
		.what = "storage and database have another version of the qcow2 format for a "
			 "volume",
		.cause = "an amendment of the disk that ended on one side only",
		.repair = "the header is right: correct the database",
	},
	[VDC_IMAGE_ROW_WITHOUT_DISK] = {
		.code = "ROW_WITHOUT_DISK",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "the database has a volume that belongs to no disk",
		.cause = "the removal of a disk that ended half-way",
		.repair = "compare with the storage; remove the row when the volume is gone",
	},
	[VDC_IMAGE_ACTIVE_COUNT] = {
		.code = "ACTIVE_COUNT",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "a disk does not have exactly one volume that is written to, by the "
			 "database",
		.cause = "a snapshot, preview or merge whose end the database missed",
		.repair = "look which volume is the leaf on the storage and mark that one",
		.never = "start the VM before: it would write into a snapshot",
	},
	[VDC_IMAGE_CHAIN_LOOP] = {
		.code = "CHAIN_LOOP",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "volumes are based on each other in a circle",
		.cause = "metadata that was edited by hand or written to the wrong slot",
		.repair = "qemu-img info of each volume shows the real backing files; write those "
			 "into the metadata",
		.never = "start the VM, merge or remove a snapshot",
	},
	[VDC_IMAGE_CHAIN_FORK] = {
		.code = "CHAIN_FORK",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "two volumes are based on one that only one may be based on",
		.cause = "a preview or a merge that was interrupted, a volume that was restored "
			 "beside its successor",
		.repair = "find out which of them the VM uses; the other one is left over",
		.never = "merge downwards: it changes what the other one is based on",
	},
	[VDC_IMAGE_PARENT_MISSING] = {
		.code = "PARENT_MISSING",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "the volume that this one is based on is not there",
		.cause = "a volume was removed by hand, or a merge was interrupted after the "
			 "removal",
		.repair = "search all domains and the backups for the parent; if it was merged, "
			 "qemu-img info shows the new backing file",
		.never = "rebase it with qemu-img rebase -u onto something else: that makes "
			 "the loss final",
	},
	[VDC_IMAGE_PARENT_OF_OTHER_IMAGE] = {
		.code = "PARENT_OF_OTHER_IMAGE",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is based on one of another disk which is not a template",
		.cause = "metadata that was edited by hand, a template that lost its mark",
		.repair = "if the parent belongs to a template, mark it SHARED; else qemu-img info "
			 "shows the real backing file",
		.never = "remove the other disk before",
	},
	[VDC_IMAGE_CHAIN_IN_PIECES] = {
		.code = "CHAIN_IN_PIECES",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "the volumes of a disk are several chains instead of one",
		.cause = "a copy that failed, a volume of an older state that came back",
		.repair = "find out which chain the VM uses; the rest is left over",
		.never = "remove a piece before the other one was checked from leaf to base",
	},
	[VDC_IMAGE_NO_LEAF] = {
		.code = "NO_LEAF",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "no volume of the disk is the one that is written to",
		.cause = "a snapshot or merge that was interrupted, or the leaf is lost",
		.repair = "if the topmost volume is the right one, mark it LEAF; else find the lost "
			 "one",
		.never = "start the VM before",
	},
	[VDC_IMAGE_SEVERAL_LEAVES] = {
		.code = "SEVERAL_LEAVES",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "several volumes of the disk are marked as the one that is written to",
		.cause = "a snapshot that was interrupted, or a preview that was not ended",
		.repair = "the database says which one the VM uses; if no preview is open the other "
			 "one is left over",
		.never = "remove one before it is clear which one the VM wrote to last",
	},
	[VDC_IMAGE_LEAF_WITH_CHILD] = {
		.code = "LEAF_WITH_CHILD",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is marked as the top of its chain and another one is based on "
			 "it",
		.cause = "a snapshot that was interrupted between its two steps",
		.repair = "if the upper volume holds data, mark the lower one INTERNAL; else remove "
			 "the upper one",
		.never = "let a VM write to it: that destroys what is above",
	},
	[VDC_IMAGE_INTERNAL_WITHOUT_CHILD] = {
		.code = "INTERNAL_WITHOUT_CHILD",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is marked as one in the middle of a chain and nothing is based "
			 "on it",
		.cause = "its upper volume is lost, or a snapshot was interrupted",
		.repair = "search all domains for what was above; if there never was anything, mark "
			 "it LEAF",
		.never = "mark it LEAF before: the VM would start from an old state",
	},
	[VDC_IMAGE_SHARED_WITH_PARENT] = {
		.code = "SHARED_WITH_PARENT",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume of a template is based on another volume",
		.cause = "metadata that was edited by hand, a template whose creation was "
			 "interrupted",
		.repair = "qemu-img info shows whether it has a backing file; correct the metadata",
	},
	[VDC_IMAGE_CHILD_NOT_COW] = {
		.code = "CHILD_NOT_COW",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume has a parent and its format is not qcow2, which alone can have "
			 "one",
		.cause = "metadata that was written to the wrong slot or edited by hand",
		.repair = "qemu-img info shows what it is; correct format or parent",
		.never = "start the VM: a qcow2 image that is opened as raw is written over",
	},
	[VDC_IMAGE_CAPACITY_BELOW_PARENT] = {
		.code = "CAPACITY_BELOW_PARENT",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is smaller than the one that it is based on",
		.cause = "an extension that was interrupted, or a smaller disk that was made of a "
			 "template",
		.repair = "extend the disk to the size of the parent",
		.never = "merge it: what lies behind its end is cut off",
	},
	[VDC_IMAGE_SEQUENCE_NOT_GROWING] = {
		.code = "SEQUENCE_NOT_GROWING",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_CHAINS,
		.what = "the numbers of the volumes of a chain do not grow towards its top",
		.cause = "volumes that were restored or copied from another state",
		.repair = "compare the order of the chain with the dates of the snapshots",
	},
	[VDC_IMAGE_ILLEGAL_IN_CHAIN] = {
		.code = "ILLEGAL_IN_CHAIN",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume with others on top of it is marked as not to be used, and the "
			 "database does not know",
		.cause = "the removal of a snapshot failed after the merge",
		.repair = "remove the snapshot again, which ends what was begun",
		.never = "start the VM by marking it LEGAL before the chain was compared "
			 "with qemu-img info",
	},
	[VDC_IMAGE_ILLEGAL_ON_BOTH_SIDES] = {
		.code = "ILLEGAL_ON_BOTH_SIDES",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_CHAINS,
		.what = "storage and database agree that a volume is not to be used",
		.cause = "the removal of a snapshot failed and was not tried again",
		.repair = "remove the snapshot again",
	},
	[VDC_IMAGE_METADATA_INVALID] = {
		.code = "METADATA_INVALID",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the metadata of a volume, or its size, cannot be read",
		.cause = "metadata that was zeroed or never written, a lost tag, a storage error",
		.repair = "read the metadata itself; it can be written again from the database and "
			 "qemu-img info",
		.never = "remove the volume because of it: its data may be whole",
	},
	[VDC_IMAGE_METADATA_MISSING] = {
		.code = "METADATA_MISSING",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume has no metadata",
		.cause = "a creation that was interrupted, a copy of the storage without the .meta "
			 "files",
		.repair = "compare with the database; metadata can be written again from it and "
			 "qemu-img info",
		.never = "remove the volume because of it: its data may be whole",
	},
	[VDC_IMAGE_DATA_MISSING] = {
		.code = "DATA_MISSING",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "there is metadata of a volume, and no volume",
		.cause = "a volume that was removed by hand, or a removal that was interrupted",
		.repair = "if the database has it, restore it from a backup; else remove what is "
			 "left",
		.never = "make an empty volume of its name: what is based on it would be damaged "
			 "for good",
	},
	[VDC_IMAGE_METADATA_ODD] = {
		.code = "METADATA_ODD",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a value in the metadata of a volume makes no sense",
		.cause = "another version wrote it, or it was edited by hand",
		.repair = "look at the volume's record and compare with those of its neighbours",
	},
	[VDC_IMAGE_METADATA_FOREIGN] = {
		.code = "METADATA_FOREIGN",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the metadata of a volume names another domain",
		.cause = "a volume that was copied by hand, stale data in its slot",
		.repair = "compare image and parent with the database, then write the metadata "
			 "again",
		.never = "remove the volume of the other domain because of it",
	},
	[VDC_IMAGE_TOLD_TWICE] = {
		.code = "TOLD_TWICE",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume is told of twice by the same source, and both times as its own",
		.cause = "two directories or images that hold a volume of one name",
		.repair = "look at both; the database says to which image it belongs",
	},
	[VDC_IMAGE_TRUNCATED] = {
		.code = "TRUNCATED",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a raw volume is shorter than the disk that the guest sees",
		.cause = "a copy or extension that was interrupted, a file that was cut off",
		.repair = "extend the volume; what was behind its end must come from a backup",
		.never = "extend the guest's file system first",
	},
	[VDC_IMAGE_HEADER_DAMAGED] = {
		.code = "HEADER_DAMAGED",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the header of a qcow2 image makes no sense, or says that QEMU found "
			 "damage",
		.cause = "a storage error, an image that two hosts had open at once",
		.repair = "copy the volume away, then look with qemu-img check",
		.never = "start the VM before: QEMU refuses it, or makes it worse",
	},
	[VDC_IMAGE_HEADER_FORMAT_DIFFERS] = {
		.code = "HEADER_FORMAT_DIFFERS",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume is not of the format that its metadata says",
		.cause = "a conversion that was interrupted, metadata that was edited by hand",
		.repair = "if qemu-img info and the guest's data agree, correct the metadata",
		.never = "start the VM: a qcow2 image that is opened as raw is written over",
	},
	[VDC_IMAGE_HEADER_PARENT_DIFFERS] = {
		.code = "HEADER_PARENT_DIFFERS",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume's real backing file is another one than its metadata says",
		.cause = "a merge or rebase that was interrupted",
		.repair = "find out in the logs which step came last, and bring the metadata in "
			 "line with the header",
		.never = "start the VM, merge or remove a snapshot before",
	},
	[VDC_IMAGE_HEADER_CAPACITY_DIFFERS] = {
		.code = "HEADER_CAPACITY_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a qcow2 image has another size than its metadata says",
		.cause = "an extension that was interrupted",
		.repair = "extend the disk once more while the guest is off, which sets both",
		.never = "shrink the image to what the metadata says",
	},
	[VDC_IMAGE_SIZE_ABOVE_LIMIT] = {
		.code = "SIZE_ABOVE_LIMIT",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a thin volume is larger than its data can ever be",
		.cause = "it was extended although it was at its limit already",
		.repair = "reduce the volume while its VM is off",
	},
	[VDC_IMAGE_RAW_SPARSE_ON_BLOCK] = {
		.code = "RAW_SPARSE_ON_BLOCK",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a raw volume on a block domain is marked as sparse, which it cannot be",
		.cause = "metadata of another domain, or edited by hand",
		.repair = "qemu-img info shows its format; correct format or type",
	},
	[VDC_IMAGE_DESCRIPTION_TRUNCATED] = {
		.code = "DESCRIPTION_TRUNCATED",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the description of a volume is JSON that is cut off",
		.cause = "it was longer than the 210 characters that the metadata has room for",
		.repair = "give the disk a shorter description",
	},
	[VDC_IMAGE_CREATION_TIME_WRONG] = {
		.code = "CREATION_TIME_WRONG",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume was created at no time or in the future",
		.cause = "a host whose clock is wrong, metadata that was written again by hand",
		.repair = "check the clocks of the hosts; the value itself harms nothing",
	},
	[VDC_IMAGE_REMOVAL_LEFTOVER] = {
		.code = "REMOVAL_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume was renamed for its removal and is still there",
		.cause = "the removal was interrupted, or still wipes it",
		.repair = "if nothing removes it for an hour, have the manager remove it again",
		.never = "take it as a backup: parts of it may be wiped",
	},
	[VDC_IMAGE_ON_SEVERAL_DOMAINS] = {
		.code = "VOLUME_ON_SEVERAL_DOMAINS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "a volume that is no template's lies on several domains",
		.cause = "a move of the disk between domains that failed or is not finished",
		.repair = "the database says where it belongs; compare both chains before the other "
			 "one is removed",
		.never = "start the VM from the copy that it does not use now",
	},
	[VDC_IMAGE_SLOT_SHARED] = {
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
	[VDC_IMAGE_SLOT_OUT_OF_RANGE] = {
		.code = "SLOT_OUT_OF_RANGE",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the place for the metadata of a volume lies where none can be",
		.cause = "a tag that was edited by hand",
		.repair = "give it a free place, and write its metadata again",
		.never = "write there: it is somebody else's",
	},
	[VDC_IMAGE_LEASE_MISSING] = {
		.code = "LEASE_MISSING",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "a volume has no lease where its lease must be",
		.cause = "a creation that was interrupted, a lease area that was damaged",
		.repair = "write the lease again (sanlock direct init) while the disk is not used",
	},
	[VDC_IMAGE_LEASE_OF_OTHER] = {
		.code = "LEASE_OF_OTHER",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the lease of a volume is in the name of another one",
		.cause = "the remains of a volume that had the place before, of a merge or of a "
			 "shared place",
		.repair = "write the lease again (sanlock direct init) while the disk is not used",
		.never = "write it while an operation on either of the disks goes on",
	},
	[VDC_IMAGE_LEASE_LEFTOVER] = {
		.code = "LEASE_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "a lease is in the name of a volume that is not there",
		.cause = "the removal of a volume that was interrupted after the volume was gone",
		.repair = "none is needed: the place is written again when it is used",
	},
	[VDC_IMAGE_VM_LEASE_UNFINISHED] = {
		.code = "VM_LEASE_UNFINISHED",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "whoever changed the lease of a virtual machine did not come to the end",
		.cause = "the storage pool manager was stopped while it did",
		.repair = "remove the lease of the VM and add it again",
	},
	[VDC_IMAGE_VM_LEASE_MISSING] = {
		.code = "VM_LEASE_MISSING",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_LEASES,
		.what = "the database says that a virtual machine has its lease here, and there "
			 "is none",
		.cause = "a database that was restored from a backup, a domain that was",
		.repair = "remove the lease of the VM and add it again, while it is off",
		.never = "start it by hand without: it may run twice",
	},
	[VDC_IMAGE_VM_LEASE_LEFTOVER] = {
		.code = "VM_LEASE_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_LEASES,
		.what = "a lease is there for a virtual machine that has none here",
		.cause = "the removal of the VM or of its lease was interrupted",
		.repair = "remove the lease when no host runs a VM of this id",
	},
	[VDC_IMAGE_DOMAIN_UNWELL] = {
		.code = "DOMAIN_UNWELL",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the storage says of a domain that it is not whole",
		.cause = "a device of its volume group is missing, or its metadata is damaged",
		.repair = "look at the devices of the volume group (vgs, pvs) on a host",
		.never = "run vgreduce --removemissing",
	},
	[VDC_IMAGE_DOMAIN_NOT_IN_DATABASE] = {
		.code = "DOMAIN_NOT_IN_DATABASE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the database does not know a domain",
		.cause = "it was detached, or belongs to another data centre",
		.repair = "add it to the inventory, or leave it out of the check",
		.never = "remove what is on it because the database has none of it",
	},
	[VDC_IMAGE_DOMAIN_FORMAT_DIFFERS] = {
		.code = "DOMAIN_FORMAT_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_DOMAIN,
		.what = "storage and database have another metadata format for a domain",
		.cause = "an upgrade of the domain's format that ended on one side only",
		.repair = "the storage is right: correct the database",
		.never = "set the storage to the older one",
	},
	[VDC_IMAGE_MASTER_DIFFERS] = {
		.code = "MASTER_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "storage and database do not agree whether a domain is the master of its "
			 "data centre",
		.cause = "a change of the master that was interrupted",
		.repair = "have the storage pool manager elected again, then look once more",
		.never = "mark one by hand while a host is storage pool manager",
	},
	[VDC_IMAGE_SEVERAL_MASTERS] = {
		.code = "SEVERAL_MASTERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "several domains of one data centre say that they are its master",
		.cause = "a change of the master that was interrupted, or a domain that came back "
			 "from a copy of the storage",
		.repair = "the one with the higher master version is right; reconstruct the master "
			 "from the manager",
		.never = "attach hosts to the other one",
	},
};

const struct vdc_image_code *vdc_image_code_find(const char *name)
{
	for (size_t i = 0; i < VDC_IMAGE_N_CODES; i++)
		if (vdc_word_equal(vdc_image_codes[i].code, name))
			return &vdc_image_codes[i];
	return NULL;
}
