/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests to grow a thin volume. */
#pragma once

#include "model/kind.h"

enum vdc_extension_status {
	VDC_EXTENSION_WAITING = 1,
	VDC_EXTENSION_RUNNING,
	VDC_EXTENSION_DONE,
	VDC_EXTENSION_FAILED,
	VDC_EXTENSION_SUPERSEDED, /* by a request for more */
};

struct vdc_extension {
	char *id;
	struct vdc_ref volume;
	struct vdc_ref storage_domain;
	struct vdc_ref host;
	int64_t status; /* enum vdc_extension_status */
	int64_t requested_size;
	int64_t old_size;
	int64_t new_size;
	int64_t requested;
	int64_t start_time;
	int64_t end_time;
	int64_t tries;
	int64_t lver;
	char *message;
};

extern const struct vdc_kind vdc_extension_kind;
extern const struct vdc_enum vdc_extension_status_values;
