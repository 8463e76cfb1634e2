/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume in the database and on the storage. */
#include "plan/image_codes_part.h"

static const struct vdc_image_code codes[] = {
	{
		.id = VDC_IMAGE_ONLY_ON_STORAGE,
		.code = "VOLUME_ONLY_ON_STORAGE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_MISSING,
		.what = "a volume is on the storage and the database does not know it",
		.cause = "a deletion that failed half-way, a database restored from an old backup, "
			 "an image that was copied there by hand",
		.repair =
			"find out whose image it is; register the disk if somebody needs it, else "
			"remove it through the manager",
		.never = "delete it before a backup of the database was searched for it: "
			 "after a restore it may be somebody's newest data",
	},
	{
		.id = VDC_IMAGE_ONLY_IN_DATABASE,
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
	{
		.id = VDC_IMAGE_DOMAIN_DIFFERS,
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
	{
		.id = VDC_IMAGE_CAPACITY_DIFFERS,
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
	{
		.id = VDC_IMAGE_PARENT_DIFFERS,
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
	{
		.id = VDC_IMAGE_IMAGE_DIFFERS,
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
	{
		.id = VDC_IMAGE_FORMAT_DIFFERS,
		.code = "FORMAT_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "format",
		.what = "storage and database have another format for a volume",
		.cause = "a conversion or import that ended on one side only",
		.repair = "qemu-img info shows what it is; correct the side that is wrong",
		.never = "start the VM: a qcow2 image that is opened as raw is written over",
	},
	{
		.id = VDC_IMAGE_ALLOCATION_DIFFERS,
		.code = "ALLOCATION_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "type",
		.what = "storage and database do not agree whether a volume is preallocated",
		.cause = "a copy or sparsifying that changed it on one side",
		.repair = "correct the database; the data is not touched by it",
		.never = "rely on its space being reserved until then",
	},
	{
		.id = VDC_IMAGE_LEGALITY_DIFFERS,
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
	{
		.id = VDC_IMAGE_VOLTYPE_DIFFERS,
		.code = "VOLTYPE_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "voltype",
		.what = "storage and database do not agree on a volume's place in the chain",
		.cause = "a snapshot or a merge that ended on one side only",
		.repair =
			"look which volume the VM writes to (virsh domblklist, qemu-img info) and "
			"bring the other side in line",
		.never = "start the VM from the volume below its newest one: what was "
			 "written since is then lost",
	},
	{
		.id = VDC_IMAGE_CONTENT_TYPE_DIFFERS,
		.code = "CONTENT_TYPE_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "disktype",
		.what = "storage and database have another kind of content for a volume",
		.cause = "disks of old versions, and those of a hosted engine",
		.repair = "correct the database if it is a data disk; otherwise ignore it with a "
			  "reason",
	},
	{
		.id = VDC_IMAGE_DESCRIPTION_DIFFERS,
		.code = "DESCRIPTION_DIFFERS",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "description",
		.what = "storage and database describe a volume differently",
		.cause = "the disk was renamed while the domain was away",
		.repair = "none is needed; to edit the disk's description writes both",
	},
	{
		.id = VDC_IMAGE_SEQUENCE_DIFFERS,
		.code = "SEQUENCE_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "sequence",
		.what = "storage and database count a volume differently in its chain",
		.cause = "a snapshot that failed after one side had counted",
		.repair =
			"compare the order of the chain on both sides; if it is the same, correct "
			"the database",
	},
	{
		.id = VDC_IMAGE_ACTUAL_SIZE_DIFFERS,
		.code = "ACTUAL_SIZE_DIFFERS",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "truesize",
		.what = "storage and database have another figure for the space that a volume "
			"takes",
		.cause = "the volume grew since its size was last recorded",
		.repair = "none is needed; it is recorded again by itself",
	},
	{
		.id = VDC_IMAGE_QCOW_COMPAT_DIFFERS,
		.code = "QCOW_COMPAT_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.attribute = "qcow_compat",
		.what = "storage and database have another version of the qcow2 format for a "
			"volume",
		.cause = "an amendment of the disk that ended on one side only",
		.repair = "the header is right: correct the database",
	},
	{
		.id = VDC_IMAGE_ROW_WITHOUT_DISK,
		.code = "ROW_WITHOUT_DISK",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "the database has a volume that belongs to no disk",
		.cause = "the removal of a disk that ended half-way",
		.repair = "compare with the storage; remove the row when the volume is gone",
	},
	{
		.id = VDC_IMAGE_ACTIVE_COUNT,
		.code = "ACTIVE_COUNT",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "a disk does not have exactly one volume that is written to, by the "
			"database",
		.cause = "a snapshot, preview or merge whose end the database missed",
		.repair = "look which volume is the leaf on the storage and mark that one",
		.never = "start the VM before: it would write into a snapshot",
	},
	{
		.id = VDC_IMAGE_ROW_WITHOUT_DOMAIN,
		.code = "ROW_WITHOUT_DOMAIN",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "the database has a volume and does not say on which storage domain",
		.cause = "a move or the removal of a disk that ended half-way, a database that was "
			 "edited by hand",
		.repair =
			"search all domains for the volume: it belongs where its chain lies; if it "
			"is nowhere, see whether a backup has it before the row is removed",
		.never = "remove the volume from the storage because no domain is named",
	},
	{
		.id = VDC_IMAGE_SNAPSHOT_UNKNOWN,
		.code = "SNAPSHOT_UNKNOWN",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "a volume is the state of a snapshot that the database does not have",
		.cause =
			"the removal of a snapshot that ended half-way: its row went and its volume "
			"did not",
		.repair =
			"compare the chain with the snapshots of the VM; the volume is merged like "
			"that of a snapshot, or belongs to one that is there",
		.never = "remove the volume: what is on top of it needs it",
	},
	{
		.id = VDC_IMAGE_SNAPSHOT_WITHOUT_VOLUMES,
		.code = "SNAPSHOT_WITHOUT_VOLUMES",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_ATTRIBUTES,
		.what = "a snapshot has no volume, and others of its VM have",
		.cause =
			"a snapshot that was made without disks or whose disks were removed; or its "
			"creation or removal ended half-way",
		.repair = "if it should hold disks it cannot bring them back: remove the snapshot",
		.never = "count on it as on a backup",
	},
	{
		.id = VDC_IMAGE_LOCKED_WITHOUT_WORK,
		.code = "LOCKED_WITHOUT_WORK",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_ATTRIBUTES,
		.work = true,
		.what = "the engine's database has a volume locked, and no command, task or transfer "
			"works on its disk",
		.cause = "an engine that was stopped in the midst of an operation, a command whose "
			 "end was lost",
		.repair = "when nothing else is found for the disk, unlock it with the engine's "
			  "unlock_entity.sh; otherwise mend that first",
		.never =
			"unlock it before its chain was compared: the lock keeps VMs from starting "
			"on half of an operation",
	},
};

const struct image_topic image_codes_row = { codes, VDC_COUNT(codes) };
