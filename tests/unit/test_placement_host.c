/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters that look at what a host has: memory, CPUs, networks, storage, load. */
#include "plan/placement.h"

#include <string.h>

#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/domain_reach.h"
#include "model/host_network.h"
#include "model/network.h"
#include "model/storage_domain.h"
#include "model/vm_nic.h"
#include "placement_case.h"
#include "unit.h"

static void memory_with_overcommit(void **state)
{
	struct placement_case *c = *state;

	placement_vm(c, "v2", c->h2)->memory = 13 * GIB;
	placement_refused(c, c->h2, "memory", "13312 MiB of 16383 MiB are taken");
	c->cluster->overcommit_percent = 110;
	placement_refused(c, c->h2, NULL, "");
	c->query.memory_percent = 100;
	placement_refused(c, c->h2, "memory", "no room");
	c->query.memory_percent = 0;
	c->cluster->overcommit_percent = 100;
	c->h2->memory = VDC_UNSET;
	placement_refused(c, c->h2, "memory", "never read");
	c->query.accept_unknown = true;
	placement_refused(c, c->h2, NULL, "");
	assert_non_null(strstr(placement_choice(c, c->h2)->reason, "never read"));
	c->query.accept_unknown = false;
	c->vm->memory = VDC_UNSET;
	placement_refused(c, c->h3, "memory", "unknown");
}

static void cpu_models_and_features(void **state)
{
	struct placement_case *c = *state;

	c->vm->cpu_mode = placement_text(c, "custom");
	c->vm->custom_cpu_model = placement_text(c, "Icelake-Server");
	placement_refused(c, c->h2, "cpu", "Icelake-Server");
	c->h2->cpu_models = placement_text(c, "Icelake-Server");
	placement_refused(c, c->h2, NULL, "");
	c->h2->cpu_models = NULL;
	placement_refused(c, c->h2, "cpu", "unknown");
	c->vm->custom_cpu_model = NULL;
	c->vm->cpu_mode = placement_text(c, "host_passthrough");
	placement_refused(c, c->h2, NULL, "");
	c->h2->cpu_features = placement_text(c, "aes");
	placement_refused(c, c->h2, "cpu", "avx");
	c->h2->cpu_model = placement_text(c, "Icelake");
	placement_refused(c, c->h2, "cpu", "Icelake");
	c->h2->cpu_model = NULL;
	placement_refused(c, c->h2, "cpu", "unknown");
	c->vm->cpu_mode = placement_text(c, "host_model");
	c->h2->cpu_model = placement_text(c, "Icelake");
	c->h2->cpu_models = placement_text(c, "Nehalem Icelake");
	c->h2->cpu_features = placement_text(c, "avx aes more");
	placement_refused(c, c->h2, NULL, "");
	c->h2->architecture = placement_text(c, "aarch64");
	placement_refused(c, c->h2, "architecture", "aarch64");
	c->h2->architecture = NULL;
	placement_refused(c, c->h2, "architecture", "unknown");
}

static void machine_types_and_cores(void **state)
{
	struct placement_case *c = *state;

	c->vm->running_machine_type = placement_text(c, "pc-q35-9.0");
	placement_refused(c, c->h2, "machine", "pc-q35-9.0");
	c->h2->machine_types = NULL;
	placement_refused(c, c->h2, "machine", "unknown");
	c->vm->running_machine_type = NULL;
	placement_refused(c, c->h3, "machine", "unknown");
	c->vm->running_machine_type = placement_text(c, "pc-q35-8.0");
	c->vm->vcpus = 5;
	placement_refused(c, c->h3, "cores", "4 CPUs, the VM 5");
	c->h3->cpu_count = VDC_UNSET;
	placement_refused(c, c->h3, "cores", "never counted");
}

static void networks_of_its_cards(void **state)
{
	struct placement_case *c = *state;
	struct vdc_network *red = placement_add(c, &vdc_network_kind, "n1");
	struct vdc_vm_nic *nic = placement_add(c, &vdc_vm_nic_kind, "nic1");
	struct vdc_host_network *has = placement_add(c, &vdc_host_network_kind, "hn1");

	red->name = placement_text(c, "red");
	nic->vm.id = c->vm->id;
	nic->network.id = red->id;
	has->host.id = c->h2->id;
	has->network.id = red->id;
	has->status = VDC_HOST_NETWORK_UP;
	placement_refused(c, c->h2, NULL, "");
	placement_refused(c, c->h3, "networks", "nobody has looked");
	has->status = VDC_HOST_NETWORK_MISSING;
	placement_refused(c, c->h2, "networks", "no network red");
	nic->plugged = 0;
	placement_refused(c, c->h2, NULL, "");
}

