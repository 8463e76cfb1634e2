/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking through a real mailbox, in files, with real processes; the manager is this test. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/setting.h"
#include "base/time.h"
#include "doc/mailbox.h"
#include "extend_asking.h"

#define DOMAIN "8adbc85e-e554-4ae0-b318-8a5465fe5fe1"
#define MIB (INT64_C(1) << 20)

enum { HOST_ID = 7, LIMIT_MS = 30000 };

static char folder[64], ids[96], id[] = DOMAIN, name[] = "data";
static struct vdc_lockspace space;
static int in, out;
static struct vdc_err why;

static int box(const char *which)
{
	vdc_autofree char *path = vdc_format("%s/%s", folder, which);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 16 * MIB), 0);
	return fd;
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/vdc-ask-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(ids, sizeof(ids), "%s/ids", folder);
	assert_int_equal(vdc_setting_set(VDC_SETTING_SPM_DIRECTORY, folder, &why), 0);
	space = (struct vdc_lockspace){ .id = id, .name = name, .host_id = HOST_ID, .ids = ids };
	in = box("inbox");
	out = box("outbox");
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "inbox", "outbox", DOMAIN ".page" };

	(void)state;
	close(in);
	close(out);
	for (size_t i = 0; i < VDC_COUNT(names); i++) {
		vdc_autofree char *path = vdc_format("%s/%s", folder, names[i]);

		unlink(path);
	}
	return rmdir(folder);
}

static struct vdc_extend_ask *open_ask(void)
{
	const struct vdc_extend_ask_options options = { .transport = VDC_EXTEND_MAILBOX,
							.master = &space };
	struct vdc_extend_ask *ask;

	if (vdc_extend_ask_open(&options, &ask, &why))
		fail_msg("%s", vdc_err_text(&why));
	return ask;
}

static void send_for(struct vdc_extend_ask *ask, int volume, int64_t size)
{
	struct vdc_extend_request request = { .domain = DOMAIN, .size = size };

	snprintf(request.volume, sizeof(request.volume), "00000000-0000-4000-8000-%012d", volume);
	assert_int_equal(vdc_extend_ask_send(ask, &request, &why), 0);
}

static void read_page(int fd, uint8_t *page)
{
	assert_int_equal(pread(fd, page, VDC_MAILBOX_PAGE, HOST_ID * VDC_MAILBOX_PAGE),
			 VDC_MAILBOX_PAGE);
}

/* Waits for N requests, whatever else is in the page; answers all of them, and what is clean. */
static uint64_t answer_all(int n)
{
	const int64_t until = vdc_time_monotonic() + LIMIT_MS * INT64_C(1000);
	uint8_t page[VDC_MAILBOX_PAGE];
	uint64_t requests;

	do {
		requests = 0;
		read_page(in, page);
		for (size_t i = 0; i < VDC_MAILBOX_SLOTS && vdc_mailbox_is_sound(page); i++)
			if (page[vdc_mailbox_at(i)] == '1')
				requests |= UINT64_C(1) << i;
		assert_true(vdc_time_monotonic() < until);
		vdc_sleep(1000);
	} while (__builtin_popcountll(requests) != n);
	page[VDC_MAILBOX_PAGE - 1] = 0;
	assert_int_equal(pwrite(out, page, VDC_MAILBOX_PAGE, HOST_ID * VDC_MAILBOX_PAGE),
			 VDC_MAILBOX_PAGE);
	return requests;
}

static void what_is_asked_is_answered(void **state)
{
	struct vdc_extend_ask *ask = open_ask();
	char event[VDC_UUID_LEN + 1];
	uint8_t page[VDC_MAILBOX_PAGE];

	(void)state;
	send_for(ask, 1, 100 * MIB);
	send_for(ask, 2, 200 * MIB);
	send_for(ask, 1, 50 * MIB);
	assert_int_equal(answer_all(2), 3);
	assert_int_equal(wait_answer(ask).size + wait_answer(ask).size, 300 * MIB);
	assert_int_equal(pread(in, page, sizeof(page), 0), sizeof(page));
	assert_true(vdc_mailbox_event_read(page, event));
	vdc_extend_ask_close(ask);
	read_page(in, page);
	assert_int_equal(vdc_mailbox_used(page), 0);
}

static void processes_share_a_page(void **state)
{
	struct vdc_extend_ask *one = open_ask(), *two = open_ask();
	struct vdc_extend_answer answer;

	(void)state;
	send_for(one, 1, 100 * MIB);
	send_for(two, 1, 200 * MIB);
	answer_all(2);
	answer = wait_answer(one);
	assert_int_equal(answer.size, 100 * MIB);
	assert_string_equal(answer.domain, DOMAIN);
	assert_int_equal(wait_answer(two).size, 200 * MIB);
	vdc_extend_ask_close(one);
	vdc_extend_ask_close(two);
}

static void more_than_there_are_slots_wait(void **state)
{
	struct vdc_extend_ask *ask = open_ask();

	(void)state;
	for (int i = 0; i < VDC_MAILBOX_SLOTS + 5; i++)
		send_for(ask, i, MIB);
	answer_all(VDC_MAILBOX_SLOTS);
	for (int i = 0; i < VDC_MAILBOX_SLOTS; i++)
		assert_int_equal(wait_answer(ask).size, MIB);
	answer_all(0); /* those are clean */
	answer_all(5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(wait_answer(ask).size, MIB);
	vdc_extend_ask_close(ask);
}

static void a_way_that_fails_is_told_once_and_goes_on(void **state)
{
	struct vdc_extend_ask *ask = open_ask();
	struct vdc_extend_answer answer;

	(void)state;
	assert_int_equal(ftruncate(out, 4096), 0);
	send_for(ask, 1, MIB);
	answer = wait_answer(ask);
	assert_string_equal(answer.volume, "");
	assert_non_null(strstr(answer.text, "outbox"));
	assert_int_equal(ftruncate(out, 16 * MIB), 0);
	answer = wait_answer(ask);
	assert_string_equal(answer.volume, "");
	assert_string_equal(answer.text, "");
	answer_all(1);
	assert_int_equal(wait_answer(ask).size, MIB);
	vdc_extend_ask_close(ask);
}

static void a_host_without_a_page_cannot_ask(void **state)
{
	const struct vdc_extend_ask_options options = { .transport = VDC_EXTEND_MAILBOX,
							.master = &space };
	struct vdc_extend_ask *ask;

	(void)state;
	space.host_id = 250;
	assert_int_equal(vdc_extend_ask_open(&options, &ask, &why), -EINVAL);
	assert_non_null(strstr(why.msg, "250"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_asked_is_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(processes_share_a_page, setup, teardown),
		cmocka_unit_test_setup_teardown(more_than_there_are_slots_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(a_way_that_fails_is_told_once_and_goes_on, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_host_without_a_page_cannot_ask, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
