/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/storage_domain.h"

#include "model/data_center.h"
#include "model/fields.h"
#include "model/host.h"

#define NOUN struct vdc_storage_domain
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_UNIQUE_NAME(),
	VDC_F_DESCRIPTION(),
	VDC_F_COMMENT(),
	VDC_F_REF(data_center, vdc_data_center_kind, VDC_LISTED | VDC_CASCADE,
		  .older = "data_centers/data_center",
		  .help = "data centre that it is attached to"),
	VDC_F_ENUM(type, vdc_storage_domain_type_values, VDC_REQUIRED | VDC_LISTED,
		   .preset = "data", .help = "what it holds"),
	VDC_F_BOOL(master, VDC_REQUIRED | VDC_LISTED, .preset = "false",
		   .help = "holds the lease of the storage pool manager"),
	VDC_F_ENUM(status, vdc_storage_domain_status_values, VDC_REQUIRED | VDC_LISTED,
		   .older = "status/state", .preset = "unknown",
		   .help = "whether hosts reach it and may use it"),
	VDC_F_TIME(inactive_since, VDC_OBSERVED, .help = "since when no host reaches it"),
	VDC_F_ENUM(external_status, vdc_external_status_values, 0, .older = "external_status/state",
		   .help = "health as another system reports it"),
	VDC_F_ENUM(storage_type, vdc_storage_type_values, VDC_LISTED, .path = "storage/type",
		   .older = "storage@type", .help = "how it is reached"),
	VDC_F_TEXT(storage_address, 0, .path = "storage/address", .help = "its server"),
	VDC_F_TEXT(storage_path, 0, .path = "storage/path",
		   .help = "exported directory, or the directory on the hosts of a local one"),
	VDC_F_TEXT(mount_options, 0, .path = "storage/mount_options", .help = "options of mount"),
	VDC_F_TEXT(vfs_type, 0, .path = "storage/vfs_type", .help = "file system of a posixfs"),
	VDC_F_TEXT(mount_point, 0, .path = "storage/mount_point",
		   .help = "directory of the domain on every host"),
	VDC_F_TEXT(volume_group, 0, .path = "storage/volume_group@id",
		   .help = "volume group of a block domain; without one: the domain's id"),
	VDC_F_ENUM(storage_format, vdc_storage_format_values, VDC_LISTED,
		   .help = "format of its metadata: v1 to v5"),
	VDC_F_INT(block_size, VDC_REQUIRED, .preset = "512", VDC_RANGE(512, 4096),
		  .help = "sector size: 512 or 4096"),
	VDC_F_BYTES(alignment, VDC_REQUIRED, .preset = "1M", .help = "size of one lease area"),
	VDC_F_INT(io_timeout, VDC_REQUIRED, .preset = "10", VDC_RANGE(1, 60),
		  .help = "seconds of sanlock's I/O time-out, from which all its times follow"),
	VDC_F_BYTES(available, VDC_OBSERVED | VDC_LISTED, .help = "free space"),
	VDC_F_BYTES(used, VDC_OBSERVED | VDC_LISTED, .help = "space in use"),
	VDC_F_BYTES(committed, VDC_OBSERVED, .help = "space that its disks may come to need"),
	VDC_F_ENUM(space, vdc_storage_space_values, VDC_OBSERVED,
		   .help = "whether its free space is below its limits"),
	VDC_F_INT(warning_low_space_indicator, VDC_REQUIRED, .preset = "10", VDC_RANGE(0, 100),
		  .help = "percent of free space below which a warning is given"),
	VDC_F_INT(critical_space_action_blocker, VDC_REQUIRED, .preset = "5", VDC_RANGE(0, 1000000),
		  .help = "GiB of free space below which nothing new is stored"),
	VDC_F_BYTES(extend_chunk, VDC_REQUIRED, .path = "extend/chunk", .preset = "2560M",
		    .help = "what a thin volume grows by"),
	VDC_F_INT(extend_percent, VDC_REQUIRED, .path = "extend/percent", .preset = "20",
		  VDC_RANGE(1, 99),
		  .help = "percent of the chunk that is used up when a volume is extended"),
	VDC_F_ENUM(extend_transport, vdc_extend_transport_values, VDC_REQUIRED,
		   .path = "extend/transport", .preset = "mailbox",
		   .help = "how hosts ask for extensions: mailbox or database"),
	VDC_F_BOOL(thin_backend, VDC_OBSERVED, .help = "the storage behind it is thin by itself"),
	VDC_F_BOOL(backup, VDC_REQUIRED, .preset = "false",
		   .help = "holds backups; no VM runs on it"),
};

const struct vdc_kind vdc_storage_domain_kind =
	VDC_KIND("storage_domain", "storage_domains", "storage-domain",
		 "shared storage that holds disks and leases");
