/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manager's side of a mailbox, and both sides with each other over losses of every kind. */
#include <string.h>

#include "doc/mailbox_host.h"
#include "doc/mailbox_manager.h"
#include "unit.h"

#define DOMAIN "8adbc85e-e554-4ae0-b318-8a5465fe5fe1"
#define VOLUME "d772f1c6-3ebb-43c3-a42e-73fcd8255a5f"
#define MIB (INT64_C(1) << 20)
#define SECOND INT64_C(1000000)

static struct vdc_mailbox_manager manager;
static struct vdc_mailbox_message read_one;
static uint8_t in[VDC_MAILBOX_PAGE];
static size_t at;

static int setup(void **state)
{
	(void)state;
	manager = (struct vdc_mailbox_manager){ 0 };
	memset(in, 0, sizeof(in));
	at = 0;
	return 0;
}

static void put(size_t slot, enum vdc_mailbox_kind kind, int64_t size)
{
	const struct vdc_mailbox_message message = {
		.kind = kind, .domain = DOMAIN, .volume = VOLUME, .size = size
	};

	assert_int_equal(vdc_mailbox_write(&message, in + vdc_mailbox_at(slot), NULL), 0);
	vdc_mailbox_seal(in);
	at = 0;
}

static int news(void)
{
	return vdc_mailbox_manager_read(&manager, in, &at, &read_one);
}

static enum vdc_mailbox_kind out(size_t slot, int64_t *size)
{
	struct vdc_mailbox_message message;

	vdc_mailbox_read(manager.out + vdc_mailbox_at(slot), &message);
	*size = message.size;
	return message.kind;
}

static void what_is_new_is_told_once(void **state)
{
	int64_t size;

	(void)state;
	put(5, VDC_MAILBOX_EXTEND, 100 * MIB);
	assert_int_equal(news(), 1);
	assert_int_equal(at, 6);
	assert_int_equal(read_one.size, 100 * MIB);
	assert_int_equal(news(), 0);
	at = 0;
	assert_int_equal(news(), 0);
	assert_false(manager.changed);
	vdc_mailbox_manager_reply(&manager, 5, &read_one, 128 * MIB);
	assert_true(manager.changed);
	assert_int_equal(out(5, &size), VDC_MAILBOX_EXTEND);
	assert_int_equal(size, 100 * MIB);
	put(5, VDC_MAILBOX_CLEAN, 0);
	assert_int_equal(news(), 0);
	assert_int_equal(out(5, &size), VDC_MAILBOX_CLEAN);
}

static void a_refusal_and_a_late_reply(void **state)
{
	struct vdc_mailbox_message first;
	int64_t size;

	(void)state;
	put(0, VDC_MAILBOX_EXTEND, 100 * MIB);
	assert_int_equal(news(), 1);
	first = read_one;
	put(0, VDC_MAILBOX_EXTEND, 200 * MIB);
	assert_int_equal(news(), 1);
	vdc_mailbox_manager_reply(&manager, 0, &first, 100 * MIB);
	assert_false(manager.changed);
	vdc_mailbox_manager_reply(&manager, 0, &read_one, 0);
	assert_int_equal(out(0, &size), VDC_MAILBOX_EXTEND);
	assert_int_equal(size, 0);
}

static void part_of_it_is_an_answer(void **state)
{
	int64_t size;

	(void)state;
	put(0, VDC_MAILBOX_EXTEND, 100 * MIB);
	assert_int_equal(news(), 1);
	vdc_mailbox_manager_reply(&manager, 0, &read_one, 64 * MIB + 1);
	assert_int_equal(out(0, &size), VDC_MAILBOX_EXTEND);
	assert_int_equal(size, 64 * MIB);
}

static void a_damaged_page_waits(void **state)
{
	(void)state;
	put(1, VDC_MAILBOX_EXTEND, 100 * MIB);
	in[2000] ^= 1;
	assert_int_equal(news(), 0);
	assert_true(manager.damaged);
	in[2000] ^= 1;
	at = 0;
	assert_int_equal(news(), 1);
	assert_false(manager.damaged);
}

