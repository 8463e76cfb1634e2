/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host's side of a mailbox: which bytes its slots are to have, from what it wants and what it read.
 * Other processes of the host may have the other slots of its page. What vdsm leaves open is closed
 * here: a request that gets no answer is made clean and asked again in another slot, since the manager
 * takes the same bytes in the same slot for one request; a reply that was there before is an old one; a
 * slot that nobody makes clean is free after a while. A reply with a smaller size than the request's
 * says that the volume has that much, and no more was to be had.
 *
 * Pure. NOW is monotonic microseconds.
 */
#pragma once

#include "doc/mailbox.h"

/* A request that is as old may be repeated; a slot that is not made clean for so long is free. */
#define VDC_MAILBOX_AGAIN INT64_C(4000000)
#define VDC_MAILBOX_LEAVE INT64_C(10000000)

enum vdc_mailbox_turn {
	VDC_MAILBOX_OTHERS = 0, /* not of this process */
	VDC_MAILBOX_ASKED,
	VDC_MAILBOX_CLEANED, /* it waits for the manager's word that it saw that */
};

struct vdc_mailbox_host_slot {
	enum vdc_mailbox_turn turn;
	bool answered;
	int64_t since;
	struct vdc_mailbox_message wanted;
	uint8_t in[VDC_MAILBOX_SLOT];	  /* what it is to have in the inbox */
	uint8_t before[VDC_MAILBOX_SLOT]; /* what it had in the outbox when last read */
	uint8_t asked[VDC_MAILBOX_SLOT];  /* the request, also when it is clean */
};

struct vdc_mailbox_host {
	struct vdc_mailbox_host_slot slots[VDC_MAILBOX_SLOTS]; /* { 0 } at the start */
	uint64_t changed; /* a bit for each slot that the inbox is to get */
};

/*
 * What becomes of a wish. TAKEN: a slot has it, or has it already; WANTS_SLOT: hand one over by
 * vdc_mailbox_host_put(). What asks for less is made clean. -EINVAL: it cannot be written.
 */
enum vdc_mailbox_wish { VDC_MAILBOX_TAKEN = 1, VDC_MAILBOX_WANTS_SLOT };
int vdc_mailbox_host_wish(struct vdc_mailbox_host *host, const struct vdc_mailbox_message *message,
			  int64_t now, struct vdc_err *err);

/* A slot that no other process has, as it is in the inbox and the outbox. False: what lies in it must be made
 * clean before, which is begun; give another one. */
bool vdc_mailbox_host_put(struct vdc_mailbox_host *host, size_t slot,
			  const struct vdc_mailbox_message *message, const uint8_t *inbox,
			  const uint8_t *outbox, int64_t now);

/*
 * Slot by slot, the host's page of the outbox as it is now. 1: RET is the answer to what slot *AT - 1
 * asked, its size 0 if it was refused; go on with the same *AT, 0 at first; 0: no more.
 */
int vdc_mailbox_host_read(struct vdc_mailbox_host *host, const uint8_t *outbox, int64_t now,
			  size_t *at, struct vdc_mailbox_message *ret);

/* A bit for each slot that is free by now: empty in the inbox once CHANGED was written. */
uint64_t vdc_mailbox_host_freed(struct vdc_mailbox_host *host);

/* The changed slots, into the page as it is in the inbox; sealed. */
void vdc_mailbox_host_write(struct vdc_mailbox_host *host, uint8_t *page);

/* Whether there is something to read for. */
bool vdc_mailbox_host_waits(const struct vdc_mailbox_host *host);

/* Gives all slots up. */
void vdc_mailbox_host_leave(struct vdc_mailbox_host *host);
