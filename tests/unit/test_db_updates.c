/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Updates in the database: found, approved, carried out. */
#include "act/updates.h"

#include <errno.h>
#include <string.h>

#include "model/channel_release.h"
#include "scratch_store.h"

#define JOB "aaaaaaaa-1111-4111-8111-111111111111"
#define OTHER_JOB "bbbbbbbb-2222-4222-8222-222222222222"
#define PUT(s, kind, ...) put((s)->db, &(kind), OBJECT(&(kind), __VA_ARGS__))

static struct vdc_update_change change;
static struct vdc_updates_expected expected;

static const char *prepare(struct scratch *s, const char *approval)
{
	struct vdc_err err = { 0 };

	must(vdc_store_migrate(s->db, &err), &err);
	PUT(s, vdc_data_center_kind, "name", "dc");
	PUT(s, vdc_cluster_kind, "name", "c", "data_center", "dc", "update_approval", approval);
	return PUT(s, vdc_host_kind, "name", "h1", "cluster", "c", "os_version", "12.5",
		   "qemu_version", "7.2.9");
}

static void look(struct scratch *s, const char *host, const char *text)
{
	struct vdc_update_offers offers;
	struct vdc_err err = { 0 };

	must(vdc_plan_offers_of_command(text, arena, &offers, &err), &err);
	for (size_t i = 0; i < offers.n; i++)
		offers.items[i].installed =
			offers.items[i].component == VDC_COMPONENT_PLATFORM ? "12.5" : "7.2.9";
	must(vdc_updates_record(s->db, host, &offers, arena, &change, &err), &err);
}

/* The name of the update to that version that the last look wrote. */
static const char *update_to(const char *version)
{
	for (size_t i = 0; i < change.n_edits; i++)
		if (strcmp(change.edits[i].after->version, version) == 0)
			return change.edits[i].after->name;
	fail_msg("no update to %s", version);
	return NULL;
}

static int64_t status_of(struct scratch *s, const char *name)
{
	return ((struct vdc_update *)get(s->db, &vdc_update_kind, name))->status;
}

static int64_t available(struct scratch *s)
{
	return ((struct vdc_host *)get(s->db, &vdc_host_kind, "h1"))->update_available;
}

struct approval {
	const char *name;
	struct vdc_update *update;
	bool changed;
};

static int approve_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct approval *a = ctx;

	return vdc_update_approve(db, a->name, arena, &a->update, &a->changed, err);
}

static int approve(struct scratch *s, struct approval *a, struct vdc_err *err)
{
	return vdc_db_transaction(s->db, approve_it, a, err);
}

struct marking {
	const char *host, *job, *message;
	enum vdc_update_status status;
};

static int mark_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct marking *m = ctx;

	return vdc_updates_mark(db, m->host, m->job, m->status, m->message, arena, err);
}

static void mark(struct scratch *s, const char *host, const char *job,
		 enum vdc_update_status status, const char *message)
{
	struct marking m = { host, job, message, status };
	struct vdc_err err = { 0 };

	must(vdc_db_transaction(s->db, mark_it, &m, &err), &err);
}

static void expect_of(struct scratch *s, const char *host, const char *job)
{
	struct vdc_err err = { 0 };

	must(vdc_updates_expected(s->db, host, job, arena, &expected, &err), &err);
}

static void expect(struct scratch *s, const char *host)
{
	expect_of(s, host, NULL);
}

