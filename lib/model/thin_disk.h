/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk that a running VM writes to and whose volume grows with it: what `lv-extend check` prints. It is
 * not stored.
 */
#pragma once

#include "model/kind.h"

/* plan/extend.h, enum vdc_extend_verdict, and one more */
enum vdc_thin_disk_state {
	VDC_THIN_DISK_FINE = 1,
	VDC_THIN_DISK_DUE,	  /* past its threshold */
	VDC_THIN_DISK_FULL,	  /* as large as it can come to be */
	VDC_THIN_DISK_IMPROBABLE, /* figures that cannot be */
	VDC_THIN_DISK_UNKNOWN,	  /* its hypervisor gives none */
};

struct vdc_thin_disk {
	char *id; /* VM-ID/TARGET */
	char *vm, *target;
	char *host;
	char *storage_domain; /* NULL: of none that is known; then with the presets */
	char *path;
	int64_t state;	/* enum vdc_thin_disk_state */
	int64_t paused; /* the VM, for want of space */
	int64_t capacity;
	int64_t allocated; /* what the guest wrote up to: all below counts as allocated */
	int64_t size;
	int64_t room;		  /* between both */
	int64_t threshold, armed; /* where it is to be extended, and where the hypervisor tells */
	int64_t rate;		  /* bytes per second */
	int64_t seconds_left;	  /* at that rate; VDC_UNSET: it does not write */
};

extern const struct vdc_kind vdc_thin_disk_kind;
