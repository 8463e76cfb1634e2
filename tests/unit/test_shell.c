/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/setting.h"
#include "base/time.h"
#include "edge/host_facts.h"
#include "edge/shell_talk.h"
#include "unit.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A stand-in for ssh: leaves out the address and gives the rest to a shell, as sshd does. */
static char rsh[] = "/tmp/vdc-rsh-XXXXXX";

static void write_rsh(const char *body)
{
	vdc_autofree char *text = vdc_format("#!/bin/sh\n%s\n", body);
	int fd = open(rsh, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int make_rsh(void **state)
{
	int fd = mkstemp(rsh);

	(void)state;
	fchmod(fd, 0755);
	close(fd);
	return vdc_setting_set(VDC_SETTING_RSH, rsh, NULL);
}

static int remove_rsh(void **state)
{
	(void)state;
	return unlink(rsh);
}

static void words_arrive_as_they_were(void **state)
{
	const char *const words[] = { "printf", "%s|", "a b",	"$(id)", "it's", "*",
				      "",	"\\",  "\"q\"", "-n",	 "é\n",	 NULL };
	struct vdc_shell shell = { .address = "h1", .argv = words };
	vdc_autoend end = { 0 };

	(void)state;
	write_rsh("shift; exec sh -c \"$1\"");
	assert_int_equal(vdc_shell_run(&shell, &end, NULL), 0);
	assert_string_equal(end.out.data, "a b|$(id)|it's|*||\\|\"q\"|-n|é\n|");
}

static void a_line_to_it_and_a_line_of_it(void **state)
{
	const char *const words[] = { "sh", "-c",
				      "echo here; while read -r l; do echo \"<$l>\"; done; "
				      "echo gone >&2; exit 4",
				      NULL };
	const char *const deaf[] = { "sleep", "100", NULL };
	struct vdc_err err = { 0 };
	struct vdc_talk *talk;
	vdc_autobuf out = { 0 };
	int status = 0;

	(void)state;
	write_rsh("shift; exec sh -c \"$1\"");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(vdc_talk_begin(i ? "h1" : NULL, words, &talk, &err), 0);
		assert_int_equal(vdc_talk_ask(talk, NULL, VDC_SECOND * 10, &out, NULL, &err), 0);
		assert_string_equal(vdc_buf_str(&out), "here");
		assert_int_equal(vdc_talk_ask(talk, "a b", VDC_SECOND * 10, &out, NULL, &err), 0);
		assert_string_equal(vdc_buf_str(&out), "<a b>");
		vdc_talk_end(talk);
	}
	assert_int_equal(vdc_talk_begin("h1", deaf, &talk, &err), 0);
	assert_int_equal(vdc_talk_ask(talk, "x", VDC_SECOND / 5, &out, NULL, &err), -ETIMEDOUT);
	vdc_talk_end(talk);
	assert_int_equal(vdc_talk_begin(NULL, ARGV("sh", "-c", "echo no >&2; exit 4"), &talk, &err),
			 0);
	assert_int_equal(vdc_talk_ask(talk, NULL, VDC_SECOND * 10, &out, &status, &err), -EPIPE);
	assert_string_equal(vdc_err_text(&err), "no");
	assert_int_equal(status, 4);
	vdc_talk_end(talk);
	assert_int_equal(vdc_talk_begin("-oProxyCommand=x", words, &talk, &err), -EINVAL);
	assert_int_equal(vdc_talk_begin(NULL, ARGV("/no/such/program"), &talk, &err), -ENOENT);
}

static void the_template_is_split_at_spaces(void **state)
{
	vdc_autofree char *template = vdc_format("%s  -x   'y", rsh);
	struct vdc_shell shell = { .address = "h1", .argv = ARGV("true") };
	vdc_autoend end = { 0 };

	(void)state;
	write_rsh("printf '<%s>' \"$@\"");
	assert_int_equal(vdc_setting_set(VDC_SETTING_RSH, template, NULL), 0);
	assert_int_equal(vdc_shell_run(&shell, &end, NULL), 0);
	vdc_setting_set(VDC_SETTING_RSH, rsh, NULL);
	assert_string_equal(end.out.data, "<-x><'y><h1><true>");
}

static void an_address_is_no_option(void **state)
{
	struct vdc_shell shell = { .address = "-oProxyCommand=id", .argv = ARGV("true") };
	vdc_autoend end = { 0 };

	(void)state;
	assert_int_equal(vdc_shell_run(&shell, &end, NULL), -EINVAL);
}

static void ssh_that_gets_nowhere_names_the_host(void **state)
{
	struct vdc_shell shell = { .address = "h7", .argv = ARGV("true") };
	struct vdc_err err = { 0 };
	vdc_autoend end = { 0 };

	(void)state;
	write_rsh("echo 'ssh: connect to host h7 port 22: Connection refused' >&2; exit 255");
	assert_int_equal(vdc_shell_run(&shell, &end, &err), -ECONNREFUSED);
	assert_string_equal(err.msg, "h7: ssh: connect to host h7 port 22: Connection refused");
	write_rsh("echo 'root@h7: Permission denied (publickey).' >&2; exit 255");
	assert_int_equal(vdc_shell_run(&shell, &end, &err), -EACCES);
	write_rsh("exit 255");
	assert_int_equal(vdc_shell_run(&shell, &end, &err), -EHOSTUNREACH);
}

static void it_has_a_limit(void **state)
{
	struct vdc_shell shell = { .address = "h7", .argv = ARGV("x"), .limit_us = VDC_SECOND / 5 };
	struct vdc_err err = { 0 };
	vdc_autoend end = { 0 };

	(void)state;
	write_rsh("sleep 60");
	assert_int_equal(vdc_shell_run(&shell, &end, &err), -ETIMEDOUT);
	assert_int_equal(strncmp(err.msg, "h7: ", 4), 0);
}

static void without_an_address_no_template_is_used(void **state)
{
	struct vdc_shell shell = { .argv = ARGV("echo", "here") };
	vdc_autoend end = { 0 };

	(void)state;
	write_rsh("echo wrong");
	assert_int_equal(vdc_shell_run(&shell, &end, NULL), 0);
	assert_string_equal(end.out.data, "here\n");
}

static void facts_of_this_machine(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_host_facts facts;

	(void)state;
	assert_int_equal(vdc_host_facts(NULL, 0, arena, &facts, NULL), 0);
	assert_non_null(facts.os_id);
	assert_int_equal(strlen(facts.boot_id), 36);
	assert_true(facts.boot_time > 1500000000 * VDC_SECOND);
	assert_true(facts.memory_available > 0);
	assert_non_null(facts.kernel);
}

static void facts_of_another_host(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_host_facts facts;

	(void)state;
	write_rsh("shift; exec sh -c \"$1\"");
	assert_int_equal(vdc_host_facts("h1", 0, arena, &facts, NULL), 0);
	assert_non_null(facts.os_description);
}

static void facts_are_read_line_by_line(void **state)
{
	static const char text[] = "os PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
				   "os VERSION_ID=\"12\"\nos ID=debian\n"
				   "boot_id 11111111-2222-3333-4444-555555555555\n"
				   "uuid 4C4C4544-0042-3510-8052-B4C04F4D3232\n"
				   "btime 1700000000\navailable 1024 kB\n"
				   "bridge br0\nbridge br1\n"
				   "kdump enabled\nsanlock host-1\n"
				   "package installed sanlock=3.8.5-1\n"
				   "package config-files lvm2=2.03\n"
				   "package installed libvirt-daemon=9.0.0-4\nend\n";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_host_facts facts;

	(void)state;
	assert_int_equal(vdc_host_facts_parse(text, arena, &facts, NULL), 0);
	assert_string_equal(facts.os_description, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(facts.os_version, "12");
	assert_string_equal(facts.os_id, "debian");
	assert_string_equal(facts.uuid, "4c4c4544-0042-3510-8052-b4c04f4d3232");
	assert_string_equal(facts.bridges, "br0 br1");
	assert_string_equal(facts.packages, "sanlock=3.8.5-1\nlibvirt-daemon=9.0.0-4");
	assert_int_equal(facts.boot_time, 1700000000 * VDC_SECOND);
	assert_int_equal(facts.memory_available, 1024 * 1024);
	assert_string_equal(facts.kdump, "enabled");
	assert_string_equal(facts.sanlock_name, "host-1");
	assert_null(facts.kernel);
}

/* VERSION_ID, what debian_version says, and what counts. */
static void debian_tells_its_point_release_elsewhere(void **state)
{
	static const char *const table[][3] = {
		{ "12", "12.5", "12.5" },
		{ "12", "trixie/sid", "12" },
		{ "13", "12.5", "13" },
		{ "1", "12.5", "1" },
		{ "22.04", "bookworm/sid", "22.04" },
		{ "12", "", "12" },
	};
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_host_facts facts;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		const char *text = vdc_arena_format(arena, "os VERSION_ID=\"%s\"\ndebian %s\nend\n",
						    table[i][0], table[i][1]);

		assert_int_equal(vdc_host_facts_parse(text, arena, &facts, NULL), 0);
		assert_string_equal(facts.os_version, table[i][2]);
	}
}

static void an_answer_cut_off_is_refused(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_host_facts facts;

	(void)state;
	assert_int_equal(vdc_host_facts_parse("os ID=debian\n", arena, &facts, NULL), -EBADMSG);
	assert_int_equal(vdc_host_facts_parse("", arena, &facts, NULL), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_arrive_as_they_were),
		cmocka_unit_test(a_line_to_it_and_a_line_of_it),
		cmocka_unit_test(the_template_is_split_at_spaces),
		cmocka_unit_test(an_address_is_no_option),
		cmocka_unit_test(ssh_that_gets_nowhere_names_the_host),
		cmocka_unit_test(it_has_a_limit),
		cmocka_unit_test(without_an_address_no_template_is_used),
		cmocka_unit_test(facts_of_this_machine),
		cmocka_unit_test(facts_of_another_host),
		cmocka_unit_test(facts_are_read_line_by_line),
		cmocka_unit_test(debian_tells_its_point_release_elsewhere),
		cmocka_unit_test(an_answer_cut_off_is_refused),
	};

	return cmocka_run_group_tests(tests, make_rsh, remove_rsh);
}
