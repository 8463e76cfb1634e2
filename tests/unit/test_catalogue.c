/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Releases, and the catalogue of levels: what is shipped, and every slip that is refused. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/node.h"
#include "base/release.h"
#include "base/setting.h"
#include "base/words.h"
#include "doc/catalogue.h"
#include "unit.h"

static uint64_t release(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (uint64_t)a << 48 | (uint64_t)b << 32 | (uint64_t)c << 16 | d;
}

static void releases_are_read_from_what_packages_say(void **state)
{
	static const struct {
		const char *text;
		unsigned parts[4];
	} cases[] = {
		{ "10.1", { 10, 1 } },
		{ "4.16.7.4-1.el7", { 4, 16, 7, 4 } },
		{ "vdsm-4.14.11-5.el6ev", { 4, 14, 11 } },
		{ "1:9.0.0-4+deb12u2", { 9, 0, 0 } },
		{ "6.8.0 SP2", { 6, 8, 0, 2 } },
		{ "6.0.0 R5", { 6, 0, 0, 5 } },
		{ "6.0.0 Release 5", { 6 } },
		{ "7.2.22 (Debian 1:7.2+dfsg-7)", { 7, 2, 22 } },
		{ "8", { 8 } },
		{ "1.2.3.4.5", { 1, 2, 3, 4 } },
		{ "1..2", { 1 } },
		{ "99999999999999999999999.1", { 65535, 1 } },
		{ "none", { 0 } },
		{ "", { 0 } },
		{ NULL, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		const unsigned *p = cases[i].parts;

		if (vdc_release_parse(cases[i].text) != release(p[0], p[1], p[2], p[3]))
			fail_msg("'%s' is %" PRIx64, cases[i].text,
				 vdc_release_parse(cases[i].text));
	}
	assert_true(vdc_release_parse("2.10") > vdc_release_parse("2.9"));
}

static const struct vdc_catalogue *shipped(struct vdc_arena *arena)
{
	const char *source = getenv("VDC_TEST_SRC");
	vdc_autofree char *directory = vdc_format("%s/levels", source ? source : ".");
	const struct vdc_catalogue *catalogue;
	struct vdc_err err = { 0 };

	assert_int_equal(vdc_setting_set(VDC_SETTING_LEVELS_DIRECTORY, directory, &err), 0);
	if (vdc_catalogue_read(arena, &catalogue, &err) < 0)
		fail_msg("%s", vdc_err_text(&err));
	return catalogue;
}

static vdc_level_set bit(const struct vdc_level_family *family, const char *text)
{
	struct vdc_level level;
	int i;

	assert_int_equal(vdc_level_parse(text, &level, NULL), 0);
	i = vdc_family_level(family, level);
	assert_true(i >= 0);
	return UINT64_C(1) << i;
}

static const struct vdc_level_entry *entry(const struct vdc_level_family *family, const char *text)
{
	return &family->levels[__builtin_ctzll(bit(family, text))];
}

static void the_shipped_families_are_there(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue = shipped(arena);
	const struct vdc_level_family *rhv = vdc_catalogue_family(catalogue, "rhv");
	const struct vdc_level_family *hci = vdc_catalogue_family(catalogue, "hci");

	(void)state;
	assert_int_equal(catalogue->n_families, 3);
	assert_non_null(vdc_catalogue_family(catalogue, "qemu"));
	assert_null(vdc_catalogue_family(catalogue, "vmware"));
	assert_null(vdc_catalogue_family(catalogue, NULL));
	assert_int_equal(rhv->n_levels, 16);
	assert_string_equal(rhv->levels[0].label, "3.0");
	assert_string_equal(entry(rhv, "4.5")->since, "RHV 4.4.3");
	assert_string_equal(entry(hci, "6.0")->label, "6.0.0 R5");
	assert_int_equal(entry(hci, "6.0")->enters, bit(hci, "6.8") | bit(hci, "6.9"));
	assert_true(vdc_words_have(entry(hci, "6.0")->enters_architectures, "x86_64"));
	assert_int_equal(entry(hci, "6.9")->enters, 0);
	assert_int_equal(vdc_family_level(rhv, (struct vdc_level){ 5, 0 }), -1);
}

static void agents_have_the_levels_of_their_makers(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_level_family *rhv = vdc_catalogue_family(shipped(arena), "rhv");
	const struct vdc_level_support *of34 = entry(rhv, "3.4")->supports;
	const struct vdc_level_support *of47 = entry(rhv, "4.7")->supports;

	(void)state;
	assert_int_equal(of34->agent_from, release(4, 14, 0, 0));
	assert_true(release(4, 16, 7, 4) < of34->agent_below);
	assert_int_equal(entry(rhv, "3.5")->supports->agent_from, release(4, 16, 0, 0));
	assert_int_equal(entry(rhv, "4.7")->n_supports, 2);
	assert_int_equal(of47[0].libvirt_from, release(8, 0, 0, 0));
	assert_int_equal(of47[1].os_from, release(8, 6, 0, 0));
	assert_true(vdc_words_have(of47[1].os_ids, "rhel"));
}

static void features_have_their_levels(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_level_family *rhv = vdc_catalogue_family(shipped(arena), "rhv");
	const struct vdc_level_feature *tpm = vdc_family_feature(rhv, "tpm");
	const struct vdc_level_feature *tools = vdc_family_feature(rhv, "windows_guest_tools_iso");

	(void)state;
	assert_int_equal(tpm->levels, bit(rhv, "4.6") | bit(rhv, "4.7") | bit(rhv, "4.8"));
	assert_true(tools->levels & bit(rhv, "4.3"));
	assert_false(tools->levels & bit(rhv, "4.4"));
	assert_null(vdc_family_feature(rhv, "time_travel"));
}

static void machine_types_have_their_levels(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue = shipped(arena);
	const struct vdc_level_family *rhv = vdc_catalogue_family(catalogue, "rhv");
	const struct vdc_level_family *qemu = vdc_catalogue_family(catalogue, "qemu");
	int shared = vdc_family_machine_level(rhv, "x86_64", "pc-i440fx-rhel7.6.0");

	(void)state;
	assert_string_equal(vdc_level_machine_of(entry(rhv, "4.5"), "x86_64", "q35"),
			    "pc-q35-rhel8.3.0");
	assert_string_equal(vdc_level_machine_of(entry(rhv, "4.5"), "s390x", NULL),
			    "s390-ccw-virtio-2.12");
	assert_null(vdc_level_machine_of(entry(rhv, "4.2"), "x86_64", "q35"));
	assert_int_equal(UINT64_C(1) << shared, bit(rhv, "4.8"));
	assert_true(vdc_level_has_machine(entry(rhv, "4.3"), "x86_64", "pc-i440fx-rhel7.6.0"));
	assert_false(vdc_level_has_machine(entry(rhv, "4.3"), "s390x", "pc-i440fx-rhel7.6.0"));
	assert_false(vdc_level_has_machine(entry(rhv, "4.3"), NULL, NULL));
	assert_int_equal(UINT64_C(1) << vdc_family_machine_level(qemu, NULL, "pc-q35-rhel8.6.0"),
			 bit(qemu, "6.2"));
	assert_int_equal(vdc_family_machine_level(qemu, NULL, "pc-q35-jammy"), -1);
	assert_string_equal(vdc_level_machine_of(entry(qemu, "9.1"), "aarch64", ""), "virt-9.1");
	assert_int_equal(entry(qemu, "11.0")->enters, bit(qemu, "11.1"));
	assert_int_equal(entry(qemu, "11.1")->enters, 0);
}

static uint64_t removed_by(const struct vdc_level_family *family, const char *machine)
{
	for (size_t i = 0; i < family->n_removals; i++) {
		if (strcmp(family->removals[i].machine, machine) == 0)
			return family->removals[i].qemu;
	}
	return 0;
}

static void qemu_removes_machine_types_after_six_years(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_level_family *qemu = vdc_catalogue_family(shipped(arena), "qemu");

	(void)state;
	assert_int_equal(removed_by(qemu, "pc-i440fx-2.3"), release(9, 1, 0, 0));
	assert_int_equal(removed_by(qemu, "pc-q35-4.1"), release(10, 1, 0, 0));
	assert_int_equal(removed_by(qemu, "pc-q35-4.2"), release(10, 2, 0, 0));
	assert_int_equal(removed_by(qemu, "virt-5.1"), release(11, 1, 0, 0));
	assert_int_equal(removed_by(qemu, "pc-q35-rhel8.6.0"), 0);
}

static void limits_are_those_of_the_architecture(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_level_family *rhv = vdc_catalogue_family(shipped(arena), "rhv");
	struct vdc_level_limits x86 = vdc_level_limits_of(entry(rhv, "4.5"), "x86_64");

	(void)state;
	assert_int_equal(x86.vcpus, 512);
	assert_int_equal(x86.memory, INT64_C(6) << 40);
	assert_int_equal(vdc_level_limits_of(entry(rhv, "4.5"), "s390x").vcpus, 384);
	assert_int_equal(vdc_level_limits_of(entry(rhv, "4.5"), "s390x").memory, VDC_UNSET);
	assert_int_equal(vdc_level_limits_of(entry(rhv, "4.5"), "riscv64").vcpus, VDC_UNSET);
	assert_int_equal(vdc_level_limits_of(entry(rhv, "4.5"), NULL).vcpus, VDC_UNSET);
}

#define LEVELS(inside) "<levels version=\"1\">\n" inside "</levels>\n"
#define FAMILY(inside) LEVELS("<family name=\"f\" title=\"F\">\n" inside "</family>")
#define LEVEL(version) "<level version=\"" version "\"><host/></level>\n"
#define TEN(x)                                                                                     \
	LEVEL(x "0")                                                                               \
	LEVEL(x "1") LEVEL(x "2") LEVEL(x "3") LEVEL(x "4") LEVEL(x "5") LEVEL(x "6") LEVEL(x "7") \
		LEVEL(x "8") LEVEL(x "9")

static void a_slip_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "f.xml:1:1: " },
		{ "<levels version=\"1\">", "f.xml:1:" },
		{ "<hosts/>", "f.xml:1:1: <hosts> is not a catalogue of levels" },
		{ "<levels/>", "f.xml:1:1: <levels> lacks its version" },
		{ "<levels version=\"2\"/>", "version 2 of the format is not known" },
		{ LEVELS("<famly/>"), "f.xml:2:1: <levels> has no element <famly>; did you mean" },
		{ LEVELS("<family name=\"f\"/>"), "<family> lacks its title" },
		{ LEVELS("<family name=\"a b\" title=\"F\"/>"), "'a b' is not a name" },
		{ LEVELS("<family name=\"\" title=\"F\"/>"), "name of <family>: is empty" },
		{ FAMILY(""), "f.xml:2:1: family f has no <level>" },
		{ FAMILY(LEVEL("1.0") LEVEL("1.0")), "f.xml:4:1: level 1.0 comes after 1.0" },
		{ FAMILY(LEVEL("1.1") LEVEL("1.0")), "put the older one first" },
		{ FAMILY(LEVEL("one")), "version of <level>: 'one' is not a level" },
		{ FAMILY("<level version=\"1.0\"/>"), "no <host> says what a host must run" },
		{ FAMILY("<level vrsion=\"1.0\"/>"),
		  "no attribute 'vrsion'; did you mean version?" },
		{ FAMILY("<level version=\"1.0\" storage_format=\"v9\"><host/></level>"),
		  "'v9' is none of v1" },
		{ FAMILY("<level version=\"1.0\"><host>x</host></level>"), "<host> holds text" },
		{ FAMILY("<level version=\"1.0\"><host agent_from=\"new\"/></level>"),
		  "f.xml:3:22: agent_from of <host>: 'new' is not a version" },
		{ FAMILY("<level version=\"1.0\"><host agent_from=\"5\" agent_below=\"4\"/></level>"),
		  "no version is from ... on and below" },
		{ FAMILY("<level version=\"1.0\"><host os_from=\"5\"/></level>"),
		  "need its name in os" },
		{ FAMILY("<level version=\"1.0\"><host machine=\"true\"/></level>"),
		  "needs a <machine>" },
		{ FAMILY("<level version=\"1.0\"><host machine=\"yes\"/></level>"),
		  "'yes' is neither true nor false" },
		{ FAMILY("<level version=\"1.0\"><host/><machine architecture=\"a\" name=\"m\"/>"
			 "<machine architecture=\"a\" name=\"m\"/></level>"),
		  "machine type m is there twice" },
		{ FAMILY("<level version=\"1.0\"><host/><limits architecture=\"a\" vcpus=\"0\"/>"
			 "</level>"),
		  "vcpus of <limits>: '0' is too small" },
		{ FAMILY("<level version=\"1.0\"><host/><limits architecture=\"a\" memory=\"x\"/>"
			 "</level>"),
		  "'x' is not a size" },
		{ FAMILY("<level version=\"1.0\"><host/><moves to=\"1.1\"/></level>"),
		  "family f has no level 1.1" },
		{ FAMILY("<level version=\"1.0\"><host/><moves to=\"later\"/></level>"),
		  "'later' is neither a level nor newer" },
		{ FAMILY("<level version=\"1.0\"><host/><moves to=\"newer\"/><moves to=\"newer\"/>"
			 "</level>"),
		  "a second <moves>" },
		{ FAMILY(LEVEL("1.0") "<feature name=\"a\" title=\"A\" from=\"1.1\"/>"),
		  "f.xml:4:1: family f has no level 1.1" },
		{ FAMILY(LEVEL("1.0") LEVEL(
			  "1.1") "<feature name=\"a\" title=\"A\" from=\"1.1\" to=\"1.0\"/>"),
		  "feature a ends before it begins" },
		{ FAMILY(LEVEL("1.0") "<feature name=\"a\" title=\"A\" from=\"1.0\"/>"
				      "<feature name=\"a\" title=\"A\" from=\"1.0\"/>"),
		  "feature a is there twice" },
		{ FAMILY(LEVEL("1.0") "<removal machine=\"m\" architecture=\"a\"/>"),
		  "<removal> lacks its qemu" },
		{ LEVELS("<family name=\"f\" title=\"F\">" LEVEL(
			  "1.0") "</family>"
				 "<family name=\"f\" title=\"F\">" LEVEL("1.0") "</family>"),
		  "family f is there twice" },
		{ FAMILY(TEN("1.") TEN("1.1") TEN("1.2") TEN("1.3") TEN("1.4") TEN("1.5")
				 TEN("1.6")),
		  "64 are the most" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		const struct vdc_catalogue *catalogue = NULL;
		struct vdc_err err = { 0 };
		int r = vdc_catalogue_read_text(cases[i].text, strlen(cases[i].text), "f.xml",
						arena, &catalogue, &err);

		if (r != -EBADMSG || err.line == 0 || !strstr(err.msg, cases[i].why))
			fail_msg("%s\n%d: '%s' does not say '%s'", cases[i].text, r, err.msg,
				 cases[i].why);
		assert_null(catalogue);
	}
}

