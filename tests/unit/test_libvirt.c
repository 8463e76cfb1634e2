/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Against the test driver that is built into the libvirt client library. */
#include "edge/libvirt_control.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "unit.h"

#define TEST_UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"

static void local_uris_are_told_apart(void **state)
{
	(void)state;
	assert_true(vdc_virt_uri_is_local("qemu:///system"));
	assert_true(vdc_virt_uri_is_local("test:///default"));
	assert_false(vdc_virt_uri_is_local("qemu+ssh://root@h1/system"));
	assert_false(vdc_virt_uri_is_local("qemu+unix:///system?socket=/x"));
	assert_false(vdc_virt_uri_is_local("qemu://h1/system"));
	assert_false(vdc_virt_uri_is_local("nonsense"));
}

static void the_host_describes_itself(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autovirt *virt = NULL;
	struct vdc_virt_host host;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", 0, &virt, NULL), 0);
	assert_int_equal(vdc_virt_host(virt, arena, &host, NULL), 0);
	assert_string_equal(host.type, "TEST");
	assert_int_equal(host.memory, 3145728 * 1024LL);
	assert_int_equal(host.cpus, 16);
	assert_non_null(strstr(host.capabilities, "<capabilities>"));
	assert_null(host.domain_capabilities);
	assert_non_null(strchr(host.libvirt_version, '.'));
	assert_int_equal(host.n_networks, 1);
	assert_string_equal(host.networks[0].name, "default");
	assert_true(host.networks[0].active);
}

static int count(void *ctx, const struct vdc_virt_domain *domain, struct vdc_err *err)
{
	(void)err;
	(*(int *)ctx)++;
	assert_string_equal(domain->uuid, TEST_UUID);
	assert_string_equal(domain->name, "test");
	assert_int_equal(domain->state, VDC_VIRT_RUNNING);
	assert_string_equal(domain->reason, "unknown");
	assert_true(domain->persistent);
	assert_non_null(strstr(domain->xml, "<domain type='test' id='1'>"));
	assert_non_null(strstr(domain->next_xml, "<domain type='test'>"));
	assert_int_equal(vdc_virt_stat(domain, "state.state", -1), 1);
	assert_int_equal(vdc_virt_stat(domain, "no.such", -7), -7);
	assert_null(domain->job);
	return 0;
}

