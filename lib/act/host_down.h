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
	bool was_manager;   /* of the storage pool, by the database; its role is free for election */
	const char *ha_job; /* which does that, VDC_HA_ACTION; NULL: there is none to start */
};

#define VDC_HA_ACTION "ha-restart"

/*
 * In one transaction, guarded by LEASE: status and power of the host, when it was proven down and by
 * what, its VMs (down, exit error), its part in the storage pool, events, and the job that starts HA
 * VMs elsewhere: a new one, or the open one of that host. Done again it changes nothing. The caller
 * has that job carried out with vdc_ha_launch() before the host may come back.
 *
 * Call it before anything is switched on again: what the host runs after that is none of it.
 */
int vdc_host_down(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_host_down *down,
		  struct vdc_arena *arena, struct vdc_err *err);

/*
 * The job of a host that does not answer and is not known to be down, for those of its HA VMs that
 * may start before it is: they have a storage lease. NULL: there is none to start. A host that is
 * proven down later adds the others to it. Done again it changes nothing.
 */
int vdc_ha_enlist_leased(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
			 char **ha_job, struct vdc_err *err);

/*
 * Has ha-restart(8) carry JOB out in a process of its own, which this one does not wait for; with the
 * database and the configuration of this one. What kills a whole control group when this process
 * ends kills that one too (systemd: KillMode=process).
 */
int vdc_ha_launch(const char *job, struct vdc_err *err);
