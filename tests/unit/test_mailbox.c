/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of vdsm's mailbox: what its own implementation packs for two given UUIDs, and noise. */
#include <errno.h>
#include <string.h>

#include "doc/mailbox.h"
#include "unit.h"

#define DOMAIN "8adbc85e-e554-4ae0-b318-8a5465fe5fe1"
#define VOLUME "d772f1c6-3ebb-43c3-a42e-73fcd8255a5f"
#define GIB (INT64_C(1) << 30)

/* 2560 MiB. */
static const uint8_t example[VDC_MAILBOX_SLOT + 1] =
	"1"
	"xtnd"
	"\xe1\x5f\xfe\x65\x54\x8a\x18\xb3\xe0\x4a\x54\xe5\x5e\xc8\xdb\x8a"
	"\x5f\x5a\x25\xd8\xfc\x73\x2e\xa4\xc3\x43\xbb\x3e\xc6\xf1\x72\xd7"
	"0000000000000a00"
	"00000000000";

static struct vdc_mailbox_message extend(int64_t size)
{
	return (struct vdc_mailbox_message){
		.kind = VDC_MAILBOX_EXTEND, .domain = DOMAIN, .volume = VOLUME, .size = size
	};
}

static void a_request_has_vdsms_bytes(void **state)
{
	struct vdc_mailbox_message message = extend(GIB * 5 / 2), read;
	uint8_t slot[VDC_MAILBOX_SLOT];

	(void)state;
	assert_int_equal(vdc_mailbox_write(&message, slot, NULL), 0);
	assert_memory_equal(slot, example, sizeof(slot));
	vdc_mailbox_read(example, &read);
	assert_int_equal(read.kind, VDC_MAILBOX_EXTEND);
	assert_string_equal(read.domain, DOMAIN);
	assert_string_equal(read.volume, VOLUME);
	assert_int_equal(read.size, GIB * 5 / 2);
}

