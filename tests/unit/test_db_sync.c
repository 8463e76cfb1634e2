/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts of libvirt's test driver, and such as do not answer, read into a database. */
#include "act/sync.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/setting.h"
#include "base/time.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/host_network.h"
#include "model/network.h"
#include "model/storage_domain.h"
#include "model/vm_nic.h"
#include "scratch_db.h"

#define DB1 "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define OFF1 "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

static struct vdc_arena *arena;
static struct vdc_sync_options options;
static struct vdc_sync_summary summary;

static void *object(const struct vdc_kind *kind, const char *const *pairs)
{
	void *o = vdc_object_new(kind, arena);
	struct vdc_err err = { 0 };

	for (; *pairs; pairs += 2)
		must(vdc_value_parse(vdc_kind_field(kind, pairs[0]), pairs[1], o, arena, &err),
		     &err);
	return o;
}

struct put {
	const struct vdc_kind *kind;
	void *object;
};

static int put_it(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct put *put = ctx;

	return vdc_store_put(db, put->kind, put->object, arena, err);
}

static const char *put(struct scratch *s, const struct vdc_kind *kind, const char *const *pairs)
{
	struct put put = { kind, object(kind, pairs) };
	struct vdc_err err = { 0 };

	must(vdc_db_transaction(s->db, put_it, &put, &err), &err);
	return vdc_object_id(put.object);
}
#define PUT(s, kind, ...) put(s, &(kind), (const char *const[]){ __VA_ARGS__, NULL })

static void *get(struct scratch *s, const struct vdc_kind *kind, const char *name)
{
	struct vdc_err err = { 0 };
	void *o;

	must(vdc_store_get(s->db, kind, name, VDC_WITH_NAMES | VDC_WITH_LONG, arena, &o, &err),
	     &err);
	return o;
}

static const char *node_uri(void)
{
	return vdc_arena_format(arena, "test://%s/tests/data/libvirt/node.xml",
				getenv("VDC_TEST_SRC") ?: ".");
}

/* A cluster with a storage domain. */
static void prepare(struct scratch *s)
{
	struct vdc_err err = { 0 };

	vdc_arena_free(arena);
	arena = vdc_arena_new();
	options = vdc_sync_options();
	options.connect_us = VDC_SECOND;
	options.grace.base = 0;
	options.grace.per_vm = 0;
	must(vdc_store_migrate(s->db, &err), &err);
	PUT(s, vdc_data_center_kind, "name", "dc");
	PUT(s, vdc_cluster_kind, "name", "c", "data_center", "dc");
	PUT(s, vdc_storage_domain_kind, "name", "sd", "data_center", "dc", "type", "data",
	    "storage_type", "posixfs", "mount_point", "/shared/vms");
}

static const char *add_host(struct scratch *s, const char *name, const char *uri)
{
	return PUT(s, vdc_host_kind, "name", name, "cluster", "c", "libvirt_uri", uri);
}

static void sync_hosts(struct scratch *s, const char *const *hosts, size_t n)
{
	struct vdc_err err = { 0 };

	must(vdc_sync(s->db, &options, hosts, n, &summary, &err), &err);
}

static void sync_one(struct scratch *s, const char *host)
{
	sync_hosts(s, &host, 1);
}

static int64_t events(struct scratch *s, const char *type)
{
	vdc_autofree char *sql = vdc_format("SELECT COUNT(*) FROM events WHERE type = '%s'", type);

	return number_of(s->db, vdc_arena_strdup(arena, sql));
}

