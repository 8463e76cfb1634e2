/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A password in memory: it stays out of the swap and out of core files, and is wiped when it is
 * freed. It is handed on as this struct and never copied into anything else.
 */
#pragma once

#include "base/attr.h"

enum { VDC_SECRET_SIZE = 512 };

struct vdc_secret {
	size_t len;
	char text[VDC_SECRET_SIZE]; /* ended by a NUL */
};

struct vdc_secret *vdc_secret_new(void); /* empty */
void vdc_secret_wipe(struct vdc_secret *secret);
void vdc_secret_free(struct vdc_secret *secret); /* NULL is fine */

static inline void vdc_cleanup_secret(struct vdc_secret **secret)
{
	vdc_secret_free(*secret);
}
#define vdc_autosecret vdc_cleanup(vdc_cleanup_secret) struct vdc_secret
