/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Generated worlds: lib/plan says of each cluster what the slow reference says, and what it changes
 * leaves data centres at most at the level of their clusters, and clusters at that of their hosts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "level_reference.h"
#include "plan/level_host.h"
#include "unit.h"

enum { WORLDS = 400, MOST_FOUND = 512 };

static uint64_t seed;

/* xorshift64*: the same worlds on every machine. */
static unsigned any(unsigned below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * UINT64_C(2685821657736338717)) >> 33) % below;
}

static bool once_in(unsigned n)
{
	return any(n) == 0;
}

#define ONE_OF(...)                                  \
	one_of((const char *const[]){ __VA_ARGS__ }, \
	       VDC_COUNT(((const char *const[]){ __VA_ARGS__ })))

static char *one_of(const char *const *texts, size_t n)
{
	return test_text(texts[any((unsigned)n)]);
}

static const char *any_machine(void)
{
	return ONE_OF(NULL, "pc-q35-rhel8.3.0", "pc-q35-rhel8.4.0", "pc-q35-rhel8.6.0",
		      "pc-q35-4.1", "pc-i440fx-rhel7.3.0", "pc-i440fx-rhel7.6.0", "pc-q35-7.2",
		      "pc-q35-8.2", "pc-i440fx-7.2", "q35");
}

static const char *any_level(const struct vdc_level_family *family)
{
	static char text[16];
	struct vdc_level level = family->levels[any((unsigned)family->n_levels)].level;

	snprintf(text, sizeof(text), "%d.%d", level.major, level.minor);
	return text;
}

/* GOOD: what all hosts of its cluster have, so that levels can be raised now and then. */
static void add_host(struct test_world *w, const char *name, const struct vdc_cluster *cluster,
		     const char *good)
{
	struct vdc_host *host = test_host(w, name, cluster, good);

	host->libvirt_version = ONE_OF("8.0.0", "10.1.0");
	host->qemu_version = ONE_OF("6.2.0", "9.0.0");
	host->machine_types =
		ONE_OF(NULL, "pc-q35-rhel8.3.0 pc-q35-rhel8.4.0 pc-i440fx-rhel7.6.0 pc-q35-4.1",
		       "pc-q35-rhel8.3.0 pc-q35-rhel8.4.0 pc-q35-rhel8.6.0 pc-q35-7.2 pc-q35-8.2 "
		       "pc-i440fx-rhel7.6.0 pc-i440fx-rhel7.3.0 pc-q35-4.1",
		       "pc-q35-7.2 pc-q35-8.2 pc-i440fx-7.2", "pc-q35-7.2 q35");
	if (once_in(6))
		host->agent_version = ONE_OF(NULL, "4.14.2", "4.16.7.4", "4.20", "4.40.1", "4.50",
					     "6.0.5", "6.2", "6.8.1", "6.9");
	host->os_type = ONE_OF(NULL, "RHEL", "centos", "Debian");
	host->os_version = ONE_OF(NULL, "8.2", "8.4", "9.1", "12");
	if (once_in(10))
		host->status = any(VDC_HOST_KDUMPING + 1);
}

static void add_parts(struct test_world *w, const struct vdc_vm *vm)
{
	if (once_in(2)) {
		struct vdc_vm_nic *nic =
			test_add(w, &vdc_vm_nic_kind, vdc_arena_format(w->arena, "%s-n", vm->id));

		nic->vm.id = vm->id;
		nic->interface = ONE_OF("virtio", "e1000");
	}
	if (once_in(4)) {
		struct vdc_snapshot *snapshot =
			test_add(w, &vdc_snapshot_kind, vdc_arena_format(w->arena, "%s-s", vm->id));

		snapshot->vm.id = vm->id;
		snapshot->memory = any(2);
		if (once_in(4))
			snapshot->status = VDC_SNAPSHOT_IN_PREVIEW;
	}
}

static int64_t any_number(int64_t a, int64_t b)
{
	switch (any(4)) {
	case 0:
		return VDC_UNSET;
	case 1:
		return 1 + any(4);
	case 2:
		return a;
	default:
		return b + any(20);
	}
}

