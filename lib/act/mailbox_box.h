/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two volumes of a mailbox, beside the lockspace of their storage domain, read and emptied as a
 * whole. Each call works in a child that is killed at its limit.
 */
#pragma once

#include "act/lockspace.h"
#include "model/mailbox_slot.h"

struct vdc_mailbox_slots {
	struct vdc_mailbox_slot **all; /* inbox first, by host id and slot */
	size_t n;
};

/* Slots that are not empty. In ARENA. */
int vdc_mailbox_look(const struct vdc_lockspace *space, int64_t limit_us, struct vdc_arena *arena,
		     struct vdc_mailbox_slots *ret, struct vdc_err *err);

/*
 * Empties the pages of the host HOST_ID in both, or all of both when that is 0: the manager's work.
 * -EPERM: this host is not the manager, or is no more. What was asked and not answered is lost; who
 * asked asks again.
 */
int vdc_mailbox_clear(const struct vdc_lockspace *space, int64_t host_id, int64_t limit_us,
		      struct vdc_err *err);
