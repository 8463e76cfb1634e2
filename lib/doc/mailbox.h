/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mailbox of a storage domain, byte by byte as vdsm has it (storage/mailbox.py): how a host asks
 * the storage pool manager to grow a volume with nothing between them but shared storage. Two
 * volumes, inbox and outbox, of a page for each host, at host id x 4096. A host writes its page of
 * the inbox and reads its page of the outbox, the manager does the reverse.
 *
 * A page has 63 slots of 64 bytes; the place of a 64th ends with the checksum. One request takes:
 *
 *	host: request ............ CLEAN .............. empty
 *	manager: ......... reply ........ CLEAN
 *
 * The reply is the request with the size that it got; 0 is "failed". Page 0 of the inbox is no
 * host's: a new number there says that something was written, so that nobody must read all of it.
 *
 * Pure, and for hostile input: other hosts, and other programs, write there too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/uuid.h"

enum {
	VDC_MAILBOX_PAGE = 4096,
	VDC_MAILBOX_SLOT = 64,
	VDC_MAILBOX_SLOTS = 63,
};

enum vdc_mailbox_kind {
	VDC_MAILBOX_EMPTY = 1,
	VDC_MAILBOX_CLEAN,
	VDC_MAILBOX_EXTEND,	    /* a request, or the reply to it */
	VDC_MAILBOX_OTHER_VERSION,  /* not for us: of a newer peer, or noise */
	VDC_MAILBOX_OTHER_MESSAGE,  /* of this version, but nothing that we know */
	VDC_MAILBOX_MALFORMED_SIZE, /* an extend message whose size is none */
};

/* The domain, the volume and the size are those of an extend message, empty and 0 otherwise. */
struct vdc_mailbox_message {
	enum vdc_mailbox_kind kind;
	char domain[VDC_UUID_LEN + 1];
	char volume[VDC_UUID_LEN + 1];
	int64_t size; /* bytes, whole MiB: how large the volume is to be; in a reply 0: failed */
};

/* Larger sizes than this have no message. Bytes. */
#define VDC_MAILBOX_SIZE_MAX (INT64_C(0xffffffff) << 20)

/* Of the VDC_MAILBOX_SLOT bytes at SLOT; whatever they are, it is one of the kinds. */
void vdc_mailbox_read(const uint8_t *slot, struct vdc_mailbox_message *ret);

/*
 * Into the VDC_MAILBOX_SLOT bytes at SLOT; the size is rounded up to a MiB. -EINVAL, and the slot is
 * as before: a kind that is not written, no UUID, or a size below 0 or beyond the maximum.
 */
int vdc_mailbox_write(const struct vdc_mailbox_message *message, uint8_t *slot,
		      struct vdc_err *err);

/* Whether both slots are about one volume: what vdsm takes for the reply to a request. */
bool vdc_mailbox_answers(const uint8_t *reply, const uint8_t *request);

/* Where in a page that slot begins, of 0 to VDC_MAILBOX_SLOTS - 1. */
static inline size_t vdc_mailbox_at(size_t slot)
{
	return slot * VDC_MAILBOX_SLOT;
}

/* A bit for each slot that differs: a message is new when it is not the one that was read before. */
uint64_t vdc_mailbox_news(const uint8_t *page, const uint8_t *before);

/* A bit for each slot that is not empty. */
uint64_t vdc_mailbox_used(const uint8_t *page);

/*
 * The checksum is that of a page of the inbox; in the outbox there is none. A page without a message
 * needs none either: it may be zeros.
 */
void vdc_mailbox_seal(uint8_t *page);
bool vdc_mailbox_is_sound(const uint8_t *page); /* whether its messages may be believed */

/*
 * Page 0: EVENT is any UUID that is not the one before, in big-endian order (-EINVAL: it is none).
 * Reading gives false when there is none, as in a mailbox that no host has written to, or whose
 * hosts know no events.
 */
int vdc_mailbox_event_write(const char *event, uint8_t *page, struct vdc_err *err);
bool vdc_mailbox_event_read(const uint8_t *page, char ret[VDC_UUID_LEN + 1]);
