/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that do not answer, and VMs that go, move, or run twice. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "scratch_sync.h"

/* A vm on a host that falls silent, and comes back. */
static void a_silent_host_is_given_up_after_its_grace(void **state)
{
	struct vdc_host *host;
	const char *id;
	SCRATCH(s);

	prepare(s);
	id = add_host(s, "h1", node_uri());
	sync_one(s, id);
	PUT(s, vdc_host_kind, "id", id, "libvirt_uri", "qemu+tcp://127.0.0.1:9/system");
	for (int i = 1; i <= 3; i++) {
		sync_one(s, id);
		assert_int_equal(summary.failed, 1);
		host = get(s->db, &vdc_host_kind, "h1");
		assert_int_equal(host->failures, i);
		assert_int_equal(host->status,
				 i < 3 ? VDC_HOST_CONNECTING : VDC_HOST_NON_RESPONSIVE);
		assert_non_null(strstr(host->status_detail, "127.0.0.1"));
	}
	assert_int_equal(events(s, "host_connecting"), 1);
	assert_int_equal(events(s, "host_non_responsive"), 1);
	assert_int_equal(events(s, "vm_unknown"), 1);
	assert_int_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->status, VDC_VM_UNKNOWN);

	PUT(s, vdc_host_kind, "id", id, "libvirt_uri", node_uri());
	sync_one(s, id);
	assert_int_equal(((struct vdc_host *)get(s->db, &vdc_host_kind, "h1"))->status,
			 VDC_HOST_UP);
	assert_int_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->status, VDC_VM_UP);
	assert_int_equal(events(s, "vm_back"), 1);
}

static void an_error_of_ours_does_not_condemn_the_host(void **state)
{
	struct vdc_host *host;
	SCRATCH(s);

	prepare(s);
	options.grace.attempts = 0;
	sync_one(s, add_host(s, "h1", "qemu+bogus://h1/system"));
	assert_int_equal(summary.failed, 1);
	host = get(s->db, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_UNASSIGNED);
}

static void a_vm_that_disappears_is_noted_and_kept(void **state)
{
	const char *host;
	struct vdc_vm *vm;
	SCRATCH(s);

	prepare(s);
	host = add_host(s, "h1", node_uri());
	sync_one(s, host);
	PUT(s, vdc_host_kind, "id", host, "libvirt_uri", "test:///default");
	sync_one(s, host);
	vm = get(s->db, &vdc_vm_kind, DB1);
	assert_int_equal(vm->status, VDC_VM_UNKNOWN);
	assert_true(vm->lost_since > 0);
	assert_int_equal(events(s, "vm_lost"), 1);
	assert_int_equal(events(s, "vm_gone"), 1); /* the one that was off */
	sync_one(s, host); /* all hosts of the cluster were asked: it is nowhere */
	vm = get(s->db, &vdc_vm_kind, DB1);
	assert_int_equal(vm->status, VDC_VM_DOWN);
	assert_null(vm->host.id);
	assert_true(vm->lost_since > 0);
	assert_int_equal(events(s, "vm_gone"), 2);
	sync_one(s, host);
	assert_int_equal(events(s, "vm_gone"), 2);
}

/* In whatever order they are read, and however often: the alarm comes first, and nothing moves. */
static void a_vm_on_two_hosts_is_an_alarm(void **state)
{
	const char *there[2], *back[2], *owner;
	SCRATCH(s);

	prepare(s);
	options.jobs = 1;
	there[0] = back[1] = add_host(s, "h1", node_uri());
	there[1] = back[0] = add_host(s, "h2", vdc_arena_format(arena, "%s?second", node_uri()));
	sync_hosts(s, there, 2);
	assert_int_equal(summary.read, 2);
	assert_int_equal(events(s, "vm_runs_twice"), 1);
	owner = ((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->host.name;
	sync_hosts(s, back, 2);
	sync_hosts(s, there, 2);
	assert_int_equal(events(s, "vm_runs_twice"), 3);
	assert_int_equal(events(s, "vm_migrated"), 0);
	assert_int_equal(events(s, "vm_lost"), 0);
	assert_string_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->host.name, owner);
	assert_int_equal(number_of(s->db,
				   "SELECT COUNT(*) FROM events WHERE type = 'vm_runs_twice'"
				   " AND description IN ("
				   "'VM db1 runs on host h1 and on host h2 at the same time: "
				   "stop one of them at once, they write to the same disks', "
				   "'VM db1 runs on host h2 and on host h1 at the same time: "
				   "stop one of them at once, they write to the same disks')"),
			 3);
}

/* The VMs of the first host are on the second one from now on. */
static void swap_hosts(struct scratch *s, const char *from, const char *to)
{
	PUT(s, vdc_host_kind, "id", from, "libvirt_uri", "test:///default");
	PUT(s, vdc_host_kind, "id", to, "libvirt_uri", node_uri());
}

static void a_vm_that_moved_while_hosts_were_read_just_moved(void **state)
{
	const char *hosts[2];
	SCRATCH(s);

	prepare(s);
	options.jobs = 1;
	hosts[1] = add_host(s, "old", node_uri());
	hosts[0] = add_host(s, "new", "test:///default");
	sync_hosts(s, hosts, 2);
	swap_hosts(s, hosts[1], hosts[0]);
	sync_hosts(s, hosts, 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE object_name = 'db1'"
					  " AND type = 'vm_migrated'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events WHERE object_name = 'db1'"),
			 2); /* it was started, and moved */
	assert_string_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, DB1))->host.name, "new");
}

