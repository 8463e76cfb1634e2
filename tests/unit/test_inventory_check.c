/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each code of the inventory check: a healthy world has no finding, and each single damage to it
 * has exactly the findings that it must have.
 */
#include <stdio.h>
#include <string.h>

#include "model/cluster.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "model/volume.h"
#include "plan/inventory_check.h"
#include "unit.h"

#define MOST 3

/* Ids are one letter and a number; the check does not care that they are no UUIDs. */
struct small_world {
	struct vdc_arena *arena;
	struct vdc_world *world;
	struct vdc_data_center *dc;
	struct vdc_cluster *clusters[MOST];
	struct vdc_host *hosts[MOST];
	struct vdc_fence_agent *agent;
	struct vdc_storage_domain *domains[MOST];
	struct vdc_vm *vms[MOST];
	struct vdc_disk *disks[MOST];
	struct vdc_volume *volumes[MOST];
};

static void *add(struct small_world *w, const struct vdc_kind *kind, const char *id)
{
	void *object = vdc_object_new(kind, w->arena);
	const struct vdc_field *name = vdc_kind_field(kind, "name");

	vdc_object_preset(kind, object, w->arena);
	*(char **)object = vdc_arena_strdup(w->arena, id);
	if (name)
		*vdc_text_of(name, object) = vdc_arena_strdup(w->arena, id);
	vdc_world_add(w->world, kind, object);
	return object;
}

static char *text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void fill_cluster(struct small_world *w, int i)
{
	static const char *const clusters[] = { "c0", "c1", "c2" }, *const hosts[] = { "h0", "h1", "h2" };
	static const char *const addresses[] = { "10.0.0.1", "10.0.0.2", "10.0.0.3" };
	struct vdc_cluster *cluster = w->clusters[i] = add(w, &vdc_cluster_kind, clusters[i]);
	struct vdc_host *host = w->hosts[i] = add(w, &vdc_host_kind, hosts[i]);

	cluster->data_center.id = w->dc->id;
	cluster->version = (struct vdc_level){ 4, 7 };
	host->cluster.id = w->clusters[0]->id;
	host->address = text(addresses[i]);
	host->hardware_uuid = text(addresses[i]);
	host->spm_id = i + 1;
	host->status = VDC_HOST_UP;
}

static void fill_storage(struct small_world *w, int i)
{
	static const char *const domains[] = { "s0", "s1", "s2" }, *const vms[] = { "v0", "v1", "v2" };
	static const char *const disks[] = { "d0", "d1", "d2" }, *const volumes[] = { "l0", "l1", "l2" };
	struct vdc_storage_domain *domain = w->domains[i] =
		add(w, &vdc_storage_domain_kind, domains[i]);
	struct vdc_vm *vm = w->vms[i] = add(w, &vdc_vm_kind, vms[i]);

	domain->data_center.id = w->dc->id;
	domain->type = VDC_STORAGE_DOMAIN_DATA;
	domain->master = i == 0;
	vm->cluster.id = w->clusters[0]->id;
	vm->host.id = w->hosts[i]->id;
	vm->status = VDC_VM_UP;
	w->disks[i] = add(w, &vdc_disk_kind, disks[i]);
	w->volumes[i] = add(w, &vdc_volume_kind, volumes[i]);
	w->volumes[i]->disk.id = w->disks[0]->id;
	w->volumes[i]->parent = text(i ? volumes[i - 1] : VDC_BLANK_UUID);
}

static void make(struct small_world *w)
{
	w->arena = vdc_arena_new();
	w->world = vdc_world_new(w->arena);
	w->dc = add(w, &vdc_data_center_kind, "dc");
	w->dc->version = (struct vdc_level){ 4, 7 };
	for (int i = 0; i < MOST; i++) {
		fill_cluster(w, i);
		fill_storage(w, i);
	}
	w->agent = add(w, &vdc_fence_agent_kind, "a0");
	w->agent->host.id = w->hosts[0]->id;
	w->agent->type = text("ipmilan");
	w->agent->password = text("file:/etc/vdc/secrets/h0");
	w->hosts[0]->pm_enabled = 1;
}

/* "CODE:object CODE:object", in the order found. */
static const char *codes_of(const struct small_world *w)
{
	static char all[1024];
	struct vdc_findings findings = { .arena = w->arena };
	size_t len = 0;

	all[0] = '\0';
	vdc_plan_check_inventory(w->world, &findings);
	for (size_t i = 0; i < findings.n; i++) {
		const struct vdc_finding *f = findings.items[i];

		assert_non_null(f->advice);
		assert_true(strlen(f->text) > 10);
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s:%s", i ? " " : "",
					f->code, f->object);
	}
	return all;
}

