/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `ha-restart` prints: a VM whose host failed, and how far its start elsewhere is. Not stored. */
#pragma once

#include "model/kind.h"

enum vdc_ha_state {
	VDC_HA_STARTED = 1, /* it runs */
	VDC_HA_STARTING,
	VDC_HA_READY,	 /* it is next */
	VDC_HA_WAITING,	 /* others of a higher priority come first */
	VDC_HA_RETRYING, /* it is tried again later */
	VDC_HA_REFUSED,	 /* its host is not known to be down */
	VDC_HA_DROPPED,	 /* nobody wants it to run any more */
};

struct vdc_ha_start {
	char *id; /* of the VM */
	char *vm;
	int64_t priority;
	int64_t state;	 /* enum vdc_ha_state */
	char *from, *to; /* names of hosts */
	int64_t lease;
	int64_t failures;
	int64_t next;
	char *job;
	char *reason;
};

extern const struct vdc_kind vdc_ha_start_kind;
