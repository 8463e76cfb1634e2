/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/channel_release.h"

#include "model/fields.h"

#define NOUN struct vdc_channel_release
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_UNIQUE_NAME(),
	VDC_F_TEXT(channel, VDC_REQUIRED | VDC_LISTED, .preset = "stable",
		   .help = "channel that has it"),
	VDC_F_ENUM(component, vdc_component_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "what it is a release of: platform or virtualization"),
	VDC_F_TEXT(version, VDC_REQUIRED | VDC_LISTED, .help = "its version"),
	VDC_F_TEXT(replaces, VDC_LISTED, .help = "version that it is the successor of"),
	VDC_F_WORDS(skips, "version", VDC_LISTED,
		    .help = "versions that nobody gets any more; those who have them go on here"),
	VDC_F_TEXT(platform, VDC_LISTED,
		   .help = "least version of the platform that virtualization of it needs"),
	VDC_F_TEXT(libvirt_version, 0, .help = "version of libvirt in it, where known"),
	VDC_F_TEXT(qemu_version, 0, .help = "version of QEMU in it, where known"),
};

const struct vdc_kind vdc_channel_release_kind =
	VDC_KIND("channel_release", "channel_releases", "channel-release",
		 "a release that a channel offers");