static void an_update_is_recorded_once(void **state)
{
	const char *host, *name;
	SCRATCH(s);

	host = prepare(s, "automatic");
	look(s, host, "virtualization 7.2.10");
	name = update_to("7.2.10");
	assert_int_equal(strlen(name), 13);
	assert_int_equal(available(s), 1);
	assert_int_equal(events(s, "update_found"), 1);
	look(s, host, "virtualization 7.2.10");
	assert_int_equal(change.n_edits, 0);
	look(s, host, "virtualization 7.2.11");
	assert_int_equal(status_of(s, name), VDC_UPDATE_SUPERSEDED);
	assert_int_equal(events(s, "update_found"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM updates"), 2);
	look(s, host, "");
	assert_int_equal(available(s), 0);
}

static void a_channel_refuses_and_says_so(void **state)
{
	const char *host;
	SCRATCH(s);

	host = prepare(s, "automatic");
	PUT(s, vdc_channel_release_kind, "name", "a", "component", "virtualization", "version",
	    "7.2");
	PUT(s, vdc_channel_release_kind, "name", "b", "component", "virtualization", "version",
	    "8.0", "replaces", "7.2", "qemu_version", "8.0.4", "libvirt_version", "9.3");
	look(s, host, "virtualization 9.0");
	assert_int_equal(change.n_refusals, 1);
	assert_int_equal(events(s, "update_refused"), 1);
	assert_int_equal(available(s), 0);
	look(s, host, "virtualization 8.0");
	assert_int_equal(available(s), 1);
	expect(s, host);
	assert_string_equal(expected.qemu_version, "8.0.4");
	assert_string_equal(expected.libvirt_version, "9.3");
}

static void approval_is_for_what_was_shown(void **state)
{
	struct approval a;
	struct vdc_err err = { 0 };
	const char *host;
	SCRATCH(s);

	host = prepare(s, "manual");
	look(s, host, "virtualization 7.2.10");
	a.name = update_to("7.2.10");
	expect(s, host);
	assert_int_equal(expected.n, 0);
	assert_int_equal(expected.n_waiting, 1);
	assert_non_null(strstr(expected.waiting, "approval"));
	assert_non_null(strstr(expected.blocked, "approval"));
	must(approve(s, &a, &err), &err);
	assert_true(a.changed);
	assert_non_null(a.update->approved_by);
	assert_int_equal(events(s, "update_approved"), 1);
	must(approve(s, &a, &err), &err);
	assert_false(a.changed);
	assert_int_equal(events(s, "update_approved"), 1);
	expect(s, host);
	assert_int_equal(expected.n, 1);

	look(s, host, "virtualization 7.2.11");
	expect(s, host);
	assert_int_equal(expected.n, 0);
	assert_int_equal(approve(s, &a, &err), -EPERM);
	assert_non_null(strstr(err.msg, "7.2.11 now, update "));
	assert_non_null(strstr(err.msg, update_to("7.2.11")));
	look(s, host, "");
	assert_int_equal(approve(s, &a, &err), -EPERM);
	assert_non_null(strstr(err.msg, "is not offered virtualization 7.2.10 any more"));
}

static void approval_asks_the_channel_again(void **state)
{
	struct approval a;
	struct vdc_err err = { 0 };
	const char *host;
	SCRATCH(s);

	host = prepare(s, "manual");
	look(s, host, "virtualization 8.0");
	a.name = update_to("8.0");
	PUT(s, vdc_channel_release_kind, "name", "a", "component", "virtualization", "version",
	    "7.2");
	assert_int_equal(approve(s, &a, &err), -EPERM);
	assert_non_null(strstr(err.msg, "does not lead on"));
	assert_int_equal(status_of(s, a.name), VDC_UPDATE_PENDING);
}

static void a_job_takes_what_may_go_and_ends_it(void **state)
{
	const char *host, *platform, *next;
	SCRATCH(s);

	host = prepare(s, "automatic");
	look(s, host, "platform 12.6\nvirtualization 8.0");
	platform = update_to("12.6");
	next = update_to("8.0");
	expect(s, host);
	assert_int_equal(expected.n, 1);
	assert_true(expected.needs_reboot);
	assert_null(expected.packages);
	mark(s, host, JOB, VDC_UPDATE_RUNNING, NULL);
	mark(s, host, JOB, VDC_UPDATE_RUNNING, NULL);
	assert_int_equal(status_of(s, platform), VDC_UPDATE_RUNNING);
	assert_int_equal(status_of(s, next), VDC_UPDATE_PENDING);
	mark(s, host, OTHER_JOB, VDC_UPDATE_DONE, NULL);
	assert_int_equal(status_of(s, platform), VDC_UPDATE_RUNNING);
	mark(s, host, JOB, VDC_UPDATE_DONE, NULL);
	mark(s, host, JOB, VDC_UPDATE_DONE, NULL);
	assert_int_equal(status_of(s, platform), VDC_UPDATE_DONE);
	assert_int_equal(events(s, "update_done"), 1);
	assert_int_equal(available(s), 1);
	expect(s, host);
	assert_int_equal(expected.n, 1);
	assert_false(expected.needs_reboot);
	mark(s, host, JOB, VDC_UPDATE_RUNNING, NULL);
	mark(s, host, JOB, VDC_UPDATE_DONE, NULL);
	assert_int_equal(available(s), 0);
}

static void what_failed_is_not_tried_again_unasked(void **state)
{
	struct approval a;
	struct vdc_err err = { 0 };
	const char *host;
	SCRATCH(s);

	host = prepare(s, "automatic");
	look(s, host, "virtualization 7.2.10");
	a.name = update_to("7.2.10");
	mark(s, host, JOB, VDC_UPDATE_RUNNING, NULL);
	assert_int_equal(approve(s, &a, &err), -EPERM);
	mark(s, host, JOB, VDC_UPDATE_FAILED, "no space");
	assert_int_equal(events(s, "update_failed"), 1);
	assert_int_equal(available(s), 1);
	look(s, host, "virtualization 7.2.10");
	expect_of(s, host, OTHER_JOB);
	assert_int_equal(expected.n, 0);
	assert_non_null(strstr(expected.waiting, "no space"));
	expect_of(s, host, JOB);
	assert_int_equal(expected.n, 1);
	/* But by the job in which it failed. */
	mark(s, host, OTHER_JOB, VDC_UPDATE_RUNNING, NULL);
	assert_int_equal(status_of(s, a.name), VDC_UPDATE_FAILED);
	mark(s, host, JOB, VDC_UPDATE_RUNNING, NULL);
	assert_int_equal(status_of(s, a.name), VDC_UPDATE_RUNNING);
	mark(s, host, JOB, VDC_UPDATE_FAILED, "no space");
	assert_null(expected.blocked);
	must(approve(s, &a, &err), &err);
	assert_null(a.update->message);
	expect(s, host);
	assert_int_equal(expected.n, 1);
}

/* What apt-get says, so that packages are known. */
static void look_at_packages(struct scratch *s, const char *host, const char *text)
{
	const struct vdc_offer_host has = { "12.5", "7.2.9" };
	struct vdc_update_offers offers;
	struct vdc_err err = { 0 };

	must(vdc_plan_offers_of_packages(text, &has, arena, &offers, &err), &err);
	must(vdc_updates_record(s->db, host, &offers, arena, &change, &err), &err);
}

static void only_what_may_go_is_installed(void **state)
{
	static const char lines[] =
		"apt Inst base-files [12.4+deb12u5] (12.4+deb12u6 Debian [amd64])\n"
		"apt Inst odd [1] (1;reboot Debian [amd64])\n"
		"apt Inst qemu-system-x86 [1:7.2+dfsg-7] (1:8.0+dfsg-1 Debian [amd64])\noffers\n";
	const char *host, *command;
	SCRATCH(s);

	host = prepare(s, "automatic");
	look_at_packages(s, host, lines);
	expect(s, host);
	assert_true(expected.exact);
	command = vdc_updates_command(&expected, arena);
	assert_non_null(strstr(command, " install base-files=12.4+deb12u6 'odd=1;reboot'\n"));
	assert_non_null(strstr(command, "dnf -q -y upgrade base-files-12.4+deb12u6 "));
	assert_null(strstr(command, "qemu"));
	mark(s, host, JOB, VDC_UPDATE_RUNNING, NULL);
	expect_of(s, host, JOB);
	assert_string_equal(vdc_updates_command(&expected, arena), command);
	mark(s, host, JOB, VDC_UPDATE_DONE, NULL);
	expect(s, host);
	assert_false(expected.exact);
	assert_null(vdc_updates_command(&expected, arena));
}

static void other_packages_are_another_update(void **state)
{
	struct approval a;
	struct vdc_err err = { 0 };
	const char *host;
	SCRATCH(s);

	host = prepare(s, "manual");
	look_at_packages(s, host, "apt Inst vim [1] (2 Debian)\noffers\n");
	a.name = update_to("12.5");
	must(approve(s, &a, &err), &err);
	look_at_packages(s, host, "apt Inst vim [1] (2 Debian)\noffers\n");
	assert_int_equal(status_of(s, a.name), VDC_UPDATE_APPROVED);
	look_at_packages(s, host, "apt Inst vim [1] (3 Debian)\noffers\n");
	assert_int_equal(status_of(s, a.name), VDC_UPDATE_SUPERSEDED);
	expect(s, host);
	assert_int_equal(expected.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(an_update_is_recorded_once),
		on_both(a_channel_refuses_and_says_so),
		on_both(approval_is_for_what_was_shown),
		on_both(approval_asks_the_channel_again),
		on_both(a_job_takes_what_may_go_and_ends_it),
		on_both(what_failed_is_not_tried_again_unasked),
		on_sqlite(only_what_may_go_is_installed),
		on_sqlite(other_packages_are_another_update),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
