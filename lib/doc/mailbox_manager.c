/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/mailbox_manager.h"

#include <string.h>

#define MIB (INT64_C(1) << 20)

static void put(struct vdc_mailbox_manager *page, size_t slot,
		const struct vdc_mailbox_message *message)
{
	if (!vdc_mailbox_write(message, page->out + vdc_mailbox_at(slot), NULL))
		page->changed = true;
}

int vdc_mailbox_manager_read(struct vdc_mailbox_manager *page, const uint8_t *inbox, size_t *at,
			     struct vdc_mailbox_message *ret)
{
	page->damaged = !vdc_mailbox_is_sound(inbox);
	while (*at < VDC_MAILBOX_SLOTS && !page->damaged) {
		const size_t slot = (*at)++;
		const uint8_t *in = inbox + vdc_mailbox_at(slot);
		uint8_t *seen = page->seen + vdc_mailbox_at(slot);

		if (memcmp(seen, in, VDC_MAILBOX_SLOT) == 0)
			continue;
		memcpy(seen, in, VDC_MAILBOX_SLOT);
		vdc_mailbox_read(in, ret);
		if (ret->kind == VDC_MAILBOX_CLEAN)
			put(page, slot, ret);
		else if (ret->kind != VDC_MAILBOX_EMPTY)
			return 1;
	}
	return 0;
}

void vdc_mailbox_manager_reply(struct vdc_mailbox_manager *page, size_t slot,
			       const struct vdc_mailbox_message *message, int64_t size)
{
	struct vdc_mailbox_message asked;

	vdc_mailbox_read(page->seen + vdc_mailbox_at(slot), &asked);
	if (asked.kind != VDC_MAILBOX_EXTEND || asked.size != message->size ||
	    strcmp(asked.volume, message->volume) != 0 ||
	    strcmp(asked.domain, message->domain) != 0)
		return; /* the host thought better of it */
	if (size < asked.size)
		asked.size = size / MIB * MIB;
	put(page, slot, &asked);
}
