/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/mailbox_host.h"

#include <string.h>

static const uint8_t empty[VDC_MAILBOX_SLOT];

static void show(struct vdc_mailbox_host *host, size_t i, const uint8_t *bytes)
{
	memcpy(host->slots[i].in, bytes, VDC_MAILBOX_SLOT);
	host->changed |= UINT64_C(1) << i;
}

static void clean(struct vdc_mailbox_host *host, size_t i, int64_t now)
{
	const struct vdc_mailbox_message message = { .kind = VDC_MAILBOX_CLEAN };
	uint8_t bytes[VDC_MAILBOX_SLOT];

	vdc_mailbox_write(&message, bytes, NULL);
	show(host, i, bytes);
	host->slots[i].turn = VDC_MAILBOX_CLEANED;
	host->slots[i].since = now;
}

static void ask(struct vdc_mailbox_host *host, size_t i, const struct vdc_mailbox_message *message,
		int64_t now)
{
	struct vdc_mailbox_host_slot *slot = &host->slots[i];
	uint8_t bytes[VDC_MAILBOX_SLOT];

	vdc_mailbox_write(message, bytes, NULL);
	show(host, i, bytes);
	memcpy(slot->asked, bytes, sizeof(bytes));
	slot->turn = VDC_MAILBOX_ASKED;
	slot->answered = false;
	slot->since = now;
	slot->wanted = *message;
}

static bool is_about(const struct vdc_mailbox_message *a, const struct vdc_mailbox_message *b)
{
	return strcmp(a->volume, b->volume) == 0 && strcmp(a->domain, b->domain) == 0;
}

int vdc_mailbox_host_wish(struct vdc_mailbox_host *host, const struct vdc_mailbox_message *message,
			  int64_t now, struct vdc_err *err)
{
	uint8_t bytes[VDC_MAILBOX_SLOT];
	int r = vdc_mailbox_write(message, bytes, err);

	if (r)
		return r;
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++) {
		struct vdc_mailbox_host_slot *slot = &host->slots[i];

		if (slot->turn != VDC_MAILBOX_ASKED || !is_about(&slot->wanted, message))
			continue;
		if (message->size <= slot->wanted.size && now - slot->since < VDC_MAILBOX_AGAIN)
			return VDC_MAILBOX_TAKEN;
		clean(host, i, now); /* an answer that comes late is still one */
	}
	return VDC_MAILBOX_WANTS_SLOT;
}

bool vdc_mailbox_host_put(struct vdc_mailbox_host *host, size_t slot,
			  const struct vdc_mailbox_message *message, const uint8_t *inbox,
			  const uint8_t *outbox, int64_t now)
{
	memcpy(host->slots[slot].before, outbox, VDC_MAILBOX_SLOT);
	if (inbox[0]) {
		host->slots[slot].answered = true; /* whoever asked is gone */
		clean(host, slot, now);
		return false;
	}
	ask(host, slot, message, now);
	return true;
}

static bool take_answer(struct vdc_mailbox_host_slot *slot, const uint8_t *out, bool news,
			struct vdc_mailbox_message *ret)
{
	struct vdc_mailbox_message message;

	if (slot->answered || !news || !vdc_mailbox_answers(out, slot->asked))
		return false;
	vdc_mailbox_read(out, &message);
	if (message.kind != VDC_MAILBOX_EXTEND)
		return false;
	slot->answered = true;
	*ret = message;
	return true;
}

static void go_on(struct vdc_mailbox_host *host, size_t i, const uint8_t *out, int64_t now)
{
	struct vdc_mailbox_host_slot *slot = &host->slots[i];
	struct vdc_mailbox_message message;

	if (slot->turn == VDC_MAILBOX_ASKED && slot->answered) {
		clean(host, i, now);
		return;
	}
	vdc_mailbox_read(out, &message);
	if (slot->turn == VDC_MAILBOX_CLEANED && slot->in[0] &&
	    (message.kind == VDC_MAILBOX_CLEAN || now - slot->since >= VDC_MAILBOX_LEAVE))
		show(host, i, empty);
}

int vdc_mailbox_host_read(struct vdc_mailbox_host *host, const uint8_t *outbox, int64_t now,
			  size_t *at, struct vdc_mailbox_message *ret)
{
	while (*at < VDC_MAILBOX_SLOTS) {
		const size_t i = (*at)++;
		struct vdc_mailbox_host_slot *slot = &host->slots[i];
		const uint8_t *out = outbox + vdc_mailbox_at(i);
		bool news, found;

		if (slot->turn == VDC_MAILBOX_OTHERS)
			continue;
		news = memcmp(slot->before, out, VDC_MAILBOX_SLOT) != 0;
		memcpy(slot->before, out, VDC_MAILBOX_SLOT);
		found = take_answer(slot, out, news, ret);
		go_on(host, i, out, now);
		if (found)
			return 1;
	}
	return 0;
}

uint64_t vdc_mailbox_host_freed(struct vdc_mailbox_host *host)
{
	uint64_t ret = 0;

	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++) {
		struct vdc_mailbox_host_slot *slot = &host->slots[i];

		if (slot->turn != VDC_MAILBOX_CLEANED || slot->in[0] || host->changed >> i & 1)
			continue;
		*slot = (struct vdc_mailbox_host_slot){ 0 };
		ret |= UINT64_C(1) << i;
	}
	return ret;
}

void vdc_mailbox_host_write(struct vdc_mailbox_host *host, uint8_t *page)
{
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		if (host->changed >> i & 1)
			memcpy(page + vdc_mailbox_at(i), host->slots[i].in, VDC_MAILBOX_SLOT);
	vdc_mailbox_seal(page);
	host->changed = 0;
}

bool vdc_mailbox_host_waits(const struct vdc_mailbox_host *host)
{
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		if (host->slots[i].turn != VDC_MAILBOX_OTHERS)
			return true;
	return false;
}

void vdc_mailbox_host_leave(struct vdc_mailbox_host *host)
{
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++) {
		if (host->slots[i].turn == VDC_MAILBOX_OTHERS)
			continue;
		host->slots[i].turn = VDC_MAILBOX_CLEANED;
		show(host, i, empty);
	}
}
