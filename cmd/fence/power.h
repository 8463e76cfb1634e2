/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence status, on, off, reboot and resume. */
#pragma once

#include "act/fence_power.h"
#include "cli/work.h"

#define FENCE_POWER_ACTION "fence"

/* What was asked for. */
struct fence_power {
	const struct vdc_host **hosts;
	size_t n;
	enum vdc_fence_action action;
	struct vdc_fence_power_options options;
};

/* --jobs, --proxy, --tolerance and --reason. */
void fence_power_options(struct vdc_call *call, struct vdc_fence_power_options *ret);

/* power_consent.c: shows what runs there, and asks. -EPERM: it may not be. */
int fence_power_consent(struct vdc_call *call, const struct fence_power *what, struct vdc_err *err);

/* power_job.c: a new job, carried out; results printed; the exit code. */
int fence_power_do(struct vdc_call *call, struct fence_power *what, struct vdc_err *err);

/* power_print.c */
struct vdc_fence_wish *fence_power_wishes(struct vdc_call *call, const struct fence_power *what);
enum vdc_exit fence_power_code(struct vdc_call *call, const struct vdc_fence_wish *wishes,
			       size_t n);
/* JOB may be NULL. */
int fence_power_print(struct vdc_call *call, const struct vdc_fence_wish *wishes, size_t n,
		      const char *job, struct vdc_err *err);
