/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The turn of a call at its device. A power switch or a chassis that many hosts share often lets in one
 * login at a time and refuses the next, so calls to the same address, port and user wait for each other,
 * whichever process of this machine makes them; so many at once as fence.device-calls says (Pacemaker:
 * pcmk_action_limit). A turn is a lock of the kernel on a file below the folder of caches: it ends with
 * the process that has it.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct vdc_fence_device {
	const char *address;  /* NULL: a device without one, for which nobody waits */
	int64_t port;	      /* VDC_UNSET: the agent's own */
	const char *username; /* may be NULL */
};

/*
 * Waits for it, fence.device-wait at most. *RET: close() ends the turn; -1: there is nothing to wait for,
 * or no place for the file, which holds nobody up. -EBUSY: it was not our turn in that time.
 */
int vdc_fence_turn(const struct vdc_fence_device *device, int *ret, struct vdc_err *err);
