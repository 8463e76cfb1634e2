/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests that run here, and what is heard of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/extend_watch_part.h"
#include "act/thin_part.h"
#include "base/time.h"

struct watched_guest *extend_watch_guest(const struct extend_watch *watch, const char *uuid)
{
	struct watched_guest *guest = watch->guests;

	while (guest && strcmp(guest->uuid, uuid) != 0)
		guest = guest->next;
	return guest;
}

static void free_disks(struct watched_guest *guest)
{
	for (size_t i = 0; i < guest->n; i++)
		free(guest->disks[i].path);
	free(guest->disks);
}

void extend_watch_forget(struct extend_watch *watch, const char *uuid)
{
	for (struct watched_guest **at = &watch->guests; *at; at = &(*at)->next) {
		struct watched_guest *guest = *at;

		if (strcmp(guest->uuid, uuid) != 0)
			continue;
		*at = guest->next;
		free_disks(guest);
		free(guest->name);
		free(guest);
		return;
	}
}

static struct watched_guest *add_guest(struct extend_watch *watch, const char *uuid)
{
	struct watched_guest *guest = vdc_alloc(sizeof(*guest));

	memcpy(guest->uuid, uuid, VDC_UUID_LEN);
	guest->next = watch->guests;
	guest->stale = guest->fresh = true;
	watch->guests = guest;
	return guest;
}

static struct watched_guest *known_guest(struct extend_watch *watch, const char *uuid)
{
	return extend_watch_guest(watch, uuid) ?: add_guest(watch, uuid);
}

/* The same layer as before keeps what is known of it. */
static void take_disk(struct extend_watch *watch, struct watched_guest *guest,
		      const struct vdc_domain_disk *disk, struct watched_disk *ret)
{
	const struct vdc_domain_layer *top = &disk->chain[0];

	for (size_t i = 0; i < guest->n; i++) {
		struct watched_disk *old = &guest->disks[i];

		if (!old->path || strcmp(old->target, disk->target) != 0 ||
		    old->layer != top->index || strcmp(old->path, top->path) != 0)
			continue;
		*ret = *old;
		ret->copied = disk->copied;
		old->path = NULL;
		vdc_extend_disk_event(&ret->plan,
				      guest->fresh ? VDC_EXTEND_CHANGED : VDC_EXTEND_AGAIN);
		return;
	}
	*ret = (struct watched_disk){ .guest = guest, .layer = top->index, .copied = disk->copied };
	memcpy(ret->target, disk->target, strlen(disk->target));
	ret->path = vdc_strdup(top->path);
	vdc_extend_place(top->path, &ret->place);
	extend_watch_find_way(watch, ret);
}

static bool can_be_watched(const struct vdc_domain_disk *disk)
{
	struct vdc_extend_place place;

	return thin_is_disk(disk) && disk->chain[0].index >= 0 &&
	       strlen(disk->target) <= VDC_EXTEND_TARGET_LEN &&
	       vdc_extend_place(disk->chain[0].path, &place);
}

static void take_disks(struct extend_watch *watch, struct watched_guest *guest,
		       const struct vdc_domain *domain)
{
	struct watched_disk *disks = vdc_alloc((domain->n_disks + 1) * sizeof(*disks));
	size_t n = 0;

	for (size_t i = 0; i < domain->n_disks; i++)
		if (can_be_watched(&domain->disks[i]))
			take_disk(watch, guest, &domain->disks[i], &disks[n++]);
	free_disks(guest);
	guest->disks = disks;
	guest->n = n;
}

static bool job_is(const struct vdc_virt_domain *virt, const char *job)
{
	return virt->job && strcmp(virt->job, job) == 0;
}

/* Where it moves, from what it is doing. */
static void take_state(struct watched_guest *guest, const struct vdc_virt_domain *virt)
{
	bool arrived = guest->incoming && !job_is(virt, "migration_in");
	bool leaves = job_is(virt, "migration_out");

	guest->incoming = job_is(virt, "migration_in");
	for (size_t i = 0; i < guest->n; i++) {
		struct vdc_extend_disk *plan = &guest->disks[i].plan;

		if (arrived)
			vdc_extend_disk_event(plan, VDC_EXTEND_ARRIVED);
		if (leaves && !plan->migrating)
			vdc_extend_disk_event(plan, VDC_EXTEND_MIGRATION_BEGINS);
		if (!leaves && plan->migrating)
			vdc_extend_disk_event(plan, VDC_EXTEND_MIGRATION_ENDS);
	}
}

static int take_domain(void *ctx, const struct vdc_virt_domain *virt, struct vdc_err *err)
{
	struct extend_watch *watch = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	struct watched_guest *guest;
	struct vdc_domain domain;
	struct vdc_vm vm;
	int r;

	if (!vdc_virt_is_active(virt->state)) {
		extend_watch_forget(watch, virt->uuid);
		return 0;
	}
	guest = known_guest(watch, virt->uuid);
	vdc_object_clear(&vdc_vm_kind, &vm);
	r = vdc_domain_read(virt->xml, arena, &vm, &domain, err);
	if (r)
		return r;
	free(guest->name);
	guest->name = vdc_strdup(virt->name);
	take_disks(watch, guest, &domain);
	take_state(guest, virt);
	guest->stale = guest->fresh = false;
	return 0;
}

/* One that is not told of any more is gone. */
static int read_all(struct extend_watch *watch, struct vdc_err *err)
{
	struct watched_guest *next;
	int r;

	for (struct watched_guest *guest = watch->guests; guest; guest = guest->next)
		guest->stale = true;
	watch->all_stale = false;
	r = vdc_virt_domains(watch->virt, take_domain, watch, err);
	for (struct watched_guest *guest = watch->guests; guest && !r; guest = next) {
		next = guest->next;
		if (guest->stale)
			extend_watch_forget(watch, guest->uuid);
	}
	return r;
}

