/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/thin_domain.h"

#include "model/fields.h"

static const struct vdc_enum state_values = {
	.name = "space of a storage domain",
	VDC_WORD_LIST("fine", "over_committed", "low", "critical", "unknown"),
};

#define NOUN struct vdc_thin_domain
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .title = "DOMAIN",
		   .help = "name of the storage domain"),
	VDC_F_ENUM(state, state_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "fine, over_committed, low or critical (by its limits), or unknown"),
	VDC_F_BYTES(size, VDC_LISTED, .help = "what it has"),
	VDC_F_BYTES(allocated, VDC_LISTED, .help = "what is taken of it"),
	VDC_F_BYTES(available, VDC_LISTED, .title = "FREE", .help = "what is left"),
	VDC_F_BYTES(committed, VDC_LISTED, .help = "what its disks may come to need"),
	VDC_F_INT(percent, VDC_LISTED, .title = "%",
		  .help = "percent of its size that is committed"),
	VDC_F_INT(disks, VDC_REQUIRED, .help = "thin disks that VMs write to"),
	VDC_F_BYTES(rate, VDC_LISTED, .title = "PER-SECOND",
		    .help = "bytes by which these grow in a second"),
	VDC_F_INT(seconds_left, VDC_LISTED, .title = "SECONDS",
		  .help = "until nothing is left at that rate"),
	VDC_F_BOOL(thin_backend, 0, .help = "the storage behind it is thin by itself"),
	VDC_F_TEXT(note, 0, .help = "what is to be known about the storage behind it"),
};

const struct vdc_kind vdc_thin_domain_kind =
	VDC_KIND("thin_domain", "thin_domains", "thin-domain",
		 "what a storage domain has and may come to need");
