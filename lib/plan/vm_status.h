/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What status a VM comes into by what one host showed of it. A VM that disappears is noted, never
 * forgotten: it may be on a host that was not asked yet.
 */
#pragma once

#include "model/vm.h"

enum vdc_vm_sight {
	VDC_VM_RUNS,	/* the host runs it */
	VDC_VM_ARRIVES, /* a migration to the host is under way: it still runs elsewhere */
	VDC_VM_LEAVES,	/* a migration from the host is under way, or about to end */
	VDC_VM_IS_OFF,	/* it is defined there and does not run */
	VDC_VM_MISSING, /* the host answered and does not know it */
	VDC_VM_HIDDEN,	/* the host does not answer and is given up */
};

struct vdc_vm_look {
	enum vdc_vm_sight sight;
	const char *host;   /* id of the host that was asked */
	int64_t status;	    /* enum vdc_vm_status as libvirt has it, for RUNS, LEAVES and IS_OFF */
	const char *detail; /* why, as libvirt has it: "ioerror"; NULL: nothing to say */
	const char *rival;  /* RUNS: id of another host that runs it too, without doubt; NULL: none */
	bool rebooted;	    /* that host, since it was last asked */
	bool claimed;	    /* MISSING: another host runs it and is about to be asked again */
	bool last_chance;   /* MISSING: all hosts of the cluster answered since it was lost */
	int64_t now;
};

enum vdc_vm_news {
	VDC_VM_NEWS_NONE,
	VDC_VM_NEWS_STARTED,
	VDC_VM_NEWS_MIGRATED,
	VDC_VM_NEWS_PAUSED,
	VDC_VM_NEWS_RESUMED,
	VDC_VM_NEWS_STOPPED,
	VDC_VM_NEWS_FAILED,  /* it stopped, and not because anybody wanted it to */
	VDC_VM_NEWS_UNKNOWN, /* its host was given up */
	VDC_VM_NEWS_BACK,    /* it is known again, and it ran all the time */
	VDC_VM_NEWS_LOST,    /* its host does not know it any more */
	VDC_VM_NEWS_GONE,    /* no host knows it */
	VDC_VM_NEWS_TWICE,   /* two hosts run it: its disks are in danger */
};

struct vdc_vm_verdict {
	bool ignore;	    /* nothing about the VM changes */
	int64_t status;	    /* enum vdc_vm_status */
	const char *detail; /* borrowed from LOOK or a constant */
	const char *host;   /* id of the host that runs it; NULL: none */
	int64_t exit;	    /* enum vdc_vm_exit; 0: it runs, or did not run before */
	int64_t lost_since;
	enum vdc_vm_news news;
};

/* VM: as it was; one that was never seen has no status (0) and no host. */
struct vdc_vm_verdict vdc_vm_judge(const struct vdc_vm *vm, const struct vdc_vm_look *look);

/* Whether a VM of this status has a process on a host, as far as is known. */
bool vdc_vm_is_active(int64_t status);
