/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume by itself. */
#include "plan/image_codes_part.h"

static const struct vdc_image_code codes[] = {
	{
		.id = VDC_IMAGE_METADATA_INVALID,
		.code = "METADATA_INVALID",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the metadata of a volume, or its size, cannot be read",
		.cause = "metadata that was zeroed or never written, a lost tag, a storage error",
		.repair = "read the metadata itself; it can be written again from the database and "
			  "qemu-img info",
		.never = "remove the volume because of it: its data may be whole",
	},
	{
		.id = VDC_IMAGE_METADATA_MISSING,
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
	{
		.id = VDC_IMAGE_DATA_MISSING,
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
	{
		.id = VDC_IMAGE_METADATA_ODD,
		.code = "METADATA_ODD",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a value in the metadata of a volume makes no sense",
		.cause = "another version wrote it, or it was edited by hand",
		.repair = "look at the volume's record and compare with those of its neighbours",
	},
	{
		.id = VDC_IMAGE_METADATA_FOREIGN,
		.code = "METADATA_FOREIGN",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the metadata of a volume names another domain",
		.cause = "a volume that was copied by hand, stale data in its slot",
		.repair = "compare image and parent with the database, then write the metadata "
			  "again",
		.never = "remove the volume of the other domain because of it",
	},
	{
		.id = VDC_IMAGE_METADATA_STALE,
		.code = "METADATA_STALE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the metadata of a volume is older than its logical volume",
		.cause = "its slot still holds what an earlier volume wrote there, or was restored "
			 "from a backup",
		.repair =
			"qemu-img info shows size, format and backing file, the database the rest; "
			"write the metadata again",
		.never = "merge or copy the volume before: sizes and parent are another one's",
	},
	{
		.id = VDC_IMAGE_TAG_IMAGE_DIFFERS,
		.code = "TAG_IMAGE_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the tag of a logical volume names another image than its metadata",
		.cause = "tags that were edited by hand, stale data in the slot of the metadata, a "
			 "slot that two volumes share",
		.repair =
			"the other volumes of both images and the database show where it belongs; "
			"correct what is wrong",
		.never = "remove either of the images: hosts go by the tag and take the wrong one",
	},
	{
		.id = VDC_IMAGE_TAG_PARENT_DIFFERS,
		.code = "TAG_PARENT_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "the tag of a logical volume names another parent than its metadata",
		.cause = "a merge or rebase that was interrupted between the two, tags that were "
			 "edited by hand",
		.repair =
			"qemu-img info shows the real backing file; the metadata counts for hosts",
		.never = "remove a snapshot of the disk before",
	},
	{
		.id = VDC_IMAGE_CREATION_LEFTOVER,
		.code = "CREATION_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the creation of a volume began and did not end",
		.cause = "the host that made it was stopped or lost the storage",
		.repair =
			"if nothing creates it any more, remove the logical volume on the storage "
			"pool manager",
		.never = "remove it on another host: only the manager changes the volume group",
	},
	{
		.id = VDC_IMAGE_TOLD_TWICE,
		.code = "TOLD_TWICE",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume is told of twice by the same source, and both times as its own",
		.cause = "two directories or images that hold a volume of one name",
		.repair = "look at both; the database says to which image it belongs",
	},
	{
		.id = VDC_IMAGE_TRUNCATED,
		.code = "TRUNCATED",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a raw volume is shorter than the disk that the guest sees",
		.cause = "a copy or extension that was interrupted, a file that was cut off",
		.repair = "extend the volume; what was behind its end must come from a backup",
		.never = "extend the guest's file system first",
	},
	{
		.id = VDC_IMAGE_HEADER_DAMAGED,
		.code = "HEADER_DAMAGED",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the header of a qcow2 image makes no sense, or says that QEMU found "
			"damage",
		.cause = "a storage error, an image that two hosts had open at once",
		.repair = "copy the volume away, then look with qemu-img check",
		.never = "start the VM before: QEMU refuses it, or makes it worse",
	},
	{
		.id = VDC_IMAGE_HEADER_FORMAT_DIFFERS,
		.code = "HEADER_FORMAT_DIFFERS",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume is not of the format that its metadata says",
		.cause = "a conversion that was interrupted, metadata that was edited by hand",
		.repair = "if qemu-img info and the guest's data agree, correct the metadata",
		.never = "start the VM: a qcow2 image that is opened as raw is written over",
	},
	{
		.id = VDC_IMAGE_HEADER_PARENT_DIFFERS,
		.code = "HEADER_PARENT_DIFFERS",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume's real backing file is another one than its metadata says",
		.cause = "a merge or rebase that was interrupted",
		.repair = "find out in the logs which step came last, and bring the metadata in "
			  "line with the header",
		.never = "start the VM, merge or remove a snapshot before",
	},
	{
		.id = VDC_IMAGE_HEADER_CAPACITY_DIFFERS,
		.code = "HEADER_CAPACITY_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a qcow2 image has another size than its metadata says",
		.cause = "an extension that was interrupted",
		.repair = "extend the disk once more while the guest is off, which sets both",
		.never = "shrink the image to what the metadata says",
	},
	{
		.id = VDC_IMAGE_DAMAGED,
		.code = "IMAGE_DAMAGED",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_VOLUMES,
		.what = "qemu-img check finds errors in the tables of a qcow2 image",
		.cause = "a storage error, a host that lost its power, an image that two hosts "
			 "had open at once",
		.repair = "copy the whole chain away, repair the copy with qemu-img check -r all, "
			  "and compare the guest's data with a backup",
		.never = "repair the only copy, or start the VM from it",
	},
	{
		.id = VDC_IMAGE_LEAKED,
		.code = "IMAGE_LEAKED",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a qcow2 image takes space that nothing in it refers to",
		.cause = "QEMU that was killed while it wrote",
		.repair = "nothing needs to be done; qemu-img check -r leaks frees it while the "
			  "VM is off",
	},
	{
		.id = VDC_IMAGE_NOT_CLOSED,
		.code = "IMAGE_NOT_CLOSED",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a qcow2 image was opened for writing with lazy reference counts and not "
			"closed",
		.cause = "the VM or its host was stopped hard; while a VM runs it is so, too",
		.repair =
			"none is needed: QEMU counts anew when it opens the image for writing next",
		.never = "resize or amend the image by other programs before",
	},
	{
		.id = VDC_IMAGE_BITMAPS_STALE,
		.code = "BITMAPS_STALE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the bitmaps of a qcow2 image do not know what was written to it",
		.cause = "a program wrote to it that knows no bitmaps, such as an old QEMU",
		.repair =
			"remove the bitmaps (qemu-img bitmap --remove) and make the next backup a "
			"full one",
		.never = "make an incremental backup by them: it would lack what was written",
	},
	{
		.id = VDC_IMAGE_BITMAPS_IN_USE,
		.code = "BITMAPS_IN_USE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "bitmaps of a qcow2 image are marked as in use, and nobody uses the image",
		.cause =
			"the VM or its host was stopped hard: what the bitmaps had in memory is lost",
		.repair =
			"remove the bitmaps (qemu-img bitmap --remove) and make the next backup a "
			"full one",
		.never =
			"take a failed incremental backup as a reason to repair the image: its data "
			"is whole",
	},
	{
		.id = VDC_IMAGE_SIZE_ABOVE_LIMIT,
		.code = "SIZE_ABOVE_LIMIT",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a thin volume is larger than its data can ever be",
		.cause = "it was extended although it was at its limit already",
		.repair = "reduce the volume while its VM is off",
	},
	{
		.id = VDC_IMAGE_RAW_SPARSE_ON_BLOCK,
		.code = "RAW_SPARSE_ON_BLOCK",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a raw volume on a block domain is marked as sparse, which it cannot be",
		.cause = "metadata of another domain, or edited by hand",
		.repair = "qemu-img info shows its format; correct format or type",
	},
	{
		.id = VDC_IMAGE_DESCRIPTION_TRUNCATED,
		.code = "DESCRIPTION_TRUNCATED",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the description of a volume is JSON that is cut off",
		.cause = "it was longer than the 210 characters that the metadata has room for",
		.repair = "give the disk a shorter description",
	},
	{
		.id = VDC_IMAGE_CREATION_TIME_WRONG,
		.code = "CREATION_TIME_WRONG",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume was created at no time or in the future",
		.cause = "a host whose clock is wrong, metadata that was written again by hand",
		.repair = "check the clocks of the hosts; the value itself harms nothing",
	},
	{
		.id = VDC_IMAGE_REMOVAL_LEFTOVER,
		.code = "REMOVAL_LEFTOVER",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a volume was renamed for its removal and is still there",
		.cause = "the removal was interrupted, or still wipes it",
		.repair = "if nothing removes it for an hour, have the manager remove it again",
		.never = "take it as a backup: parts of it may be wiped",
	},
	{
		.id = VDC_IMAGE_STRAY_FILE,
		.code = "STRAY_FILE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a file or folder among the images belongs to no volume",
		.cause =
			"a copy that somebody made by hand, metadata that was being written when its "
			"host was stopped",
		.repair = "find out whose it is, and move it to where it belongs",
		.never = "remove it before: it may be the only copy of something",
	},
	{
		.id = VDC_IMAGE_OWNER_DIFFERS,
		.code = "OWNER_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_VOLUMES,
		.what = "a file of a volume belongs to another user or group than its domain, which "
			"is vdsm's",
		.cause = "a copy that root made by hand, a host whose libvirt changes the owner of "
			 "images",
		.repair = "give it to the owner of dom_md/metadata while no VM uses the disk",
		.never = "let everybody write to it instead",
	},
	{
		.id = VDC_IMAGE_MODE_WRONG,
		.code = "MODE_WRONG",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_VOLUMES,
		.what = "the mode of a volume's file keeps hosts from using it, or lets everybody "
			"write to it",
		.cause = "a copy or a chmod that somebody made by hand",
		.repair = "give it the mode of its neighbours: 0660, a template's 0440, metadata "
			  "0644",
	},
	{
		.id = VDC_IMAGE_ON_SEVERAL_DOMAINS,
		.code = "VOLUME_ON_SEVERAL_DOMAINS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "a volume that is no template's lies on several domains",
		.cause = "a move of the disk between domains that failed or is not finished",
		.repair =
			"the database says where it belongs; compare both chains before the other "
			"one is removed",
		.never = "start the VM from the copy that it does not use now",
	},
	{
		.id = VDC_IMAGE_CHAINS_DIFFER,
		.code = "CHAINS_DIFFER",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "a disk has volumes on two domains, and they are not the same chain",
		.cause =
			"a move of the disk of a running VM that failed, and snapshots that were made "
			"or removed since then",
		.repair =
			"the database says where the disk belongs, and libvirt which files the VM "
			"uses; the other chain is left over once both were compared",
		.never = "copy volumes from one domain to the other to make them alike",
	},
};

const struct image_topic image_codes_volume = { codes, VDC_COUNT(codes) };
