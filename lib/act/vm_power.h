/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turning a VM off and on, in the child of an errand (act/errand.h). Each looks first and does nothing
 * that is done already, so that all of it can be done again after a crash.
 */
#pragma once

#include "act/errand.h"

struct vdc_power {
	const char *vm_id, *vm_name;
	const char *definition;	  /* for a host that has none; without secrets; may be NULL */
	int64_t shutdown_us;	  /* how long it may take to shut down */
	bool force_off;		  /* then its plug is pulled */
	const char *keeps_on;	  /* why it may not be shut down at all; NULL: it may */
	const char *limit_option; /* for messages: what gives it longer */
};

/* Longest time for one call that changes something; a host that has died does not answer at all. A
 * guest that takes its time to shut down is looked after meanwhile. */
#define VDC_POWER_CALL (60 * VDC_SECOND)

/* One that was made without a definition is gone when it stops: it gets one. */
int vdc_power_persist(const struct vdc_power *power, struct vdc_errand *errand,
		      struct vdc_virt *virt, struct vdc_err *err);

/* Asks the guest to end and waits. -ECANCELED: it did not, and its plug was not to be pulled. */
int vdc_power_off(const struct vdc_power *power, struct vdc_errand *errand, struct vdc_virt *virt,
		  struct vdc_err *err);

/* Where it is defined. */
int vdc_power_on(const struct vdc_power *power, struct vdc_errand *errand, struct vdc_virt *virt,
		 struct vdc_err *err);

static inline bool vdc_power_is_off(const struct vdc_virt_now *now)
{
	return !vdc_virt_is_active(now->state);
}
