/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/affinity.h"
#include "model/cluster.h"
#include "model/fields.h"

#define NOUN struct vdc_affinity_group
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(cluster, vdc_cluster_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "cluster that it belongs to"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "unique in its cluster"),
	VDC_F_DESCRIPTION(),
	VDC_F_BOOL(vms_enabled, VDC_REQUIRED | VDC_LISTED, .path = "vms_rule/enabled",
		   .preset = "true", .help = "it has a rule between its VMs"),
	VDC_F_BOOL(vms_positive, VDC_REQUIRED | VDC_LISTED, .path = "vms_rule/positive",
		   .older = "positive", .preset = "true",
		   .help = "its VMs run on the same host, otherwise on different ones"),
	VDC_F_BOOL(vms_enforcing, VDC_REQUIRED, .path = "vms_rule/enforcing", .older = "enforcing",
		   .preset = "false", .help = "that is a must, otherwise a wish"),
	VDC_F_BOOL(hosts_enabled, VDC_REQUIRED | VDC_LISTED, .path = "hosts_rule/enabled",
		   .preset = "false", .help = "it has a rule between its VMs and its hosts"),
	VDC_F_BOOL(hosts_positive, VDC_REQUIRED | VDC_LISTED, .path = "hosts_rule/positive",
		   .preset = "true",
		   .help = "its VMs run on its hosts, otherwise on no one of them"),
	VDC_F_BOOL(hosts_enforcing, VDC_REQUIRED, .path = "hosts_rule/enforcing", .preset = "false",
		   .help = "that is a must, otherwise a wish"),
};

const struct vdc_kind vdc_affinity_group_kind = VDC_KIND(
	"affinity_group", "affinity_groups", "affinity-group", "VMs that belong together or apart");
