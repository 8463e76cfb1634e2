/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host is known to be down: proven by its power, or confirmed by somebody with evidence. Its VMs
 * stopped with it, and those that are highly available are to start elsewhere, each once.
 */
#pragma once

#include "model/host.h"
#include "store/job.h"

struct vdc_host_down {
	const char *host_id;
	enum vdc_host_status status; /* that it comes into; 0: it keeps the one it has */
	bool power_off;		     /* its power is proven off; else only its end is confirmed */
	const char *evidence;	     /* one line, for events */
	/* Filled in, in the arena of the call. */
	size_t vms;	    /* that were set down */
	size_t ha_vms;	    /* that are to start elsewhere */
	const char *ha_job; /* which does that, VDC_HA_ACTION; NULL: there is none to start */
};

#define VDC_HA_ACTION "ha-restart"

/*
 * In one transaction, guarded by LEASE: status and power of the host, its VMs (down, exit error), its
 * part in the storage pool, events, and the job that starts HA VMs elsewhere: a new one, or the open
 * one of that host. Done again it changes nothing. The caller has that job carried out with
 * vdc_ha_launch() before the host may come back.
 */
int vdc_host_down(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_host_down *down,
		  struct vdc_arena *arena, struct vdc_err *err);

/* Has ha-restart(8) carry JOB out in a process of its own, which this one does not wait for. */
int vdc_ha_launch(const char *job, struct vdc_err *err);
