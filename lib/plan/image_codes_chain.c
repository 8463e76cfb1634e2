/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What volumes are to each other. */
#include "plan/image_codes_part.h"

static const struct vdc_image_code codes[] = {
	{
		.id = VDC_IMAGE_CHAIN_LOOP,
		.code = "CHAIN_LOOP",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "volumes are based on each other in a circle",
		.cause = "metadata that was edited by hand or written to the wrong slot",
		.repair = "qemu-img info of each volume shows the real backing files; write those "
			  "into the metadata",
		.never = "start the VM, merge or remove a snapshot",
	},
	{
		.id = VDC_IMAGE_CHAIN_FORK,
		.code = "CHAIN_FORK",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "two volumes are based on one that only one may be based on",
		.cause = "a preview or a merge that was interrupted, a volume that was restored "
			 "beside its successor",
		.repair = "find out which of them the VM uses; the other one is left over",
		.never = "merge downwards: it changes what the other one is based on",
	},
	{
		.id = VDC_IMAGE_PARENT_MISSING,
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
	{
		.id = VDC_IMAGE_PARENT_OF_OTHER_IMAGE,
		.code = "PARENT_OF_OTHER_IMAGE",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is based on one of another disk which is not a template",
		.cause = "metadata that was edited by hand, a template that lost its mark",
		.repair = "if the parent belongs to a template, mark it SHARED; else qemu-img info "
			  "shows the real backing file",
		.never = "remove the other disk before",
	},
	{
		.id = VDC_IMAGE_CHAIN_IN_PIECES,
		.code = "CHAIN_IN_PIECES",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "the volumes of a disk are several chains instead of one",
		.cause = "a copy that failed, a volume of an older state that came back",
		.repair = "find out which chain the VM uses; the rest is left over",
		.never = "remove a piece before the other one was checked from leaf to base",
	},
	{
		.id = VDC_IMAGE_NO_LEAF,
		.code = "NO_LEAF",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "no volume of the disk is the one that is written to",
		.cause = "a snapshot or merge that was interrupted, or the leaf is lost",
		.repair =
			"if the topmost volume is the right one, mark it LEAF; else find the lost "
			"one",
		.never = "start the VM before",
	},
	{
		.id = VDC_IMAGE_SEVERAL_LEAVES,
		.code = "SEVERAL_LEAVES",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "several volumes of the disk are marked as the one that is written to",
		.cause = "a snapshot that was interrupted, or a preview that was not ended",
		.repair =
			"the database says which one the VM uses; if no preview is open the other "
			"one is left over",
		.never = "remove one before it is clear which one the VM wrote to last",
	},
	{
		.id = VDC_IMAGE_LEAF_WITH_CHILD,
		.code = "LEAF_WITH_CHILD",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is marked as the top of its chain and another one is based on "
			"it",
		.cause = "a snapshot that was interrupted between its two steps",
		.repair =
			"if the upper volume holds data, mark the lower one INTERNAL; else remove "
			"the upper one",
		.never = "let a VM write to it: that destroys what is above",
	},
	{
		.id = VDC_IMAGE_INTERNAL_WITHOUT_CHILD,
		.code = "INTERNAL_WITHOUT_CHILD",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is marked as one in the middle of a chain and nothing is based "
			"on it",
		.cause = "its upper volume is lost, or a snapshot was interrupted",
		.repair =
			"search all domains for what was above; if there never was anything, mark "
			"it LEAF",
		.never = "mark it LEAF before: the VM would start from an old state",
	},
	{
		.id = VDC_IMAGE_SHARED_WITH_PARENT,
		.code = "SHARED_WITH_PARENT",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume of a template is based on another volume",
		.cause = "metadata that was edited by hand, a template whose creation was "
			 "interrupted",
		.repair = "qemu-img info shows whether it has a backing file; correct the metadata",
	},
	{
		.id = VDC_IMAGE_CHILD_NOT_COW,
		.code = "CHILD_NOT_COW",
		.severity = VDC_FINDING_DATA_LOSS_RISK,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume has a parent and its format is not qcow2, which alone can have "
			"one",
		.cause = "metadata that was written to the wrong slot or edited by hand",
		.repair = "qemu-img info shows what it is; correct format or parent",
		.never = "start the VM: a qcow2 image that is opened as raw is written over",
	},
	{
		.id = VDC_IMAGE_CAPACITY_BELOW_PARENT,
		.code = "CAPACITY_BELOW_PARENT",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_CHAINS,
		.what = "a volume is smaller than the one that it is based on",
		.cause = "an extension that was interrupted, or a smaller disk that was made of a "
			 "template",
		.repair = "extend the disk to the size of the parent",
		.never = "merge it: what lies behind its end is cut off",
	},
	{
		.id = VDC_IMAGE_SEQUENCE_NOT_GROWING,
		.code = "SEQUENCE_NOT_GROWING",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_CHAINS,
		.what = "the numbers of the volumes of a chain do not grow towards its top",
		.cause = "volumes that were restored or copied from another state",
		.repair = "compare the order of the chain with the dates of the snapshots",
	},
	{
		.id = VDC_IMAGE_ILLEGAL_IN_CHAIN,
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
	{
		.id = VDC_IMAGE_ILLEGAL_ON_BOTH_SIDES,
		.code = "ILLEGAL_ON_BOTH_SIDES",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_CHAINS,
		.what = "storage and database agree that a volume is not to be used",
		.cause = "the removal of a snapshot failed and was not tried again",
		.repair = "remove the snapshot again",
	},
};

const struct image_topic image_codes_chain = { codes, VDC_COUNT(codes) };
