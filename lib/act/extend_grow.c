/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that grows the volumes of one domain. It has the domain's shell of LVM, which dies with it,
 * and leave to work under the lease only while it has something to do, so that the lease can be
 * released. What finds no space gets what there is, or is refused, and is remembered: when there is some
 * more it is handed out by need.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/extend_grow_part.h"
#include "base/log.h"
#include "base/size.h"
#include "base/time.h"
#include "plan/domain_place.h"

#define LVM_LIMIT (20 * VDC_SECOND)
#define SPACE_PAUSE (2 * VDC_SECOND) /* between two looks for new space */
#define AGAIN_PAUSE (VDC_SECOND / 2)

int grow_open_group(struct grow *grow, struct vdc_err *err)
{
	const char *name = grow->office->space->volume_group;
	struct vdc_lvm_options options = { .limit_us = LVM_LIMIT };
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autolvm *first = NULL;
	struct vdc_lvm_group group;
	int r;

	if (grow->lvm)
		return 0;
	r = vdc_lvm_new(&options, &first, err);
	if (!r)
		r = vdc_lvm_group_devices(first, name, arena, &options.devices, err);
	if (!r)
		r = vdc_lvm_new(&options, &grow->lvm, err);
	if (!r)
		r = vdc_lvm_group(grow->lvm, name, arena, &group, err);
	if (!r)
		grow->extent = group.extent;
	return r;
}

/* Its devices are not the ones that were found when it was opened. */
static void close_group(struct grow *grow)
{
	vdc_lvm_free(grow->lvm);
	grow->lvm = NULL;
}

static int64_t rounded(const struct grow *grow, int64_t size)
{
	return (size + grow->extent - 1) / grow->extent * grow->extent;
}

int grow_volume_of(struct grow *grow, const char *name, bool fresh, struct extend_volume **ret,
		   struct vdc_err *err)
{
	uint64_t *at = vdc_map_add(grow->known, name, strlen(name));
	struct extend_volume *volume = (void *)(uintptr_t)*at;
	int r;

	if (volume && volume->size && !fresh) {
		*ret = volume;
		return 0;
	}
	if (!volume) {
		volume = vdc_arena_alloc(grow->arena, sizeof(*volume));
		*at = (uintptr_t)volume;
	}
	volume->size = 0;
	r = extend_look(grow->lvm, grow->office->space, name, volume, err);
	*ret = volume;
	return r;
}

int grow_check(struct grow *grow, const char *name, int64_t size, bool fresh,
	       struct extend_volume **ret, struct vdc_err *err)
{
	const struct vdc_extend_rules rules = vdc_extend_rules(NULL, grow->extent);
	char wanted[VDC_SIZE_LEN + 1], most[VDC_SIZE_LEN + 1];
	struct extend_volume *volume;
	int r = grow_volume_of(grow, name, fresh, &volume, err);

	if (r)
		return r;
	*ret = volume;
	if (volume->preallocated)
		return vdc_err_set(err, -EINVAL,
				   "volume %s is preallocated: it has all of its space", name);
	if (volume->capacity == VDC_UNSET ||
	    rounded(grow, size) <= vdc_extend_most(&rules, volume->capacity))
		return 0;
	/* The disk may have been made larger in between. */
	if (!fresh)
		return grow_check(grow, name, size, true, ret, err);
	return vdc_err_set(err, -EINVAL, "volume %s: %s are more than its disk can need, %s", name,
			   vdc_size_format(size, wanted),
			   vdc_size_format(vdc_extend_most(&rules, volume->capacity), most));
}

int grow_extend(struct grow *grow, struct vdc_spm_work *work, const char *name, int64_t size,
		struct extend_volume *volume, struct vdc_err *err)
{
	int r = vdc_spm_work_check(work, err);

	grow->doubt = r != 0;
	if (r)
		return r;
	r = vdc_lvm_extend(grow->lvm, grow->office->space->volume_group, name, size, err);
	if (r == -EALREADY) {
		r = grow_volume_of(grow, name, true, &volume, err);
		return r
			       ?: volume->size >= size
				  ? 0
				  : vdc_err_set(err, -EIO,
						"volume %s: lvm says it "
						"is large enough, and it is not",
						name);
	}
	if (r == -ENODEV)
		close_group(grow);
	/* Whatever it is now, it is looked at before it is believed again. */
	volume->size = r ? 0 : rounded(grow, size);
	return r;
}