static void what_is_not_understood_is_not_answered(void **state)
{
	int64_t size;

	(void)state;
	put(62, VDC_MAILBOX_EXTEND, 100 * MIB);
	in[vdc_mailbox_at(62)] = '2';
	vdc_mailbox_seal(in);
	assert_int_equal(news(), 1);
	assert_int_equal(at, 63);
	assert_int_equal(read_one.kind, VDC_MAILBOX_OTHER_VERSION);
	vdc_mailbox_manager_reply(&manager, 62, &read_one, MIB);
	assert_int_equal(out(62, &size), VDC_MAILBOX_EMPTY);
}

/* Both sides for a while, with reads and writes that do not happen; RANDOM says which. */
static unsigned dice(uint64_t *random)
{
	*random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*random >> 33) % 8;
}

static void host_turn(struct vdc_mailbox_host *host, const struct vdc_mailbox_message *wish,
		      const uint8_t *outbox, int64_t now, int *granted)
{
	struct vdc_mailbox_message answer;
	size_t slot = 0;

	if (!*granted && vdc_mailbox_host_wish(host, wish, now, NULL) == VDC_MAILBOX_WANTS_SLOT) {
		for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
			if (host->slots[i].turn == VDC_MAILBOX_OTHERS &&
			    vdc_mailbox_host_put(host, i, wish, in + vdc_mailbox_at(i),
						 outbox + vdc_mailbox_at(i), now))
				break;
	}
	while (vdc_mailbox_host_read(host, outbox, now, &slot, &answer))
		*granted += answer.size > 0;
	vdc_mailbox_host_write(host, in);
	vdc_mailbox_host_freed(host);
}

static void whatever_is_lost_is_made_up_for(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++) {
		static struct vdc_mailbox_host host;
		struct vdc_mailbox_message wish = {
			.kind = VDC_MAILBOX_EXTEND, .domain = DOMAIN, .volume = VOLUME, .size = MIB
		};
		uint8_t outbox[VDC_MAILBOX_PAGE] = { 0 };
		uint64_t random = seed;
		int granted = 0;
		int64_t now = 1;

		setup(NULL);
		host = (struct vdc_mailbox_host){ 0 };
		for (int i = 0; i < 400; i++, now += SECOND / 4) {
			if (dice(&random))
				host_turn(&host, &wish, outbox, now, &granted);
			/* A new manager takes over, and begins with an empty outbox. */
			if (i < 100 && !dice(&random) && !dice(&random)) {
				manager = (struct vdc_mailbox_manager){ 0 };
				memset(outbox, 0, sizeof(outbox));
			}
			at = 0;
			while (dice(&random) && news()) {
				if (dice(&random) > 1) /* else it is lost for ever */
					vdc_mailbox_manager_reply(&manager, at - 1, &read_one, MIB);
			}
			if (dice(&random))
				memcpy(outbox, manager.out, sizeof(outbox));
		}
		assert_int_equal(granted > 0, true);
		/* And nothing stays behind. */
		for (int i = 0; i < 100; i++, now += SECOND) {
			at = 0;
			while (news())
				;
			memcpy(outbox, manager.out, sizeof(outbox));
			host_turn(&host, &wish, outbox, now, &granted);
		}
		assert_false(vdc_mailbox_host_waits(&host));
		assert_int_equal(vdc_mailbox_used(in), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_new_is_told_once, setup),
		cmocka_unit_test_setup(a_refusal_and_a_late_reply, setup),
		cmocka_unit_test_setup(part_of_it_is_an_answer, setup),
		cmocka_unit_test_setup(a_damaged_page_waits, setup),
		cmocka_unit_test_setup(what_is_not_understood_is_not_answered, setup),
		cmocka_unit_test(whatever_is_lost_is_made_up_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
