/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/extend_order.h"

#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "base/size.h"
#include "base/time.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/vm.h"
#include "model/volume.h"
#include "plan/extend.h"
#include "plan/lease_geometry.h"
#include "store/store.h"

static bool is_disk(const struct vdc_disk_attachment *attachment, const char *name)
{
	const char *disk = attachment->disk.name, *target = attachment->target;

	return (disk && strcmp(disk, name) == 0) || (target && strcmp(target, name) == 0) ||
	       (attachment->disk.id && strcmp(attachment->disk.id, name) == 0);
}

/* The layer that is written. */
static int active_volume(struct vdc_db *db, const char *disk, const char *name,
			 struct vdc_arena *arena, struct vdc_volume **ret, struct vdc_err *err)
{
	struct vdc_objects volumes = { 0 };
	struct vdc_volume *found = NULL;
	int r = vdc_gather(db, &vdc_volume_kind, "disk", disk, arena, &volumes, err);

	for (size_t i = 0; i < volumes.n && !r; i++) {
		struct vdc_volume *volume = volumes.objects[i];

		if (vdc_is_true(volume->active) || volumes.n == 1 ||
		    (!found && volume->voltype == VDC_VOLTYPE_LEAF))
			found = volume;
	}
	if (!r && !found)
		r = vdc_err_set(err, -ENOENT, "%s: the inventory knows no volume of it", name);
	if (!r)
		*ret = found;
	return r;
}

static int volume_of_disk(struct vdc_db *db, const char *name, struct vdc_arena *arena,
			  struct vdc_volume **ret, struct vdc_err *err)
{
	const char *colon = strrchr(name, ':');
	const char *vm_name = vdc_arena_strndup(arena, name, (size_t)(colon - name));
	struct vdc_objects attachments = { 0 };
	void *vm;
	int r = vdc_store_get(db, &vdc_vm_kind, vm_name, 0, arena, &vm, err);

	if (!r)
		r = vdc_gather(db, &vdc_disk_attachment_kind, "vm", ((struct vdc_vm *)vm)->id,
			       arena, &attachments, err);
	if (r)
		return r;
	for (size_t i = 0; i < attachments.n; i++) {
		const struct vdc_disk_attachment *it = attachments.objects[i];

		if (is_disk(it, colon + 1))
			return active_volume(db, it->disk.id, name, arena, ret, err);
	}
	return vdc_err_set(err, -ENOENT, "VM %s has no disk %s", vm_name, colon + 1);
}

static int domain_of(struct vdc_db *db, const char *domain, bool below_critical,
		     struct vdc_arena *arena, struct vdc_storage_domain **ret, struct vdc_err *err)
{
	struct vdc_storage_domain *it;
	void *found;
	int r = vdc_store_get(db, &vdc_storage_domain_kind, domain, 0, arena, &found, err);

	if (r)
		return r;
	it = found;
	if (!it->volume_group && !vdc_storage_is_block(it->storage_type))
		return vdc_err_set(err, -EINVAL,
				   "domain %s: its volumes are files, which grow by themselves",
				   it->name);
	if (it->space == VDC_STORAGE_SPACE_CRITICAL && !below_critical)
		return vdc_err_set(err, -EPERM,
				   "domain %s: its space is critically low, and running VMs will "
				   "need it; --below-critical takes it nevertheless",
				   it->name);
	*ret = it;
	return 0;
}

static int check(const struct vdc_volume *volume, const struct vdc_extend_rules *rules,
		 int64_t size, struct vdc_err *err)
{
	char wanted[VDC_SIZE_LEN + 1], other[VDC_SIZE_LEN + 1];
	int64_t most = volume->capacity == VDC_UNSET ? INT64_MAX
						     : vdc_extend_most(rules, volume->capacity);

	if (size > most)
		return vdc_err_set(err, -EINVAL,
				   "volume %s: %s are more than its disk can need, %s", volume->id,
				   vdc_size_format(size, wanted), vdc_size_format(most, other));
	if (volume->size != VDC_UNSET && size <= volume->size)
		return vdc_err_set(err, -EINVAL, "volume %s has %s already", volume->id,
				   vdc_size_format(volume->size, other));
	return 0;
}