static void told_space(struct grow *grow, const struct vdc_lvm_group *group)
{
	struct extend_outcome outcome = extend_outcome(grow->office->space->id, "");

	outcome.space = group->size;
	outcome.free = group->free;
	extend_report(grow->fd, &outcome, NULL);
}

int grow_look_at_space(struct grow *grow, struct vdc_lvm_group *ret, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	int r = grow_open_group(grow, err);

	if (!r)
		r = vdc_lvm_group(grow->lvm, grow->office->space->volume_group, arena, ret, err);
	if (r || ret->missing)
		close_group(grow); /* a new disk of it, perhaps */
	if (!r)
		told_space(grow, ret);
	return r;
}

void grow_told_failure(const struct grow *grow, const struct vdc_err *why)
{
	struct extend_outcome outcome = extend_outcome(grow->office->space->id, "");

	extend_report(grow->fd, &outcome, why);
}

static int grow_one(struct grow *grow, struct vdc_spm_work *work,
		    const struct vdc_extend_request *request, int64_t *old, int64_t *new,
		    struct vdc_err *err)
{
	struct extend_volume *volume;
	int r = grow_open_group(grow, err);

	grow->doubt = false;
	if (!r)
		r = grow_check(grow, request->volume, request->size, false, &volume, err);
	/* It is there already, or was when it was last seen. */
	if (!r && volume->size >= request->size)
		r = grow_check(grow, request->volume, request->size, true, &volume, err);
	if (r)
		return r;
	vdc_extend_asked_note(&volume->asked, request->size, vdc_time_monotonic());
	*old = volume->size;
	if (volume->size < request->size)
		r = grow_extend(grow, work, request->volume, request->size, volume, err);
	if (!r)
		*new = volume->size;
	return r;
}

static int serve_one(struct grow *grow, struct vdc_spm_work *work,
		     const struct vdc_extend_request *request, struct vdc_err *err)
{
	struct extend_outcome outcome = extend_outcome(request->domain, request->volume);
	struct vdc_err why = { 0 };
	int r = grow_one(grow, work, request, &outcome.old_size, &outcome.new_size, &why);

	if (r && grow->doubt)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why)); /* it is tried again */
	outcome.asked = request->size;
	if (r == -ENOSPC)
		grow_remember(grow, request->volume, request->size);
	else
		extend_report(grow->fd, &outcome, r ? &why : NULL);
	return 0;
}

static int serve_all(struct grow *grow, struct vdc_err *err)
{
	const struct extend_office *office = grow->office;
	struct vdc_extend_request request;
	struct vdc_spm_work *work;
	int r = vdc_spm_work_begin(office->master, office->lver, &work, err);

	if (r)
		return r;
	while (!r && vdc_extend_queue_take(&grow->queue, NULL, &request)) {
		r = serve_one(grow, work, &request, err);
		if (r)
			vdc_extend_queue_put(&grow->queue, &request);
	}
	if (!r && grow->n_waiting)
		r = grow_hand_out(grow, work);
	vdc_spm_work_end(work);
	return r;
}

void extend_grow_life(void *office, int fd)
{
	struct grow *grow = vdc_alloc(sizeof(*grow));
	int64_t pause = -1, looked = 0;
	struct vdc_lvm_group group;

	grow->office = office;
	grow->fd = fd;
	grow->arena = vdc_arena_new();
	grow->known = vdc_map_new();
	grow->chunk = vdc_lockspace_domain(grow->office->space, grow->arena)->extend_chunk;
	while (extend_take_requests(fd, pause, &grow->queue)) {
		struct vdc_err why = { 0 };
		int r = grow->queue.n || grow->n_waiting ? serve_all(grow, &why) : 0;

		if (r)
			grow_told_failure(grow, &why);
		if (r == -EPERM)
			break;
		if (!r && vdc_time_monotonic() - looked >= VDC_SECOND) {
			grow_look_at_space(grow, &group, NULL);
			looked = vdc_time_monotonic();
		}
		pause = grow->queue.n ? AGAIN_PAUSE : grow->n_waiting ? SPACE_PAUSE : -1;
	}
	vdc_lvm_free(grow->lvm);
}
