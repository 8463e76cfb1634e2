/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host's side of a mailbox, against a manager as vdsm's is: what is new is what differs. */
#include <errno.h>
#include <string.h>

#include "doc/mailbox_host.h"
#include "unit.h"

#define DOMAIN "8adbc85e-e554-4ae0-b318-8a5465fe5fe1"
#define VOLUME "d772f1c6-3ebb-43c3-a42e-73fcd8255a5f"
#define MIB (INT64_C(1) << 20)
#define SECOND INT64_C(1000000)

static struct vdc_mailbox_host host;
static uint8_t in[VDC_MAILBOX_PAGE], out[VDC_MAILBOX_PAGE], seen[VDC_MAILBOX_PAGE];
static int asked; /* requests that the manager took for new */

static int setup(void **state)
{
	(void)state;
	host = (struct vdc_mailbox_host){ 0 };
	memset(in, 0, sizeof(in));
	memset(out, 0, sizeof(out));
	memset(seen, 0, sizeof(seen));
	asked = 0;
	return 0;
}

static struct vdc_mailbox_message wish_for(unsigned volume, int64_t size)
{
	struct vdc_mailbox_message message = {
		.kind = VDC_MAILBOX_EXTEND, .domain = DOMAIN, .volume = VOLUME, .size = size
	};

	message.volume[0] = "0123456789abcdef"[volume / 16];
	message.volume[1] = "0123456789abcdef"[volume % 16];
	return message;
}

/* Through the first slot that takes it. Returns which; -1: none. */
static int ask(unsigned volume, int64_t size, int64_t now)
{
	struct vdc_mailbox_message message = wish_for(volume, size);

	if (vdc_mailbox_host_wish(&host, &message, now, NULL) == VDC_MAILBOX_TAKEN)
		return VDC_MAILBOX_SLOTS;
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		if (host.slots[i].turn == VDC_MAILBOX_OTHERS &&
		    vdc_mailbox_host_put(&host, i, &message, in + vdc_mailbox_at(i),
					 out + vdc_mailbox_at(i), now))
			return (int)i;
	return -1;
}

/* One round of the manager, which grants GRANTED at most (0: refuses), and loses the answer if LOSES. */
static void manage(int64_t granted, bool loses)
{
	uint64_t news;

	vdc_mailbox_host_write(&host, in);
	assert_true(vdc_mailbox_is_sound(in));
	news = vdc_mailbox_news(in, seen);
	memcpy(seen, in, sizeof(in));
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++) {
		struct vdc_mailbox_message message;

		vdc_mailbox_read(in + vdc_mailbox_at(i), &message);
		if (!(news >> i & 1) || message.kind == VDC_MAILBOX_EMPTY)
			continue;
		if (message.kind == VDC_MAILBOX_EXTEND) {
			asked++;
			message.size = message.size <= granted ? message.size : 0;
		}
		if (!loses || message.kind == VDC_MAILBOX_CLEAN)
			vdc_mailbox_write(&message, out + vdc_mailbox_at(i), NULL);
	}
}

/* How many answers come; the last one into SIZE. */
static int answers(int64_t now, int64_t *size)
{
	struct vdc_mailbox_message message;
	size_t at = 0;
	int n = 0;

	while (vdc_mailbox_host_read(&host, out, now, &at, &message)) {
		*size = message.size;
		n++;
	}
	return n;
}

static void a_request_takes_two_rounds(void **state)
{
	int64_t size = -1;

	(void)state;
	assert_int_equal(ask(0, 100 * MIB, 0), 0);
	assert_int_equal(answers(1, &size), 0);
	manage(1024 * MIB, false);
	assert_int_equal(answers(2, &size), 1);
	assert_int_equal(size, 100 * MIB);
	assert_int_equal(answers(3, &size), 0);
	assert_int_equal(vdc_mailbox_host_freed(&host), 0);
	manage(1024 * MIB, false); /* sees CLEAN, says so */
	assert_int_equal(answers(4, &size), 0);
	assert_int_equal(vdc_mailbox_host_freed(&host), 0); /* not yet written */
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(vdc_mailbox_host_freed(&host), 1);
	assert_int_equal(vdc_mailbox_used(in), 0);
	assert_false(vdc_mailbox_host_waits(&host));
	assert_int_equal(asked, 1);
}

static void a_refusal_has_no_size(void **state)
{
	int64_t size = -1;

	(void)state;
	ask(0, 100 * MIB, 0);
	manage(50 * MIB, false);
	assert_int_equal(answers(1, &size), 1);
	assert_int_equal(size, 0);
}

