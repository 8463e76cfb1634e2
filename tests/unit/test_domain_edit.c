/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/domain_edit.h"

#include <errno.h>
#include <string.h>

#include "data_file.h"

/* What may stand in a definition and look like what is searched: comments, CDATA, namespaces, quotes. */
static const char tricky[] =
	"<?xml version='1.0'?>\n"
	"<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
	"  <!-- <os><type machine='no'>no</type></os> -->\n"
	"  <name>a&gt;b</name>\n"
	"  <title><![CDATA[<os><type machine='no'/></os>]]></title>\n"
	"  <metadata><x:os xmlns:x='u'><x:type machine='no'/></x:os>"
	"<os><type machine='no'/></os></metadata>\n"
	"  <os firmware='a>b'>\n"
	"    <type  arch=\"x86_64\"\n machine = \"pc-i440fx-7.2\" >hvm</type>\n"
	"    <boot dev='hd'/>\n"
	"  </os>\n"
	"  <devices>\n"
	"    <controller type='pci' index='0' model='pci-root'/>\n"
	"    <controller type='usb' index='0'><alias name='usb'/>"
	"<address type='pci' slot='0x01'/></controller>\n"
	"    <controller type='scsi' index='0'><address type='pci' slot='0x05'/></controller>\n"
	"    <interface type='bridge'><mac address='52:54:00:00:00:01'/><alias name='ua-x'/>"
	"<address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/></interface>\n"
	"    <hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x3b' "
	"type='pci'/></source><address type='pci' slot='0x04'/></hostdev>\n"
	"    <disk type='file'><address type='drive' unit='1'/></disk>\n"
	"  </devices>\n"
	"  <qemu:commandline><qemu:arg value='-x'/></qemu:commandline>\n"
	"</domain>\n";

static char *changed(struct vdc_arena *arena, const char *xml, const char *machine)
{
	struct vdc_err err = { 0 };
	char *out = NULL;

	if (vdc_domain_set_machine(xml, machine, arena, &out, &err))
		fail_msg("%s", err.msg);
	return out;
}

static const char *difference(struct vdc_arena *arena, const char *a, const char *b)
{
	const char *where = "failed";

	assert_int_equal(vdc_domain_difference(a, b, arena, &where, NULL), 0);
	return where;
}

/* TEXT with FROM, which stands in it once, as TO. */
static char *with(struct vdc_arena *arena, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	assert_null(strstr(at + 1, from));
	return vdc_arena_format(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void only_the_machine_type_changes(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	char *out = changed(arena, tricky, "pc-i440fx-10.0");

	(void)state;
	assert_string_equal(out, with(arena, tricky, "pc-i440fx-7.2", "pc-i440fx-10.0"));
	assert_null(difference(arena, tricky, out));
	assert_string_equal(changed(arena, out, "pc-i440fx-7.2"), tricky);
}

static void what_libvirt_writes_keeps_every_address(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	char *xml = data_file(arena, "domain.xml"), *out = changed(arena, xml, "pc-q35-99.9");

	(void)state;
	assert_string_not_equal(xml, out);
	assert_non_null(strstr(out, "machine='pc-q35-99.9'"));
	assert_null(difference(arena, xml, out));
}

static void what_is_no_domain_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"<domain>",
		"<domain><os><type>hvm</type></os></domain>",
		"<domain><os/><type machine='x'/></domain>",
		"<network><os><type machine='x'/></os></network>",
		"<!DOCTYPE domain [<!ENTITY a 'b'>]><domain><os><type machine='&a;'/></os></domain>",
	};
	vdc_autoarena *arena = vdc_arena_new();
	char *out = NULL;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++)
		assert_int_equal(vdc_domain_set_machine(bad[i], "q35", arena, &out, NULL),
				 -EBADMSG);
	assert_int_equal(vdc_domain_set_machine(tricky, "a'/><x y='", arena, &out, NULL), -EINVAL);
	assert_int_equal(vdc_domain_set_machine(tricky, "", arena, &out, NULL), -EINVAL);
	assert_null(out);
}

static void every_other_difference_is_found_and_named(void **state)
{
	static const char *const cases[][3] = {
		{ "52:54:00:00:00:01", "52:54:00:00:00:02",
		  "domain/devices/interface/mac/address" },
		{ "slot='0x03'", "slot='0x07'", "domain/devices/interface/address/slot" },
		{ "name='ua-x'", "name='ua-y'", "domain/devices/interface/alias/name" },
		{ " unit='1'", "", "domain/devices/disk/address/unit" },
		{ "<boot dev='hd'/>", "", "domain/os/boot" },
		{ "<boot dev='hd'/>", "<boot dev='hd'/><boot dev='cd'/>", "domain/os/boot" },
		{ ">hvm<", ">xen<", "domain/os/type" },
		{ "value='-x'", "value='-y'", "domain/commandline/arg/value" },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		char *other = with(arena, tricky, cases[i][0], cases[i][1]);

		assert_string_equal(difference(arena, tricky, other), cases[i][2]);
		assert_string_equal(difference(arena, other, tricky), cases[i][2]);
	}
}

