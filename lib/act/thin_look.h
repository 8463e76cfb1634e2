/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The thin disks of VMs that run, by what the hypervisors say: qcow2 on a block device. Each host is
 * asked twice, so that there is a rate; all at once, in children that are killed at their limit.
 */
#pragma once

#include "edge/db.h"
#include "model/thin_disk.h"

struct vdc_thin_options {
	int64_t over_us;  /* between both looks, VDC_THIN_OVER_LEAST at least */
	int64_t limit_us; /* for one host, besides */
	unsigned jobs;	  /* hosts at once */
	/* Names or ids of hosts, VMs and storage domains; N 0: all. */
	const char *const *names;
	size_t n;
	void (*unread)(void *ctx, const struct vdc_err *failure); /* a host that gave no answer */
	void *ctx;
};

#define VDC_THIN_OVER_LEAST (VDC_SECOND / 10)

struct vdc_thin_disks {
	struct vdc_thin_disk **all; /* by VM and target */
	size_t n;
	size_t hosts, unread; /* how many were asked, and gave no answer */
};

/*
 * In ARENA. Hosts that are not up are asked only where they, or a VM on them, are named. -ENOENT: NAME is
 * nothing; -EINVAL: it is several things.
 */
int vdc_thin_look(struct vdc_db *db, const struct vdc_thin_options *options,
		  struct vdc_arena *arena, struct vdc_thin_disks *ret, struct vdc_err *err);
