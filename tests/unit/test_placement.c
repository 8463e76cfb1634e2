/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every filter and every weight of the placement. */
#include "plan/placement.h"

#include <string.h>

#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/domain_reach.h"
#include "model/host_network.h"
#include "model/network.h"
#include "model/storage_domain.h"
#include "model/vm_nic.h"
#include "plan/placement_part.h"
#include "unit.h"

#define GIB (INT64_C(1) << 30)
#define MINUTE INT64_C(60000000)
#define NOW (INT64_C(1000) * MINUTE)

static struct vdc_arena *arena;
static struct vdc_world *world;
static struct vdc_cluster *cluster;
static struct vdc_host *h1, *h2, *h3;
static struct vdc_vm *vm;
static struct vdc_placement *placement;
static struct vdc_place_query query;
static struct vdc_place_result result;
static struct vdc_load_sample samples[8];
static size_t n_samples;

static char *text(const char *s)
{
	return vdc_arena_strdup(arena, s);
}

static void *add(const struct vdc_kind *kind, const char *id)
{
	void *object = vdc_object_new(kind, arena);

	*vdc_text_of(&kind->fields[0], object) = text(id);
	vdc_object_preset(kind, object, arena);
	vdc_world_add(world, kind, object);
	return object;
}

static struct vdc_host *add_host(const char *name)
{
	struct vdc_host *host = add(&vdc_host_kind, name);

	host->name = text(name);
	host->cluster.id = cluster->id;
	host->status = VDC_HOST_UP;
	host->architecture = text("x86_64");
	host->cpu_model = text("Nehalem");
	host->cpu_models = text("qemu64 Nehalem");
	host->cpu_features = text("aes avx");
	host->machine_types = text("pc-q35-7.2 pc-q35-8.0");
	host->os_type = text("RHEL");
	host->os_major = 8;
	host->cpu_count = 4;
	host->memory = 16 * GIB;
	return host;
}

static struct vdc_vm *add_vm(const char *name, struct vdc_host *host)
{
	struct vdc_vm *added = add(&vdc_vm_kind, name);

	added->name = text(name);
	added->cluster.id = cluster->id;
	added->host.id = host ? host->id : NULL;
	added->status = host ? VDC_VM_UP : VDC_VM_DOWN;
	added->memory = 4 * GIB;
	added->vcpus = 2;
	added->running_machine_type = text("pc-q35-7.2");
	return added;
}

static void measure(const char *host, int64_t minutes_ago, int64_t percent)
{
	samples[n_samples++] =
		(struct vdc_load_sample){ host, NOW - minutes_ago * MINUTE, percent * 10 * 4 };
}

static int fresh(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	world = vdc_world_new(arena);
	cluster = add(&vdc_cluster_kind, "c1");
	cluster->name = text("c");
	cluster->version = (struct vdc_level){ 4, 7 };
	h1 = add_host("h1");
	h2 = add_host("h2");
	h3 = add_host("h3");
	vm = add_vm("v1", h1);
	placement = NULL;
	query = (struct vdc_place_query){ .vm = vm };
	n_samples = 0;
	return 0;
}

static int done(void **state)
{
	(void)state;
	vdc_placement_free(placement);
	vdc_arena_free(arena);
	return 0;
}

static void place(void)
{
	const struct vdc_placement_input input = {
		.world = world,
		.samples = samples,
		.n_samples = n_samples,
		.now = NOW,
		.reach_age = 10 * MINUTE,
	};
	struct vdc_err err = { 0 };

	vdc_placement_free(placement);
	placement = vdc_placement_new(&input, arena);
	if (vdc_place(placement, &query, arena, &result, &err))
		fail_msg("%s", vdc_err_text(&err));
}

static const struct vdc_place_choice *choice(const struct vdc_host *host)
{
	for (size_t i = 0; i < result.n; i++)
		if (result.hosts[i].host == host)
			return &result.hosts[i];
	fail_msg("%s is no choice", host->name);
	return NULL;
}

/* FILTER refuses HOST, with these words, the same when one pair is asked; NULL: none does. */
static void refused(const struct vdc_host *host, const char *filter, const char *words)
{
	const char *reason = NULL, *pair;

	place();
	pair = vdc_place_refuses(placement, &query, host, arena, &reason);
	if (!filter) {
		assert_null(choice(host)->filter);
		assert_null(pair);
		return;
	}
	assert_non_null(choice(host)->filter);
	assert_string_equal(choice(host)->filter, filter);
	assert_non_null(strstr(choice(host)->reason, words));
	assert_string_equal(pair, filter);
	assert_string_equal(reason, choice(host)->reason);
}