static void sizes_are_whole_mebibytes(void **state)
{
	static const struct {
		int64_t size;
		const char *digits;
	} cases[] = {
		{ 0, "0000000000000000" },
		{ 1, "0000000000000001" },
		{ (1 << 20) + 1, "0000000000000002" },
		{ INT64_C(255) << 20, "00000000000000ff" },
		{ VDC_MAILBOX_SIZE_MAX, "00000000ffffffff" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_mailbox_message message = extend(cases[i].size), read;
		uint8_t slot[VDC_MAILBOX_SLOT];

		assert_int_equal(vdc_mailbox_write(&message, slot, NULL), 0);
		assert_memory_equal(slot + 37, cases[i].digits, 16);
		vdc_mailbox_read(slot, &read);
		assert_true(read.size >= cases[i].size && read.size - cases[i].size < 1 << 20);
	}
}

static void what_has_no_bytes_is_refused(void **state)
{
	static const struct {
		struct vdc_mailbox_message message;
		const char *why;
	} cases[] = {
		{ { VDC_MAILBOX_EXTEND, DOMAIN, VOLUME, -1 }, "-1 bytes" },
		{ { VDC_MAILBOX_EXTEND, DOMAIN, VOLUME, VDC_MAILBOX_SIZE_MAX + 1 }, "takes 0 to" },
		{ { VDC_MAILBOX_EXTEND, "", VOLUME, 1 }, "storage domain" },
		{ { VDC_MAILBOX_EXTEND, DOMAIN, "vda", 1 }, "\"vda\" is not the UUID of a volume" },
		{ { VDC_MAILBOX_OTHER_VERSION, "", "", 0 }, "read only" },
		{ { VDC_MAILBOX_OTHER_MESSAGE, "", "", 0 }, "read only" },
		{ { VDC_MAILBOX_MALFORMED_SIZE, "", "", 0 }, "read only" },
		{ { 0, "", "", 0 }, "read only" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		uint8_t slot[VDC_MAILBOX_SLOT];
		struct vdc_err err = { 0 };

		memcpy(slot, example, sizeof(slot));
		assert_int_equal(vdc_mailbox_write(&cases[i].message, slot, &err), -EINVAL);
		assert_non_null(strstr(vdc_err_text(&err), cases[i].why));
		assert_memory_equal(slot, example, sizeof(slot));
	}
}

static enum vdc_mailbox_kind kind_with(size_t at, uint8_t byte)
{
	struct vdc_mailbox_message message;
	uint8_t slot[VDC_MAILBOX_SLOT];

	memcpy(slot, example, sizeof(slot));
	slot[at] = byte;
	vdc_mailbox_read(slot, &message);
	if (message.kind != VDC_MAILBOX_EXTEND) {
		assert_string_equal(message.domain, "");
		assert_int_equal(message.size, 0);
	}
	return message.kind;
}

static void noise_is_told_from_messages(void **state)
{
	(void)state;
	assert_int_equal(kind_with(0, 0), VDC_MAILBOX_EMPTY);
	assert_int_equal(kind_with(0, '2'), VDC_MAILBOX_OTHER_VERSION);
	assert_int_equal(kind_with(0, 1), VDC_MAILBOX_OTHER_VERSION);
	assert_int_equal(kind_with(1, 'X'), VDC_MAILBOX_OTHER_MESSAGE);
	assert_int_equal(kind_with(4, 0), VDC_MAILBOX_OTHER_MESSAGE);
	assert_int_equal(kind_with(37, 'g'), VDC_MAILBOX_MALFORMED_SIZE);
	assert_int_equal(kind_with(37, '-'), VDC_MAILBOX_MALFORMED_SIZE);
	assert_int_equal(kind_with(38, 'x'), VDC_MAILBOX_MALFORMED_SIZE);
	assert_int_equal(kind_with(52, 0), VDC_MAILBOX_MALFORMED_SIZE);
	assert_int_equal(kind_with(52, ' '), VDC_MAILBOX_MALFORMED_SIZE);
	assert_int_equal(kind_with(44, '1'), VDC_MAILBOX_MALFORMED_SIZE); /* 2^32 MiB */
	assert_int_equal(kind_with(37, '8'), VDC_MAILBOX_MALFORMED_SIZE);
	assert_int_equal(kind_with(50, 'F'), VDC_MAILBOX_EXTEND);
	assert_int_equal(kind_with(63, 0),
			 VDC_MAILBOX_EXTEND); /* vdsm does not look at it either */
}

static void clean_is_all_ones(void **state)
{
	struct vdc_mailbox_message message = { .kind = VDC_MAILBOX_CLEAN };
	uint8_t slot[VDC_MAILBOX_SLOT], ones[VDC_MAILBOX_SLOT];

	(void)state;
	memset(ones, 1, sizeof(ones));
	assert_int_equal(vdc_mailbox_write(&message, slot, NULL), 0);
	assert_memory_equal(slot, ones, sizeof(slot));
	vdc_mailbox_read(slot, &message);
	assert_int_equal(message.kind, VDC_MAILBOX_CLEAN);
	slot[63] = 2;
	vdc_mailbox_read(slot, &message);
	assert_int_equal(message.kind, VDC_MAILBOX_OTHER_VERSION);
	message.kind = VDC_MAILBOX_EMPTY;
	assert_int_equal(vdc_mailbox_write(&message, slot, NULL), 0);
	vdc_mailbox_read(slot, &message);
	assert_int_equal(message.kind, VDC_MAILBOX_EMPTY);
}

static void a_reply_is_the_request_with_any_size(void **state)
{
	struct vdc_mailbox_message message = extend(0);
	uint8_t reply[VDC_MAILBOX_SLOT];

	(void)state;
	assert_int_equal(vdc_mailbox_write(&message, reply, NULL), 0);
	assert_true(vdc_mailbox_answers(reply, example));
	reply[36] ^= 1; /* another volume */
	assert_false(vdc_mailbox_answers(reply, example));
	memset(reply, 0, sizeof(reply));
	assert_false(vdc_mailbox_answers(reply, reply));
}

static void the_sum_is_of_all_but_itself(void **state)
{
	uint8_t page[VDC_MAILBOX_PAGE] = { 0 };
	static const uint8_t of_ff[] = { 0x04, 0xec, 0x0f, 0x00 }; /* 255 x 4092, little endian */

	(void)state;
	assert_true(vdc_mailbox_is_sound(page));
	page[4000] = 9; /* in the 63rd slot, whose first byte says that it is empty */
	assert_true(vdc_mailbox_is_sound(page));
	memset(page, 0xff, sizeof(page));
	assert_false(vdc_mailbox_is_sound(page));
	vdc_mailbox_seal(page);
	assert_memory_equal(page + 4092, of_ff, sizeof(of_ff));
	assert_true(vdc_mailbox_is_sound(page));
	for (size_t i = 0; i < sizeof(page); i++) {
		page[i] ^= 0x10;
		assert_false(vdc_mailbox_is_sound(page));
		page[i] ^= 0x10;
	}
}

static void news_are_the_slots_that_differ(void **state)
{
	uint8_t page[VDC_MAILBOX_PAGE] = { 0 }, before[VDC_MAILBOX_PAGE] = { 0 };

	(void)state;
	memcpy(page, example, VDC_MAILBOX_SLOT);
	memcpy(page + vdc_mailbox_at(62), example, VDC_MAILBOX_SLOT);
	page[vdc_mailbox_at(30) + 63] = 1; /* empty, but another */
	vdc_mailbox_seal(page);		   /* no slot */
	assert_int_equal(vdc_mailbox_news(page, before), 1 | UINT64_C(1) << 62 | 1 << 30);
	assert_int_equal(vdc_mailbox_used(page), 1 | UINT64_C(1) << 62);
	assert_int_equal(vdc_mailbox_news(page, page), 0);
}

static void an_event_looks_like_an_empty_page(void **state)
{
	static const uint8_t bytes[] = "\0evt\xd7\x72\xf1\xc6\x3e\xbb\x43\xc3\xa4\x2e\x73\xfc\xd8"
				       "\x25\x5a\x5f\0\0\0\0";
	char event[VDC_UUID_LEN + 1];
	uint8_t page[VDC_MAILBOX_PAGE];

	(void)state;
	memset(page, 0xff, sizeof(page));
	assert_false(vdc_mailbox_event_read(page, event));
	assert_int_equal(vdc_mailbox_event_write("d772", page, NULL), -EINVAL);
	assert_int_equal(vdc_mailbox_event_write(VOLUME, page, NULL), 0);
	assert_memory_equal(page, bytes, sizeof(bytes) - 1);
	assert_int_equal(vdc_mailbox_used(page), 0);
	assert_true(vdc_mailbox_is_sound(page));
	assert_true(vdc_mailbox_event_read(page, event));
	assert_string_equal(event, VOLUME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_has_vdsms_bytes),
		cmocka_unit_test(sizes_are_whole_mebibytes),
		cmocka_unit_test(what_has_no_bytes_is_refused),
		cmocka_unit_test(noise_is_told_from_messages),
		cmocka_unit_test(clean_is_all_ones),
		cmocka_unit_test(a_reply_is_the_request_with_any_size),
		cmocka_unit_test(the_sum_is_of_all_but_itself),
		cmocka_unit_test(news_are_the_slots_that_differ),
		cmocka_unit_test(an_event_looks_like_an_empty_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