int extend_watch_read(struct extend_watch *watch, struct vdc_err *err)
{
	struct watched_guest *next;
	int r = 0;

	if (watch->all_stale)
		return read_all(watch, err);
	for (struct watched_guest *guest = watch->guests; guest && !r; guest = next) {
		next = guest->next;
		if (!guest->stale)
			continue;
		r = vdc_virt_domain(watch->virt, guest->uuid, take_domain, watch, err);
		if (r == -ENOENT) {
			extend_watch_forget(watch, guest->uuid);
			r = 0;
		}
	}
	return r;
}

static bool lacks_space(const struct vdc_virt_domain *virt)
{
	return virt->state == VDC_VIRT_PAUSED && strcmp(virt->reason, "enospc") == 0;
}

/* One whose hypervisor says nothing about it has its turn with the next look. */
static bool takes_space(struct extend_watch *watch, struct watched_disk *disk)
{
	if (vdc_virt_lacks_space(watch->virt, disk->guest->uuid, disk->target, NULL) != 1)
		return false;
	vdc_extend_disk_event(&disk->plan, VDC_EXTEND_NO_SPACE);
	return true;
}

/* It waits for space, although nobody told: if that is what a disk of ours lacks. */
static void take_pause(struct extend_watch *watch, struct watched_guest *guest)
{
	for (size_t i = 0; i < guest->n; i++)
		if (guest->disks[i].plan.paused || takes_space(watch, &guest->disks[i]))
			return;
}

struct look {
	struct extend_watch *watch;
	struct watched_guest *guest;
	int64_t now;
};

static int take_look(void *ctx, const struct vdc_virt_domain *virt, struct vdc_err *err vdc_unused)
{
	const struct look *look = ctx;

	take_state(look->guest, virt);
	for (size_t i = 0; i < look->guest->n; i++) {
		struct watched_disk *disk = &look->guest->disks[i];
		struct vdc_extend_volume seen =
			thin_volume(virt, disk->target, disk->layer, disk->copied);
		const struct vdc_extend_decision failed = { .what = VDC_EXTEND_DO_LOOK };

		if (seen.capacity >= 0 && seen.highest >= 0 && seen.size >= 0)
			vdc_extend_disk_look(&disk->plan, &vdc_extend_preset, look->now, &seen);
		else
			vdc_extend_disk_did(&disk->plan, &vdc_extend_preset, &failed, false,
					    look->now);
	}
	if (lacks_space(virt))
		take_pause(look->watch, look->guest);
	return 0;
}

int extend_watch_look(struct extend_watch *watch, struct watched_guest *guest, struct vdc_err *err)
{
	struct look look = { .watch = watch, .guest = guest, .now = vdc_time_monotonic() };

	return vdc_virt_disks(watch->virt, guest->uuid, take_look, &look, err);
}

static void passed(struct watched_guest *guest, const struct vdc_virt_event *event)
{
	char target[VDC_EXTEND_TARGET_LEN + 1];
	int64_t layer = vdc_extend_layer(event->device, target);

	for (size_t i = 0; i < guest->n && layer >= 0; i++)
		if (guest->disks[i].layer == layer && strcmp(guest->disks[i].target, target) == 0)
			vdc_extend_disk_passed(&guest->disks[i].plan, &vdc_extend_preset,
					       vdc_time_monotonic(), event->offset);
}

/* The disk at that path; QEMU may know it by another one. */
static int no_space(struct extend_watch *watch, struct watched_guest *guest,
		    const struct vdc_virt_event *event, struct vdc_err *err)
{
	struct watched_disk *found = NULL;

	for (size_t i = 0; i < guest->n && !found; i++)
		if (strcmp(guest->disks[i].path, event->device ?: "") == 0)
			found = &guest->disks[i];
	if (found)
		vdc_extend_disk_event(&found->plan, VDC_EXTEND_NO_SPACE);
	for (size_t i = 0; i < guest->n && !found; i++)
		if (takes_space(watch, &guest->disks[i]))
			found = &guest->disks[i];
	return found ? extend_watch_tell(watch, VDC_THIN_NEWS_PAUSED, guest, found, NULL, err) : 0;
}

int extend_watch_event(struct extend_watch *watch, const struct vdc_virt_event *event,
		       struct vdc_err *err)
{
	enum vdc_extend_meaning meaning = vdc_extend_meaning(event->what, event->detail);
	struct watched_guest *guest = event->uuid ? extend_watch_guest(watch, event->uuid) : NULL;

	switch (meaning) {
	case VDC_EXTEND_MEANS_ALL:
		watch->all_stale = true;
		return 0;
	case VDC_EXTEND_MEANS_GONE:
		if (guest)
			extend_watch_forget(watch, event->uuid);
		return 0;
	case VDC_EXTEND_MEANS_STARTED:
	case VDC_EXTEND_MEANS_READ:
		guest = known_guest(watch, event->uuid);
		guest->stale = true;
		guest->fresh = guest->fresh || meaning == VDC_EXTEND_MEANS_STARTED;
		return 0;
	case VDC_EXTEND_MEANS_PASSED:
		if (guest)
			passed(guest, event);
		return 0;
	case VDC_EXTEND_MEANS_NO_SPACE:
		return guest ? no_space(watch, guest, event, err) : 0;
	case VDC_EXTEND_MEANS_NOTHING:
		break;
	}
	return 0;
}
