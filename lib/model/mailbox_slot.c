/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/mailbox_slot.h"

#include "model/fields.h"

static const struct vdc_enum box_values = {
	.name = "side of a mailbox",
	VDC_WORD_LIST("inbox", "outbox"),
};

static const struct vdc_enum what_values = {
	.name = "message of a mailbox",
	VDC_WORD_LIST("request", "reply", "failed", "clean", "other_version", "other_message",
		      "malformed_size", "damaged"),
};

#define NOUN struct vdc_mailbox_slot
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "box, number of the host, and slot"),
	VDC_F_ENUM(box, box_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "inbox: what hosts ask; outbox: what they are answered"),
	VDC_F_INT(host_id, VDC_REQUIRED | VDC_LISTED, .title = "HOSTID",
		  .help = "number of the host whose page it is"),
	VDC_F_INT(slot, VDC_REQUIRED | VDC_LISTED, .help = "place in the page: 0 to 62"),
	VDC_F_ENUM(what, what_values, VDC_REQUIRED | VDC_LISTED, .help = "what lies there"),
	VDC_F_UUID(storage_domain, 0, .path = "storage_domain@id",
		   .help = "id of the volume's storage domain"),
	VDC_F_UUID(volume, VDC_LISTED, .path = "volume@id", .help = "id of the volume"),
	VDC_F_BYTES(size, VDC_LISTED, .help = "size that the volume is to have, or has got"),
};

const struct vdc_kind vdc_mailbox_slot_kind =
	VDC_KIND("mailbox_slot", "mailbox_slots", "mailbox-slot", "a message in a storage mailbox");