static void add_vm(struct test_world *w, const char *name, const struct vdc_cluster *cluster)
{
	struct vdc_vm *vm = test_vm(w, name, cluster);

	vm->status = once_in(2) ? VDC_VM_DOWN : 1 + any(VDC_VM_POWERING_DOWN);
	vm->machine_type = test_text(any_machine());
	if (vm->status == VDC_VM_UP)
		vm->running_machine_type = once_in(3) ? test_text(any_machine()) : vm->machine_type;
	if (once_in(6))
		vm->custom_emulated_machine = test_text(any_machine());
	if (once_in(6))
		vm->custom_compatibility_version =
			test_level(any_level(&test_catalogue.families[any(3)]));
	vm->compatibility_mode = once_in(10);
	vm->origin = ONE_OF(NULL, "ovirt", "ovirt", "ovirt", "external");
	vm->type = 1 + any(VDC_VM_HIGH_PERFORMANCE);
	vm->bios_type = any(VDC_BIOS_Q35_SECURE_BOOT + 1);
	vm->display_type = ONE_OF(NULL, "cirrus", "bochs", "qxl", "vga");
	vm->cpu_sockets = any_number(16, 700);
	vm->cpu_cores = any_number(24, 250);
	vm->cpu_threads = any_number(2, 7);
	vm->vcpus = any_number(384, 700);
	vm->memory = any_number(INT64_C(6) << 40, INT64_C(16) << 40);
	vm->memory_max = any_number(INT64_C(6) << 40, INT64_C(64) << 40);
	vm->memory_guaranteed = any_number(1, INT64_C(7) << 40);
	add_parts(w, vm);
}

static void add_cluster(struct test_world *w, const char *name, const struct vdc_data_center *dc)
{
	size_t f = any(3);
	const struct vdc_level_family *family = &test_catalogue.families[f];
	struct vdc_cluster *cluster = test_cluster(w, name, dc, once_in(3) ? NULL : family->name,
						   once_in(8) ? NULL : any_level(family));
	const char *agent =
		f == 0 ? ONE_OF("4.50.3", "4.50.3", "4.16.1") : ONE_OF(NULL, "6.8.1", "6.9");

	cluster->bios_type = any(VDC_BIOS_Q35_SECURE_BOOT + 1);
	for (unsigned n = any(6), i = 0; i < n; i++)
		add_host(w, vdc_arena_format(w->arena, "%s-h%u", name, i), cluster, agent);
	for (unsigned n = any(6), i = 0; i < n; i++)
		add_vm(w, vdc_arena_format(w->arena, "%s-v%u", name, i), cluster);
}

static struct test_world generate(unsigned number)
{
	struct test_world w = test_world_new();
	const struct vdc_data_center *dc;

	seed = (number + 1) * UINT64_C(0x9E3779B97F4A7C15);
	dc = test_data_center(&w, "dc", ONE_OF(NULL, NULL, "3.4", "4.2", "6.0"));
	for (unsigned n = 1 + any(3), i = 0; i < n; i++)
		add_cluster(&w, vdc_arena_format(w.arena, "c%u", i), once_in(4) ? NULL : dc);
	return w;
}

static struct vdc_level_state state_of(const struct test_world *w)
{
	struct vdc_level_state state;

	assert_int_equal(vdc_plan_level_state(w->world, &test_catalogue, w->arena, &state, NULL),
			 0);
	return state;
}

static void compare_host(const struct vdc_host_state *host)
{
	vdc_level_set can = 0;

	for (size_t l = 0; l < host->family->n_levels; l++)
		can |= (vdc_level_set)ref_host_can(host->family, host->host, l) << l;
	assert_int_equal(host->levels.can, can);
	assert_int_equal(host->levels.now, ref_host_counts(host->host) ? can : 0);
	assert_true(!host->levels.reason == (can && ref_host_counts(host->host)));
}

