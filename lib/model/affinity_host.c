/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/affinity.h"
#include "model/fields.h"
#include "model/host.h"

#define NOUN struct vdc_affinity_host
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(affinity_group, vdc_affinity_group_kind,
		  VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART, .help = "affinity group"),
	VDC_F_REF(host, vdc_host_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "host in it"),
};

const struct vdc_kind vdc_affinity_host_kind =
	VDC_KIND("affinity_host", "affinity_hosts", "affinity-host", "a host in an affinity group");