static void a_vm_from_an_older_cluster_is_in_compatibility_mode(void **state)
{
	const char *hosts[2];
	struct vdc_vm *vm;
	SCRATCH(s);

	prepare(s);
	options.jobs = 1;
	PUT(s, vdc_cluster_kind, "name", "c", "version", "7.2", "level_family", "qemu");
	PUT(s, vdc_cluster_kind, "name", "newer", "data_center", "dc", "version", "10.0",
	    "level_family", "qemu");
	hosts[0] = add_host(s, "old", node_uri());
	hosts[1] = PUT(s, vdc_host_kind, "name", "new", "cluster", "newer", "libvirt_uri",
		       "test:///default");
	sync_hosts(s, hosts, 2);
	vm = get(s->db, &vdc_vm_kind, DB1);
	assert_string_equal(vm->cluster.name, "c");
	assert_int_equal(vm->compatibility_mode, 0);

	swap_hosts(s, hosts[0], hosts[1]);
	sync_hosts(s, hosts, 2);
	vm = get(s->db, &vdc_vm_kind, DB1);
	assert_string_equal(vm->cluster.name, "newer");
	assert_string_equal(vm->migrated_from_cluster, "c");
	assert_int_equal(vm->migrated_from_level.major, 7);
	assert_true(vm->migrated_at > 0);
	assert_int_equal(vm->compatibility_mode, 1);
	assert_int_equal(events(s, "vm_compatibility_mode"), 1);
	/* What was left behind there when it was off says nothing. */
	assert_string_equal(((struct vdc_vm *)get(s->db, &vdc_vm_kind, OFF1))->cluster.name, "c");

	sync_hosts(s, hosts, 2);
	assert_int_equal(events(s, "vm_compatibility_mode"), 1);
	swap_hosts(s, hosts[1], hosts[0]);
	sync_hosts(s, hosts, 2);
	vm = get(s->db, &vdc_vm_kind, DB1);
	assert_string_equal(vm->cluster.name, "c");
	assert_int_equal(vm->compatibility_mode, 0);
	assert_null(vm->migrated_from_cluster);
	assert_int_equal(events(s, "vm_compatibility_mode_left"), 1);
}

/* Takes connections and says nothing, like a frozen libvirtd. */
static int mute_server(char uri[64])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	snprintf(uri, 64, "qemu+tcp://127.0.0.1:%u/system", ntohs(at.sin_port));
	return fd;
}

static void a_frozen_host_does_not_hold_up_the_others(void **state)
{
	const char *hosts[3];
	struct vdc_host *frozen, *fine;
	char uri[64];
	int64_t begun;
	int fd;
	SCRATCH(s);

	prepare(s);
	fd = mute_server(uri);
	hosts[0] = add_host(s, "frozen", uri);
	hosts[1] = add_host(s, "fine", node_uri());
	hosts[2] = add_host(s, "dead", "qemu+tcp://127.0.0.1:9/system");
	begun = vdc_time_now();
	sync_hosts(s, hosts, 3);
	close(fd);
	assert_int_equal(summary.read, 1);
	assert_int_equal(summary.failed, 2);
	assert_true(vdc_time_now() - begun < 5 * VDC_SECOND);
	frozen = get(s->db, &vdc_host_kind, "frozen");
	fine = get(s->db, &vdc_host_kind, "fine");
	assert_int_equal(frozen->status, VDC_HOST_CONNECTING);
	assert_non_null(strstr(frozen->status_detail, "no answer"));
	assert_int_equal(fine->status, VDC_HOST_UP);
	assert_true(fine->seen - begun < options.connect_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_silent_host_is_given_up_after_its_grace),
		on_both(an_error_of_ours_does_not_condemn_the_host),
		on_both(a_vm_that_disappears_is_noted_and_kept),
		on_both(a_vm_on_two_hosts_is_an_alarm),
		on_both(a_vm_that_moved_while_hosts_were_read_just_moved),
		on_both(a_vm_from_an_older_cluster_is_in_compatibility_mode),
		on_both(a_frozen_host_does_not_hold_up_the_others),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
