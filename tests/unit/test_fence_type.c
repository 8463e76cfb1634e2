/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_type.h"

#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "unit.h"

/* A row as it is written here; no port is none. */
struct row {
	const char *type, *address, *username, *plug, *options, *raw_option;
	int64_t port;
};

#define ROW(...) (&(const struct row){ __VA_ARGS__ })

static void assert_lines(const struct row *row, const char *architecture, const char *lines)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_fence_agent agent = {
		.type = vdc_arena_strdup(arena, row->type),
		.address = vdc_arena_strdup(arena, row->address),
		.username = vdc_arena_strdup(arena, row->username),
		.plug = vdc_arena_strdup(arena, row->plug),
		.options = vdc_arena_strdup(arena, row->options),
		.raw_option = vdc_arena_strdup(arena, row->raw_option),
		.port = row->port ? row->port : VDC_UNSET,
		.encrypt_options = VDC_UNSET,
	};

	assert_string_equal(vdc_fence_lines(&agent, architecture, arena), lines);
}

static void types_are_in_order(void **state)
{
	(void)state;
	for (const struct vdc_fence_type *type = vdc_fence_types; type[1].name; type++)
		assert_true(strcmp(type[0].name, type[1].name) < 0);
}

static void each_name_has_its_agent(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	assert_string_equal(vdc_fence_program("drac7", arena), "fence_idrac");
	assert_string_equal(vdc_fence_program("ilo4", arena), "fence_ilo4");
	assert_string_equal(vdc_fence_program("vmware_soap", arena), "fence_vmware_soap");
	assert_string_equal(vdc_fence_program("fence_xvm", arena), "fence_xvm");
	assert_null(vdc_fence_program("", arena));
	assert_null(vdc_fence_program("fence_", arena));
	assert_null(vdc_fence_program("../../bin/sh", arena));
	assert_null(vdc_fence_program("ipmilan x", arena));
	assert_null(vdc_fence_type_find("fence_ipmilan"));
}

static void the_row_becomes_lines(void **state)
{
	(void)state;
	assert_lines(ROW(.type = "ipmilan", .address = "10.0.0.1", .username = "admin"), "x86_64",
		     "ipaddr=10.0.0.1\nlogin=admin\n");
	assert_lines(ROW(.type = "ipmilan", .address = "bmc", .port = 624), NULL,
		     "ipaddr=bmc\nipport=624\n");
	assert_lines(
		ROW(.type = "apc", .address = "pdu", .plug = "3", .options = "secure=1\nport=2022"),
		NULL, "ipaddr=pdu\nport=3\nsecure=1\nipport=2022\n");
	assert_lines(ROW(.type = "cisco_ucs", .options = "secure=1\nslot=a"), NULL,
		     "ssl=1\nport=a\n");
	assert_lines(ROW(.type = "apc_snmp", .options = "port=7"), NULL, "port=7\n");
	assert_lines(ROW(.type = "xvm", .plug = "vm1", .port = 1229), NULL,
		     "port=vm1\nipport=1229\n");
}

static void defaults_give_way_to_the_same_name_only(void **state)
{
	(void)state;
	assert_lines(ROW(.type = "drac7"), NULL, "privlvl=operator\nlanplus=1\ndelay=10\n");
	assert_lines(ROW(.type = "drac7", .options = "delay=0"), NULL,
		     "privlvl=operator\nlanplus=1\ndelay=0\n");
	/* oVirt's search for a part of the text would take lanplus for given. */
	assert_lines(ROW(.type = "drac7", .options = "no_lanplus=x"), NULL,
		     "privlvl=operator\nlanplus=1\ndelay=10\nno_lanplus=x\n");
	assert_lines(ROW(.type = "ilo_ssh", .options = "ssh=0"), NULL, "ssh=0\n");
	assert_lines(ROW(.type = "redfish", .options = "ssl-insecure=0"), NULL, "ssl-insecure=0\n");
}

static void power_hosts_have_their_own_defaults(void **state)
{
	(void)state;
	assert_lines(ROW(.type = "ilo3"), "x86_64", "power_wait=4\n");
	assert_lines(ROW(.type = "ilo3"), "ppc64le",
		     "cipher=1\nprivlvl=operator\npower_wait=4\nretry_on=2\n");
	assert_lines(ROW(.type = "ipmilan"), "ppc64",
		     "lanplus=1\ncipher=1\nprivlvl=operator\npower_wait=4\nretry_on=2\n");
	assert_lines(ROW(.type = "ilo_ssh"), "ppc64", "secure=1\nipport=22\n");
}

