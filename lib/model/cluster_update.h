/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cluster as its updates see it: whether its versions go together, and what waits for it. */
#pragma once

#include "model/kind.h"

enum vdc_support {
	VDC_SUPPORTED = 1,
	VDC_UNSUPPORTED,
	VDC_SUPPORT_UNKNOWN, /* nobody can say what its hosts run */
};

struct vdc_cluster_update {
	char *id; /* of the cluster */
	char *name;
	int64_t support;  /* enum vdc_support */
	char *reason;	  /* why it is not supported */
	int64_t approval; /* enum vdc_update_approval */
	char *channel;
	int64_t pending;
	int64_t approved;
	int64_t running;
	int64_t failed;
};

extern const struct vdc_kind vdc_cluster_update_kind;
extern const struct vdc_enum vdc_support_values;
