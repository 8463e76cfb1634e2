/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/mailbox.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The places in an extend message. */
enum { AT_VERSION = 0, AT_OPCODE = 1, AT_DOMAIN = 5, AT_VOLUME = 21, AT_SIZE = 37 };
enum { OPCODE_LEN = 4, SIZE_DIGITS = 16, AT_PADDING = AT_SIZE + SIZE_DIGITS };
enum { CHECKSUM = VDC_MAILBOX_PAGE - sizeof(uint32_t) };
enum { EVENT_ID = 4 }; /* behind its magic bytes */

static const uint8_t version_1 = '1';
static const char opcode_extend[OPCODE_LEN] = { 'x', 't', 'n', 'd' };
static const uint8_t event_magic[EVENT_ID] = { 0, 'e', 'v', 't' };

/* A UUID is a little-endian number there: all of its bytes in reverse. */
static void reverse(const uint8_t *in, uint8_t *out)
{
	for (int i = 0; i < VDC_UUID_BYTES; i++)
		out[i] = in[VDC_UUID_BYTES - 1 - i];
}

static void read_uuid(const uint8_t *at, char *ret)
{
	uint8_t bytes[VDC_UUID_BYTES];

	reverse(at, bytes);
	vdc_uuid_text(bytes, ret);
}

static int write_uuid(const char *text, const char *whose, uint8_t *at, struct vdc_err *err)
{
	uint8_t bytes[VDC_UUID_BYTES];

	if (!vdc_uuid_parse(text, bytes))
		return vdc_err_set(err, -EINVAL, "\"%s\" is not the UUID of a %s", text, whose);
	reverse(bytes, at);
	return 0;
}

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool read_size(const uint8_t *at, int64_t *ret)
{
	uint64_t mib = 0;

	for (int i = 0; i < SIZE_DIGITS; i++) {
		int value = digit(at[i]);

		if (value < 0)
			return false;
		mib = mib << 4 | (uint64_t)value;
	}
	if (mib > UINT32_MAX)
		return false;
	*ret = (int64_t)(mib << 20);
	return true;
}

static bool is_all(const uint8_t *at, uint8_t byte, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] != byte)
			return false;
	return true;
}

static enum vdc_mailbox_kind kind_of(const uint8_t *slot)
{
	if (slot[0] == 0)
		return VDC_MAILBOX_EMPTY;
	if (is_all(slot, 1, VDC_MAILBOX_SLOT))
		return VDC_MAILBOX_CLEAN;
	if (slot[AT_VERSION] != version_1)
		return VDC_MAILBOX_OTHER_VERSION;
	if (memcmp(slot + AT_OPCODE, opcode_extend, OPCODE_LEN) != 0)
		return VDC_MAILBOX_OTHER_MESSAGE;
	return VDC_MAILBOX_EXTEND;
}

void vdc_mailbox_read(const uint8_t *slot, struct vdc_mailbox_message *ret)
{
	*ret = (struct vdc_mailbox_message){ .kind = kind_of(slot) };
	if (ret->kind != VDC_MAILBOX_EXTEND)
		return;
	if (!read_size(slot + AT_SIZE, &ret->size)) {
		ret->kind = VDC_MAILBOX_MALFORMED_SIZE;
		return;
	}
	read_uuid(slot + AT_DOMAIN, ret->domain);
	read_uuid(slot + AT_VOLUME, ret->volume);
}

static int write_extend(const struct vdc_mailbox_message *message, uint8_t *slot,
			struct vdc_err *err)
{
	char size[SIZE_DIGITS + 1];
	int r;

