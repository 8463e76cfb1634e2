/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What raising and lowering changes, and what they refuse. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "level_world.h"
#include "plan/level_check.h"
#include "unit.h"

#define TIB (INT64_C(1) << 40)

/* Cluster c at FROM in data centre dc at 3.4, with a host that runs up to 4.6, and a VM. */
struct fixture {
	struct test_world w;
	struct vdc_data_center *dc;
	struct vdc_cluster *c;
	struct vdc_host *host;
	struct vdc_vm *vm;
	struct vdc_level_question question;
	struct vdc_level_change change;
	struct vdc_err err;
};

static struct fixture make(const char *from, const char *to)
{
	struct fixture f = { .w = test_world_new() };

	f.dc = test_data_center(&f.w, "dc", "3.4");
	f.c = test_cluster(&f.w, "c", f.dc, "rhv", from);
	f.host = test_host(&f.w, "h", f.c, "4.50");
	f.vm = test_vm(&f.w, "v", f.c);
	f.question = (struct vdc_level_question){
		.catalogue = &test_catalogue,
		.world = f.w.world,
		.cluster = f.c,
		.to = test_level(to),
	};
	return f;
}

static const struct vdc_vm_level_change *only_vm(struct fixture *f, int r)
{
	assert_int_equal(r, 0);
	assert_int_equal(f->change.n_vms, 1);
	assert_ptr_equal(f->change.vms[0].vm, f->vm);
	assert_string_equal(f->change.vms[0].after->id, "v");
	return &f->change.vms[0];
}

static const struct vdc_vm_level_change *raise(struct fixture *f)
{
	return only_vm(f, vdc_plan_level_raise(&f->question, f->w.arena, &f->change, &f->err));
}

static const struct vdc_vm_level_change *lower(struct fixture *f)
{
	f->host->cluster.id = test_text("another");
	return only_vm(f, vdc_plan_level_lower(&f->question, f->w.arena, &f->change, &f->err));
}

/* All fields but the id that are set, by name. */
static void assert_sets(const struct vdc_vm_level_change *change, const char *names)
{
	char all[512] = "";
	size_t len = 0;

	for (size_t i = 1; i < vdc_vm_kind.n_fields; i++)
		if (vdc_value_is_set(&vdc_vm_kind.fields[i], change->after))
			len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
						len ? " " : "", vdc_vm_kind.fields[i].name);
	assert_string_equal(all, names);
}

static void a_vm_that_is_off_has_it_now(void **state)
{
	struct fixture f = make("4.5", "4.6");
	const struct vdc_vm_level_change *change;

	(void)state;
	f.vm->machine_type = test_text("pc-q35-rhel8.3.0");
	change = raise(&f);
	assert_int_equal(change->effect, VDC_LEVEL_NOW);
	assert_null(change->text);
	assert_sets(change, "machine_type");
	assert_string_equal(change->after->machine_type, "pc-q35-rhel8.4.0");
	assert_string_equal(f.change.cluster->id, "c");
	assert_int_equal(vdc_level_compare(f.change.cluster->version, test_level("4.6")), 0);
	assert_null(f.change.data_center);
	vdc_arena_free(f.w.arena);
}

static void a_vm_that_runs_waits_for_its_cold_boot(void **state)
{
	static const int64_t held[] = { VDC_VM_UP,	     VDC_VM_PAUSED,  VDC_VM_SUSPENDED,
					VDC_VM_SAVING_STATE, VDC_VM_UNKNOWN, VDC_VM_MIGRATING };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(held); i++) {
		struct fixture f = make("4.5", "4.6");
		const struct vdc_vm_level_change *change;

		f.vm->status = held[i];
		f.vm->machine_type = f.vm->running_machine_type = test_text("pc-q35-rhel8.3.0");
		change = raise(&f);
		assert_int_equal(change->effect, VDC_LEVEL_PENDING);
		assert_sets(change, "machine_type running_level next_run_configuration_exists");
		assert_int_equal(vdc_level_compare(change->after->running_level, test_level("4.5")),
				 0);
		f.vm->running_level = test_level("4.2"); /* raised before, and it runs on */
		change = raise(&f);
		assert_sets(change, "machine_type next_run_configuration_exists");
		vdc_arena_free(f.w.arena);
	}
}

