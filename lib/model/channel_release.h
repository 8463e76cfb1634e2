/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Releases of a channel: for each component a graph of versions in which each has one successor, the
 * release that replaces it or skips it. What the graph means: plan/update_channel.h.
 */
#pragma once

#include "model/update.h"

struct vdc_channel_release {
	char *id;
	char *name;
	char *channel;
	int64_t component; /* enum vdc_component */
	char *version;
	char *replaces; /* NULL: the channel begins here */
	char *skips;	/* versions that are not offered any more: those who have them go on here */
	char *platform; /* virtualization: the least version of the platform that it runs on */
	char *libvirt_version;
	char *qemu_version;
};

extern const struct vdc_kind vdc_channel_release_kind;