static void damage(struct small_world *w, int code)
{
	struct vdc_vm *vm = w->vms[1];

	switch (code) {
	case 0: w->clusters[1]->version.major = -1; break;
	case 1: w->clusters[1]->version.minor = 6; break;
	case 2: w->domains[0]->master = 0; break;
	case 3: w->domains[2]->master = 1; break;
	case 4: w->hosts[1]->address = NULL; break;
	case 5: w->hosts[2]->address = w->hosts[1]->address; break;
	case 6: w->hosts[2]->hardware_uuid = w->hosts[1]->hardware_uuid; break;
	case 7: w->hosts[2]->spm_id = 1; break;
	case 8: w->hosts[1]->pm_enabled = 1; break;
	case 9: w->agent->password = NULL; break;
	case 10: vm->host.id = NULL; break;
	case 11: vm->status = VDC_VM_DOWN; break;
	case 12: w->hosts[1]->status = VDC_HOST_DOWN; break;
	case 13: vm->cluster.id = w->clusters[1]->id; break;
	case 14: vm->lost_since = 1; break;
	case 15: vm->pinned_hosts = text("h0 h2"); break;
	case 16:
		vm->high_availability = 1;
		vm->pinned_hosts = text("h1");
		break;
	case 17:
		w->domains[1]->type = VDC_STORAGE_DOMAIN_ISO;
		vm->lease_storage_domain.id = w->domains[1]->id;
		break;
	case 18: w->volumes[2]->parent = w->volumes[0]->id; break;
	case 19: w->volumes[0]->parent = w->volumes[2]->id; break;
	case 20: w->disks[2]->lost_since = 1; break;
	case 21: w->volumes[0]->parent = text("gone"); break;
	case 22: w->volumes[2]->disk.id = w->disks[1]->id; break;
	default: fail();
	}
}

static const char *const expected[] = {
	"CLUSTER_WITHOUT_LEVEL:c1",
	"DC_ABOVE_CLUSTER:dc",
	"DC_WITHOUT_MASTER:dc",
	"DC_SEVERAL_MASTERS:dc",
	"HOST_UNREACHABLE_BY_NAME:h1",
	"HOST_SAME_ADDRESS:h2",
	"HOST_SAME_HARDWARE:h2",
	"HOST_SAME_SPM_ID:h2",
	"HOST_PM_WITHOUT_AGENT:h1",
	"FENCE_AGENT_WITHOUT_SECRET:a0",
	"VM_WITHOUT_HOST:v1",
	"VM_DOWN_ON_HOST:v1",
	"VM_ON_DEAD_HOST:v1",
	"VM_IN_OTHER_CLUSTER:v1",
	"VM_LOST:v1",
	"VM_PINNED_ELSEWHERE:v1",
	"VM_HA_BUT_PINNED:v1",
	"VM_LEASE_DOMAIN_NOT_DATA:v1",
	"DISK_SEVERAL_LEAVES:d0",
	"DISK_WITHOUT_LEAF:d0",
	"DISK_LOST:d2",
	"VOLUME_PARENT_MISSING:l0",
	"VOLUME_PARENT_OF_OTHER_DISK:l2",
};

static void test_a_healthy_world_has_no_finding(void **state)
{
	struct small_world w = { 0 };

	(void)state;
	make(&w);
	assert_string_equal(codes_of(&w), "");
	vdc_arena_free(w.arena);
}

static void test_each_damage_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(expected); i++) {
		struct small_world w = { 0 };

		make(&w);
		damage(&w, (int)i);
		assert_string_equal(codes_of(&w), expected[i]);
		vdc_arena_free(w.arena);
	}
}

static void test_each_code_has_its_damage(void **state)
{
	size_t n = 0;

	(void)state;
	for (; vdc_inventory_codes[n].code; n++)
		assert_non_null(strstr(expected[n], vdc_inventory_codes[n].code));
	assert_int_equal(n, VDC_COUNT(expected));
}

static void test_the_world_finds_by_id(void **state)
{
	struct vdc_arena *arena = vdc_arena_new();
	struct vdc_world *world = vdc_world_new(arena);
	void *const *all;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct vdc_vm *vm = vdc_object_new(&vdc_vm_kind, arena);

		vm->id = vdc_arena_format(arena, "id-%d", i);
		vdc_world_add(world, &vdc_vm_kind, vm);
	}
	assert_int_equal(vdc_world_all(world, &vdc_vm_kind, &all), 1000);
	for (int i = 0; i < 1000; i++)
		assert_ptr_equal(vdc_world_find(world, &vdc_vm_kind,
						vdc_arena_format(arena, "id-%d", i)),
				 all[i]);
	assert_null(vdc_world_find(world, &vdc_vm_kind, "id-1000"));
	assert_null(vdc_world_find(world, &vdc_vm_kind, NULL));
	assert_null(vdc_world_find(world, &vdc_host_kind, "id-1"));
	assert_int_equal(vdc_world_all(world, &vdc_host_kind, &all), 0);
	vdc_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_healthy_world_has_no_finding),
		cmocka_unit_test(test_each_damage_is_found),
		cmocka_unit_test(test_each_code_has_its_damage),
		cmocka_unit_test(test_the_world_finds_by_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