static void compare_state(const struct test_world *w)
{
	struct vdc_level_state state = state_of(w);

	for (size_t i = 0; i < state.n_hosts; i++)
		compare_host(&state.hosts[i]);
	for (size_t i = 0; i < state.n_clusters; i++) {
		const struct vdc_cluster_offer *offer = &state.clusters[i];

		assert_ptr_equal(offer->family, ref_family(w, offer->cluster));
		for (size_t l = 0; l < offer->family->n_levels; l++)
			assert_int_equal(offer->supported >> l & 1,
					 ref_cluster_offers(w, offer->cluster, l));
	}
	for (size_t i = 0; i < state.n_data_centers; i++) {
		const struct vdc_data_center_offer *offer = &state.data_centers[i];

		for (size_t l = 0; offer->family && l < offer->family->n_levels; l++)
			assert_int_equal(
				offer->supported >> l & 1,
				ref_data_center_offers(w, offer->data_center, offer->family, l));
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns how many blockers there are. */
static size_t compare_findings(const struct test_world *w,
			       const struct vdc_level_question *question)
{
	struct vdc_findings findings = { .arena = w->arena };
	const char *is[MOST_FOUND], *should[MOST_FOUND];
	size_t n = ref_findings(w, question, should, MOST_FOUND), blockers = 0;

	assert_int_equal(vdc_plan_level_check(question, &findings, NULL), 0);
	for (size_t i = 0; i < findings.n && i < MOST_FOUND; i++) {
		is[i] = findings.items[i]->id;
		blockers += findings.items[i]->severity >= VDC_FINDING_ERROR;
	}
	qsort(is, findings.n, sizeof(*is), by_text);
	qsort(should, n, sizeof(*should), by_text);
	for (size_t i = 0; i < n || i < findings.n; i++)
		if (i >= n || (i < findings.n && strcmp(is[i], should[i]) < 0))
			fail_msg("%s should not be found", is[i]);
		else if (i >= findings.n || strcmp(is[i], should[i]) > 0)
			fail_msg("%s is not found", should[i]);
	return blockers;
}

static void compare_vm(const struct test_world *w, const struct vdc_level_question *question,
		       const struct vdc_vm_level_change *change)
{
	struct vdc_vm is = *change->vm, should;
	char a[VDC_SCRATCH], b[VDC_SCRATCH];

	assert_int_equal(change->effect, ref_vm_after(w, question, change->vm, &should));
	test_merge(w, &vdc_vm_kind, &is, change->after);
	for (size_t i = 0; i < vdc_vm_kind.n_fields; i++) {
		const struct vdc_field *field = &vdc_vm_kind.fields[i];
		const char *has = vdc_value_text(field, &is, a);
		const char *wants = vdc_value_text(field, &should, b);

		if (!has != !wants || (has && strcmp(has, wants) != 0))
			fail_msg("VM %s: %s is %s, not %s", is.name, field->name,
				 has ? has : "unset", wants ? wants : "unset");
	}
}

static void carry_out(const struct test_world *w, const struct vdc_level_change *change)
{
	if (change->cluster)
		test_merge(w, &vdc_cluster_kind,
			   vdc_world_find(w->world, &vdc_cluster_kind, change->cluster->id),
			   change->cluster);
	if (change->data_center)
		test_merge(w, &vdc_data_center_kind,
			   vdc_world_find(w->world, &vdc_data_center_kind, change->data_center->id),
			   change->data_center);
	for (size_t i = 0; i < change->n_vms; i++)
		test_merge(w, &vdc_vm_kind,
			   vdc_world_find(w->world, &vdc_vm_kind, change->vms[i].after->id),
			   change->vms[i].after);
}

static void assert_order(const struct test_world *w, const struct vdc_cluster *cluster)
{
	const struct vdc_data_center *dc =
		vdc_world_find(w->world, &vdc_data_center_kind, cluster->data_center.id);
	const struct vdc_level_family *family = ref_family(w, cluster);
	int level = vdc_family_level(family, cluster->version);
	void *const *hosts;
	size_t n = vdc_world_all(w->world, &vdc_host_kind, &hosts);

	assert_true(level >= 0);
	if (dc)
		assert_true(vdc_level_compare(dc->version, cluster->version) <= 0);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];

		if (host->cluster.id && strcmp(host->cluster.id, cluster->id) == 0)
			assert_true(ref_host_counts(host) &&
				    ref_host_can(family, host, (size_t)level));
	}
}

static int raise_cluster(const struct test_world *w, const struct vdc_level_question *question)
{
	struct vdc_level_change change;
	int r = vdc_plan_level_raise(question, w->arena, &change, NULL);

	if (r)
		return r;
	for (size_t i = 0; i < change.n_vms; i++)
		compare_vm(w, question, &change.vms[i]);
	carry_out(w, &change);
	assert_order(w, question->cluster);
	/* Twice is once. */
	assert_int_equal(vdc_plan_level_raise(question, w->arena, &change, NULL), 0);
	assert_int_equal(change.n_vms, 0);
	return 0;
}