static struct vdc_domain_reach *reach_of(struct vdc_host *host, const char *domain, int64_t status)
{
	struct vdc_domain_reach *reach =
		add(&vdc_domain_reach_kind, vdc_arena_format(arena, "%s-%s", host->id, domain));

	reach->host.id = host->id;
	reach->storage_domain.id = text(domain);
	reach->status = status;
	reach->checked = NOW - MINUTE;
	return reach;
}

static void a_host_that_lost_the_storage_of_its_disks(void **state)
{
	struct vdc_storage_domain *domain = add(&vdc_storage_domain_kind, "d1");
	struct vdc_disk *disk = add(&vdc_disk_kind, "disk1");
	struct vdc_disk_attachment *attachment = add(&vdc_disk_attachment_kind, "a1");
	struct vdc_domain_reach *lost;

	(void)state;
	domain->name = text("data");
	disk->storage_domain.id = domain->id;
	attachment->vm.id = vm->id;
	attachment->disk.id = disk->id;
	assert_false(vdc_placement_wants_disks(world, NOW, 10 * MINUTE));
	refused(h2, NULL, NULL);
	lost = reach_of(h2, "d1", VDC_REACH_LOST);
	reach_of(h2, "d2", VDC_REACH_OK);
	assert_true(vdc_placement_wants_disks(world, NOW, 10 * MINUTE));
	refused(h2, "reach", "it does not reach storage domain data");
	/* another one, of which nobody has looked what it reaches, may have it, and that is said */
	refused(h3, NULL, NULL);
	assert_non_null(strstr(choice(h3)->reason, "whether it reaches storage domain data"));
	reach_of(h3, "d1", VDC_REACH_SLOW);
	refused(h3, NULL, NULL);
	assert_null(strstr(choice(h3)->reason ?: "", "reaches"));
	/* what was found long ago says nothing */
	lost->checked = NOW - 11 * MINUTE;
	assert_false(vdc_placement_wants_disks(world, NOW, 10 * MINUTE));
	refused(h2, NULL, NULL);
	/* nor is a domain of other disks a reason */
	lost->checked = NOW;
	disk->storage_domain.id = text("d2");
	refused(h2, NULL, NULL);
}

static void only_hosts_that_are_up_and_others(void **state)
{
	(void)state;
	refused(h1, "here", "runs there");
	refused(h2, NULL, "");
	h2->status = VDC_HOST_NON_OPERATIONAL;
	refused(h2, "status", "non_operational");
	h2->status = VDC_HOST_MAINTENANCE;
	refused(h2, "status", "maintenance");
	assert_ptr_equal(result.best, h3);
	query.bans = &(struct vdc_place_ban){ "h3", "it failed there" };
	query.n_bans = 1;
	refused(h3, "failed", "it failed there");
	assert_null(result.best);
	assert_non_null(strstr(result.none, "h3: it failed there"));
	assert_non_null(strstr(result.none, "h2: it is maintenance"));
}

static void memory_with_overcommit(void **state)
{
	(void)state;
	add_vm("v2", h2)->memory = 13 * GIB;
	refused(h2, "memory", "13312 MiB of 16383 MiB are taken");
	cluster->overcommit_percent = 110;
	refused(h2, NULL, "");
	query.memory_percent = 100;
	refused(h2, "memory", "no room");
	query.memory_percent = 0;
	cluster->overcommit_percent = 100;
	h2->memory = VDC_UNSET;
	refused(h2, "memory", "never read");
	query.accept_unknown = true;
	refused(h2, NULL, "");
	assert_non_null(strstr(choice(h2)->reason, "never read"));
	query.accept_unknown = false;
	vm->memory = VDC_UNSET;
	refused(h3, "memory", "unknown");
}

static void what_moves_takes_room_on_both(void **state)
{
	struct vdc_vm *big = add_vm("v2", h2);

	(void)state;
	big->memory = 13 * GIB;
	place();
	assert_int_equal(vdc_placement_used(placement, h2), 13 * GIB);
	vdc_placement_reserve(placement, big, h3);
	assert_int_equal(vdc_placement_used(placement, h3), 13 * GIB);
	assert_non_null(vdc_place_refuses(placement, &query, h3, arena, NULL));
	vdc_placement_put(placement, big, h3);
	assert_int_equal(vdc_placement_used(placement, h2), 0);
	assert_null(vdc_place_refuses(placement, &query, h2, arena, NULL));
	vdc_placement_put(placement, big, NULL);
	assert_int_equal(vdc_placement_used(placement, h3), 0);
	assert_null(vdc_place_refuses(placement, &query, h3, arena, NULL));
}

