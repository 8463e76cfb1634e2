/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two hosts show a VM as running. Hosts are not read at the same moment, so that a VM which moved
 * between two readings looks like this too: it runs twice only if one host shows it both before and
 * after the other one does. Until that is known the second host's sight is a claim, and nothing is
 * told or moved.
 */
#pragma once

#include "base/uuid.h"
#include "model/vm.h"

struct vdc_vm_claim {
	char vm[VDC_UUID_LEN + 1];
	const char
		*host; /* id: it showed the VM, which the database has on another one; NULL: none */
	int64_t time;  /* when it did so last */
	const char
		*ask; /* id of the host whose next reading decides; NULL: nobody has to be asked */
	bool told;    /* that the VM runs twice */
};

/* A host shows the VM as running. */
struct vdc_vm_sighting {
	const char *host;
	int64_t now;	    /* when it was read */
	int64_t begun;	    /* when the run began that reads the hosts */
	bool owner_is_read; /* the run reads the host that the database has, too */
	bool migrated;	    /* libvirt says that the VM came by a migration */
};

enum vdc_vm_claim_verdict {
	VDC_VM_CLAIM_BELIEVE, /* it runs there */
	VDC_VM_CLAIM_WAIT,    /* another reading decides */
	VDC_VM_CLAIM_TWICE,   /* it runs on the claim's host and on the database's */
};

/* CLAIM: what is known already, with host NULL if nothing; NEXT: what has to be kept. */
enum vdc_vm_claim_verdict vdc_vm_claim_judge(const struct vdc_vm *vm,
					     const struct vdc_vm_claim *claim,
					     const struct vdc_vm_sighting *sighting,
					     struct vdc_vm_claim *next);
