/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks and network interfaces of a VM. */
#include "act/apply.h"

#include <errno.h>
#include <string.h>

#include "base/uuid.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/network.h"
#include "model/storage_domain.h"
#include "model/vm_nic.h"
#include "model/volume.h"
#include "plan/domain_place.h"
#include "store/seen.h"

/* A disk of the VM, while it is worked out what it is. */
struct seen_disk {
	const struct vdc_look_domain *look;
	const struct vdc_domain_disk *read;
	const struct vdc_vm *vm;
	const struct vdc_storage_domain *domain; /* NULL: no known one */
	bool local;
	struct vdc_disk_attachment *had; /* NULL: it is new to the VM */
};

static bool equal(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static const struct vdc_storage_domain *domain_of(const struct vdc_apply *apply, const char *path)
{
	for (size_t i = 0; i < apply->domains.n; i++)
		if (vdc_storage_domain_holds(apply->domains.objects[i], path))
			return apply->domains.objects[i];
	return NULL;
}

static int64_t stat_of(const struct seen_disk *seen, const char *target, int64_t backing_index,
		       const char *what)
{
	return vdc_virt_block_stat(&seen->look->virt, target, backing_index, what, VDC_UNSET);
}

/* The disk that the attachment refers to, when its path is in the chain that is there now. */
static int disk_by_attachment(struct vdc_apply *apply, const struct seen_disk *seen,
			      struct vdc_disk **ret, struct vdc_err *err)
{
	void *disk;
	int r;

	if (!seen->had)
		return 0;
	r = vdc_store_get(apply->db, &vdc_disk_kind, seen->had->disk.id, 0, apply->arena, &disk,
			  err);
	for (size_t i = 0; !r && i < seen->read->n_chain; i++)
		if (equal(((struct vdc_disk *)disk)->path, seen->read->chain[i].path))
			*ret = disk;
	return r;
}

static int disk_by_id(struct vdc_apply *apply, const char *id, struct vdc_disk **ret,
		      struct vdc_err *err)
{
	void *disk;
	int r;

	if (!id || !vdc_uuid_valid(id))
		return 0;
	r = vdc_store_get(apply->db, &vdc_disk_kind, id, 0, apply->arena, &disk, NULL);
	if (r == -ENOENT)
		return 0;
	if (r)
		return vdc_err_set(err, r, "disk %s cannot be read", id);
	*ret = disk;
	return 0;
}

/* oVirt gives a disk's id to the guest as its serial number; else its place says which one it is. */
static int find_disk(struct vdc_apply *apply, const struct seen_disk *seen, struct vdc_disk **ret,
		     struct vdc_err *err)
{
	char *id = NULL;
	int r = disk_by_id(apply, seen->read->serial, ret, err);

	if (!r && !*ret)
		r = disk_by_attachment(apply, seen, ret, err);
	for (size_t i = 0; !r && !*ret && i < seen->read->n_chain; i++) {
		/* A base that several disks share is none of them. */
		if (i > 0 && !seen->had)
			break;
		r = vdc_store_disk_at(apply->db, seen->read->chain[i].path, seen->vm->id,
				      apply->arena, &id, err);
		if (!r && id)
			r = disk_by_id(apply, id, ret, err);
	}
	return r;
}

static int64_t format_of(const char *format)
{
	if (!format)
		return 0;
	return strcmp(format, "qcow2") == 0 ? VDC_DISK_COW : VDC_DISK_RAW;
}

static void set_known(int64_t *member, int64_t value)
{
	if (value != VDC_UNSET)
		*member = value;
}

static int write_disk(struct vdc_apply *apply, const struct seen_disk *seen, char **id,
		      struct vdc_err *err)
{
	const struct vdc_domain_layer *top = &seen->read->chain[0];
	struct vdc_disk *before = NULL, *after;
	int r = find_disk(apply, seen, &before, err);

	if (r)
		return r;
	if (before) {
		after = vdc_object_copy(&vdc_disk_kind, before, apply->arena);
	} else {
		after = vdc_object_new(&vdc_disk_kind, apply->arena);
		if (seen->read->serial && vdc_uuid_valid(seen->read->serial))
			after->id = vdc_arena_strdup(apply->arena, seen->read->serial);
		after->name =
			vdc_arena_format(apply->arena, "%s_%s", seen->vm->name, seen->read->target);
		after->storage_type =
			equal(seen->read->device, "lun") ? VDC_DISK_LUN : VDC_DISK_IMAGE;
		after->shareable = seen->read->shareable;
	}
	after->path = vdc_arena_strdup(apply->arena, top->path);
	after->local = seen->local;
	after->format = format_of(top->format) ?: after->format;
	after->seen = apply->now;
	after->lost_since = VDC_UNSET;
	if (seen->domain)
		after->storage_domain.id = seen->domain->id;
	set_known(&after->provisioned_size,
		  stat_of(seen, seen->read->target, top->index, "capacity"));
	set_known(&after->actual_size, stat_of(seen, seen->read->target, top->index, "allocation"));
	r = vdc_apply_write(apply, &vdc_disk_kind, before, after, err);
	*id = after->id;
	return r;
}

static int64_t interface_of(const char *bus)
{
	int64_t found = bus ? vdc_enum_find(&vdc_disk_interface_values, bus) : 0;

	return found < 0 ? VDC_INTERFACE_OTHER : found;
}

static int write_attachment(struct vdc_apply *apply, const struct seen_disk *seen,
			    const struct vdc_objects *had, char *disk_id, struct vdc_err *err)
{
	struct vdc_disk_attachment *before = NULL, *after;

	for (size_t i = 0; i < had->n; i++) {
		struct vdc_disk_attachment *at = had->objects[i];

		if (equal(at->disk.id, disk_id))
			before = at;
	}
	after = before ? vdc_object_copy(&vdc_disk_attachment_kind, before, apply->arena)
		       : vdc_object_new(&vdc_disk_attachment_kind, apply->arena);
	after->vm.id = seen->vm->id;
	after->disk.id = disk_id;
	after->target = vdc_arena_strdup(apply->arena, seen->read->target);
	after->interface = interface_of(seen->read->bus);
	after->read_only = seen->read->read_only;
	after->active = 1;
	return vdc_apply_write(apply, &vdc_disk_attachment_kind, before, after, err);
}

/* On oVirt's storage the name of the file is the id of the volume. */
static const char *volume_id(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash && vdc_uuid_valid(slash + 1) ? slash + 1 : NULL;
}

/* The layers on a storage domain whose volumes have ids; others are just files. */
static int write_volumes(struct vdc_apply *apply, const struct seen_disk *seen, char *disk_id,
			 struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && seen->domain && i < seen->read->n_chain; i++) {
		const struct vdc_domain_layer *layer = &seen->read->chain[i];
		const char *id = volume_id(layer->path);
		const char *parent = i + 1 < seen->read->n_chain ? volume_id(layer[1].path) : NULL;
		struct vdc_volume *after;
		void *before = NULL;

		if (!id)
			continue;
		r = vdc_store_get(apply->db, &vdc_volume_kind, id, 0, apply->arena, &before, NULL);
		if (r && r != -ENOENT)
			return vdc_err_set(err, r, "volume %s cannot be read", id);
		after = before ? vdc_object_copy(&vdc_volume_kind, before, apply->arena)
			       : vdc_object_new(&vdc_volume_kind, apply->arena);
		after->id = vdc_arena_strdup(apply->arena, id);
		after->disk.id = disk_id;
		after->storage_domain.id = seen->domain->id;
		after->parent = vdc_arena_strdup(apply->arena, parent) ?: after->parent;
		after->path = vdc_arena_strdup(apply->arena, layer->path);
		after->active = i == 0;
		after->voltype = i == 0 ? VDC_VOLTYPE_LEAF : VDC_VOLTYPE_INTERNAL;
		after->format = format_of(layer->format) ?: after->format;
		set_known(&after->capacity,
			  stat_of(seen, seen->read->target, layer->index, "capacity"));
		set_known(&after->size,
			  stat_of(seen, seen->read->target, layer->index, "physical"));
		r = vdc_apply_write(apply, &vdc_volume_kind, before, after, err);
	}
	return r;
}

