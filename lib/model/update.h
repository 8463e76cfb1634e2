/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An update that a host can get, as it was found: one of its platform (the operating system), one of
 * its virtualization packages (QEMU, libvirt). What was found never changes: when the host is offered
 * something else the next time, that is another update, and supersedes this one.
 */
#pragma once

#include "model/kind.h"

enum vdc_component {
	VDC_COMPONENT_PLATFORM = 1,
	VDC_COMPONENT_VIRTUALIZATION,
};

enum vdc_update_status {
	VDC_UPDATE_PENDING = 1,
	VDC_UPDATE_APPROVED,
	VDC_UPDATE_RUNNING,
	VDC_UPDATE_DONE,
	VDC_UPDATE_FAILED,
	VDC_UPDATE_SUPERSEDED, /* by a newer one, or it is not offered any more */
};

struct vdc_update {
	char *id;
	char *name; /* the beginning of its id: what is typed */
	struct vdc_ref host;
	int64_t component; /* enum vdc_component */
	char *installed;   /* version that the host has */
	char *version;	   /* version that it is offered */
	char *channel;
	int64_t status; /* enum vdc_update_status */
	int64_t needs_reboot;
	int64_t package_count;
	char *packages;
	char *libvirt_version;
	char *qemu_version;
	int64_t found;
	char *approved_by;
	int64_t approved_time;
	char *job_id;
	char *message;
};

extern const struct vdc_kind vdc_update_kind;
extern const struct vdc_enum vdc_component_values;
extern const struct vdc_enum vdc_update_status_values;
