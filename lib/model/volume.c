/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/volume.h"

#include "model/disk.h"
#include "model/fields.h"
#include "model/storage_domain.h"

const struct vdc_enum vdc_allocation_values = {
	.name = "allocation",
	VDC_WORD_LIST("preallocated", "sparse"),
	VDC_ALIASES("thin=sparse", "1=preallocated", "2=sparse"),
};

const struct vdc_enum vdc_voltype_values = {
	.name = "place in the chain",
	VDC_WORD_LIST("leaf", "internal", "shared"),
};

const struct vdc_enum vdc_legality_values = {
	.name = "legality",
	VDC_WORD_LIST("legal", "illegal", "fake"),
};

/* Parent and snapshot are no references: a chain that is broken must be recorded as it is. */
#define NOUN struct vdc_volume
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(disk, vdc_disk_kind, VDC_LISTED | VDC_PART, .help = "disk that it is a layer of"),
	VDC_F_UUID(image, 0, .help = "image on the storage; the disk's id where they agree"),
	VDC_F_REF(storage_domain, vdc_storage_domain_kind, VDC_REQUIRED | VDC_LISTED | VDC_CASCADE,
		  .help = "storage domain that holds it"),
	VDC_F_WORDS(copies, "storage_domain@id", 0,
		    .help = "further storage domains with a copy of it (templates)"),
	VDC_F_UUID(parent, VDC_LISTED, .path = "parent@id", .help = "layer below; none: the base"),
	VDC_F_UUID(snapshot, 0, .path = "snapshot@id", .help = "snapshot whose state it holds"),
	VDC_F_TEXT(description, 0, .help = "text in its metadata"),
	VDC_F_BOOL(active, VDC_OBSERVED, .help = "the layer that is written"),
	VDC_F_ENUM(status, vdc_disk_status_values, VDC_REQUIRED | VDC_LISTED, .preset = "ok",
		   .help = "ok, locked or illegal"),
	VDC_F_BYTES(capacity, VDC_LISTED, .help = "size that the guest sees"),
	VDC_F_BYTES(size, VDC_OBSERVED | VDC_LISTED, .help = "size of the file or logical volume"),
	VDC_F_BYTES(actual_size, VDC_OBSERVED, .help = "space that it takes"),
	VDC_F_ENUM(format, vdc_disk_format_values, VDC_LISTED, .help = "cow (qcow2) or raw"),
	VDC_F_ENUM(allocation, vdc_allocation_values, 0, .help = "sparse or preallocated"),
	VDC_F_ENUM(voltype, vdc_voltype_values, 0, .help = "leaf, internal or shared"),
	VDC_F_ENUM(legality, vdc_legality_values, 0, .help = "legal or illegal"),
	VDC_F_ENUM(content_type, vdc_disk_content_type_values, 0, .help = "what it holds"),
	VDC_F_ENUM(qcow_compat, vdc_qcow_version_values, 0, .help = "version of the qcow2 format"),
	VDC_F_INT(sequence, 0, VDC_RANGE(0, UINT32_MAX),
		  .help = "number in the chain, growing to the leaf"),
	VDC_F_INT(generation, 0, VDC_RANGE(0, 999),
		  .help = "changes with every storage operation on it, 0 to 999"),
	VDC_F_TIME(created, VDC_OBSERVED, .help = "when it was made"),
	VDC_F_TEXT(path, VDC_OBSERVED, .help = "file or logical volume"),
};

const struct vdc_kind vdc_volume_kind =
	VDC_KIND("volume", "volumes", "volume", "one layer of a disk on a storage domain");