/* Drives are no disks: what lies in them today is no part of the VM. */
static bool is_disk(const struct vdc_domain_disk *disk)
{
	return disk->n_chain && (equal(disk->device, "disk") || equal(disk->device, "lun"));
}

/* What the VM does not have any more is only unplugged: the disk itself may lie around for long. */
static int unplug(struct vdc_apply *apply, const struct vdc_domain *domain,
		  const struct vdc_objects *had, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < had->n; i++) {
		struct vdc_disk_attachment *at = had->objects[i], *after;
		bool there = false;

		for (size_t k = 0; k < domain->n_disks; k++)
			there = there || equal(domain->disks[k].target, at->target);
		if (there || !at->target || !vdc_is_true(at->active))
			continue;
		after = vdc_object_copy(&vdc_disk_attachment_kind, at, apply->arena);
		after->active = 0;
		r = vdc_apply_write(apply, &vdc_disk_attachment_kind, at, after, err);
	}
	return r;
}

int vdc_apply_disks(struct vdc_apply *apply, const struct vdc_look_domain *look,
		    const struct vdc_domain *domain, const struct vdc_vm *vm, bool *local,
		    struct vdc_err *err)
{
	struct vdc_objects had;
	int r = vdc_gather(apply->db, &vdc_disk_attachment_kind, "vm", vm->id, apply->arena, &had,
			   err);