static void a_host_becomes_what_it_is(void **state)
{
	struct vdc_host *host;
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_int_equal(summary.read, 1);
	assert_int_equal(summary.failed, 0);
	host = get(s, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_UP);
	assert_null(host->status_detail);
	assert_int_equal(host->failures, 0);
	assert_true(host->seen > 0);
	assert_true(host->memory > 0);
	assert_string_equal(host->architecture, "i686");
	assert_non_null(host->libvirt_version);
	assert_null(host->qemu_version);
	assert_int_equal(events(s, "host_up"), 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM host_samples"), 1);
	assert_int_equal(number_of(s->db, "SELECT vms FROM host_samples"), 1);
}

static void its_vms_are_added(void **state)
{
	struct vdc_vm *vm;
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	vm = get(s, &vdc_vm_kind, "db1");
	assert_string_equal(vm->id, DB1);
	assert_int_equal(vm->status, VDC_VM_UP);
	assert_string_equal(vm->host.name, "h1");
	assert_string_equal(vm->cluster.name, "c");
	assert_int_equal(vm->memory, 512 << 20);
	assert_int_equal(vm->vcpus, 2);
	assert_non_null(strstr(vm->domain_xml, "<name>db1</name>"));
	assert_int_equal(vm->local_storage, 1);
	vm = get(s, &vdc_vm_kind, "off1");
	assert_string_equal(vm->id, OFF1);
	assert_int_equal(vm->status, VDC_VM_DOWN);
	assert_null(vm->host.id);
	assert_int_equal(events(s, "vm_started"), 1);
}

static void disks_belong_to_the_domain_they_lie_in(void **state)
{
	struct vdc_disk *disk;
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM disks"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM disk_attachments"), 2);
	disk = get(s, &vdc_disk_kind, "db1_vda");
	assert_string_equal(disk->storage_domain.name, "sd");
	assert_int_equal(disk->local, 0);
	assert_int_equal(disk->format, VDC_DISK_COW);
	assert_string_equal(disk->path, "/shared/vms/db1.qcow2");
	disk = get(s, &vdc_disk_kind, "db1_vdb");
	assert_null(disk->storage_domain.id);
	assert_int_equal(disk->local, 1);
}

static void networks_are_found_and_joined(void **state)
{
	SCRATCH(s);

	prepare(s);
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_string_equal(((struct vdc_network *)get(s, &vdc_network_kind, "default"))->bridge,
			    "virbr0");
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM host_networks "
					  "WHERE status = 'up' AND bridge = 'virbr0'"),
			 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM nics n JOIN networks w ON "
					  "w.id = n.network_id WHERE w.name = 'default' AND "
					  "n.mac = '52:54:00:12:34:56'"),
			 1);
}

static void a_second_reading_changes_nothing_but_times(void **state)
{
	const char *host;
	int64_t before;
	SCRATCH(s);

	prepare(s);
	host = add_host(s, "h1", node_uri());
	sync_one(s, host);
	before = number_of(s->db, "SELECT COUNT(*) FROM events");
	sync_one(s, host);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM events"), before);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM disks"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM nics"), 1);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM networks"), 1);
}

static void what_an_administrator_set_stays(void **state)
{
	struct vdc_vm *vm;
	const char *host;
	SCRATCH(s);

	prepare(s);
	host = add_host(s, "h1", node_uri());
	sync_one(s, host);
	PUT(s, vdc_vm_kind, "id", DB1, "description", "ours", "priority", "7");
	sync_one(s, host);
	vm = get(s, &vdc_vm_kind, DB1);
	assert_string_equal(vm->description, "ours");
	assert_int_equal(vm->priority, 7);
}

