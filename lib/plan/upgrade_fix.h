/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done about the findings of an upgrade's check. Pure: it only offers. */
#pragma once

#include "plan/upgrade_check.h"

enum vdc_upgrade_fix_way {
	VDC_FIX_SET = 1,  /* a field of the object gets a value, or none */
	VDC_FIX_DEFINE,	  /* the same, and so in its definition wherever libvirt has one */
	VDC_FIX_READ,	  /* the host is read anew */
	VDC_FIX_UPDATES,  /* the hosts of the cluster are asked what updates they can get */
	VDC_FIX_RESUME,	  /* the VM goes on from its saved memory, on the host that has it */
	VDC_FIX_STOP,	  /* the VM is shut down; one that is suspended is resumed before */
	VDC_FIX_MOVE,	  /* the VM moves, running */
	VDC_FIX_SOFT,	  /* what manages the VMs of the host is restarted, over the remote shell */
	VDC_FIX_ACTIVATE, /* the host is looked at and takes VMs again */
	VDC_FIX_STORAGE, /* the domain, or what the host reaches, is read anew, and is active again */
};

struct vdc_upgrade_fix {
	const struct vdc_finding *finding; /* the first one that it helps with */
	enum vdc_upgrade_fix_way way;
	const struct vdc_kind *kind;
	const void *object;	       /* of the world, as it was */
	const struct vdc_field *field; /* VDC_FIX_SET, VDC_FIX_DEFINE */
	const char *value;	       /* what it gets; NULL: it has none any more */
	const struct vdc_host *to;     /* VDC_FIX_MOVE */
	const char *offer;	       /* "set affinity of vm web1 to migratable" */
	const char *means; /* what follows from that, one sentence without a full stop */
	bool asks;	   /* it undoes what somebody may have wanted so: never without asking */
	const struct vdc_upgrade_fix *instead_of; /* another one of the same list; may be NULL */
	bool done;				  /* for whoever carries them out */
};

struct vdc_upgrade_fixes {
	struct vdc_upgrade_fix *items;
	size_t n;
};

/*
 * At most one of a way, or for a field, of an object, in the order of FINDINGS, which were made from
 * QUESTION. A finding without one is for the administrator: its advice says what to do. In FINDINGS'
 * arena.
 */
struct vdc_upgrade_fixes vdc_plan_upgrade_fixes(const struct vdc_upgrade_question *question,
						const struct vdc_findings *findings);

/* Whether it is no use any more: what it is instead of was done, or another thing instead of that. */
bool vdc_upgrade_fix_is_moot(const struct vdc_upgrade_fixes *fixes,
			     const struct vdc_upgrade_fix *fix);
