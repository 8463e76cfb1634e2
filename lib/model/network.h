/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A logical network of a data centre. */
#pragma once

#include "model/kind.h"

enum vdc_network_status {
	VDC_NETWORK_OPERATIONAL = 1,
	VDC_NETWORK_NON_OPERATIONAL,
};

struct vdc_network {
	char *id;
	struct vdc_ref data_center;
	char *name;
	char *description;
	char *comment;
	int64_t status; /* enum vdc_network_status */
	int64_t required;
	char *usages;
	char *bridge;
	int64_t vlan;
	int64_t mtu;
};

extern const struct vdc_kind vdc_network_kind;
extern const struct vdc_enum vdc_network_status_values;
