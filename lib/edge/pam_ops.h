/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-pam exports. */
#pragma once

#include "edge/pam.h"

struct vdc_pam_ops {
	/* In this very process; results as of vdc_pam_check(). */
	int (*check)(const char *user, const struct vdc_secret *password, struct vdc_err *err);
};

vdc_public extern const struct vdc_pam_ops vdc_pam_ops;
