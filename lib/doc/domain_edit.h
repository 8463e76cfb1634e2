/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing a definition of libvirt (libvirt.org/formatdomain.html) without touching anything else: the
 * text is edited where it has to be, so that addresses, aliases, and all that no program but libvirt
 * or the owner of the metadata understands stay byte for byte.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

/* The machine type of a definition; it lives in ARENA. -EBADMSG: not a domain with one. */
int vdc_domain_machine(const char *xml, struct vdc_arena *arena, const char **ret,
		       struct vdc_err *err);

/*
 * XML with MACHINE as its machine type. What libvirt gave addresses to keeps them, so MACHINE must
 * have the chipset that it had. *RET lives in ARENA. -EBADMSG: not a domain with a machine type;
 * -EINVAL: MACHINE is no word that could be a machine type.
 */
int vdc_domain_set_machine(const char *xml, const char *machine, struct vdc_arena *arena,
			   char **ret, struct vdc_err *err);

/*
 * The same for a type with another chipset: the addresses on the PCI bus and the controllers go that
 * the chipset brings, and libvirt makes new ones. MAC addresses and names stay.
 */
int vdc_domain_set_chipset(const char *xml, const char *machine, struct vdc_arena *arena,
			   char **ret, struct vdc_err *err);

enum vdc_domain_binding {
	VDC_DOMAIN_CPUS,    /* which CPUs of the host its own may use: cputune/vcpupin */
	VDC_DOMAIN_MEMORY,  /* which NUMA nodes of the host its memory is on: numatune */
	VDC_DOMAIN_DEVICES, /* devices of the host: hostdev, and interfaces that are one */
};

/*
 * XML without WHAT binds the domain to parts of its host; byte for byte what it was where nothing does.
 * *RET lives in ARENA. -EBADMSG: not a domain.
 */
int vdc_domain_unbind(const char *xml, enum vdc_domain_binding what, struct vdc_arena *arena,
		      char **ret, struct vdc_err *err);

/*
 * Where two definitions differ first, as a path "domain/devices/interface/mac/address"; NULL when
 * they say the same. The machine type, and the order of attributes, do not count. *RET lives in
 * ARENA. -EBADMSG: one of them is no XML.
 */
int vdc_domain_difference(const char *a, const char *b, struct vdc_arena *arena, const char **ret,
			  struct vdc_err *err);

/* Words "interface@0000:00:03.0" and "mac@52:54:00:00:00:01": where the guest finds its devices. */
int vdc_domain_places(const char *xml, struct vdc_arena *arena, char **ret, struct vdc_err *err);

/* The first place of BEFORE that AFTER has not, NULL when all are there. *RET lives in ARENA. */
int vdc_domain_moved(const char *before, const char *after, struct vdc_arena *arena,
		     const char **ret, struct vdc_err *err);
