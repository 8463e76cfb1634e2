/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cluster_update.h"

#include "model/cluster.h"
#include "model/fields.h"

const struct vdc_enum vdc_support_values = {
	.name = "support",
	VDC_WORD_LIST("supported", "unsupported", "unknown"),
};

#define NOUN struct vdc_cluster_update
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the cluster"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_LISTED, .title = "CLUSTER", .help = "its name"),
	VDC_F_ENUM(support, vdc_support_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "whether the versions of its hosts go together"),
	VDC_F_ENUM(approval, vdc_update_approval_values, VDC_LISTED,
		   .help = "whether updates wait for somebody's approval"),
	VDC_F_TEXT(channel, VDC_LISTED, .help = "channel that offers updates"),
	VDC_F_INT(pending, VDC_LISTED, .help = "updates that were found"),
	VDC_F_INT(approved, VDC_LISTED, .help = "updates that were approved"),
	VDC_F_INT(running, VDC_LISTED, .help = "updates that are being carried out"),
	VDC_F_INT(failed, VDC_LISTED, .help = "updates that failed"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why it is not supported"),
};

const struct vdc_kind vdc_cluster_update_kind = VDC_KIND(
	"cluster_update", "cluster_updates", "cluster-update", "a cluster as its updates see it");