static void vms_that_keep_what_they_have(void **state)
{
	struct fixture f = make("4.5", "4.6");
	const struct vdc_vm_level_change *change;

	(void)state;
	f.vm->memory = 100 * TIB;
	f.vm->status = VDC_VM_UP;
	f.vm->custom_compatibility_version = test_level("4.5");
	change = raise(&f);
	assert_int_equal(change->effect, VDC_LEVEL_OWN);
	assert_sets(change, "");
	f.vm->custom_compatibility_version = test_level(NULL);
	f.vm->compatibility_mode = 1;
	change = raise(&f);
	assert_int_equal(change->effect, VDC_LEVEL_OWN);
	assert_sets(change, "");
	assert_non_null(strstr(change->text, "compatibility mode"));
	f.vm->compatibility_mode = 0;
	f.vm->origin = test_text("external");
	change = raise(&f);
	assert_int_equal(change->effect, VDC_LEVEL_OWN);
	assert_non_null(strstr(change->text, "another system"));
	f.vm->origin = test_text("ovirt");
	assert_int_equal(raise(&f)->effect, VDC_LEVEL_PENDING);
	vdc_arena_free(f.w.arena);
}

static void machine_types_keep_their_kind(void **state)
{
	static const struct {
		const char *to, *before, *pin, *after;
	} table[] = {
		{ "4.5", "pc-i440fx-rhel7.3.0", NULL, "pc-i440fx-rhel7.6.0" },
		{ "4.5", "pc-i440fx-rhel7.3.0", "pc-i440fx-rhel7.3.0", NULL },
		{ "4.6", "pc-i440fx-rhel7.6.0", NULL, NULL },
		{ "4.6", "pc-q35-rhel8.3.0", NULL, "pc-q35-rhel8.4.0" },
		{ "4.6", "pc-q35-rhel8.6.0", NULL, NULL }, /* never older by raising */
		{ "4.6", "q35", NULL, NULL },
		{ "4.6", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		struct fixture f = make("4.2", table[i].to);
		const struct vdc_vm_level_change *change;

		f.vm->machine_type = test_text(table[i].before);
		f.vm->custom_emulated_machine = test_text(table[i].pin);
		change = raise(&f);
		assert_int_equal(change->effect, VDC_LEVEL_NOW);
		if (table[i].after)
			assert_string_equal(change->after->machine_type, table[i].after);
		else
			assert_sets(change, "");
		vdc_arena_free(f.w.arena);
	}
}

/* pc never becomes q35 by itself. */
static void a_vm_without_its_chipset_keeps_the_level(void **state)
{
	struct fixture f = make("4.6", "4.7");
	const struct vdc_vm_level_change *change;

	(void)state;
	f.host->libvirt_version = f.host->qemu_version = test_text("9.0");
	f.host->machine_types = test_text("pc-q35-rhel8.6.0");
	f.vm->machine_type = test_text("pc-i440fx-rhel7.6.0");
	f.vm->status = VDC_VM_UP;
	f.vm->memory = 100 * TIB;
	change = raise(&f);
	assert_int_equal(change->effect, VDC_LEVEL_REFUSED);
	assert_sets(change, "custom_compatibility_version");
	assert_int_equal(
		vdc_level_compare(change->after->custom_compatibility_version, test_level("4.6")),
		0);
	assert_string_equal(change->text,
			    "level 4.7 has no machine type of the chipset of pc-i440fx-rhel7.6.0");
	vdc_arena_free(f.w.arena);
}

static void the_type_that_all_hosts_offer(void **state)
{
	struct fixture f = make("4.6", "4.7");
	struct vdc_host *other = test_host(&f.w, "other", f.c, "4.50");

	(void)state;
	f.host->libvirt_version = f.host->qemu_version = test_text("9.0");
	other->libvirt_version = other->qemu_version = test_text("9.0");
	f.host->machine_types = test_text("pc-q35-rhel8.6.0 pc-q35-4.1");
	other->machine_types = test_text("pc-q35-4.1");
	f.vm->machine_type = test_text("pc-q35-rhel8.4.0");
	assert_string_equal(raise(&f)->after->machine_type, "pc-q35-4.1");
	other->machine_types = NULL;
	assert_string_equal(raise(&f)->after->machine_type, "pc-q35-rhel8.6.0");
	vdc_arena_free(f.w.arena);
}

static void limits_are_clamped(void **state)
{
	static const struct {
		int64_t sockets, cores, threads, to_sockets, to_cores, to_threads;
	} table[] = {
		{ 16, 24, 1, VDC_UNSET, VDC_UNSET, VDC_UNSET }, /* 384, as it may */
		{ 20, 1, 1, 16, VDC_UNSET, VDC_UNSET },
		{ 1, 300, 1, VDC_UNSET, 254, VDC_UNSET },
		{ 1, 1, 16, VDC_UNSET, VDC_UNSET, 8 },
		{ 16, 25, 1, 15, VDC_UNSET, VDC_UNSET },
		{ 4, 100, 2, 1, VDC_UNSET, VDC_UNSET },
		{ 2, 200, 2, 1, 192, VDC_UNSET },
		{ VDC_UNSET, 200, 2, VDC_UNSET, 192, VDC_UNSET },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(table); i++) {
		struct fixture f = make("3.5", "4.2");
		const struct vdc_vm *after;

		f.host->agent_version = test_text("4.20");
		f.vm->cpu_sockets = table[i].sockets;
		f.vm->cpu_cores = table[i].cores;
		f.vm->cpu_threads = table[i].threads;
		after = raise(&f)->after;
		assert_true(after->cpu_sockets == table[i].to_sockets);
		assert_true(after->cpu_cores == table[i].to_cores);
		assert_true(after->cpu_threads == table[i].to_threads);
		vdc_arena_free(f.w.arena);
	}
}

static void what_is_clamped_is_told(void **state)
{
	struct fixture f = make("3.5", "4.2");
	const struct vdc_vm_level_change *change;

	(void)state;
	f.host->agent_version = test_text("4.20");
	f.vm->vcpus = 400;
	change = raise(&f);
	assert_sets(change, "vcpus");
	assert_int_equal(change->after->vcpus, 384);
	assert_string_equal(change->text, "CPUs 400 to 384");
	f.vm->cpu_sockets = 400;
	f.vm->memory_max = 8 * TIB;
	change = raise(&f);
	assert_sets(change, "memory_max vcpus cpu_sockets");
	assert_int_equal(change->after->vcpus, 16);
	assert_int_equal(change->after->memory_max, 6 * TIB);
	assert_string_equal(change->text,
			    "sockets 400 to 16, CPUs 400 to 16, max memory 8796093022208 to "
			    "6597069766656");
	f.vm->vcpus = f.vm->cpu_sockets = VDC_UNSET;
	f.vm->memory = f.vm->memory_guaranteed = 7 * TIB;
	assert_sets(raise(&f), "memory memory_guaranteed memory_max");
	vdc_arena_free(f.w.arena);
}

static void displays_that_the_level_lacks(void **state)
{
	struct fixture f = make("4.2", "4.6");

	(void)state;
	f.vm->display_type = test_text("cirrus");
	assert_string_equal(raise(&f)->after->display_type, "vga");
	assert_string_equal(f.change.vms[0].text, "display cirrus becomes vga");
	f.vm->display_type = test_text("bochs");
	assert_string_equal(raise(&f)->after->display_type, "vga");
	f.vm->bios_type = VDC_BIOS_Q35_OVMF;
	assert_sets(raise(&f), "");
	f.c->version = test_level("4.7");
	f.question.to = test_level("4.5");
	assert_string_equal(lower(&f)->after->display_type, "vga");
	f.c->level_family = test_text("qemu"); /* which says nothing about displays */
	f.c->version = test_level("9.0");
	f.question.to = test_level("8.2");
	f.vm->bios_type = VDC_BIOS_I440FX_SEA_BIOS;
	assert_sets(lower(&f), "");
	vdc_arena_free(f.w.arena);
}

static void raise_refuses(struct fixture *f, int r, const char *words)
{
	struct vdc_level_change change;

	assert_int_equal(vdc_plan_level_raise(&f->question, f->w.arena, &change, &f->err), r);
	if (!strstr(f->err.msg, words))
		fail_msg("'%s' is not in: %s", words, f->err.msg);
}

static void lower_refuses(struct fixture *f, int r, const char *words)
{
	struct vdc_level_change change;

	assert_int_equal(vdc_plan_level_lower(&f->question, f->w.arena, &change, &f->err), r);
	if (!strstr(f->err.msg, words))
		fail_msg("'%s' is not in: %s", words, f->err.msg);
}

static void blockers_stop_it(void **state)
{
	struct fixture f = make("4.5", "4.6");

	(void)state;
	f.host->status = VDC_HOST_DOWN;
	raise_refuses(&f, -EPERM, "host h does not count for level 4.6: it is down: bring it up");
	f.host->agent_version = test_text("4.20");
	raise_refuses(&f, -EPERM, "it is down (and 1 more; see compat-level check)");
	f.question.to = test_level("4.44");
	raise_refuses(&f, -EINVAL, "no level 4.44");
	vdc_arena_free(f.w.arena);
}

static void raising_to_where_it_is_changes_nothing(void **state)
{
	struct fixture f = make("4.6", "4.6");

	(void)state;
	f.vm->memory = 100 * TIB;
	assert_int_equal(vdc_plan_level_raise(&f.question, f.w.arena, &f.change, NULL), 0);
	assert_int_equal(f.change.n_vms, 0);
	f.host->cluster.id = NULL;
	assert_int_equal(vdc_plan_level_lower(&f.question, f.w.arena, &f.change, NULL), 0);
	assert_int_equal(f.change.n_vms, 0);
	vdc_arena_free(f.w.arena);
}

static void lowering_a_cluster(void **state)
{
	struct fixture f = make("4.6", "4.5");
	struct vdc_snapshot *snapshot;

	(void)state;
	lower_refuses(&f, -EPERM, "cluster c has 1 hosts, h among them");
	f.host->cluster.id = test_text("another");
	f.question.to = test_level("4.7");
	lower_refuses(&f, -EINVAL, "see compat-level raise");
	f.dc->version = test_level("4.6");
	f.question.to = test_level("4.5");
	lower_refuses(&f, -EINVAL, "below 4.6 of its data centre dc");
	f.dc->version = test_level("4.5");
	f.vm->migration_barrier = test_level("4.6");
	lower_refuses(&f, -EPERM, "VM v was upgraded to level 4.6");
	f.vm->migration_barrier = test_level("4.5");
	f.vm->machine_type = test_text("pc-q35-rhel8.4.0");
	assert_string_equal(lower(&f)->after->machine_type, "pc-q35-rhel8.3.0");
	f.vm->machine_type = test_text("pc-i440fx-rhel7.0.0"); /* never newer by lowering */
	assert_sets(lower(&f), "");
	snapshot = test_add(&f.w, &vdc_snapshot_kind, "s");
	snapshot->vm.id = f.vm->id;
	snapshot->type = VDC_SNAPSHOT_PREVIEW;
	lower_refuses(&f, -EPERM, "previewing");
	f.c->version = test_level(NULL);
	lower_refuses(&f, -EINVAL, "no level that could be lowered");
	vdc_arena_free(f.w.arena);
}

static struct fixture make_data_center(const char *from, const char *to)
{
	struct fixture f = make("4.6", to);

	f.question.cluster = NULL;
	f.question.data_center = f.dc;
	f.dc->version = test_level(from);
	return f;
}

static struct vdc_storage_domain *add_domain(struct fixture *f, const char *name, int64_t format)
{
	struct vdc_storage_domain *domain = test_add(&f->w, &vdc_storage_domain_kind, name);

	domain->data_center.id = f->dc->id;
	domain->type = VDC_STORAGE_DOMAIN_DATA;
	domain->status = VDC_STORAGE_DOMAIN_ACTIVE;
	domain->storage_format = format;
	return domain;
}

static void raising_a_data_center(void **state)
{
	struct fixture f = make_data_center("4.2", "4.5");

	(void)state;
	add_domain(&f, "new", VDC_STORAGE_V5);
	add_domain(&f, "old", VDC_STORAGE_V4);
	add_domain(&f, "iso", VDC_STORAGE_V1)->type = VDC_STORAGE_DOMAIN_ISO;
	add_domain(&f, "unknown", VDC_UNSET);
	assert_int_equal(vdc_plan_level_raise(&f.question, f.w.arena, &f.change, NULL), 0);
	assert_null(f.change.cluster);
	assert_int_equal(f.change.n_vms, 0);
	assert_string_equal(f.change.data_center->id, "dc");
	assert_int_equal(vdc_level_compare(f.change.data_center->version, test_level("4.5")), 0);
	assert_int_equal(f.change.data_center->storage_format, VDC_STORAGE_V5);
	assert_int_equal(f.change.n_domains, 1);
	assert_string_equal(f.change.domains[0]->id, "old");
	assert_int_equal(f.change.domains[0]->storage_format, VDC_STORAGE_V5);
	f.question.to = test_level("4.7");
	raise_refuses(&f, -EPERM, "cluster c is at level 4.6, below 4.7");
	f.question.to = test_level("3.5");
	raise_refuses(&f, -EINVAL, "see compat-level lower");
	vdc_arena_free(f.w.arena);
}

static void lowering_a_data_center(void **state)
{
	struct fixture f = make_data_center("4.6", "4.5");

	(void)state;
	add_domain(&f, "s", VDC_STORAGE_V5);
	assert_int_equal(vdc_plan_level_lower(&f.question, f.w.arena, &f.change, NULL), 0);
	assert_int_equal(vdc_level_compare(f.change.data_center->version, test_level("4.5")), 0);
	assert_int_equal(f.change.n_domains, 0);
	f.question.to = test_level("4.2");
	lower_refuses(&f, -EPERM, "storage domain s has format v5, the level has v4");
	f.question.to = test_level("4.7");
	lower_refuses(&f, -EINVAL, "see compat-level raise");
	vdc_arena_free(f.w.arena);
}

static void a_cluster_of_qemu_follows_its_hosts(void **state)
{
	struct fixture f = make("7.2", "8.2");
	const struct vdc_vm_level_change *change;

	(void)state;
	f.dc->version = test_level(NULL);
	f.c->level_family = NULL;
	f.host->agent_version = NULL;
	f.host->machine_types = test_text("q35 pc-q35-7.2 pc-q35-8.2 pc-i440fx-7.2");
	f.vm->machine_type = test_text("pc-q35-7.2");
	change = raise(&f);
	assert_string_equal(change->after->machine_type, "pc-q35-8.2");
	f.vm->machine_type = test_text("pc-i440fx-7.2");
	assert_int_equal(raise(&f)->effect, VDC_LEVEL_REFUSED);
	f.question.to = test_level("9.0");
	raise_refuses(&f, -EPERM, "what it runs reaches 8.2");
	vdc_arena_free(f.w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vm_that_is_off_has_it_now),
		cmocka_unit_test(a_vm_that_runs_waits_for_its_cold_boot),
		cmocka_unit_test(vms_that_keep_what_they_have),
		cmocka_unit_test(machine_types_keep_their_kind),
		cmocka_unit_test(a_vm_without_its_chipset_keeps_the_level),
		cmocka_unit_test(the_type_that_all_hosts_offer),
		cmocka_unit_test(limits_are_clamped),
		cmocka_unit_test(what_is_clamped_is_told),
		cmocka_unit_test(displays_that_the_level_lacks),
		cmocka_unit_test(blockers_stop_it),
		cmocka_unit_test(raising_to_where_it_is_changes_nothing),
		cmocka_unit_test(lowering_a_cluster),
		cmocka_unit_test(raising_a_data_center),
		cmocka_unit_test(lowering_a_data_center),
		cmocka_unit_test(a_cluster_of_qemu_follows_its_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