	for (size_t i = 0; !r && i < domain->n_disks; i++) {
		struct seen_disk seen = { .look = look, .read = &domain->disks[i], .vm = vm };
		const char *path = seen.read->n_chain ? seen.read->chain[0].path : NULL;
		char *id = NULL;

		if (!is_disk(seen.read))
			continue;
		for (size_t k = 0; k < had.n; k++)
			if (equal(((struct vdc_disk_attachment *)had.objects[k])->target,
				  seen.read->target))
				seen.had = had.objects[k];
		seen.domain = domain_of(apply, path);
		/* Blocks may be anybody's; a file that lies in no known domain is the host's own. */
		seen.local = !seen.domain && *path == '/' && !seen.read->chain[0].block &&
			     !seen.read->shareable;
		r = write_disk(apply, &seen, &id, err);
		if (!r)
			r = write_attachment(apply, &seen, &had, id, err);
		if (!r)
			r = write_volumes(apply, &seen, id, err);
		*local = *local || seen.local;
	}
	return r ? r : unplug(apply, domain, &had, err);
}

static const struct vdc_network *network_of(const struct vdc_apply *apply, const char *source)
{
	for (size_t i = 0; source && i < apply->networks.n; i++) {
		const struct vdc_network *network = apply->networks.objects[i];

		if (equal(network->name, source) || equal(network->bridge, source))
			return network;
	}
	return NULL;
}

static struct vdc_vm_nic *nic_with(const struct vdc_objects *had, const char *mac)
{
	for (size_t i = 0; i < had->n; i++)
		if (equal(((struct vdc_vm_nic *)had->objects[i])->mac, mac))
			return had->objects[i];
	return NULL;
}

static bool name_is_taken(const struct vdc_objects *had, const char *name)
{
	for (size_t i = 0; i < had->n; i++)
		if (equal(((struct vdc_vm_nic *)had->objects[i])->name, name))
			return true;
	return false;
}

static char *fresh_name(struct vdc_apply *apply, const struct vdc_objects *had, size_t *number)
{
	char *name;

	do
		name = vdc_arena_format(apply->arena, "nic%zu", ++*number);
	while (name_is_taken(had, name));
	return name;
}

int vdc_apply_nics(struct vdc_apply *apply, const struct vdc_domain *domain,
		   const struct vdc_vm *vm, struct vdc_err *err)
{
	struct vdc_objects had;
	size_t number = 0;
	int r = vdc_gather(apply->db, &vdc_vm_nic_kind, "vm", vm->id, apply->arena, &had, err);

	for (size_t i = 0; !r && i < domain->n_nics; i++) {
		const struct vdc_domain_nic *read = &domain->nics[i];
		const char *source = read->bridge ?: read->network;
		const struct vdc_network *network = network_of(apply, source);
		struct vdc_vm_nic *before = read->mac ? nic_with(&had, read->mac) : NULL, *after;

		if (!read->mac)
			continue;
		after = before ? vdc_object_copy(&vdc_vm_nic_kind, before, apply->arena)
			       : vdc_object_new(&vdc_vm_nic_kind, apply->arena);
		after->vm.id = vm->id;
		after->mac = vdc_arena_strdup(apply->arena, read->mac);
		after->source = vdc_arena_strdup(apply->arena, source);
		after->interface = vdc_arena_strdup(apply->arena, read->model);
		if (network)
			after->network.id = network->id;
		if (!after->name)
			after->name = fresh_name(apply, &had, &number);
		r = vdc_apply_write(apply, &vdc_vm_nic_kind, before, after, err);
	}
	return r;
}
