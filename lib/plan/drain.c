/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/drain.h"

#include <string.h>

static bool given(const char *text)
{
	return text && *text;
}

/* The first device that stays behind: a virtual function may go where the cluster says so. */
static const char *device_that_stays(const struct vdc_vm *vm, const struct vdc_cluster *cluster,
				     struct vdc_arena *arena)
{
	static const char VIRTUAL_FUNCTION[] = "sriov_";

	for (const char *word = vm->host_devices; given(word);) {
		size_t len = strcspn(word, " ");
		bool moves = vdc_is_true(cluster->sriov_live_migration) &&
			     strncmp(word, VIRTUAL_FUNCTION, strlen(VIRTUAL_FUNCTION)) == 0;

		if (!moves)
			return vdc_arena_strndup(arena, word, len);
		word += len;
		word += strspn(word, " ");
	}
	return NULL;
}

const char *vdc_plan_unmovable(const struct vdc_vm *vm, const struct vdc_cluster *cluster,
			       struct vdc_arena *arena)
{
	const char *device;

	if (vm->affinity == VDC_VM_PINNED)
		return "it is pinned to its host (affinity)";
	device = device_that_stays(vm, cluster, arena);
	if (device)
		return vdc_arena_format(arena, "it uses the device %s of its host", device);
	if (vdc_is_true(vm->local_storage))
		return "it has a disk that only its host reaches";
	if (given(vm->pinned_hosts) && !strchr(vm->pinned_hosts, ' ') && vm->host.id &&
	    strcmp(vm->pinned_hosts, vm->host.id) == 0)
		return "it may run on its host only (pinned_hosts)";
	return NULL;
}

static struct vdc_drain_verdict shut_down(const struct vdc_vm *vm, const char *unmovable,
					  struct vdc_arena *arena)
{
	struct vdc_drain_verdict verdict = { .drain = VDC_DRAIN_STOP };

	if (vm->run_strategy == VDC_RUN_ALWAYS && !unmovable) {
		verdict.drain = VDC_DRAIN_RESTART;
		verdict.reason = "it has no eviction strategy: it is started again elsewhere";
		return verdict;
	}
	verdict.comes_back = vm->run_strategy != VDC_RUN_MANUAL &&
			     vm->run_strategy != VDC_RUN_HALTED && vm->run_strategy != VDC_RUN_ONCE;
	verdict.reason = vdc_arena_format(
		arena, "%s: it is off until %s", unmovable ?: "it has no eviction strategy",
		verdict.comes_back ? "its host is back" : "somebody starts it");
	return verdict;
}

struct vdc_drain_verdict vdc_plan_drain(const struct vdc_vm *vm, const struct vdc_cluster *cluster,
					struct vdc_arena *arena)
{
	const char *unmovable = vdc_plan_unmovable(vm, cluster, arena);

	switch (vm->eviction_strategy) {
	case VDC_EVICTION_LIVE_MIGRATE:
		return unmovable ? (struct vdc_drain_verdict){ .reason = unmovable }
				 : (struct vdc_drain_verdict){ .drain = VDC_DRAIN_MOVE };
	case VDC_EVICTION_LIVE_MIGRATE_IF_POSSIBLE:
		return unmovable ? shut_down(vm, unmovable, arena)
				 : (struct vdc_drain_verdict){ .drain = VDC_DRAIN_MOVE };
	case VDC_EVICTION_EXTERNAL:
		return (struct vdc_drain_verdict){
			.reason = "its eviction is somebody else's (eviction_strategy external)",
		};
	default:
		return shut_down(vm, unmovable, arena);
	}
}