static void cpu_models_and_features(void **state)
{
	(void)state;
	vm->cpu_mode = text("custom");
	vm->custom_cpu_model = text("Icelake-Server");
	refused(h2, "cpu", "Icelake-Server");
	h2->cpu_models = text("Icelake-Server");
	refused(h2, NULL, "");
	h2->cpu_models = NULL;
	refused(h2, "cpu", "unknown");
	vm->custom_cpu_model = NULL;
	vm->cpu_mode = text("host_passthrough");
	refused(h2, NULL, "");
	h2->cpu_features = text("aes");
	refused(h2, "cpu", "avx");
	h2->cpu_model = text("Icelake");
	refused(h2, "cpu", "Icelake");
	h2->cpu_model = NULL;
	refused(h2, "cpu", "unknown");
	vm->cpu_mode = text("host_model");
	h2->cpu_model = text("Icelake");
	h2->cpu_models = text("Nehalem Icelake");
	h2->cpu_features = text("avx aes more");
	refused(h2, NULL, "");
	h2->architecture = text("aarch64");
	refused(h2, "architecture", "aarch64");
	h2->architecture = NULL;
	refused(h2, "architecture", "unknown");
}

static void machine_types_and_cores(void **state)
{
	(void)state;
	vm->running_machine_type = text("pc-q35-9.0");
	refused(h2, "machine", "pc-q35-9.0");
	h2->machine_types = NULL;
	refused(h2, "machine", "unknown");
	vm->running_machine_type = NULL;
	refused(h3, "machine", "unknown");
	vm->running_machine_type = text("pc-q35-8.0");
	vm->vcpus = 5;
	refused(h3, "cores", "4 CPUs, the VM 5");
	h3->cpu_count = VDC_UNSET;
	refused(h3, "cores", "never counted");
}

static void networks_of_its_cards(void **state)
{
	struct vdc_network *red = add(&vdc_network_kind, "n1");
	struct vdc_vm_nic *nic = add(&vdc_vm_nic_kind, "nic1");
	struct vdc_host_network *has = add(&vdc_host_network_kind, "hn1");

	(void)state;
	red->name = text("red");
	nic->vm.id = vm->id;
	nic->network.id = red->id;
	has->host.id = h2->id;
	has->network.id = red->id;
	has->status = VDC_HOST_NETWORK_UP;
	refused(h2, NULL, "");
	refused(h3, "networks", "nobody has looked");
	has->status = VDC_HOST_NETWORK_MISSING;
	refused(h2, "networks", "no network red");
	nic->plugged = 0;
	refused(h2, NULL, "");
}

static void hosts_that_are_over_loaded(void **state)
{
	(void)state;
	measure("h2", 6, 85);
	measure("h2", 3, 90);
	measure("h2", 0, 81);
	refused(h2, "load", "busy to 81 %");
	assert_non_null(strstr(choice(h3)->reason, "not measured"));
	n_samples = 0;
	measure("h2", 4, 85); /* for four minutes only */
	measure("h2", 0, 99);
	refused(h2, NULL, "");
	n_samples = 0;
	measure("h2", 6, 99);
	measure("h2", 3, 79); /* a pause */
	measure("h2", 0, 99);
	refused(h2, NULL, "");
	cluster->scheduling_properties = text("HighUtilization=70\nCpuOverCommitDurationMinutes=2");
	refused(h2, "load", "to 70 % or more for 6 minutes");
	n_samples = 0;
	measure("h2", 30, 99); /* long ago */
	refused(h2, NULL, "");
	assert_non_null(strstr(choice(h2)->reason, "not measured"));
}

static void levels_and_the_barrier(void **state)
{
	(void)state;
	vm->migration_barrier = (struct vdc_level){ 4, 8 };
	refused(h2, "level", "4.8");
	vm->migration_barrier = (struct vdc_level){ 4, 7 };
	refused(h2, NULL, "");
	cluster->version = (struct vdc_level){ -1, -1 };
	refused(h2, "level", "unknown");
}

static void the_policy_while_upgrading(void **state)
{
	(void)state;
	h1->os_major = 8;
	h2->os_major = 7;
	h3->os_major = 9;
	refused(h2, NULL, "");
	cluster->scheduling_policy = text("in_cluster_upgrade");
	refused(h2, "policy", "RHEL 7, the VM runs on RHEL 8");
	h2->os_major = 8;
	refused(h2, NULL, "");
	measure("h2", 0, 1);
	measure("h3", 0, 70);
	place();
	assert_ptr_equal(result.best, h3); /* newer, however busy */
	h2->os_type = text("Fedora");
	refused(h2, "policy", "Fedora");
	h2->os_type = NULL;
	refused(h2, "policy", "unreadable");
	h2->os_type = text("RHEL");
	h1->os_type = NULL;
	refused(h2, "policy", "unreadable");
	query.start = true;
	vm->status = VDC_VM_DOWN;
	vm->host.id = NULL;
	h2->os_major = 7;
	refused(h2, NULL, "");
	assert_ptr_equal(result.best, h3);
}

