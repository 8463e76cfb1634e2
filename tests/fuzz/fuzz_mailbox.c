/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other hosts, or noise, leave in a mailbox: a slot, and a page that begins with it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doc/mailbox_host.h"
#include "doc/mailbox_manager.h"
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

/* A manager reads it once, answers what it may, and says nothing else. */
static void check_manager(const uint8_t *page)
{
	vdc_autofree struct vdc_mailbox_manager *manager = vdc_alloc(sizeof(*manager));
	struct vdc_mailbox_message message, reply;
	size_t at = 0;

	while (vdc_mailbox_manager_read(manager, page, &at, &message)) {
		must(message.kind != VDC_MAILBOX_EMPTY && message.kind != VDC_MAILBOX_CLEAN);
		vdc_mailbox_manager_reply(manager, at - 1, &message, message.size / 2);
		vdc_mailbox_read(manager->out + vdc_mailbox_at(at - 1), &reply);
		must(message.kind == VDC_MAILBOX_EXTEND ? reply.size <= message.size
							: reply.kind == VDC_MAILBOX_EMPTY);
	}
	at = 0;
	must(vdc_mailbox_manager_read(manager, page, &at, &message) == 0);
}

/* A host that has every second slot believes only what answers it there, and gives all back. */
static void check_host(const uint8_t *page)
{
	vdc_autofree struct vdc_mailbox_host *host = vdc_alloc(sizeof(*host));
	vdc_autofree uint8_t *inbox = vdc_alloc(VDC_MAILBOX_PAGE);
	struct vdc_mailbox_message wish, answer;
	size_t at = 0;

	vdc_mailbox_read(page, &wish);
	if (wish.kind != VDC_MAILBOX_EXTEND)
		return;
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i += 2)
		vdc_mailbox_host_put(host, i, &wish, inbox, inbox, 0);
	while (vdc_mailbox_host_read(host, page, 1, &at, &answer))
		must((at - 1) % 2 == 0 && strcmp(answer.volume, wish.volume) == 0);
	vdc_mailbox_host_leave(host);
	vdc_mailbox_host_write(host, inbox);
	must(vdc_mailbox_used(inbox) == 0);
	vdc_mailbox_host_freed(host);
	must(!vdc_mailbox_host_waits(host));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autofree uint8_t *page = vdc_alloc(VDC_MAILBOX_PAGE);

	if (size)
		memcpy(page, data, size < VDC_MAILBOX_PAGE ? size : VDC_MAILBOX_PAGE);
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		check_slot(page + vdc_mailbox_at(i));
	check_manager(page);
	check_host(page);
	check_page(page);
	check_manager(page); /* it is sealed by now */
	return 0;
}
