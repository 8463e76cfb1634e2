/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A storage domain by what its disks may come to need against what it has: what `lv-extend check --domains`
 * prints. It is not stored.
 */
#pragma once

#include "model/kind.h"

enum vdc_thin_domain_state {
	VDC_THIN_DOMAIN_FINE = 1,
	VDC_THIN_DOMAIN_OVER, /* its disks may come to need more than it has */
	VDC_THIN_DOMAIN_LOW,
	VDC_THIN_DOMAIN_CRITICAL,
	VDC_THIN_DOMAIN_UNKNOWN, /* nobody knows its size */
};

struct vdc_thin_domain {
	char *id;
	char *name;
	int64_t state; /* enum vdc_thin_domain_state */
	int64_t size, allocated, available;
	int64_t committed; /* what its disks may come to need */
	int64_t percent;   /* of its size that is committed */
	int64_t disks;	   /* thin ones that VMs write to now */
	int64_t rate;	   /* of all of these, bytes per second */
	int64_t seconds_left;
	int64_t thin_backend;
	char *note; /* what is to be said about its storage; NULL: nothing */
};

extern const struct vdc_kind vdc_thin_domain_kind;

/* lvm2's thin pools under a volume group, by what a host says. */
struct vdc_thin_pools {
	bool known;
	bool backend;	   /* a physical volume of the group is thin itself */
	bool pools;	   /* there are thin pools that matter to the group */
	bool unmonitored;  /* dmeventd does not watch one of them */
	int64_t threshold; /* percent from which on lvm2 extends them; 100: never */
};
