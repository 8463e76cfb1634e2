/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that have lost a storage domain where a disk of the VM lies, by what storage-health found lately. */
#include <string.h>

#include "base/words.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/storage_domain.h"
#include "plan/placement_part.h"
#include "plan/storage_reach.h"

const struct vdc_kind *const vdc_placement_reach_kinds[] = {
	&vdc_storage_domain_kind,
	&vdc_domain_reach_kind,
	NULL,
};

const struct vdc_kind *const vdc_placement_disk_kinds[] = {
	&vdc_disk_kind,
	&vdc_disk_attachment_kind,
	NULL,
};

bool vdc_placement_wants_disks(const struct vdc_world *world, int64_t now, int64_t reach_age)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_domain_reach_kind, &all);

	for (size_t i = 0; i < n; i++)
		if (vdc_spm_reach_of(all[i], now, reach_age) == VDC_SPM_REACH_NO)
			return true;
	return false;
}

/* Of domains that no host has lost nobody has to know anything. */
static const char *lost_by_any(const struct vdc_placement *placement, int64_t reach_age)
{
	const char *words = NULL;
	void *const *all;
	size_t n = vdc_world_all(placement->world, &vdc_domain_reach_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_domain_reach *reach = all[i];

		if (vdc_spm_reach_of(reach, placement->now, reach_age) == VDC_SPM_REACH_NO &&
		    !vdc_words_have(words, reach->storage_domain.id))
			place_add_word(placement->arena, &words, reach->storage_domain.id);
	}
	return words;
}

static void take_reaches(struct vdc_placement *placement, int64_t reach_age)
{
	void *const *all;
	size_t n = vdc_world_all(placement->world, &vdc_domain_reach_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_domain_reach *reach = all[i];
		struct place_host *host = place_host_of(placement, reach->host.id);

		if (!host)
			continue;
		switch (vdc_spm_reach_of(reach, placement->now, reach_age)) {
		case VDC_SPM_REACH_YES:
			place_add_word(placement->arena, &host->domains, reach->storage_domain.id);
			break;
		case VDC_SPM_REACH_NO:
			place_add_word(placement->arena, &host->lost_domains,
				       reach->storage_domain.id);
			break;
		case VDC_SPM_REACH_UNKNOWN:
			break;
		}
	}
}

static void take_disks(struct vdc_placement *placement, const char *lost)
{
	const struct vdc_world *world = placement->world;
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_disk_attachment_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_disk_attachment *attachment = all[i];
		const struct vdc_disk *disk =
			vdc_world_find(world, &vdc_disk_kind, attachment->disk.id);
		struct place_vm *vm = place_vm_of(placement, attachment->vm.id);

		if (vm && disk && disk->storage_domain.id &&
		    vdc_words_have(lost, disk->storage_domain.id) &&
		    !vdc_words_have(vm->domains, disk->storage_domain.id))
			place_add_word(placement->arena, &vm->domains, disk->storage_domain.id);
	}
}

void place_take_storage(struct vdc_placement *placement, int64_t reach_age)
{
	const char *lost = lost_by_any(placement, reach_age);

	if (!lost)
		return;
	take_reaches(placement, reach_age);
	take_disks(placement, lost);
}

static const char *name_of(const struct place_ask *ask, const char *id)
{
	const struct vdc_storage_domain *domain =
		vdc_world_find(ask->placement->world, &vdc_storage_domain_kind, id);

	return domain && domain->name ? domain->name : id;
}

enum place_answer place_reach(struct place_ask *ask)
{
	const char *words = ask->vm->domains, *unknown = NULL;
	char id[PLACE_WORD];

	while (place_next_word(&words, id)) {
		if (vdc_words_have(ask->host->lost_domains, id))
			return place_says(
				ask, PLACE_NO,
				"it does not reach storage domain %s, where a disk of the "
				"VM lies",
				name_of(ask, id));
		if (!unknown && !vdc_words_have(ask->host->domains, id))
			unknown = name_of(ask, id);
	}
	if (!unknown)
		return PLACE_YES;
	return place_says(ask, PLACE_UNKNOWN,
			  "whether it reaches storage domain %s, which others have lost, was not "
			  "looked at lately",
			  unknown);
}
