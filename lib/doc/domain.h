/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domain XML as libvirt writes it (libvirt.org/formatdomain.html) -> VM, disks, network interfaces.
 * What oVirt's vdsm keeps in the metadata (http://ovirt.org/vm/1.0) is understood too.
 */
#pragma once

#include "model/vm.h"

/* One layer of a disk, a file or a block device or an image in the network. */
struct vdc_domain_layer {
	const char *path;   /* file, device, or protocol:name for what is reached by network */
	const char *format; /* "qcow2", "raw"; NULL: not said */
	bool block;
	int64_t index; /* libvirt's number of this layer in the statistics; -1: none */
};

struct vdc_domain_disk {
	const char *target; /* "vda" */
	const char *bus;
	const char *device; /* "disk", "cdrom", "lun", "floppy" */
	const char *serial;
	bool read_only;
	bool shareable;
	bool copied; /* to another place, while it is written: a mirror of it */
	const struct vdc_domain_layer *chain; /* what is written first; none for an empty drive */
	size_t n_chain;
};

struct vdc_domain_nic {
	const char *mac;
	const char *network; /* of libvirt, or NULL */
	const char *bridge;  /* or NULL */
	const char *model;
};

struct vdc_domain {
	const char *machine;
	const char *arch;
	const char *type; /* "kvm", "qemu", "test" */
	const struct vdc_domain_disk *disks;
	size_t n_disks;
	const struct vdc_domain_nic *nics;
	size_t n_nics;
	const char *leases; /* words LOCKSPACE:KEY; "" for none */
};

/*
 * Fills what the XML says into VM and leaves the rest alone. All texts live in ARENA. -EBADMSG: not
 * a domain.
 */
int vdc_domain_read(const char *xml, struct vdc_arena *arena, struct vdc_vm *vm,
		    struct vdc_domain *ret, struct vdc_err *err);