static void another_chipset_takes_the_addresses_of_its_bus_along(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	char *out = NULL;

	(void)state;
	assert_int_equal(vdc_domain_set_chipset(tricky, "pc-q35-10.0", arena, &out, NULL), 0);
	assert_non_null(strstr(out, "machine = \"pc-q35-10.0\""));
	assert_null(strstr(out, "slot="));
	assert_null(strstr(out, "pci-root"));
	assert_null(strstr(out, "usb"));
	assert_non_null(strstr(out, "<controller type='scsi' index='0'></controller>"));
	assert_non_null(strstr(out, "52:54:00:00:00:01"));
	assert_non_null(strstr(out, "ua-x"));
	assert_non_null(strstr(out, "<address domain='0x0000' bus='0x3b' type='pci'/></source>"));
	assert_non_null(strstr(out, "<address type='drive' unit='1'/>"));
}

static void devices_that_moved_are_noticed(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *moved = "unset";
	char *places = NULL, *other;

	(void)state;
	assert_int_equal(vdc_domain_places(tricky, arena, &places, NULL), 0);
	assert_string_equal(places,
			    "controller@0000:00:01.0 controller@0000:00:05.0 "
			    "interface@0000:00:03.0 mac@52:54:00:00:00:01 hostdev@0000:00:04.0");
	other = with(arena, tricky, "  <devices>\n", "  <devices>\n<watchdog model='itco'/>");
	assert_int_equal(vdc_domain_moved(tricky, other, arena, &moved, NULL), 0);
	assert_null(moved);
	other = with(arena, tricky, "slot='0x03'", "slot='0x07'");
	assert_int_equal(vdc_domain_moved(tricky, other, arena, &moved, NULL), 0);
	assert_string_equal(moved, "interface@0000:00:03.0");
}

static void what_binds_it_to_its_host_goes(void **state)
{
	static const char bound[] =
		"<domain type='kvm'>\n  <name>a</name>\n"
		"  <!-- <vcpupin vcpu='7' cpuset='7'/> -->\n"
		"  <metadata><x:vcpupin xmlns:x='urn:x'/><vcpupin/></metadata>\n"
		"  <cputune><shares>9</shares><vcpupin vcpu='0' cpuset='1'/>"
		"<vcpupin vcpu='1' cpuset='2'></vcpupin><emulatorpin cpuset='1'/></cputune>\n"
		"  <numatune><memory mode='strict' nodeset='0'/><memnode cellid='0' nodeset='0'/>"
		"</numatune>\n  <cpu><numa><cell id='0' cpus='0'/></numa></cpu>\n</domain>\n";
	vdc_autoarena *arena = vdc_arena_new();
	char *out, *again;

	(void)state;
	assert_int_equal(vdc_domain_unbind(bound, VDC_DOMAIN_CPUS, arena, &out, NULL), 0);
	again = with(arena, bound, "<vcpupin vcpu='0' cpuset='1'/>", "");
	again = with(arena, again, "<vcpupin vcpu='1' cpuset='2'></vcpupin>", "");
	assert_string_equal(out, again);
	assert_int_equal(vdc_domain_unbind(out, VDC_DOMAIN_CPUS, arena, &again, NULL), 0);
	assert_string_equal(out, again);
	assert_int_equal(vdc_domain_unbind(bound, VDC_DOMAIN_MEMORY, arena, &out, NULL), 0);
	again = with(
		arena, bound,
		"<numatune><memory mode='strict' nodeset='0'/><memnode cellid='0' nodeset='0'/>"
		"</numatune>",
		"");
	assert_string_equal(out, again);
	assert_int_equal(vdc_domain_unbind("<volume/>", VDC_DOMAIN_CPUS, arena, &out, NULL),
			 -EBADMSG);
}

static void devices_of_its_host_go(void **state)
{
	static const char has[] =
		"<domain type='kvm'>\n  <name>a</name>\n  <metadata><x:hostdev xmlns:x='urn:x'/>"
		"<hostdev/></metadata>\n  <devices>\n    <interface type='bridge'/>\n"
		"<interface managed='yes' type='hostdev'><mac address='52:54:00:00:00:01'/>"
		"<source><address type='pci'/></source></interface>"
		"<hostdev mode='subsystem' type='pci'><source><address/></source></hostdev>"
		"<hostdev mode='subsystem' type='mdev'/>"
		"    <controller type='usb'/>\n  </devices>\n</domain>\n";
	static const char lacks[] =
		"<domain type='kvm'>\n  <name>a</name>\n  <metadata><x:hostdev xmlns:x='urn:x'/>"
		"<hostdev/></metadata>\n  <devices>\n    <interface type='bridge'/>\n"
		"    <controller type='usb'/>\n  </devices>\n</domain>\n";
	vdc_autoarena *arena = vdc_arena_new();
	char *out;

	(void)state;
	assert_int_equal(vdc_domain_unbind(has, VDC_DOMAIN_DEVICES, arena, &out, NULL), 0);
	assert_string_equal(out, lacks);
	assert_int_equal(vdc_domain_unbind(lacks, VDC_DOMAIN_DEVICES, arena, &out, NULL), 0);
	assert_string_equal(out, lacks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_machine_type_changes),
		cmocka_unit_test(what_libvirt_writes_keeps_every_address),
		cmocka_unit_test(what_is_no_domain_is_refused),
		cmocka_unit_test(every_other_difference_is_found_and_named),
		cmocka_unit_test(another_chipset_takes_the_addresses_of_its_bus_along),
		cmocka_unit_test(devices_that_moved_are_noticed),
		cmocka_unit_test(what_binds_it_to_its_host_goes),
		cmocka_unit_test(devices_of_its_host_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
