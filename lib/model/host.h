/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host: a machine that runs virtual machines under libvirt. */
#pragma once

#include "model/kind.h"

/* oVirt's names; what each means stands in man vdc-utils(7). */
enum vdc_host_status {
	VDC_HOST_UNASSIGNED,
	VDC_HOST_DOWN,
	VDC_HOST_MAINTENANCE,
	VDC_HOST_UP,
	VDC_HOST_NON_RESPONSIVE,
	VDC_HOST_ERROR,
	VDC_HOST_INSTALLING,
	VDC_HOST_INSTALL_FAILED,
	VDC_HOST_REBOOT,
	VDC_HOST_PREPARING_FOR_MAINTENANCE,
	VDC_HOST_NON_OPERATIONAL,
	VDC_HOST_PENDING_APPROVAL,
	VDC_HOST_INITIALIZING,
	VDC_HOST_CONNECTING,
	VDC_HOST_INSTALLING_OS,
	VDC_HOST_KDUMPING,
};

struct vdc_host {
	char *id;
	char *name;
	char *comment;
	struct vdc_ref cluster;
	char *address;	   /* name or address under which other hosts and we reach it */
	char *libvirt_uri; /* NULL: qemu+ssh://root@ADDRESS/system */
	char *rsh_address; /* NULL: ADDRESS */
	int64_t status;	   /* enum vdc_host_status */
	char *status_detail;
	/* ... the rest of the attributes, in the order of the field table */
};

extern const struct vdc_kind vdc_host_kind;
