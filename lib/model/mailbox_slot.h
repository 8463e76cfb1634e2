/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies in a slot of a mailbox (doc/mailbox.h): what `lv-extend mailbox show` prints. */
#pragma once

#include "model/kind.h"

enum vdc_mailbox_box {
	VDC_MAILBOX_INBOX = 1, /* what hosts ask */
	VDC_MAILBOX_OUTBOX,    /* what they are answered */
};

enum vdc_mailbox_what {
	VDC_MAILBOX_WHAT_REQUEST = 1,
	VDC_MAILBOX_WHAT_REPLY,
	VDC_MAILBOX_WHAT_FAILED, /* a reply: it could not be extended */
	VDC_MAILBOX_WHAT_CLEAN, /* a host that had its reply, and the manager's word that it saw that */
	VDC_MAILBOX_WHAT_OTHER_VERSION,
	VDC_MAILBOX_WHAT_OTHER_MESSAGE,
	VDC_MAILBOX_WHAT_MALFORMED_SIZE,
	VDC_MAILBOX_WHAT_DAMAGED, /* of a page with a wrong checksum: nobody reads it */
};

struct vdc_mailbox_slot {
	char *id;    /* BOX/HOST-ID/SLOT */
	int64_t box; /* enum vdc_mailbox_box */
	int64_t host_id, slot;
	int64_t what; /* enum vdc_mailbox_what */
	char *storage_domain, *volume;
	int64_t size;
};

extern const struct vdc_kind vdc_mailbox_slot_kind;