static int raise_data_center(const struct test_world *w, const struct vdc_data_center *dc)
{
	struct vdc_level_state state = state_of(w);
	const struct vdc_data_center_offer *offer = &state.data_centers[0];
	int raised = 0;

	for (size_t l = 0; offer->family && l < offer->family->n_levels; l++) {
		struct vdc_level_question question = {
			.catalogue = &test_catalogue,
			.world = w->world,
			.data_center = dc,
			.to = offer->family->levels[l].level,
		};
		struct vdc_level_change change;
		int r = vdc_plan_level_raise(&question, w->arena, &change, NULL);

		if (vdc_level_compare(question.to, dc->version) < 0)
			assert_int_equal(r, -EINVAL);
		else if (!(offer->supported >> l & 1) &&
			 vdc_level_compare(question.to, dc->version) > 0)
			assert_int_equal(r, -EPERM);
		if (r)
			continue;
		carry_out(w, &change);
		raised++;
		for (size_t i = 0; i < state.n_clusters; i++)
			if (state.clusters[i].cluster->data_center.id)
				assert_true(vdc_level_compare(dc->version,
							      state.clusters[i].cluster->version) <=
					    0);
	}
	return raised;
}

static int ask(const struct test_world *w, const struct vdc_cluster *cluster,
	       struct vdc_level level, bool *blocked)
{
	const struct vdc_data_center *dc =
		vdc_world_find(w->world, &vdc_data_center_kind, cluster->data_center.id);
	struct vdc_level_question question = {
		.catalogue = &test_catalogue,
		.world = w->world,
		.cluster = cluster,
		.to = level,
		.qemu = once_in(2) ? 0 : (uint64_t)(9 + any(2)) << 48,
	};

	if (vdc_level_compare(level, cluster->version) < 0 ||
	    (dc && vdc_level_compare(level, dc->version) < 0)) {
		struct vdc_findings findings = { .arena = w->arena };

		assert_int_equal(vdc_plan_level_check(&question, &findings, NULL), -EINVAL);
		return raise_cluster(w, &question);
	}
	*blocked = compare_findings(w, &question) > 0;
	return raise_cluster(w, &question);
}

static void worlds_agree_with_the_reference(void **state)
{
	int clusters = 0, raised = 0, refused = 0, dc_raised = 0;

	(void)state;
	for (unsigned number = 0; number < WORLDS; number++) {
		struct test_world w = generate(number);
		void *const *all;
		size_t n = vdc_world_all(w.world, &vdc_cluster_kind, &all);

		for (size_t c = 0; c < n; c++) {
			const struct vdc_cluster *cluster = all[c];
			const struct vdc_level_family *family = ref_family(&w, cluster);

			clusters++;
			compare_state(&w);
			for (size_t l = 0; l < family->n_levels; l++) {
				bool blocked = false,
				     above = vdc_level_compare(family->levels[l].level,
							       cluster->version) > 0;
				int r = ask(&w, cluster, family->levels[l].level, &blocked);

				assert_true(r == -EINVAL || r == (blocked ? -EPERM : 0));
				raised += above && r == 0;
				refused += r == -EPERM;
			}
		}
		dc_raised +=
			raise_data_center(&w, vdc_world_find(w.world, &vdc_data_center_kind, "dc"));
		vdc_arena_free(w.arena);
	}
	print_message("%d clusters, %d times raised, %d times refused; data centres %d times\n",
		      clusters, raised, refused, dc_raised);
	assert_true(clusters > 600 && raised > 200 && refused > 500 && dc_raised > 50);
}

/* Without hosts, what was raised can be lowered again. */
static void lowering_is_the_way_back(void **state)
{
	int back = 0, same = 0;

	(void)state;
	for (unsigned number = 0; number < WORLDS; number++) {
		struct test_world w = generate(number);
		struct vdc_cluster *cluster = test_cluster(&w, "empty", NULL, "rhv", "4.5");
		struct vdc_vm *vm, before;
		struct vdc_level_question question = {
			.catalogue = &test_catalogue,
			.world = w.world,
			.cluster = cluster,
			.to = test_level("4.6"),
		};
		struct vdc_level_change change;

		add_vm(&w, "vm", cluster);
		vm = vdc_world_find(w.world, &vdc_vm_kind, "vm");
		before = *vm;
		if (raise_cluster(&w, &question) == 0) {
			question.to = test_level("4.5");
			assert_int_equal(vdc_plan_level_lower(&question, w.arena, &change, NULL),
					 0);
			compare_vm(&w, &question, &change.vms[0]);
			carry_out(&w, &change);
			assert_int_equal(cluster->version.minor, 5);
			back++;
			if (vm->status == VDC_VM_DOWN && before.machine_type && vm->machine_type)
				same += strcmp(vm->machine_type, before.machine_type) == 0;
		}
		vdc_arena_free(w.arena);
	}
	print_message("%d times there and back, %d with the machine type of before\n", back, same);
	assert_true(back > 200 && same > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worlds_agree_with_the_reference),
		cmocka_unit_test(lowering_is_the_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
