/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/kdump_socket.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "kdump_sender.h"

#define LONG_TIME (20 * VDC_SECOND)
#define SHORT_TIME (VDC_SECOND / 5)

static const char of_another_byte_order[] = { 0x1b, 0x30, 0x2a, 0x40, 0, 0, 0, 1 },
		  of_another_version[] = { 0x40, 0x2a, 0x30, 0x1b, 2, 0, 0, 0 },
		  cut_off[] = { 0x40, 0x2a, 0x30, 0x1b, 1 },
		  longer[] = { 0x40, 0x2a, 0x30, 0x1b, 1, 0, 0, 0, 1, 2, 3, 4 };

static void a_message_is_known_in_both_byte_orders(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		bool is_message;
	} cases[] = {
		{ kdump_message, sizeof(kdump_message), true },
		{ of_another_byte_order, sizeof(of_another_byte_order), true },
		{ of_another_version, sizeof(of_another_version), false },
		{ cut_off, sizeof(cut_off), false },
		{ longer, sizeof(longer), true },
		{ "", 0, false },
		{ "GET / HTTP/1.0", 14, false },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_int_equal(vdc_kdump_is_message(cases[i].data, cases[i].len),
				 cases[i].is_message);
}

static void only_the_host_itself_is_heard(void **state)
{
	struct vdc_kdump_socket *sockets;
	char from[VDC_KDUMP_ADDRESS] = "";
	int64_t port = free_port();

	(void)state;
	assert_int_equal(vdc_kdump_open("127.0.0.7", port, &sockets, NULL), 0);
	send_from("127.0.0.8", port, kdump_message, sizeof(kdump_message));
	send_from("127.0.0.7", port, of_another_version, sizeof(of_another_version));
	send_from("127.0.0.7", port, "", 0);
	assert_int_equal(vdc_kdump_wait(sockets, SHORT_TIME, from, NULL), 0);
	send_from("127.0.0.7", port, kdump_message, sizeof(kdump_message));
	assert_int_equal(vdc_kdump_wait(sockets, LONG_TIME, from, NULL), 1);
	assert_string_equal(from, "127.0.0.7");
	assert_int_equal(vdc_kdump_wait(sockets, SHORT_TIME, from, NULL), 0);
	vdc_kdump_close(sockets);
}

/* Two that wait for different hosts, and an ovirt-engine beside them. */
static void several_listen_at_once(void **state)
{
	struct vdc_kdump_socket *first, *second;
	char from[VDC_KDUMP_ADDRESS] = "";
	int64_t port = free_port();
	struct vdc_err err = { 0 };
	int r;

	(void)state;
	assert_int_equal(vdc_kdump_open("127.0.0.7", port, &first, NULL), 0);
	r = vdc_kdump_open("127.0.0.8", port, &second, &err);
	if (r) { /* not root */
		vdc_kdump_close(first);
		assert_int_equal(r, -EADDRINUSE);
		skip();
	}
	send_from("127.0.0.8", port + 1 > 65535 ? port - 1 : port + 1, kdump_message,
		  sizeof(kdump_message));
	send_from("127.0.0.8", port, of_another_version, sizeof(of_another_version));
	assert_int_equal(vdc_kdump_wait(second, SHORT_TIME, from, NULL), 0);
	send_from("127.0.0.8", port, kdump_message, sizeof(kdump_message));
	assert_int_equal(vdc_kdump_wait(second, LONG_TIME, from, NULL), 1);
	assert_string_equal(from, "127.0.0.8");
	assert_int_equal(vdc_kdump_wait(first, SHORT_TIME, from, NULL), 0);
	send_from("127.0.0.7", port, kdump_message, sizeof(kdump_message));
	assert_int_equal(vdc_kdump_wait(first, LONG_TIME, from, NULL), 1);
	vdc_kdump_close(first);
	vdc_kdump_close(second);
}

static void a_name_that_is_none_is_refused(void **state)
{
	struct vdc_kdump_socket *sockets;
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(vdc_kdump_open("no such name", 7410, &sockets, &err), -ENOENT);
	assert_non_null(strstr(vdc_err_text(&err), "no such name"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_known_in_both_byte_orders),
		cmocka_unit_test(only_the_host_itself_is_heard),
		cmocka_unit_test(several_listen_at_once),
		cmocka_unit_test(a_name_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
