/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a host may be called down because somebody says so. ovirt-engine asks for no proof
 * (FenceVdsManualy), and VMs that still ran were started twice; here it takes evidence, or a name that
 * was typed in full.
 */
#pragma once

#include "model/host.h"
#include "plan/host_lease.h"

struct vdc_confirm_sight {
	const struct vdc_host *host;
	const char
		*answer; /* how it shows that it runs: "its libvirt answers"; NULL: it is silent */
	enum vdc_power_status power;
	const char *power_text; /* what its fence agents say; NULL: it has none */
	enum vdc_lease_verdict lease;
	const char *lease_text;
	bool renews;	  /* it renewed a lease while it was watched */
	const char *user; /* who typed the name; NULL: nobody did */
};

struct vdc_confirm_verdict {
	bool is_down;
	bool power_off;		     /* and its power is proven off */
	enum vdc_host_status status; /* that it comes into; 0: the one it has */
	const char *text;	     /* the evidence, or why it may not be called down; one line */
};

struct vdc_confirm_verdict vdc_plan_confirm(const struct vdc_confirm_sight *sight,
					    struct vdc_arena *arena);

/* The statuses in which it can be asked for. NULL: HOST is in one of them; else why not. */
const char *vdc_confirm_refused(const struct vdc_host *host, struct vdc_arena *arena);
