/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the check is fed with. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "plan/image_part.h"

struct vdc_image_check *vdc_image_check_new(struct vdc_arena *arena,
					    const struct vdc_image_check_options *options)
{
	struct vdc_image_check *check = vdc_alloc(sizeof(*check));

	check->arena = arena;
	check->own = vdc_arena_new();
	check->options = *options;
	return check;
}

static void free_domain(struct domain *domain)
{
	free(domain->leases);
	free(domain->vm_leases);
	free(domain->files);
}

void vdc_image_check_free(struct vdc_image_check *check)
{
	if (!check)
		return;
	for (uint32_t i = 0; i < check->n_chunks; i++)
		free(check->chunks[i]);
	for (uint32_t i = 0; i < check->n_domains; i++)
		free_domain(&check->domains[i]);
	vdc_arena_free(check->own);
	free(check->chunks);
	free(check->slots);
	free(check->domains);
	free(check->locked);
	free(check->wanted);
	free(check->verdicts);
	free(check->centers);
	free(check->members);
	free(check->vms);
	free(check->alone);
	free(check->snapshots);
	free(check->states);
	vdc_map_free(check->stamps);
	free(check->found);
	free(check);
}

static struct domain *current(struct vdc_image_check *check)
{
	return &check->domains[check->n_domains - 1];
}

void vdc_image_check_begin(struct vdc_image_check *check, const char *label)
{
	check->domains = vdc_image_room(check->domains, check->n_domains, &check->domains_room,
					sizeof(*check->domains));
	check->domains[check->n_domains++] = (struct domain){ .label = label, .first = check->n };
}

void vdc_image_check_drop(struct vdc_image_check *check)
{
	vdc_image_index_cut(check, current(check)->first);
	free_domain(current(check));
	check->n_domains--;
}

/* NULL stays NULL. */
static const struct vdc_storage_header *keep_header(struct vdc_image_check *check,
						    const struct vdc_storage_header *header)
{
	struct vdc_storage_header *kept;

	if (!header)
		return NULL;
	kept = vdc_arena_alloc(check->own, sizeof(*kept));
	*kept = *header;
	kept->backing = vdc_arena_strdup(check->own, header->backing);
	return kept;
}

static const struct vdc_storage_tags *keep_tags(struct vdc_image_check *check,
						const struct vdc_storage_tags *tags)
{
	struct vdc_storage_tags *kept;

	if (!tags)
		return NULL;
	kept = vdc_arena_alloc(check->own, sizeof(*kept));
	*kept = *tags;
	return kept;
}

void vdc_image_check_volume(struct vdc_image_check *check, const struct vdc_storage_volume *volume)
{
	struct entry *entry = vdc_image_index_add(check, volume->id);

	if (!entry) {
		uint32_t i = vdc_image_index_find(check, volume->id, check->n_domains - 1);

		entry = entry_at(check, i);
		/* A template's volume stands among those of each image that is based on it. */
		if (volume->flags & VDC_STORAGE_VOLUME_COPY)
			return;
		if (!(entry->volume.flags & VDC_STORAGE_VOLUME_COPY))
			entry->flags |= ENTRY_TWICE;
	}
	entry->volume = *volume;
	entry->volume.description = vdc_arena_strdup(check->own, volume->description);
	entry->volume.header = keep_header(check, volume->header);
	entry->volume.tags = keep_tags(check, volume->tags);
}

void vdc_image_check_lease(struct vdc_image_check *check, const struct vdc_storage_lease *lease)
{
	struct domain *domain = current(check);
	struct lease one = { .offset = lease->offset };

	one.odd = !vdc_uuid_read(lease->resource, &one.id);
	domain->leases = vdc_image_room(domain->leases, domain->n_leases, &domain->room,
					sizeof(*domain->leases));
	domain->leases[domain->n_leases++] = one;
}

void vdc_image_check_vm_lease(struct vdc_image_check *check,
			      const struct vdc_storage_vm_lease *lease)
{
	struct domain *domain = current(check);
	struct vm_lease one = {
		.offset = lease->offset,
		.updating = lease->updating,
		.damaged = lease->damaged,
		.looked = lease->looked,
		.resource = lease->resource ? vdc_arena_strdup(check->own, lease->resource) : "",
	};

	if (!vdc_uuid_read(lease->id, &one.id) && !one.damaged && !*one.resource)
		return;
	domain->vm_leases = vdc_image_room(domain->vm_leases, domain->n_vm_leases, &domain->vm_room,
					   sizeof(*domain->vm_leases));
	domain->vm_leases[domain->n_vm_leases++] = one;
}

void vdc_image_check_file(struct vdc_image_check *check, const struct vdc_storage_file *file)
{
	struct domain *domain = current(check);
	struct vdc_storage_file one = *file;

	one.path = vdc_arena_strdup(check->own, file->path);
	one.is = vdc_arena_strdup(check->own, file->is);
	one.should = vdc_arena_strdup(check->own, file->should);
	domain->files = vdc_image_room(domain->files, domain->n_files, &domain->files_room,
				       sizeof(*domain->files));
	domain->files[domain->n_files++] = one;
}

