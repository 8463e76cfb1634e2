/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/update.h"

#include "model/fields.h"
#include "model/host.h"

const struct vdc_enum vdc_component_values = {
	.name = "component",
	VDC_WORD_LIST("platform", "virtualization"),
	VDC_ALIASES("os=platform", "virt=virtualization"),
};

const struct vdc_enum vdc_update_status_values = {
	.name = "status of an update",
	VDC_WORD_LIST("pending", "approved", "running", "done", "failed", "superseded"),
};

#define NOUN struct vdc_update
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_UNIQUE_NAME(),
	VDC_F_REF(host, vdc_host_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART,
		  .help = "host that can get it"),
	VDC_F_ENUM(component, vdc_component_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "what is updated: platform or virtualization"),
	VDC_F_TEXT(installed, VDC_LISTED, .help = "version that the host has"),
	VDC_F_TEXT(version, VDC_REQUIRED | VDC_LISTED, .help = "version that it is offered"),
	VDC_F_TEXT(channel, VDC_LISTED, .help = "channel that leads there"),
	VDC_F_ENUM(status, vdc_update_status_values, VDC_REQUIRED | VDC_LISTED, .preset = "pending",
		   .help = "how far it is"),
	VDC_F_BOOL(needs_reboot, VDC_LISTED, .title = "REBOOT", .help = "the host must boot anew"),
	VDC_F_INT(package_count, VDC_LISTED, .title = "PACKAGES", VDC_RANGE(0, 1000000),
		  .help = "how many packages it has"),
	VDC_F_PROPERTIES(packages, "package name version", VDC_LONG,
			 .help = "its packages, with the versions that come"),
	VDC_F_TEXT(libvirt_version, 0, .help = "version of libvirt afterwards, where known"),
	VDC_F_TEXT(qemu_version, 0, .help = "version of QEMU afterwards, where known"),
	VDC_F_TIME(found, VDC_REQUIRED, .help = "when it was found"),
	VDC_F_TEXT(approved_by, 0, .path = "approval/user", .help = "who approved it"),
	VDC_F_TIME(approved_time, 0, .path = "approval/time", .help = "when that was"),
	VDC_F_UUID(job_id, 0, .path = "job@id", .help = "job that carries it out"),
	VDC_F_TEXT(message, VDC_LISTED, .help = "what it waits for, or how it ended"),
};

const struct vdc_kind vdc_update_kind =
	VDC_KIND("update", "updates", "update", "an update that a host can get");
