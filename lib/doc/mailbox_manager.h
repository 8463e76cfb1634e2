/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The manager's side of a mailbox, a host's page at a time: which of its slots ask for something that
 * they did not ask for before, and what the host's page of the outbox is to say. A new manager begins
 * with { 0 } and empties the outbox, so that whatever hosts still ask for is new to it.
 *
 * Pure, and for hostile input.
 */
#pragma once

#include "doc/mailbox.h"

struct vdc_mailbox_manager {
	uint8_t seen[VDC_MAILBOX_PAGE]; /* as it was read last */
	uint8_t out[VDC_MAILBOX_PAGE];
	bool changed; /* the outbox is to get OUT */
	bool damaged; /* it had a wrong checksum when last read, and is to be read again */
};

/*
 * Slot by slot, the host's page of the inbox as it is now, like vdc_mailbox_host_read(): 1: slot *AT - 1
 * has something new that is neither empty nor clean; of the kinds in RET only VDC_MAILBOX_EXTEND, with
 * a size above 0, may be answered. What is clean is said to be so in the outbox. A damaged page has
 * nothing new.
 */
int vdc_mailbox_manager_read(struct vdc_mailbox_manager *page, const uint8_t *inbox, size_t *at,
			     struct vdc_mailbox_message *ret);

/*
 * The answer to what slot SLOT asked when it was read last, if that was MESSAGE: the volume has SIZE
 * bytes; 0: it could not be. The reply has the slot's own size, as vdsm's has, or SIZE where that is less.
 */
void vdc_mailbox_manager_reply(struct vdc_mailbox_manager *page, size_t slot,
			       const struct vdc_mailbox_message *message, int64_t size);
