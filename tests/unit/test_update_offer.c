/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What package managers and commands print, and what becomes of it. */
#include "plan/update_offer.h"

#include <errno.h>
#include <string.h>

#include "../helpers/channel_world.h"
#include "plan/update_change.h"
#include "plan/update_package.h"
#include "unit.h"

static struct vdc_arena *arena;
static struct vdc_update_offers offers;
static struct vdc_err err;

static int new_arena(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	err = (struct vdc_err){ 0 };
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

static void of_packages(const char *text)
{
	const struct vdc_offer_host host = { "12.11", "7.2.9" };

	if (vdc_plan_offers_of_packages(text, &host, arena, &offers, &err))
		fail_msg("%s", vdc_err_text(&err));
}

static void offers_are(const char *installed, const char *version, const char *packages,
		       const struct vdc_update_offer *offer)
{
	assert_string_equal(offer->installed, installed);
	assert_string_equal(offer->version, version);
	assert_string_equal(offer->packages, packages);
}

static const char apt[] =
	"apt NOTE: This is only a simulation!\n"
	"apt Reading package lists...\n"
	"apt   appstream apt libvirt0\n"
	"apt Inst base-files [12.4+deb12u11] (12.4+deb12u15 Debian:12.15/oldstable [amd64])\n"
	"apt Conf base-files (12.4+deb12u15 Debian:12.15/oldstable [amd64])\n"
	"apt Inst linux-image-6.1.0-40-amd64 (6.1.153-1 Debian:12.15/oldstable [amd64])\n"
	"apt Inst libvirt0 [9.0.0-4+deb12u2] (9.0.0-4+deb12u3 Debian:12.15/oldstable [amd64]) []\n"
	"apt Inst qemu-utils [1:7.2+dfsg-7+deb12u15] (1:7.2+dfsg-7+deb12u18 Debian:12.15/oldstable "
	"[amd64])\n"
	"apt Inst qemu-system-x86 [1:7.2+dfsg-7+deb12u16] (1:7.2+dfsg-7+deb12u18 "
	"Debian:12.15/oldstable [amd64]) [qemu-utils:amd64 ]\n"
	"offers\n"
	"apt Inst garbage\n";

static void debian(void **state)
{
	(void)state;
	of_packages(apt);
	assert_int_equal(offers.n, 2);
	offers_are("12.11", "12.15",
		   "base-files=12.4+deb12u15\nlinux-image-6.1.0-40-amd64=6.1.153-1",
		   &offers.items[0]);
	assert_true(offers.items[0].needs_reboot);
	offers_are("1:7.2+dfsg-7+deb12u16", "1:7.2+dfsg-7+deb12u18",
		   "libvirt0=9.0.0-4+deb12u3\nqemu-utils=1:7.2+dfsg-7+deb12u18\n"
		   "qemu-system-x86=1:7.2+dfsg-7+deb12u18",
		   &offers.items[1]);
	assert_false(offers.items[1].needs_reboot);
	assert_int_equal(offers.items[1].n_packages, 3);
	assert_string_equal(offers.items[1].libvirt_version, "9.0.0");
	assert_string_equal(offers.items[1].qemu_version, "7.2");
	assert_null(offers.remark);
}

static void packages_around_a_version_leave_it_as_it_is(void **state)
{
	(void)state;
	of_packages("apt Inst vim [1] (2 Debian [amd64])\n"
		    "apt Inst libvirt0 [9.0.0-4] (9.0.0-5 Debian [amd64])\noffers\n");
	offers_are("12.11", "12.11", "vim=2", &offers.items[0]);
	assert_false(offers.items[0].needs_reboot);
	offers_are("7.2.9", "7.2.9", "libvirt0=9.0.0-5", &offers.items[1]);
	assert_null(offers.items[1].qemu_version);
}

static void what_somebody_has_to_know_is_remarked(void **state)
{
	(void)state;
	of_packages(
		"stale apt-get update: no network\napt Remv vdsm [4.1]\napt Remv vdsm-cli [4.1]\n"
		"offers\n");
	assert_int_equal(offers.n, 0);
	assert_string_equal(
		offers.remark,
		"old lists of packages: apt-get update: no network; removes vdsm, vdsm-cli");
}

static const char dnf[] =
	"dnf Updating Subscription Management repositories.\n"
	"dnf \n"
	"dnf kernel.x86_64                        5.14.0-503.el9        baseos\n"
	"dnf redhat-release.x86_64                9.5-0.6.el9           baseos\n"
	"dnf libvirt-daemon-driver-storage-iscsi-direct.x86_64\n"
	"dnf                                      10.5.0-7.el9_5        appstream\n"
	"dnf libvirt-libs.x86_64                  10.5.0-7.el9_5        appstream\n"
	"dnf qemu-kvm.x86_64                      17:9.0.0-10.el9_5     appstream\n"
	"dnf qemu-kvm-core.x86_64                 17:9.0.0-10.el9_5.2   appstream\n"
	"dnf --setopt.noarch                      1                     appstream\n"
	"dnf Security: kernel-core-5.14.0-1.x86_64 is an installed security update\n"
	"dnf Obsoleting Packages\n"
	"dnf grub2-tools.x86_64                   1:2.06-92.el9         baseos\n"
	"offers\n";

static void red_hat(void **state)
{
	(void)state;
	of_packages(dnf);
	assert_int_equal(offers.n, 2);
	offers_are("12.11", "9.5", "kernel=5.14.0-503.el9\nredhat-release=9.5-0.6.el9",
		   &offers.items[0]);
	assert_true(offers.items[0].needs_reboot);
	assert_string_equal(offers.items[1].version, "17:9.0.0-10.el9_5.2");
	assert_int_equal(offers.items[1].n_packages, 4);
	assert_string_equal(offers.items[1].libvirt_version, "10.5.0");
	assert_string_equal(offers.items[1].qemu_version, "9.0.0");
}

static void what_cannot_be_believed_is_refused(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} table[] = {
		{ "", -EBADMSG, "not complete" },
		{ "apt Inst vim [1] (2 Debian [amd64])\n", -EBADMSG, "not complete" },
		{ "apt Inst vim [1] (2\noffers\n", -EBADMSG, "'Inst vim [1] (2'" },
		{ "apt Inst \noffers\n", -EBADMSG, "'Inst '" },
		{ "apt Inst a=b (1 Debian)\noffers\n", -EBADMSG, "a=b" },
		{ "apt Inst -oX::Y (1 Debian)\noffers\n", -EBADMSG, "-oX::Y" },
		{ "failed apt-get: the lists are broken\noffers\n", -EIO, "the lists are broken" },
	};
	const struct vdc_offer_host host = { 0 };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		assert_int_equal(
			vdc_plan_offers_of_packages(table[i].text, &host, arena, &offers, &err),
			table[i].code);
		assert_non_null(strstr(err.msg, table[i].says));
	}
}

