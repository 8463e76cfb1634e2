/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains as wholes. */
#include "plan/image_codes_part.h"

static const struct vdc_image_code codes[] = {
	{
		.id = VDC_IMAGE_DOMAIN_UNWELL,
		.code = "DOMAIN_UNWELL",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the storage says of a domain that it is not whole",
		.cause = "a device of its volume group is missing, or its metadata is damaged",
		.repair = "look at the devices of the volume group (vgs, pvs) on a host",
		.never = "run vgreduce --removemissing",
	},
	{
		.id = VDC_IMAGE_DOMAIN_ID_MISSING,
		.code = "DOMAIN_ID_MISSING",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the metadata of a domain does not say which domain it is",
		.cause = "metadata that was edited by hand, a tag that was lost, a write that was "
			 "interrupted",
		.repair = "compare with the metadata of another domain and with the database, and "
			  "write SDUUID and the checksum again; hosts refuse the domain until then",
		.never = "format the domain because hosts do not know it",
	},
	{
		.id = VDC_IMAGE_DOMAIN_CHECKSUM_WRONG,
		.code = "DOMAIN_CHECKSUM_WRONG",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the metadata of a domain is not what its checksum says",
		.cause = "metadata that was edited by hand, a write that was interrupted",
		.repair = "compare the lines with those of another domain and with the database; "
			  "hosts refuse the domain until the sum is right",
		.never = "write the sum anew before every line was looked at",
	},
	{
		.id = VDC_IMAGE_DOMAIN_METADATA_FULL,
		.code = "DOMAIN_METADATA_FULL",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_DOMAIN,
		.what = "LVM has little room left for the metadata of a volume group",
		.cause = "many volumes, or volumes in many pieces",
		.repair = "remove old snapshots, or move disks to another domain",
		.never = "wait for it to be full: no volume can be made, extended or removed then",
	},
	{
		.id = VDC_IMAGE_METADATA_AREAS_WRONG,
		.code = "METADATA_AREAS_WRONG",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the metadata of a volume group is not on the one device that it must be on",
		.cause = "a device that was added or cleared with LVM by hand, a damaged beginning of "
			 "the first device",
		.repair = "compare pvs -o pv_name,pv_mda_count,pv_mda_used_count with another "
			  "domain, and correct it with pvchange --metadataignore",
		.never = "remove a device from the group before its metadata is somewhere else",
	},
	{
		.id = VDC_IMAGE_DOMAIN_NOT_IN_DATABASE,
		.code = "DOMAIN_NOT_IN_DATABASE",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the database does not know a domain",
		.cause = "it was detached, or belongs to another data centre",
		.repair = "add it to the inventory, or leave it out of the check",
		.never = "remove what is on it because the database has none of it",
	},
	{
		.id = VDC_IMAGE_DOMAIN_FORMAT_DIFFERS,
		.code = "DOMAIN_FORMAT_DIFFERS",
		.severity = VDC_FINDING_WARNING,
		.group = VDC_IMAGE_DOMAIN,
		.what = "storage and database have another metadata format for a domain",
		.cause = "an upgrade of the domain's format that ended on one side only",
		.repair = "the storage is right: correct the database",
		.never = "set the storage to the older one",
	},
	{
		.id = VDC_IMAGE_MASTER_DIFFERS,
		.code = "MASTER_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "storage and database do not agree whether a domain is the master of its "
			"data centre",
		.cause = "a change of the master that was interrupted",
		.repair = "have the storage pool manager elected again, then look once more",
		.never = "mark one by hand while a host is storage pool manager",
	},
	{
		.id = VDC_IMAGE_MASTER_VERSION_DIFFERS,
		.code = "MASTER_VERSION_DIFFERS",
		.severity = VDC_FINDING_ERROR,
		.group = VDC_IMAGE_DOMAIN,
		.what = "storage and database have another version of the master of a data centre",
		.cause = "a change of the master that was interrupted, a database or a domain that "
			 "was restored from a backup",
		.repair = "the higher one is newer; let the manager reconstruct the master",
		.never = "lower the version on the storage: hosts take an old master for the master "
			 "then",
	},
	{
		.id = VDC_IMAGE_POOL_MAP_DIFFERS,
		.code = "POOL_MAP_DIFFERS",
		.severity = VDC_FINDING_INFO,
		.group = VDC_IMAGE_DOMAIN,
		.what = "the map of the data centre's domains that the master holds is not what the "
			"database says",
		.cause = "hosts since format V3 go by the manager's map, and leave the old one as it "
			 "was; otherwise a domain that was attached or detached half-way",
		.repair = "none is needed unless hosts of the data centre are older than that",
	},
	{
		.id = VDC_IMAGE_SEVERAL_MASTERS,
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

const struct image_topic image_codes_domain = { codes, VDC_COUNT(codes) };