static void a_cluster_under_maintenance_starts_only_ha(void **state)
{
	(void)state;
	cluster->scheduling_policy = text("cluster_maintenance");
	refused(h2, NULL, "");
	query.start = true;
	refused(h2, "maintenance", "highly available");
	vm->high_availability = 1;
	refused(h2, NULL, "");
}

static void hosts_that_it_names_and_storage_of_one_host(void **state)
{
	(void)state;
	vm->pinned_hosts = text("h3 h9");
	refused(h2, "pinned", "names");
	refused(h3, NULL, "");
	cluster->scheduling_policy = text("in_cluster_upgrade");
	refused(h2, NULL, "");
	vm->local_storage = 1;
	refused(h3, "storage", "its own host");
	query.start = true;
	refused(h1, NULL, "");
}

static void the_emptiest_then_not_the_spm(void **state)
{
	(void)state;
	measure("h2", 0, 50);
	measure("h3", 0, 10);
	place();
	assert_ptr_equal(result.best, h3);
	n_samples = 0;
	measure("h2", 0, 12);
	measure("h3", 0, 14); /* the same step */
	place();
	assert_ptr_equal(result.best, h2);
	h2->spm_status = VDC_SPM_SPM;
	place();
	assert_ptr_equal(result.best, h3);
	add_vm("v2", h3)->memory = 8 * GIB;
	place();
	assert_ptr_equal(result.best, h2); /* no longer equals */
	assert_true(result.hosts[0].score > result.hosts[1].score);
	assert_int_equal(result.n_fit, 2);
	assert_ptr_equal(result.hosts[2].host, h1);
}

static void what_was_put_there_counts(void **state)
{
	struct vdc_vm *v2 = add_vm("v2", h1);

	(void)state;
	measure("h2", 0, 0);
	measure("h3", 0, 0);
	place();
	assert_ptr_equal(result.best, h2);
	vdc_placement_put(placement, vm, h2);
	query.vm = v2;
	assert_int_equal(vdc_place(placement, &query, arena, &result, NULL), 0);
	assert_ptr_equal(result.best, h3);
}

static void another_cluster_needs_the_catalogue(void **state)
{
	struct vdc_cluster *other = add(&vdc_cluster_kind, "c2");
	struct vdc_err err = { 0 };

	(void)state;
	other->name = text("other");
	other->version = (struct vdc_level){ 4, 8 };
	h3->cluster.id = other->id;
	query.cluster_id = other->id;
	refused(h3, "level", "no catalogue");
	assert_int_equal(result.n, 1);
	query.cluster_id = "nowhere";
	assert_int_not_equal(vdc_place(placement, &query, arena, &result, &err), 0);
	query.cluster_id = NULL;
	place();
	assert_int_equal(result.n, 2);
}

static void the_filters_have_their_names(void **state)
{
	size_t n = 0;

	(void)state;
	for (; vdc_placement_filters[n]; n++)
		assert_string_equal(vdc_placement_filters[n], place_filters[n].name);
	assert_int_equal(n, place_n_filters);
}

static void another_data_center_is_out_of_reach(void **state)
{
	struct vdc_cluster *other = add(&vdc_cluster_kind, "c2");

	(void)state;
	other->name = text("other");
	cluster->data_center.id = text("dc1");
	other->data_center.id = text("dc2");
	h3->cluster.id = other->id;
	query.cluster_id = other->id;
	query.accept_unknown = true;
	refused(h3, "level", "another data centre");
	other->data_center.id = text("dc1");
	refused(h3, NULL, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_hosts_that_are_up_and_others),
		TEST(a_host_that_lost_the_storage_of_its_disks),
		TEST(memory_with_overcommit),
		TEST(what_moves_takes_room_on_both),
		TEST(cpu_models_and_features),
		TEST(machine_types_and_cores),
		TEST(networks_of_its_cards),
		TEST(hosts_that_are_over_loaded),
		TEST(levels_and_the_barrier),
		TEST(the_policy_while_upgrading),
		TEST(a_cluster_under_maintenance_starts_only_ha),
		TEST(hosts_that_it_names_and_storage_of_one_host),
		TEST(the_emptiest_then_not_the_spm),
		TEST(what_was_put_there_counts),
		TEST(another_cluster_needs_the_catalogue),
		TEST(another_data_center_is_out_of_reach),
		TEST(the_filters_have_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
