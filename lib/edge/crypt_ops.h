/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-crypt exports: edge/crypt.h as a table of functions. */
#pragma once

#include "edge/crypt.h"

struct vdc_crypt_ops {
	int (*hash)(const struct vdc_secret *password, char ret[VDC_HASH_SIZE],
		    struct vdc_err *err);
	int (*check)(const struct vdc_secret *password, const char *hash, struct vdc_err *err);
};

vdc_public extern const struct vdc_crypt_ops vdc_crypt_ops;