static struct vdc_extension *new_order(const char *volume, const struct vdc_storage_domain *domain,
				       int64_t old_size, int64_t size, struct vdc_arena *arena)
{
	struct vdc_extension *it = vdc_object_new(&vdc_extension_kind, arena);

	it->volume.id = vdc_arena_strdup(arena, volume);
	it->storage_domain.id = domain->id;
	it->storage_domain.name = domain->name;
	it->status = VDC_EXTENSION_WAITING;
	it->old_size = old_size;
	it->requested_size = size;
	it->requested = vdc_time_now();
	it->id = it->volume.id; /* of the order; the request has one of its own */
	return it;
}

static int64_t size_of(const struct vdc_volume *volume, const struct vdc_extend_wanted *wanted,
		       const struct vdc_extend_rules *rules)
{
	int64_t size = wanted->to;

	if (size != VDC_UNSET)
		return size;
	size = volume->size + (wanted->by == VDC_UNSET ? rules->chunk : wanted->by);
	if (wanted->by == VDC_UNSET && volume->capacity != VDC_UNSET &&
	    size > vdc_extend_most(rules, volume->capacity))
		size = vdc_extend_most(rules, volume->capacity);
	return size;
}

int vdc_extend_order(struct vdc_db *db, const char *name, const struct vdc_extend_wanted *wanted,
		     struct vdc_arena *arena, struct vdc_extension **ret, struct vdc_err *err)
{
	struct vdc_storage_domain *domain;
	struct vdc_extend_rules rules;
	struct vdc_volume *volume;
	void *found;
	int64_t size;
	int r = strchr(name, ':')
			? volume_of_disk(db, name, arena, &volume, err)
			: vdc_store_get(db, &vdc_volume_kind, name, 0, arena, &found, err);

	if (!r && !strchr(name, ':'))
		volume = found;
	if (!r)
		r = domain_of(db, volume->storage_domain.id, wanted->below_critical, arena, &domain,
			      err);
	if (r)
		return r;
	if (volume->allocation == VDC_ALLOCATION_PREALLOCATED || volume->format == VDC_DISK_RAW)
		return vdc_err_set(err, -EPERM,
				   "volume %s is preallocated: it has all of its space",
				   volume->id);
	if (volume->size == VDC_UNSET && wanted->to == VDC_UNSET)
		return vdc_err_set(err, -EINVAL,
				   "volume %s: the inventory does not know its size; say which it "
				   "is to have with --to",
				   volume->id);
	rules = vdc_extend_rules(domain, 0);
	size = size_of(volume, wanted, &rules);
	r = check(volume, &rules, size, err);
	if (!r)
		*ret = new_order(volume->id, domain, volume->size, size, arena);
	return r;
}

int vdc_extend_order_for(struct vdc_db *db, const struct vdc_thin_disk *disk, bool below_critical,
			 struct vdc_arena *arena, struct vdc_extension **ret, struct vdc_err *err)
{
	const struct vdc_extend_volume volume = {
		.capacity = disk->capacity,
		.highest = disk->allocated,
		.size = disk->size,
		.rate = disk->rate == VDC_UNSET ? 0 : disk->rate,
		.latency = VDC_EXTEND_LATENCY_PRESET,
	};
	const char *slash = disk->path ? strrchr(disk->path, '/') : NULL;
	struct vdc_storage_domain *domain;
	struct vdc_extend_rules rules;
	int r;

	*ret = NULL;
	if (disk->state != VDC_THIN_DISK_DUE)
		return 0;
	if (!disk->storage_domain || !slash || !vdc_uuid_valid(slash + 1))
		return vdc_err_set(err, -EINVAL,
				   "VM %s, disk %s: its volume %s is of no domain that is known",
				   disk->vm, disk->target, disk->path ?: "");
	r = domain_of(db, disk->storage_domain, below_critical, arena, &domain, err);
	if (r)
		return r;
	rules = vdc_extend_rules(domain, 0);
	if (vdc_extend_judge(&rules, &volume) == VDC_EXTEND_DUE)
		*ret = new_order(slash + 1, domain, disk->size, vdc_extend_size(&rules, &volume),
				 arena);
	return 0;
}