static void a_required_network_that_is_missing_makes_it_non_operational(void **state)
{
	struct vdc_host *host;
	SCRATCH(s);

	prepare(s);
	PUT(s, vdc_network_kind, "name", "storage", "data_center", "dc", "required", "true");
	sync_one(s, add_host(s, "h1", node_uri()));
	host = get(s, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_NON_OPERATIONAL);
	assert_int_equal(host->reason, VDC_REASON_NETWORK_UNREACHABLE);
	assert_non_null(strstr(host->status_detail, "storage"));
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM host_networks "
					  "WHERE status = 'missing'"),
			 1);
	PUT(s, vdc_network_kind, "name", "storage", "data_center", "dc", "required", "false");
	sync_one(s, host->id);
	host = get(s, &vdc_host_kind, "h1");
	assert_int_equal(host->status, VDC_HOST_UP);
	assert_int_equal(host->reason, 0);
	assert_null(host->status_detail);
}

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
		host = get(s, &vdc_host_kind, "h1");
		assert_int_equal(host->failures, i);
		assert_int_equal(host->status,
				 i < 3 ? VDC_HOST_CONNECTING : VDC_HOST_NON_RESPONSIVE);
		assert_non_null(strstr(host->status_detail, "127.0.0.1"));
	}
	assert_int_equal(events(s, "host_connecting"), 1);
	assert_int_equal(events(s, "host_non_responsive"), 1);
	assert_int_equal(events(s, "vm_unknown"), 1);
	assert_int_equal(((struct vdc_vm *)get(s, &vdc_vm_kind, DB1))->status, VDC_VM_UNKNOWN);

	PUT(s, vdc_host_kind, "id", id, "libvirt_uri", node_uri());
	sync_one(s, id);
	assert_int_equal(((struct vdc_host *)get(s, &vdc_host_kind, "h1"))->status, VDC_HOST_UP);
	assert_int_equal(((struct vdc_vm *)get(s, &vdc_vm_kind, DB1))->status, VDC_VM_UP);
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
	host = get(s, &vdc_host_kind, "h1");
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
	vm = get(s, &vdc_vm_kind, DB1);
	assert_int_equal(vm->status, VDC_VM_UNKNOWN);
	assert_true(vm->lost_since > 0);
	assert_int_equal(events(s, "vm_lost"), 1);
	assert_int_equal(events(s, "vm_gone"), 1); /* the one that was off */
	sync_one(s, host); /* all hosts of the cluster were asked: it is nowhere */
	vm = get(s, &vdc_vm_kind, DB1);
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
	owner = ((struct vdc_vm *)get(s, &vdc_vm_kind, DB1))->host.name;
	sync_hosts(s, back, 2);
	sync_hosts(s, there, 2);
	assert_int_equal(events(s, "vm_runs_twice"), 3);
	assert_int_equal(events(s, "vm_migrated"), 0);
	assert_int_equal(events(s, "vm_lost"), 0);
	assert_string_equal(((struct vdc_vm *)get(s, &vdc_vm_kind, DB1))->host.name, owner);
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
	assert_string_equal(((struct vdc_vm *)get(s, &vdc_vm_kind, DB1))->host.name, "new");
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
	vm = get(s, &vdc_vm_kind, DB1);
	assert_string_equal(vm->cluster.name, "c");
	assert_int_equal(vm->compatibility_mode, 0);

	swap_hosts(s, hosts[0], hosts[1]);
	sync_hosts(s, hosts, 2);
	vm = get(s, &vdc_vm_kind, DB1);
	assert_string_equal(vm->cluster.name, "newer");
	assert_string_equal(vm->migrated_from_cluster, "c");
	assert_int_equal(vm->migrated_from_level.major, 7);
	assert_true(vm->migrated_at > 0);
	assert_int_equal(vm->compatibility_mode, 1);
	assert_int_equal(events(s, "vm_compatibility_mode"), 1);
	/* What was left behind there when it was off says nothing. */
	assert_string_equal(((struct vdc_vm *)get(s, &vdc_vm_kind, OFF1))->cluster.name, "c");

	sync_hosts(s, hosts, 2);
	assert_int_equal(events(s, "vm_compatibility_mode"), 1);
	swap_hosts(s, hosts[1], hosts[0]);
	sync_hosts(s, hosts, 2);
	vm = get(s, &vdc_vm_kind, DB1);
	assert_string_equal(vm->cluster.name, "c");
	assert_int_equal(vm->compatibility_mode, 0);
	assert_null(vm->migrated_from_cluster);
	assert_int_equal(events(s, "vm_compatibility_mode_left"), 1);
}

static void names_that_two_hosts_use_are_told_apart(void **state)
{
	SCRATCH(s);

	prepare(s);
	PUT(s, vdc_vm_kind, "name", "db1", "cluster", "c");
	sync_one(s, add_host(s, "h1", node_uri()));
	assert_string_equal(((struct vdc_vm *)get(s, &vdc_vm_kind, DB1))->name, "db1-11111111");
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
	frozen = get(s, &vdc_host_kind, "frozen");
	fine = get(s, &vdc_host_kind, "fine");
	assert_int_equal(frozen->status, VDC_HOST_CONNECTING);
	assert_non_null(strstr(frozen->status_detail, "no answer"));
	assert_int_equal(fine->status, VDC_HOST_UP);
	assert_true(fine->seen - begun < options.connect_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_host_becomes_what_it_is),
		on_both(its_vms_are_added),
		on_both(disks_belong_to_the_domain_they_lie_in),
		on_both(networks_are_found_and_joined),
		on_both(a_second_reading_changes_nothing_but_times),
		on_both(what_an_administrator_set_stays),
		on_both(a_required_network_that_is_missing_makes_it_non_operational),
		on_both(a_silent_host_is_given_up_after_its_grace),
		on_both(an_error_of_ours_does_not_condemn_the_host),
		on_both(a_vm_that_disappears_is_noted_and_kept),
		on_both(a_vm_on_two_hosts_is_an_alarm),
		on_both(a_vm_that_moved_while_hosts_were_read_just_moved),
		on_both(a_vm_from_an_older_cluster_is_in_compatibility_mode),
		on_both(names_that_two_hosts_use_are_told_apart),
		on_both(a_frozen_host_does_not_hold_up_the_others),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	vdc_arena_free(arena);
	return r;
}
