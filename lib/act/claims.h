/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The open claims of a run over several hosts (plan/vm_claim.h). They live in memory alone. */
#pragma once

#include "plan/vm_claim.h"

struct vdc_claims {
	const char *const *hosts; /* ids of those that the run reads; borrowed */
	size_t n_hosts;
	struct vdc_vm_claim *rows;
	size_t n;
};

void vdc_claims_end(struct vdc_claims *claims);

/* Whether the run reads that host. */
bool vdc_claims_reads(const struct vdc_claims *claims, const char *host);

/* What is known about a VM; nothing: a claim without a host. */
struct vdc_vm_claim vdc_claims_of(const struct vdc_claims *claims, const char *vm);

/* Keeps a claim, or forgets it if it has no host. Its hosts must be such that the run reads. */
void vdc_claims_keep(struct vdc_claims *claims, const struct vdc_vm_claim *claim);
