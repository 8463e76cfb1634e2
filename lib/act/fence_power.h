/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The power of hosts, switched and asked through their fence agents, as steps of a job that the caller
 * owns: many hosts at once in one process, the agents in children of it. How the agents of a host act
 * together, what proves that it is off, and who is a proxy is decided by plan/fence_group.h and
 * plan/fence_proxy.h.
 *
 * A reboot is off, proof of off, on, proof of on. Once a host is proven off, act/host_down.h takes
 * its VMs down, and what it held is freed, before anything is switched on. Carried out again after a crash the same call goes on
 * where it was: it asks for the power before it switches it.
 *
 * Nothing is switched but less than a second after a look at the job (HACKING.md, "Work that survives a
 * crash"); every shot has its row in the history.
 */
#pragma once

#include "act/work_news.h"
#include "model/fence_record.h"
#include "model/host.h"
#include "store/job.h"

struct vdc_fence_wish {
	const char *host_id;
	enum vdc_fence_action action; /* VDC_FENCE_STATUS, _ON, _OFF or _REBOOT */
	int64_t number;		      /* of its first step */
	bool frees_leases; /* once it is proven off, and before it is switched on (act/spm_free.h) */
	bool keep_status;  /* the host's status stays the caller's matter */
	/* What came of it, in the arena of the call. */
	enum vdc_fence_result result;
	enum vdc_power_status power; /* as last proven */
	int code; /* of a failure or what was skipped: -EHOSTUNREACH, -EACCES, -EBUSY, ... */
	const char *reason;    /* why it failed, was skipped or is unknown; else NULL */
	const char *evidence;  /* what proved it: "ipmilan at bmc1 says off"; NULL: nothing */
	const char *complaint; /* that what it held is not freed, and why; NULL: none */
	bool was_manager;      /* of its storage pool, until it was proven off */
	int64_t ha_vms;	       /* that are to start elsewhere, VDC_UNSET: it was not proven off */
};

/* Numbers that the steps of one host may take. */
enum { VDC_FENCE_NUMBERS = 1000 };

#define VDC_FENCE_STEP_OFF "fence_off" /* steps about a host: one job at a time has one open */
#define VDC_FENCE_STEP_ON "fence_on"

struct vdc_fence_power_options {
	unsigned jobs; /* hosts at once */
	const char *
		proxies; /* "cluster dc other_dc direct" or a host's name; NULL: as the host says */
	int64_t tolerance_us; /* a host proven off so recently by another shot is not shot again; 0 */
	int64_t opposite_us;	/* nor one that was so recently switched the other way; 0 */
	const char *reason;	/* for events and the history; may be NULL */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
	int stop_fd; /* readable: begin nothing new; -1: never */
};

struct vdc_fence_power_options vdc_fence_power_options(void); /* as vdc.conf(5) says */

/*
 * All of WISHES, in their order, so many of them at once as OPTIONS say. LEASE may be NULL when they
 * are all VDC_FENCE_STATUS, which has neither step nor history. Errors are those of the database, or -EBUSY when the lease is lost; that a device
 * fails is a result. A host that another job switches is VDC_FENCE_SKIPPED with that job's name.
 */
int vdc_fence_power(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_fence_power_options *options, struct vdc_fence_wish *wishes,
		    size_t n, struct vdc_arena *arena, struct vdc_err *err);

/* Through what that would go: "ipmilan at bmc1, then apc at pdu1; asked from this machine, then from
 * host h2". Or why it would not go: *REFUSAL, else NULL. Nothing is asked or written. */
int vdc_fence_preview(struct vdc_db *db, const struct vdc_fence_power_options *options,
		      const struct vdc_fence_wish *wish, struct vdc_arena *arena, const char **ret,
		      const char **refusal, struct vdc_err *err);
