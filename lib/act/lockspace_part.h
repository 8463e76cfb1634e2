/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files lockspace*.c. Called in a child (base/child.h): they hang as long as the storage. */
#pragma once

#include "act/lockspace.h"
#include "edge/lvm.h"

/* lockspace_area.c: the files and folders of a file domain that are missing, with vdsm's names. */
int vdc_lockspace_make_files(const struct vdc_lockspace *space, struct vdc_err *err);

/*
 * lockspace_volume.c: the logical volumes of a block domain that are missing, with zeros where that
 * means something, and active here. -EPERM: one of another size is there, or the domain is in use;
 * -ENOSPC: nothing was made.
 */
int vdc_lockspace_make_volumes(const struct vdc_lockspace *space, struct vdc_err *err);
/* 1: all are there, and are made active here; 0: some are to be made, or not finished. Errors as above. */
int vdc_lockspace_find_volumes(const struct vdc_lockspace *space, struct vdc_err *err);
/* LVM with the devices of its group alone: a host sees many LUNs. They lie in ARENA. */
int vdc_lockspace_open_group(const struct vdc_lockspace *space, struct vdc_arena *arena,
			     struct vdc_lvm **lvm, const char *const **devices,
			     struct vdc_err *err);
/* Of a block domain: active on this host; of others nothing. */
int vdc_lockspace_activate(const struct vdc_lockspace *space, struct vdc_err *err);

/*
 * lockspace_claim.c: the right to make a block domain's volumes and areas, of one host at a time, for
 * LVM has no locks between hosts; it takes a few seconds. -EAGAIN: another host has it, or had it when
 * it was killed, and how to take it away is told. CHECK, right before a write that cannot be undone:
 * the claim still stands there.
 */
struct vdc_lockspace_claim;
int vdc_lockspace_claim(const struct vdc_lockspace *space, struct vdc_lockspace_claim **ret,
			struct vdc_err *err);
int vdc_lockspace_claim_check(const struct vdc_lockspace_claim *claim, struct vdc_err *err);
void vdc_lockspace_claim_end(struct vdc_lockspace_claim *claim); /* NULL is fine */
