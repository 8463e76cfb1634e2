/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/drain.c, drain_round.c and drain_await.c: the rounds of a drain. */
#pragma once

#include "act/drain_part.h"

struct draining {
	struct drain_run run;
	struct vdc_drain_host *asked; /* beside run.hosts */
	struct vdc_buf vms;	      /* struct drain_vm, of this round */
	bool first;
};

struct drain_vm *drain_vms_of(const struct draining *d, size_t *n);
/* A host ends: what is written about it, and what the caller is told. */
int drain_finish(struct draining *d, struct drain_host *host, enum vdc_drain_end end,
		 struct vdc_err *err);
/* A host that does not answer is in maintenance by its word that nothing runs there. */
bool drain_must_answer(const struct vdc_host *host);
int drain_insist_all(struct draining *d, struct vdc_err *err);
/* Hosts that cannot be emptied end here; with keep_going when all is done that can be. */
int drain_end_failed(struct draining *d, bool last, struct vdc_err *err);

/* drain_round.c: reads the hosts, ends those that something stands against, and gathers the VMs that are
 * to leave the others. */
int drain_prepare(struct draining *d, struct vdc_err *err);

/* drain_await.c: until the hosts are empty by their own word. 1: another round is to be made. */
int drain_await_empty(struct draining *d, struct vdc_err *err);