static void ssh_has_its_port(void **state)
{
	(void)state;
	assert_lines(ROW(.type = "rsa", .options = "secure=Yes"), NULL, "secure=Yes\nipport=22\n");
	assert_lines(ROW(.type = "drac5", .raw_option = "ssh=1"), NULL, "ssh=1\nipport=22\n");
	assert_lines(ROW(.type = "drac5", .options = "secure=0"), NULL, "secure=0\n");
	assert_lines(ROW(.type = "ilo_ssh", .port = 2222), NULL, "secure=1\nipport=2222\n");
}

static void raw_lines_are_passed_as_they_are(void **state)
{
	static const char *const lines[] = {
		"cipher=3",	"lanplus",	  "verbose-level=2",   "devices=/dev/a,/dev/b,c",
		"path=C:\\x\\,y", " cipher = \"3 ", "#no\tcomment = 1 ", "x y=1",
		"=3",		"a=b=c",	  "\xc3\xa4=\xc3\xb6",	"help",
		"version=1",	"passwd=hunter2", "actions=1",	       "a=1,action=on",
	};
	vdc_autobuf all = { 0 };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(lines); i++) {
		vdc_autofree char *sent = vdc_format("%s\n", lines[i]);

		assert_lines(ROW(.type = "ipmilan", .raw_option = lines[i]), NULL, sent);
		vdc_buf_puts(&all, sent);
	}
	assert_lines(ROW(.type = "ipmilan", .raw_option = vdc_buf_str(&all)), NULL,
		     vdc_buf_str(&all));
}

static void a_raw_line_takes_the_place_of_an_option(void **state)
{
	(void)state;
	assert_lines(ROW(.type = "ipmilan", .options = "cipher=1\nlanplus=1",
			 .raw_option = "cipher=17\ncipher=3"),
		     NULL, "lanplus=1\ncipher=17\ncipher=3\n");
	assert_lines(ROW(.type = "drac7", .raw_option = "delay=0\nlanplus"), NULL,
		     "privlvl=operator\nlanplus=1\ndelay=0\nlanplus\n");
	assert_lines(ROW(.type = "apc", .plug = "3", .raw_option = "plug=4"), NULL, "plug=4\n");
}

static void no_text_is_an_action_or_another_line(void **state)
{
	(void)state;
	assert_lines(ROW(.type = "ipmilan",
			 .raw_option = "action=reboot\nAction=on\n\t action=off\naction\na=1\r"
				       "action=on\r\n\xc2\xa0" "action =on\n\x1c" "action=on"),
		     NULL, "a=1\n");
	assert_lines(ROW(.type = "ipmilan", .options = "action=reboot\nACTION=on"), NULL, "");
	assert_lines(ROW(.type = "ipmilan", .address = "bmc\naction=reboot",
			 .username = "a\raction=on", .plug = "1\taction=on"),
		     NULL, "ipaddr=bmc action=reboot\nlogin=a action=on\nport=1 action=on\n");
}

static void waits_are_added_up(void **state)
{
	(void)state;
	assert_int_equal(vdc_fence_own_waits(""), 0);
	assert_int_equal(vdc_fence_own_waits("delay=10\npower_wait=4\n"), 14 * VDC_SECOND);
	assert_int_equal(vdc_fence_own_waits("delay=-3\npower_wait=1e9\n"), 0);
	assert_int_equal(vdc_fence_own_waits("delay=x\npower_wait=nan\n"), 0);
}

static void makers_have_their_devices(void **state)
{
	(void)state;
	assert_string_equal(vdc_fence_type_of_vendor("HP", "ProLiant DL380 G7"), "ilo3");
	assert_string_equal(vdc_fence_type_of_vendor("HPE", "ProLiant DL380 Gen10"), "ilo4");
	assert_string_equal(vdc_fence_type_of_vendor("Hewlett-Packard", NULL), "ilo4");
	assert_string_equal(vdc_fence_type_of_vendor("Dell Inc.", "PowerEdge 2950"), "drac5");
	assert_string_equal(vdc_fence_type_of_vendor("Dell Inc.", "PowerEdge R640"), "idrac");
	assert_string_equal(vdc_fence_type_of_vendor("IBM", "System x3550 M4"), "ipmilan");
	assert_string_equal(vdc_fence_type_of_vendor("LENOVO", NULL), "ipmilan");
	assert_null(vdc_fence_type_of_vendor("QEMU", NULL));
	assert_null(vdc_fence_type_of_vendor(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_in_order),
		cmocka_unit_test(each_name_has_its_agent),
		cmocka_unit_test(the_row_becomes_lines),
		cmocka_unit_test(defaults_give_way_to_the_same_name_only),
		cmocka_unit_test(power_hosts_have_their_own_defaults),
		cmocka_unit_test(ssh_has_its_port),
		cmocka_unit_test(raw_lines_are_passed_as_they_are),
		cmocka_unit_test(a_raw_line_takes_the_place_of_an_option),
		cmocka_unit_test(no_text_is_an_action_or_another_line),
		cmocka_unit_test(waits_are_added_up),
		cmocka_unit_test(makers_have_their_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