	slot[AT_VERSION] = version_1;
	memcpy(slot + AT_OPCODE, opcode_extend, OPCODE_LEN);
	r = write_uuid(message->domain, "storage domain", slot + AT_DOMAIN, err);
	if (!r)
		r = write_uuid(message->volume, "volume", slot + AT_VOLUME, err);
	if (r < 0)
		return r;
	if (message->size < 0 || message->size > VDC_MAILBOX_SIZE_MAX)
		return vdc_err_set(err, -EINVAL,
				   "volume %s: %" PRId64
				   " bytes have no place in a mailbox, which takes 0 to %" PRId64,
				   message->volume, message->size, VDC_MAILBOX_SIZE_MAX);
	snprintf(size, sizeof(size), "%016" PRIx64, (message->size + (1 << 20) - 1) >> 20);
	memcpy(slot + AT_SIZE, size, SIZE_DIGITS);
	memset(slot + AT_PADDING, '0', VDC_MAILBOX_SLOT - AT_PADDING);
	return 0;
}

int vdc_mailbox_write(const struct vdc_mailbox_message *message, uint8_t *slot, struct vdc_err *err)
{
	uint8_t bytes[VDC_MAILBOX_SLOT];
	int r;

	switch (message->kind) {
	case VDC_MAILBOX_EMPTY:
		memset(bytes, 0, sizeof(bytes));
		break;
	case VDC_MAILBOX_CLEAN:
		memset(bytes, 1, sizeof(bytes));
		break;
	case VDC_MAILBOX_EXTEND:
		r = write_extend(message, bytes, err);
		if (r < 0)
			return r;
		break;
	case VDC_MAILBOX_OTHER_VERSION:
	case VDC_MAILBOX_OTHER_MESSAGE:
	case VDC_MAILBOX_MALFORMED_SIZE:
	default:
		return vdc_err_set(err, -EINVAL, "a mailbox message of kind %d is read only",
				   message->kind);
	}
	memcpy(slot, bytes, sizeof(bytes));
	return 0;
}

bool vdc_mailbox_answers(const uint8_t *reply, const uint8_t *request)
{
	return kind_of(reply) == VDC_MAILBOX_EXTEND && memcmp(reply, request, AT_SIZE) == 0;
}

uint64_t vdc_mailbox_news(const uint8_t *page, const uint8_t *before)
{
	uint64_t ret = 0;

	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++) {
		size_t at = vdc_mailbox_at(i);

		if (memcmp(page + at, before + at, VDC_MAILBOX_SLOT) != 0)
			ret |= UINT64_C(1) << i;
	}
	return ret;
}

uint64_t vdc_mailbox_used(const uint8_t *page)
{
	uint64_t ret = 0;

	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		if (page[vdc_mailbox_at(i)])
			ret |= UINT64_C(1) << i;
	return ret;
}

/* A plain sum: it does not see bytes that changed places, which is why messages are checked too. */
static uint32_t checksum(const uint8_t *page)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < CHECKSUM; i++)
		sum += page[i];
	return sum;
}

void vdc_mailbox_seal(uint8_t *page)
{
	uint32_t sum = htole32(checksum(page));

	memcpy(page + CHECKSUM, &sum, sizeof(sum));
}

bool vdc_mailbox_is_sound(const uint8_t *page)
{
	uint32_t sum;

	memcpy(&sum, page + CHECKSUM, sizeof(sum));
	return vdc_mailbox_used(page) == 0 || le32toh(sum) == checksum(page);
}

int vdc_mailbox_event_write(const char *event, uint8_t *page, struct vdc_err *err)
{
	uint8_t bytes[VDC_UUID_BYTES];

	if (!vdc_uuid_parse(event, bytes))
		return vdc_err_set(err, -EINVAL, "\"%s\" is not the UUID of an event", event);
	memset(page, 0, VDC_MAILBOX_PAGE);
	memcpy(page, event_magic, sizeof(event_magic));
	memcpy(page + EVENT_ID, bytes, sizeof(bytes));
	return 0;
}

bool vdc_mailbox_event_read(const uint8_t *page, char ret[VDC_UUID_LEN + 1])
{
	if (memcmp(page, event_magic, sizeof(event_magic)) != 0)
		return false;
	vdc_uuid_text(page + EVENT_ID, ret);
	return true;
}
