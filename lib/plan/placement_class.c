/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts of one class are alike for every filter that asks neither about load nor room, VMs likewise:
 * a cluster of thousands has a handful of both, and each pair is asked once.
 */
#include "base/buf.h"
#include "plan/placement_part.h"
#include "plan/vm_status.h"

static size_t class_of(struct vdc_placement *placement, const char *const *texts, size_t n,
		       size_t *count)
{
	vdc_autobuf key = { 0 };
	uint64_t *number;

	for (size_t i = 0; i < n; i++) {
		vdc_buf_puts(&key, texts[i] ? texts[i] : "\t");
		vdc_buf_putc(&key, '\n');
	}
	number = vdc_map_add(placement->classes, key.data, key.len);
	if (!*number)
		*number = ++*count;
	return (size_t)*number;
}

static void classify_hosts(struct vdc_placement *placement)
{
	for (size_t i = 0; i < placement->n_hosts; i++) {
		struct place_host *h = &placement->hosts[i];
		const struct vdc_host *host = h->host;
		const char *os = vdc_arena_format(placement->arena, "%s %lld", h->os.family,
						  (long long)h->os.platform);
		const char *const texts[] = {
			"host",
			host->cluster.id,
			host->architecture,
			host->cpu_model,
			host->cpu_vendor,
			host->cpu_models,
			host->cpu_features,
			host->machine_types,
			os,
		};

		h->class = class_of(placement, texts, VDC_COUNT(texts), &placement->n_host_classes);
	}
}

static const char *level_text(struct vdc_placement *placement, struct vdc_level level)
{
	/* Most have none, and there are many. */
	return level.major < 0
		       ? ""
		       : vdc_arena_format(placement->arena, "%d.%d", level.major, level.minor);
}

static void classify_vms(struct vdc_placement *placement)
{
	for (size_t i = 0; i < placement->n_vms; i++) {
		struct place_vm *v = &placement->vms[i];
		const struct vdc_vm *vm = v->vm;
		const char *const texts[] = {
			"vm",
			vm->cluster.id,
			vm->cpu_mode,
			vm->custom_cpu_model,
			vm->custom_emulated_machine,
			vm->machine_type,
			vm->running_machine_type,
			level_text(placement, vm->migration_barrier),
			level_text(placement, vm->custom_compatibility_version),
			level_text(placement, vm->running_level),
			vm->migrated_from_cluster,
			level_text(placement, vm->migrated_from_level),
			vdc_vm_is_active(vm->status) ? "1" : "0",
			vdc_is_true(vm->compatibility_mode) ? "1" : "0",
		};

		v->class = class_of(placement, texts, VDC_COUNT(texts), &placement->n_vm_classes);
	}
}

void place_classify(struct vdc_placement *placement)
{
	classify_hosts(placement);
	classify_vms(placement);
}

static enum place_answer ask_static(struct place_ask *ask)
{
	for (size_t i = 0; i < place_n_filters; i++) {
		enum place_answer answer;

		if (!place_filters[i].is_static)
			continue;
		answer = place_filters[i].fn(ask);
		if (answer != PLACE_YES)
			return PLACE_NO;
	}
	return PLACE_YES;
}

bool place_passes_static(struct vdc_placement *placement, const struct place_ask *ask)
{
	const uint32_t key[] = {
		(uint32_t)ask->vm->class,
		(uint32_t)ask->host->class,
		ask->from ? (uint32_t)ask->from->class : 0,
		ask->query->start,
	};
	uint64_t *verdict = vdc_map_add(placement->verdicts, key, sizeof(key));

	if (!*verdict) {
		struct place_ask quiet = *ask;

		quiet.arena = NULL;
		*verdict = ask_static(&quiet) == PLACE_YES ? 1 : 2;
	}
	return *verdict == 1;
}