static void sixty_four_levels_fit(void **state)
{
	static const char text[] = FAMILY(
		TEN("1.") TEN("1.1") TEN("1.2") TEN("1.3") TEN("1.4") TEN("1.5") LEVEL("2.0")
			LEVEL("2.1") LEVEL("2.2")
				LEVEL("2.3") "<feature name=\"a\" title=\"A\" from=\"1.0\"/>"
					     "<feature name=\"b\" title=\"B\" from=\"2.3\"/>");
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue;

	(void)state;
	assert_int_equal(vdc_catalogue_read_text(text, strlen(text), "f", arena, &catalogue, NULL),
			 0);
	assert_int_equal(catalogue->families[0].n_levels, 64);
	assert_true(catalogue->families[0].features[0].levels == UINT64_MAX);
	assert_true(catalogue->families[0].features[1].levels == UINT64_C(1) << 63);
}

/* The catalogue is read beside a large world. */
static void an_arena_may_hold_much_before(void **state)
{
	static const char text[] = "<levels version=\"1\"/>";
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue;
	struct vdc_err err = { 0 };

	(void)state;
	vdc_arena_alloc(arena, (size_t)VDC_NODES_MAX + 1);
	if (vdc_catalogue_read_text(text, strlen(text), "f", arena, &catalogue, &err))
		fail_msg("%s", vdc_err_text(&err));
	assert_int_equal(catalogue->n_families, 0);
}

static void a_directory_that_is_not_there_is_an_error(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue;
	struct vdc_err err = { 0 };

	(void)state;
	vdc_setting_set(VDC_SETTING_LEVELS_DIRECTORY, "/nowhere", NULL);
	assert_int_equal(vdc_catalogue_read(arena, &catalogue, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "/nowhere"));
	vdc_setting_set(VDC_SETTING_LEVELS_DIRECTORY, "/proc/self/task", NULL);
	assert_int_equal(vdc_catalogue_read(arena, &catalogue, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "there is no catalogue"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_read_from_what_packages_say),
		cmocka_unit_test(the_shipped_families_are_there),
		cmocka_unit_test(agents_have_the_levels_of_their_makers),
		cmocka_unit_test(features_have_their_levels),
		cmocka_unit_test(machine_types_have_their_levels),
		cmocka_unit_test(qemu_removes_machine_types_after_six_years),
		cmocka_unit_test(limits_are_those_of_the_architecture),
		cmocka_unit_test(a_slip_is_refused_with_its_place),
		cmocka_unit_test(sixty_four_levels_fit),
		cmocka_unit_test(an_arena_may_hold_much_before),
		cmocka_unit_test(a_directory_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