static void its_domains_come_with_xml_and_statistics(void **state)
{
	vdc_autovirt *virt = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", VDC_VIRT_READ_ONLY, &virt, NULL), 0);
	assert_int_equal(vdc_virt_domains(virt, count, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(vdc_virt_domain(virt, TEST_UUID, count, &n, NULL), 0);
	assert_int_equal(n, 2);
}

static void cpu_time_grows(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autovirt *virt = NULL;
	struct vdc_virt_cpu_times first, second;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", 0, &virt, NULL), 0);
	assert_int_equal(vdc_virt_cpu_times(virt, arena, &first, NULL), 0);
	assert_int_equal(vdc_virt_cpu_times(virt, arena, &second, NULL), 0);
	assert_true(first.busy > 0 && second.busy >= first.busy);
	assert_true(second.at >= first.at);
	assert_int_equal(first.n_domains, 0); /* the driver does not know */
}

static int refuse(void *ctx, const struct vdc_virt_domain *domain, struct vdc_err *err)
{
	(void)ctx;
	(void)domain;
	(void)err;
	return 17;
}

static int count_disks(void *ctx, const struct vdc_virt_domain *domain, struct vdc_err *err)
{
	(void)err;
	(*(int *)ctx)++;
	assert_string_equal(domain->uuid, TEST_UUID);
	assert_int_equal(domain->state, VDC_VIRT_RUNNING);
	assert_null(domain->xml);
	return 0;
}

static void disks_alone_come_without_xml(void **state)
{
	vdc_autovirt *virt = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", 0, &virt, NULL), 0);
	assert_int_equal(vdc_virt_disks(virt, TEST_UUID, count_disks, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(
		vdc_virt_disks(virt, "00000000-0000-0000-0000-000000000001", count_disks, &n, NULL),
		-ENOENT);
}

static void the_callback_can_end_the_reading(void **state)
{
	vdc_autovirt *virt = NULL;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", 0, &virt, NULL), 0);
	assert_int_equal(vdc_virt_domains(virt, refuse, NULL, NULL), 17);
}

static void an_unknown_domain_is_no_such_object(void **state)
{
	struct vdc_err err = { 0 };
	vdc_autovirt *virt = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", 0, &virt, NULL), 0);
	assert_int_equal(
		vdc_virt_domain(virt, "00000000-0000-0000-0000-000000000001", count, &n, &err),
		-ENOENT);
	assert_int_equal(strncmp(err.msg, "libvirt: ", 9), 0);
	assert_int_equal(n, 0);
}

static void what_cannot_be_reached_says_why(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_virt *virt;

	(void)state;
	assert_int_equal(vdc_virt_open("qemu+tcp://127.0.0.1:9/system", 0, &virt, &err),
			 -ECONNREFUSED);
	assert_non_null(strstr(err.msg, "127.0.0.1:9"));
	assert_int_equal(vdc_virt_open("qemu+unix:///system?socket=/no/such", 0, &virt, &err),
			 -ENOENT);
	assert_true(vdc_virt_open("nonsense", 0, &virt, &err) < 0);
}

static int no_event(void *ctx, const struct vdc_virt_event *event, struct vdc_err *err)
{
	(void)event;
	(void)err;
	(*(int *)ctx)++;
	return 0;
}

static const char guest[] =
	"<domain type='test'><name>other</name><uuid>7b1c0c1e-1111-4222-8333-444455556666</uuid>"
	"<memory>65536</memory><os><type>hvm</type></os></domain>";

struct heard {
	unsigned n, lost;
};

static int hear(void *ctx, const struct vdc_virt_event *event, struct vdc_err *err)
{
	struct heard *heard = ctx;

	(void)err;
	heard->n++;
	if (strcmp(event->what, "lost") == 0) {
		assert_null(event->uuid);
		heard->lost++;
	}
	return 0;
}

static void define(struct vdc_virt *virt, int times)
{
	for (int i = 0; i < times; i++) {
		assert_int_equal(vdc_virt_define(virt, guest, NULL), 0);
		assert_int_equal(
			vdc_virt_undefine(virt, "7b1c0c1e-1111-4222-8333-444455556666", NULL), 0);
	}
}

static void waiting_has_a_limit(struct vdc_virt *virt)
{
	int64_t begun = vdc_time_monotonic();
	int n = 0;

	assert_int_equal(vdc_virt_wait(virt, VDC_SECOND / 5, no_event, &n, NULL), 0);
	assert_true(vdc_time_monotonic() - begun >= VDC_SECOND / 5);
	assert_int_equal(n, 0);
}

static void a_flood_is_bounded(struct vdc_virt *virt)
{
	struct heard heard = { 0 };

	define(virt, 10);
	assert_int_equal(vdc_virt_wait(virt, VDC_SECOND, hear, &heard, NULL), 0);
	assert_int_equal(heard.n, 20);
	assert_int_equal(heard.lost, 0);
	define(virt, 2100);
	assert_int_equal(vdc_virt_wait(virt, VDC_SECOND, hear, &heard, NULL), 0);
	assert_int_equal(heard.lost, 1);
	assert_int_equal(heard.n, 21);
}

static void something_else_ends_the_waiting(struct vdc_virt *virt)
{
	int64_t begun = vdc_time_monotonic();
	int n = 0, fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(vdc_virt_wake(virt, fds[0], NULL), 0);
	assert_int_equal(write(fds[1], "", 1), 1);
	assert_int_equal(vdc_virt_wait(virt, 3600 * VDC_SECOND, no_event, &n, NULL), 0);
	assert_true(vdc_time_monotonic() - begun < 600 * VDC_SECOND);
	close(fds[0]);
	close(fds[1]);
}

/* A process has one such connection. */
static void events_are_waited_for(void **state)
{
	vdc_autovirt *virt = NULL;

	(void)state;
	assert_int_equal(vdc_virt_open("test:///default", VDC_VIRT_EVENTS, &virt, NULL), 0);
	assert_int_equal(vdc_virt_follow(virt, NULL), 0);
	waiting_has_a_limit(virt);
	a_flood_is_bounded(virt);
	something_else_ends_the_waiting(virt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(local_uris_are_told_apart),
		cmocka_unit_test(the_host_describes_itself),
		cmocka_unit_test(its_domains_come_with_xml_and_statistics),
		cmocka_unit_test(cpu_time_grows),
		cmocka_unit_test(disks_alone_come_without_xml),
		cmocka_unit_test(the_callback_can_end_the_reading),
		cmocka_unit_test(an_unknown_domain_is_no_such_object),
		cmocka_unit_test(what_cannot_be_reached_says_why),
		cmocka_unit_test(events_are_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
