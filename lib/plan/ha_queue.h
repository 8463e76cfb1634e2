/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Highly available VMs whose host failed: which of them may be tried now, and when the others. The
 * rules are those of ovirt-engine's AutoStartVmsRunner: by priority, each VM held up by others of a
 * higher one for so long at most; one that does not start is tried again in short intervals, then in
 * long ones for ever. And the one rule above them: a VM starts elsewhere when its host is known to be
 * down, or when a storage lease keeps it from running twice.
 */
#pragma once

#include "model/vm.h"

/*
 * Whether it is to start elsewhere when its host fails: one that is highly available, or that always
 * is to run or to run again after a failure (KubeVirt's runStrategy). One that is to be off, or to
 * run once, is not, whatever else is said of it.
 */
bool vdc_ha_wants(const struct vdc_vm *vm);

/* Microseconds; the settings ha.* of vdc.conf(5). */
struct vdc_ha_rules {
	int64_t priority_wait;
	int64_t retry, retry_slow;
	int64_t retries; /* short ones, before the long ones */
};

struct vdc_ha_entry {
	int64_t priority;
	int64_t since; /* when it was queued */
	int64_t next;  /* it is not to be tried before; VDC_UNSET: at once */
	bool safe;     /* no host may be running it: they are known to be down, or say so */
	bool lease;    /* its storage lease does not let it run twice */
	bool begun;    /* it is being started */
	bool launched; /* BEGUN, and its process is there: it is in nobody's way any more */
	bool over;     /* it runs, or nobody wants it to any more */
};

enum vdc_ha_turn {
	VDC_HA_NOW = 1,
	VDC_HA_BEGUN,
	VDC_HA_OVER,
	VDC_HA_UNSAFE, /* its host is not known to be down */
	VDC_HA_PAUSE,  /* after a try that failed */
	VDC_HA_BEHIND, /* others of a higher priority come first */
};

struct vdc_ha_verdict {
	enum vdc_ha_turn turn;
	int64_t until; /* when that ends if nothing else happens; VDC_UNSET: it does not by itself */
	size_t behind; /* VDC_HA_BEHIND: which entry it waits for, the highest one */
};

/* RET: one for each. One that may not start yet holds up nobody. */
void vdc_ha_judge(const struct vdc_ha_entry *entries, size_t n, const struct vdc_ha_rules *rules,
		  int64_t now, struct vdc_ha_verdict *ret);

/* When a VM is tried again whose try number TRY, from 1 on, failed at NOW. */
int64_t vdc_ha_next(const struct vdc_ha_rules *rules, int64_t try, int64_t now);