static bool has(const struct vdc_image_check *check, struct vdc_uuid id, uint32_t n, uint32_t *ret)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!vdc_uuid_equal(check->domains[i].self.id, id))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

int vdc_image_check_self(struct vdc_image_check *check, const struct vdc_storage_self *self,
			 struct vdc_err *err)
{
	struct domain *domain = current(check);
	uint32_t other;

	if (!self->has_id)
		return vdc_err_set(err, -EINVAL,
				   "it does not say of which storage domain it is; write ID=%s",
				   domain->label);
	if (has(check, self->id, check->n_domains - 1, &other))
		return vdc_err_set(err, -EINVAL, "%s is of the same storage domain",
				   check->domains[other].label);
	domain->self = *self;
	domain->self.name = vdc_arena_strdup(check->arena, self->name);
	domain->self.pool = vdc_arena_strdup(check->arena, self->pool);
	domain->self.pool_map = vdc_arena_strdup(check->own, self->pool_map);
	domain->n = check->n - domain->first;
	return 0;
}

void vdc_image_check_domain(struct vdc_image_check *check, const struct vdc_storage_domain *row)
{
	struct vdc_uuid id;
	uint32_t i;

	vdc_image_know_domain(check, row);
	if (row->id && vdc_uuid_read(row->id, &id) && has(check, id, check->n_domains, &i))
		check->domains[i].row = row;
	else if (row->type == VDC_STORAGE_DOMAIN_DATA)
		check->unread++;
}

bool vdc_image_check_wants(const struct vdc_image_check *check)
{
	return check->options.wanted;
}

const struct vdc_uuid *vdc_image_check_wanted(const struct vdc_image_check *check, size_t *n)
{
	*n = check->n_wanted;
	return check->wanted;
}

static bool is_called(const struct vdc_image_check *check, const char *id, const char *name)
{
	const char *word = check->options.wanted;

	return word && ((id && !strcasecmp(id, word)) || (name && !strcmp(name, word)));
}

static void want(struct vdc_image_check *check, const char *disk)
{
	struct vdc_uuid id;

	if (!disk || !vdc_uuid_read(disk, &id))
		return;
	for (size_t i = 0; i < check->n_wanted; i++)
		if (vdc_uuid_equal(check->wanted[i], id))
			return;
	check->wanted = vdc_image_room(check->wanted, check->n_wanted, &check->wanted_room,
				       sizeof(*check->wanted));
	check->wanted[check->n_wanted++] = id;
}

void vdc_image_check_attachment(struct vdc_image_check *check,
				const struct vdc_disk_attachment *attachment)
{
	if (is_called(check, attachment->vm.id, attachment->vm.name))
		want(check, attachment->disk.id);
}

void vdc_image_check_disk(struct vdc_image_check *check, const struct vdc_disk *disk)
{
	struct vdc_uuid id;

	if (is_called(check, disk->id, disk->name))
		want(check, disk->id);
	vdc_image_stamp_disk(check, disk);
	if (disk->status != VDC_DISK_LOCKED || !vdc_uuid_read(disk->id, &id))
		return;
	check->locked = vdc_image_room(check->locked, check->n_locked, &check->locked_room,
				       sizeof(*check->locked));
	check->locked[check->n_locked++] = id;
}

void vdc_image_check_vm(struct vdc_image_check *check, const char *vm, const char *domain)
{
	struct vdc_uuid on;
	struct vm one;

	if (!vdc_uuid_read(vm, &one.id) || !vdc_uuid_read(domain, &on) ||
	    !has(check, on, check->n_domains, &one.domain))
		return;
	check->vms =
		vdc_image_room(check->vms, check->n_vms, &check->vms_room, sizeof(*check->vms));
	check->vms[check->n_vms++] = one;
}

bool vdc_image_check_has(const struct vdc_image_check *check, const char *id)
{
	struct vdc_uuid uuid;
	uint32_t i;

	return vdc_uuid_read(id, &uuid) && has(check, uuid, check->n_domains, &i);
}

bool vdc_image_domain_of(const struct vdc_image_check *check, const char *id, uint32_t *ret)
{
	struct vdc_uuid uuid;

	return id && vdc_uuid_read(id, &uuid) && has(check, uuid, check->n_domains, ret);
}

void vdc_image_check_end(struct vdc_image_check *check, struct vdc_image_result *ret)
{
	vdc_image_sort_database(check);
	vdc_image_check_domains(check);
	vdc_image_check_verdicts(check);
	for (uint32_t i = 0; i < check->n_domains; i++) {
		vdc_image_check_chains(check, i);
		vdc_image_check_volumes(check, i);
		vdc_image_check_slots(check, i);
		vdc_image_check_vm_leases(check, i);
		vdc_image_check_files(check, i);
	}
	vdc_image_check_twins(check);
	vdc_image_check_snapshots(check);
	vdc_image_sort(check, ret);
	/* The storage may have a disk that the database does not know. */
	if (check->options.wanted && !check->n_wanted)
		want(check, check->options.wanted);
}
