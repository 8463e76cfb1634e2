/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fs.h"

#include "base/attr.h"

/* statfs(2); those that <linux/magic.h> does not have are from the file systems' own sources. */
static const struct {
	unsigned type;
	const char *name;
} network[] = {
	{ 0x00006969, "NFS" },	  { 0x0000517b, "SMB" },   { 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB2" },	  { 0x01021997, "9p" },	   { 0x00c36400, "Ceph" },
	{ 0x01161970, "GFS2" },	  { 0x7461636f, "OCFS2" }, { 0x0bd00bd0, "Lustre" },
	{ 0x5346414f, "AFS" },	  { 0x6b414653, "AFS" },   { 0x73757245, "Coda" },
	{ 0x19830326, "BeeGFS" }, { 0x47504653, "GPFS" },  { 0x0000564c, "NCP" },
};

const char *vdc_fs_network(long type)
{
	size_t i;

	for (i = 0; i < VDC_COUNT(network); i++)
		if (network[i].type == (unsigned)type)
			return network[i].name;
	return NULL;
}