static struct vdc_domain_reach *reach_of(struct placement_case *c, struct vdc_host *host,
					 const char *domain, int64_t status)
{
	struct vdc_domain_reach *reach = placement_add(
		c, &vdc_domain_reach_kind, vdc_arena_format(c->arena, "%s-%s", host->id, domain));

	reach->host.id = host->id;
	reach->storage_domain.id = placement_text(c, domain);
	reach->status = status;
	reach->checked = NOW - MINUTE;
	return reach;
}

static void a_host_that_lost_the_storage_of_its_disks(void **state)
{
	struct placement_case *c = *state;
	struct vdc_storage_domain *domain = placement_add(c, &vdc_storage_domain_kind, "d1");
	struct vdc_disk *disk = placement_add(c, &vdc_disk_kind, "disk1");
	struct vdc_disk_attachment *attachment = placement_add(c, &vdc_disk_attachment_kind, "a1");
	struct vdc_domain_reach *lost;

	domain->name = placement_text(c, "data");
	disk->storage_domain.id = domain->id;
	attachment->vm.id = c->vm->id;
	attachment->disk.id = disk->id;
	assert_false(vdc_placement_wants_disks(c->world, NOW, 10 * MINUTE));
	placement_refused(c, c->h2, NULL, NULL);
	lost = reach_of(c, c->h2, "d1", VDC_REACH_LOST);
	reach_of(c, c->h2, "d2", VDC_REACH_OK);
	assert_true(vdc_placement_wants_disks(c->world, NOW, 10 * MINUTE));
	placement_refused(c, c->h2, "reach", "it does not reach storage domain data");
	/* another one, of which nobody has looked what it reaches, may have it, and that is said */
	placement_refused(c, c->h3, NULL, NULL);
	assert_non_null(strstr(placement_choice(c, c->h3)->reason,
			       "whether it reaches storage domain data"));
	reach_of(c, c->h3, "d1", VDC_REACH_SLOW);
	placement_refused(c, c->h3, NULL, NULL);
	assert_null(strstr(placement_choice(c, c->h3)->reason ?: "", "reaches"));
	/* what was found long ago says nothing */
	lost->checked = NOW - 11 * MINUTE;
	assert_false(vdc_placement_wants_disks(c->world, NOW, 10 * MINUTE));
	placement_refused(c, c->h2, NULL, NULL);
	/* nor is a domain of other disks a reason */
	lost->checked = NOW;
	disk->storage_domain.id = placement_text(c, "d2");
	placement_refused(c, c->h2, NULL, NULL);
}

static void hosts_that_are_over_loaded(void **state)
{
	struct placement_case *c = *state;

	placement_measure(c, "h2", 6, 85);
	placement_measure(c, "h2", 3, 90);
	placement_measure(c, "h2", 0, 81);
	placement_refused(c, c->h2, "load", "busy to 81 %");
	assert_non_null(strstr(placement_choice(c, c->h3)->reason, "not measured"));
	c->n_samples = 0;
	placement_measure(c, "h2", 4, 85); /* for four minutes only */
	placement_measure(c, "h2", 0, 99);
	placement_refused(c, c->h2, NULL, "");
	c->n_samples = 0;
	placement_measure(c, "h2", 6, 99);
	placement_measure(c, "h2", 3, 79); /* a pause */
	placement_measure(c, "h2", 0, 99);
	placement_refused(c, c->h2, NULL, "");
	c->cluster->scheduling_properties =
		placement_text(c, "HighUtilization=70\nCpuOverCommitDurationMinutes=2");
	placement_refused(c, c->h2, "load", "to 70 % or more for 6 minutes");
	c->n_samples = 0;
	placement_measure(c, "h2", 30, 99); /* long ago */
	placement_refused(c, c->h2, NULL, "");
	assert_non_null(strstr(placement_choice(c, c->h2)->reason, "not measured"));
}

static void what_a_cluster_allows_holds_while_it_is_upgraded(void **state)
{
	struct placement_case *c = *state;

	placement_measure(c, "h2", 1, 75);
	placement_measure(c, "h2", 0, 75);
	c->cluster->saved_scheduling_properties =
		placement_text(c, "HighUtilization=70\nCpuOverCommitDurationMinutes=1");
	placement_refused(c, c->h2, NULL, ""); /* kept for a policy that it left */
	c->cluster->scheduling_policy = placement_text(c, "cluster_maintenance");
	placement_refused(c, c->h2, "load", "to 70 % or more for 1 minutes");
	c->query.any_load = true;
	placement_refused(c, c->h2, NULL, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, placement_case_begin, placement_case_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_with_overcommit),
		TEST(cpu_models_and_features),
		TEST(machine_types_and_cores),
		TEST(networks_of_its_cards),
		TEST(a_host_that_lost_the_storage_of_its_disks),
		TEST(hosts_that_are_over_loaded),
		TEST(what_a_cluster_allows_holds_while_it_is_upgraded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