static void one_that_is_lost_is_asked_again_elsewhere(void **state)
{
	int64_t size = -1;

	(void)state;
	assert_int_equal(ask(0, 100 * MIB, 0), 0);
	manage(1024 * MIB, true);
	assert_int_equal(answers(SECOND, &size), 0);
	assert_int_equal(ask(0, 100 * MIB, SECOND), VDC_MAILBOX_SLOTS);
	assert_int_equal(ask(0, 100 * MIB, VDC_MAILBOX_AGAIN), 1);
	manage(1024 * MIB, false);
	assert_int_equal(asked, 2);
	assert_int_equal(answers(VDC_MAILBOX_AGAIN + 1, &size), 1);
	assert_int_equal(size, 100 * MIB);
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(vdc_mailbox_host_freed(&host), 1); /* the first one is clean already */
}

static void a_larger_size_takes_another_slot(void **state)
{
	int64_t size = -1;

	(void)state;
	assert_int_equal(ask(0, 100 * MIB, 0), 0);
	assert_int_equal(ask(0, 200 * MIB, 1), 1);
	manage(1024 * MIB, false);
	assert_int_equal(asked, 1); /* the first one was taken back in time */
	assert_int_equal(answers(3, &size), 1);
	assert_int_equal(size, 200 * MIB);
}

static void what_was_there_before_is_no_answer(void **state)
{
	struct vdc_mailbox_message old = wish_for(0, 100 * MIB);
	int64_t size = -1;

	(void)state;
	vdc_mailbox_write(&old, out, NULL);
	assert_int_equal(ask(0, 100 * MIB, 0), 0);
	assert_int_equal(answers(1, &size), 0);
	memset(out, 0, sizeof(out)); /* a new manager */
	assert_int_equal(answers(2, &size), 0);
	manage(1024 * MIB, false);
	assert_int_equal(answers(3, &size), 1);
}

static void slots_of_the_dead_are_made_clean(void **state)
{
	struct vdc_mailbox_message old = wish_for(7, 100 * MIB);
	int64_t size = -1;

	(void)state;
	vdc_mailbox_write(&old, in, NULL);
	assert_int_equal(ask(0, 100 * MIB, 0), 1);
	vdc_mailbox_write(&old, out, NULL); /* its answer is nobody's */
	assert_int_equal(answers(1, &size), 0);
	manage(1024 * MIB, false);
	assert_int_equal(answers(2, &size), 1);
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(vdc_mailbox_host_freed(&host), 1);
}

static void a_slot_that_nobody_cleans_is_free_in_the_end(void **state)
{
	int64_t size = -1;

	(void)state;
	ask(0, 100 * MIB, 0);
	manage(1024 * MIB, false);
	assert_int_equal(answers(1, &size), 1);
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(answers(VDC_MAILBOX_LEAVE, &size), 0);
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(vdc_mailbox_host_freed(&host), 0);
	assert_int_equal(answers(VDC_MAILBOX_LEAVE + 1, &size), 0);
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(vdc_mailbox_host_freed(&host), 1);
}

static void all_slots_can_be_taken(void **state)
{
	int64_t size;

	(void)state;
	for (unsigned i = 0; i < VDC_MAILBOX_SLOTS; i++)
		assert_int_equal(ask(i, (i + 1) * MIB, 0), i);
	assert_int_equal(ask(VDC_MAILBOX_SLOTS, MIB, 0), -1);
	manage(1024 * MIB, false);
	assert_int_equal(answers(1, &size), VDC_MAILBOX_SLOTS);
	assert_int_equal(size, VDC_MAILBOX_SLOTS * MIB);
	vdc_mailbox_host_leave(&host);
	vdc_mailbox_host_write(&host, in);
	assert_int_equal(vdc_mailbox_used(in), 0);
}

static void what_cannot_be_written_is_refused(void **state)
{
	struct vdc_mailbox_message message = wish_for(0, VDC_MAILBOX_SIZE_MAX + 1);

	(void)state;
	assert_int_equal(vdc_mailbox_host_wish(&host, &message, 0, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_request_takes_two_rounds, setup),
		cmocka_unit_test_setup(a_refusal_has_no_size, setup),
		cmocka_unit_test_setup(one_that_is_lost_is_asked_again_elsewhere, setup),
		cmocka_unit_test_setup(a_larger_size_takes_another_slot, setup),
		cmocka_unit_test_setup(what_was_there_before_is_no_answer, setup),
		cmocka_unit_test_setup(slots_of_the_dead_are_made_clean, setup),
		cmocka_unit_test_setup(a_slot_that_nobody_cleans_is_free_in_the_end, setup),
		cmocka_unit_test_setup(all_slots_can_be_taken, setup),
		cmocka_unit_test_setup(what_cannot_be_written_is_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
