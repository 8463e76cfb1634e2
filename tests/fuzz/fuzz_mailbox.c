/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other hosts, or noise, leave in a mailbox: a slot, and a page that begins with it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doc/mailbox.h"
#include "fuzz.h"

static void must(bool kept)
{
	if (!kept)
		abort();
}

static bool is_same(const struct vdc_mailbox_message *a, const struct vdc_mailbox_message *b)
{
	return a->kind == b->kind && a->size == b->size && strcmp(a->domain, b->domain) == 0 &&
	       strcmp(a->volume, b->volume) == 0;
}

/* What is believed can be written, reads back as the same, and is an answer to what was read. */
static void check_slot(const uint8_t *slot)
{
	struct vdc_mailbox_message message, again;
	uint8_t written[VDC_MAILBOX_SLOT];

	vdc_mailbox_read(slot, &message);
	must(message.kind >= VDC_MAILBOX_EMPTY && message.kind <= VDC_MAILBOX_MALFORMED_SIZE);
	must(message.size >= 0 && message.size <= VDC_MAILBOX_SIZE_MAX);
	if (vdc_mailbox_write(&message, written, NULL) < 0) {
		must(message.kind > VDC_MAILBOX_EXTEND);
		return;
	}
	vdc_mailbox_read(written, &again);
	must(is_same(&message, &again));
	must(message.kind != VDC_MAILBOX_EXTEND || vdc_mailbox_answers(written, slot));
}

static void check_page(uint8_t *page)
{
	vdc_autofree uint8_t *empty = vdc_alloc(VDC_MAILBOX_PAGE);
	char event[VDC_UUID_LEN + 1];

	must(vdc_mailbox_news(page, page) == 0);
	must(vdc_mailbox_used(page) == (vdc_mailbox_used(page) & vdc_mailbox_news(page, empty)));
	must(!vdc_mailbox_event_read(page, event) || vdc_uuid_valid(event));
	vdc_mailbox_is_sound(page);
	vdc_mailbox_seal(page);
	must(vdc_mailbox_is_sound(page));
	page[VDC_MAILBOX_SLOT] ^= 1;
	must(vdc_mailbox_used(page) == 0 || !vdc_mailbox_is_sound(page));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autofree uint8_t *page = vdc_alloc(VDC_MAILBOX_PAGE);

	if (size)
		memcpy(page, data, size < VDC_MAILBOX_PAGE ? size : VDC_MAILBOX_PAGE);
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		check_slot(page + vdc_mailbox_at(i));
	check_page(page);
	return 0;
}