static void the_lines_of_a_command(void **state)
{
	(void)state;
	assert_int_equal(vdc_plan_offers_of_command("# site\n\nplatform 12.6\n"
						    "  virtualization 10.0.2 reboot # new\n",
						    arena, &offers, &err),
			 0);
	assert_int_equal(offers.n, 2);
	assert_int_equal(offers.items[0].component, VDC_COMPONENT_PLATFORM);
	assert_true(offers.items[0].needs_reboot);
	assert_string_equal(offers.items[1].version, "10.0.2");
	assert_true(offers.items[1].needs_reboot);
	assert_int_equal(
		vdc_plan_offers_of_command("OS 13 no-reboot\nvirt 10.1", arena, &offers, &err), 0);
	assert_false(offers.items[0].needs_reboot);
	assert_false(offers.items[1].needs_reboot);
	assert_int_equal(vdc_plan_offers_of_command("", arena, &offers, &err), 0);
	assert_int_equal(offers.n, 0);
}

static void garbage_of_a_command_is_refused_by_line(void **state)
{
	static const struct {
		const char *text, *says;
	} table[] = {
		{ "platform", "line 1: 'platform' is not COMPONENT VERSION" },
		{ "\nplatform 12 reboot now", "line 2: 'platform 12 reboot now'" },
		{ "platform 12\nkernel 6", "line 2: 'kernel' is not a component" },
		{ "platform 12 soon", "line 1: 'soon' is neither reboot nor no-reboot" },
		{ "platform newest", "line 1: 'newest' is not a version" },
		{ "platform 12\nplatform 13", "line 2: platform a second time" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		assert_int_equal(vdc_plan_offers_of_command(table[i].text, arena, &offers, &err),
				 -EBADMSG);
		assert_non_null(strstr(err.msg, table[i].says));
	}
}

static void versions_of_the_platform(void **state)
{
	static const struct {
		const char *name, *version, *is;
	} table[] = {
		{ "base-files", "12.4+deb12u6", "12.6" },
		{ "base-files", "13.8+deb13u1", "13.1" },
		{ "base-files", "13.8", "13" },
		{ "base-files", "12.4+deb12", "12.4+deb12" },
		{ "base-files", "sid", "sid" },
		{ "redhat-release", "9.5-0.6.el9", "9.5" },
		{ "oraclelinux-release", "8:9.5-1.0.5.el9", "9.5" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++)
		assert_string_equal(
			vdc_package_platform_version(table[i].name, table[i].version, arena),
			table[i].is);
}

/* A host of a channel, and what it is offered. */
struct looked {
	struct channel_world w;
	struct vdc_host *host;
	struct vdc_update_change change;
};

static struct looked looked_at(const char *releases)
{
	struct looked l = { .w = channel_world_new(arena) };

	channel_add(&l.w, VDC_COMPONENT_VIRTUALIZATION, releases);
	l.host = channel_host(&l.w, "h1", "12.5", "7.2");
	return l;
}

static void look(struct looked *l, const char *text)
{
	struct vdc_update_input input = {
		.world = l->w.world, .cluster = l->w.cluster, .host = l->host, .offers = &offers
	};

	assert_int_equal(vdc_plan_offers_of_command(text, arena, &offers, &err), 0);
	for (size_t i = 0; i < offers.n; i++)
		offers.items[i].installed = "7.2";
	vdc_plan_update_change(&input, arena, &l->change);
}

static const struct vdc_update *known(struct looked *l, const char *version,
				      enum vdc_update_status status)
{
	return channel_update(&l->w, l->host, VDC_COMPONENT_VIRTUALIZATION, "7.2", version, status);
}

static void something_new_is_pending(void **state)
{
	struct looked l = looked_at("");

	(void)state;
	look(&l, "virtualization 10.0");
	assert_int_equal(l.change.n_edits, 1);
	assert_null(l.change.edits[0].before);
	assert_int_equal(l.change.edits[0].after->status, VDC_UPDATE_PENDING);
	assert_string_equal(l.change.edits[0].after->channel, "stable");
	assert_true(l.change.available);
}

static void what_is_offered_again_stays_what_it_is(void **state)
{
	static const enum vdc_update_status stays[] = { VDC_UPDATE_PENDING, VDC_UPDATE_APPROVED,
							VDC_UPDATE_FAILED };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(stays); i++) {
		struct looked l = looked_at("");

		known(&l, "10.0", stays[i]);
		look(&l, "virtualization 10.0");
		assert_int_equal(l.change.n_edits, 0);
		assert_true(l.change.available);
	}
}

static void something_else_supersedes_what_was_open(void **state)
{
	struct looked l = looked_at("");
	const struct vdc_update *approved = known(&l, "10.0", VDC_UPDATE_APPROVED);

	(void)state;
	known(&l, "9.0", VDC_UPDATE_DONE);
	look(&l, "virtualization 10.1");
	assert_int_equal(l.change.n_edits, 2);
	assert_ptr_equal(l.change.edits[0].before, approved);
	assert_int_equal(l.change.edits[0].after->status, VDC_UPDATE_SUPERSEDED);
	assert_string_equal(l.change.edits[0].after->message, "10.1 is offered now");
	/* An approval is for what was shown. */
	assert_int_equal(l.change.edits[1].after->status, VDC_UPDATE_PENDING);
	assert_null(l.change.edits[1].after->approved_by);
}

static void what_is_not_offered_any_more_is_superseded(void **state)
{
	struct looked l = looked_at("");

	(void)state;
	known(&l, "10.0", VDC_UPDATE_PENDING);
	look(&l, "");
	assert_int_equal(l.change.n_edits, 1);
	assert_int_equal(l.change.edits[0].after->status, VDC_UPDATE_SUPERSEDED);
	assert_false(l.change.available);
}

static void what_is_carried_out_is_left_alone(void **state)
{
	struct looked l = looked_at("");

	(void)state;
	known(&l, "10.0", VDC_UPDATE_RUNNING);
	look(&l, "virtualization 10.1");
	assert_int_equal(l.change.n_edits, 0);
	look(&l, "");
	assert_int_equal(l.change.n_edits, 0);
}

static void the_channel_has_the_last_word(void **state)
{
	struct looked l = looked_at("7.2 8.0<7.2 10.0<8.0");

	(void)state;
	known(&l, "10.0", VDC_UPDATE_PENDING);
	look(&l, "virtualization 10.0\n");
	assert_int_equal(l.change.n_refusals, 1);
	assert_non_null(strstr(l.change.refusals[0].why, "from virtualization 7.2 to 8.0"));
	assert_int_equal(l.change.n_edits, 1);
	assert_int_equal(l.change.edits[0].after->status, VDC_UPDATE_SUPERSEDED);
	assert_false(l.change.available);
	look(&l, "virtualization 8.0\n");
	assert_int_equal(l.change.n_refusals, 0);
	assert_true(l.change.available);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_arena, free_arena)
	const struct CMUnitTest tests[] = {
		TEST(debian),
		TEST(packages_around_a_version_leave_it_as_it_is),
		TEST(what_somebody_has_to_know_is_remarked),
		TEST(red_hat),
		TEST(what_cannot_be_believed_is_refused),
		TEST(the_lines_of_a_command),
		TEST(garbage_of_a_command_is_refused_by_line),
		TEST(versions_of_the_platform),
		TEST(something_new_is_pending),
		TEST(what_is_offered_again_stays_what_it_is),
		TEST(something_else_supersedes_what_was_open),
		TEST(what_is_not_offered_any_more_is_superseded),
		TEST(what_is_carried_out_is_left_alone),
		TEST(the_channel_has_the_last_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
