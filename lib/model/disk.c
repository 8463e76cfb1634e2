/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/disk.h"

#include "model/fields.h"
#include "model/storage_domain.h"

const struct vdc_enum vdc_disk_status_values = {
	.name = "disk status",
	VDC_WORD_LIST("ok", "locked", "illegal"),
};

const struct vdc_enum vdc_disk_format_values = {
	.name = "disk format",
	VDC_WORD_LIST("cow", "raw"),
	VDC_ALIASES("qcow2=cow"),
};

const struct vdc_enum vdc_qcow_version_values = {
	.name = "qcow2 version",
	VDC_WORD_LIST("qcow2_v2", "qcow2_v3"),
	VDC_ALIASES("0.10=qcow2_v2", "1.1=qcow2_v3"),
};

const struct vdc_enum vdc_disk_storage_type_values = {
	.name = "storage type of disks",
	VDC_WORD_LIST("image", "lun", "cinder", "managed_block_storage"),
};

const struct vdc_enum vdc_disk_content_type_values = {
	.name = "content type",
	VDC_WORD_LIST("data", "ovf_store", "memory_dump_volume", "memory_metadata_volume", "iso",
		      "hosted_engine", "hosted_engine_sanlock", "hosted_engine_metadata",
		      "hosted_engine_configuration", "backup_scratch"),
	/* as the storage's own metadata says it */
	VDC_ALIASES("ovfs=ovf_store", "memd=memory_dump_volume", "memm=memory_metadata_volume",
		    "isof=iso", "hevd=hosted_engine", "hesd=hosted_engine_sanlock",
		    "hemd=hosted_engine_metadata", "heci=hosted_engine_configuration",
		    "scrd=backup_scratch", "1=data", "2=data"),
};

const struct vdc_enum vdc_disk_backup_values = {
	.name = "backup mode",
	VDC_WORD_LIST("none", "incremental"),
};

#define NOUN struct vdc_disk
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_TEXT(name, VDC_LISTED, .older = "alias", .help = "its alias; need not be unique"),
	VDC_F_DESCRIPTION(),
	VDC_F_REF(storage_domain, vdc_storage_domain_kind, VDC_LISTED | VDC_CASCADE,
		  .path = "storage_domains/storage_domain", .older = "storage_domain",
		  .help = "storage domain that holds it"),
	VDC_F_UUID(image_id, VDC_OBSERVED, .help = "volume that is written now"),
	VDC_F_TEXT(path, VDC_OBSERVED, .help = "file or device on the hosts"),
	VDC_F_BOOL(local, VDC_OBSERVED, .help = "only one host reaches it"),
	VDC_F_BYTES(provisioned_size, VDC_LISTED, .older = "size", .title = "SIZE",
		    .help = "size that the guest sees"),
	VDC_F_BYTES(actual_size, VDC_OBSERVED | VDC_LISTED, .title = "ACTUAL",
		    .help = "space that it takes"),
	VDC_F_BYTES(total_size, VDC_OBSERVED, .help = "space with all its snapshots"),
	VDC_F_ENUM(status, vdc_disk_status_values, VDC_REQUIRED | VDC_LISTED,
		   .older = "status/state", .preset = "ok", .help = "ok, locked or illegal"),
	VDC_F_ENUM(format, vdc_disk_format_values, VDC_LISTED, .help = "cow (qcow2) or raw"),
	VDC_F_ENUM(qcow_version, vdc_qcow_version_values, 0, .help = "version of the qcow2 format"),
	VDC_F_BOOL(sparse, 0, .help = "space is taken as it is written"),
	VDC_F_BOOL(shareable, VDC_REQUIRED, .preset = "false",
		   .help = "several VMs may write to it"),
	VDC_F_ENUM(storage_type, vdc_disk_storage_type_values, VDC_REQUIRED, .preset = "image",
		   .help = "what it is on the storage"),
	VDC_F_ENUM(content_type, vdc_disk_content_type_values, VDC_REQUIRED, .preset = "data",
		   .help = "what it holds"),
	VDC_F_ENUM(backup, vdc_disk_backup_values, 0, .help = "whether backups can be incremental"),
	VDC_F_TIME(seen, VDC_OBSERVED, .help = "when it was last seen on a host"),
	VDC_F_TIME(lost_since, VDC_OBSERVED, .help = "since when no host shows it"),
};

const struct vdc_kind vdc_disk_kind =
	VDC_KIND("disk", "disks", "disk", "a disk of virtual machines");
