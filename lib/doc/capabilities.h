/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host's capabilities as libvirt writes them (libvirt.org/formatcaps.html,
 * formatdomaincaps.html) -> host.
 */
#pragma once

#include "model/host.h"

/* Fills what the XML says into HOST and leaves the rest alone; texts live in ARENA. -EBADMSG: not
 * capabilities. */
int vdc_capabilities_read(const char *xml, struct vdc_arena *arena, struct vdc_host *host,
			  struct vdc_err *err);

/* CPU models that VMs can have on that host. */
int vdc_domain_capabilities_read(const char *xml, struct vdc_arena *arena, struct vdc_host *host,
				 struct vdc_err *err);
