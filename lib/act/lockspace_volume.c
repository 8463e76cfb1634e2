/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The special volumes of a block domain. A volume that is new holds whatever lay there before, so that
 * it carries a tag until all are made and zeros lie where that means something; whoever comes after a
 * crash goes on from there. The volume "ids" loses it last: while it has it nobody is in the lockspace.
 */
#include <errno.h>
#include <string.h>

#include "act/lockspace_part.h"
#include "base/size.h"
#include "base/time.h"
#include "edge/direct.h"
#include "edge/lvm_active.h"
#include "edge/lvm_volume.h"
#include "plan/lease_geometry.h"

#define NEW "VDC_INITIALIZING"
#define LIMIT (30 * VDC_SECOND)

/* A volume that is to be there, and whether it is. */
struct part {
	struct vdc_lease_volume wanted;
	bool there, is_new;
};

struct making {
	const struct vdc_lockspace *space;
	struct vdc_arena *arena;
	struct vdc_lvm *lvm;
	const char *const *devices;
	struct vdc_lvm_group group;
	struct part parts[VDC_LEASE_VOLUMES];
	size_t n;
};

int vdc_lockspace_open_group(const struct vdc_lockspace *space, struct vdc_arena *arena,
			     struct vdc_lvm **lvm, const char *const **devices, struct vdc_err *err)
{
	struct vdc_lvm_options options = { .limit_us = LIMIT };
	vdc_autolvm *first = NULL;
	int r = vdc_lvm_new(&options, &first, err);

	if (!r)
		r = vdc_lvm_group_devices(first, space->volume_group, arena, devices, err);
	options.devices = r ? NULL : *devices;
	return r ? r : vdc_lvm_new(&options, lvm, err);
}

static int open_group(struct making *m, struct vdc_err *err)
{
	int r = vdc_lockspace_open_group(m->space, m->arena, &m->lvm, &m->devices, err);

	if (!r)
		r = vdc_lvm_group(m->lvm, m->space->volume_group, m->arena, &m->group, err);
	if (!r && m->group.missing)
		r = vdc_err_set(err, -ENODEV, "%lld of its physical volumes are missing",
				(long long)m->group.missing);
	return r;
}

static int64_t rounded(const struct making *m, int64_t size)
{
	return (size + m->group.extent - 1) / m->group.extent * m->group.extent;
}

static int compare(const struct making *m, struct part *part, const struct vdc_lvm_volume *found,
		   struct vdc_err *err)
{
	char is[VDC_SIZE_LEN + 1], should[VDC_SIZE_LEN + 1];
	int64_t size = rounded(m, part->wanted.size);

	part->there = true;
	part->is_new = strstr(found->tags, NEW);
	if (found->size == size)
		return 0;
	return vdc_err_set(err, -EPERM,
			   "volume %s has %s and would have %s; nothing was changed. Is this the "
			   "group of another domain, or has it another format or geometry?",
			   found->name, vdc_size_format(found->size, is),
			   vdc_size_format(size, should));
}

static int look(struct making *m, struct vdc_err *err)
{
	const struct vdc_lease_geometry geometry = { m->space->block_size, m->space->alignment, 0 };
	struct vdc_lease_volume wanted[VDC_LEASE_VOLUMES];
	struct vdc_lvm_volume *volumes;
	size_t n;
	int r = vdc_lvm_volumes(m->lvm, m->space->volume_group, m->arena, &volumes, &n, err);

	m->n = vdc_lease_volumes(m->space->storage_format, VDC_STORAGE_FCP, &geometry, wanted);
	for (size_t i = 0; i < m->n && !r; i++) {
		m->parts[i].wanted = wanted[i];
		for (size_t j = 0; j < n && !r; j++)
			if (strcmp(volumes[j].name, wanted[i].name) == 0)
				r = compare(m, &m->parts[i], &volumes[j], err);
	}
	return r;
}

/* Before the first change: all of it fits, and nobody else changes this group. */
static int check(const struct making *m, struct vdc_err *err)
{
	char needed[VDC_SIZE_LEN + 1], left[VDC_SIZE_LEN + 1];
	const char *missing = NULL;
	bool in_use = false;
	int64_t bytes = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct part *part = &m->parts[i];

		if (part->there && !part->is_new && strcmp(part->wanted.name, "ids") == 0)
			in_use = true;
		if (part->there)
			continue;
		missing = part->wanted.name;
		bytes += rounded(m, part->wanted.size);
	}
	if (missing && in_use)
		return vdc_err_set(
			err, -EPERM,
			"volume %s is missing, and the domain has its lockspace already: "
			"hosts may be in it, and only the storage pool manager changes the "
			"group then",
			missing);
	if (bytes > m->group.free)
		return vdc_err_set(err, -ENOSPC,
				   "the missing volumes take %s, and %s are free; nothing was made",
				   vdc_size_format(bytes, needed),
				   vdc_size_format(m->group.free, left));
	return 0;
}

static int create(struct making *m, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < m->n && !r; i++) {
		struct part *part = &m->parts[i];

		if (part->there)
			continue;
		r = vdc_lvm_create(m->lvm, m->space->volume_group, part->wanted.name,
				   part->wanted.size, NEW, err);
		part->there = part->is_new = !r;
	}
	return r;
}

static int activate_all(const struct making *m, struct vdc_err *err)
{
	const char *names[VDC_LEASE_VOLUMES + 1] = { 0 };

	for (size_t i = 0; i < m->n; i++)
		names[i] = m->parts[i].wanted.name;
	return vdc_lvm_activate(m->space->volume_group, names, m->devices, LIMIT, err);
}

static int zero(const struct making *m, const struct part *part, struct vdc_err *err)
{
	struct vdc_direct *direct;
	int r = vdc_direct_open(
		vdc_arena_format(m->arena, "/dev/%s/%s", m->space->volume_group, part->wanted.name),
		1, &direct, err);

	if (r)
		return r;
	r = vdc_direct_zero(direct, 0, part->wanted.head, err);
	vdc_direct_close(direct);
	return r;
}

static int finish(struct making *m, bool ids, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < m->n && !r; i++) {
		const struct part *part = &m->parts[i];

		if (!part->is_new || (strcmp(part->wanted.name, "ids") == 0) != ids)
			continue;
		r = zero(m, part, err);
		if (!r)
			r = vdc_lvm_remove_tag(m->lvm, m->space->volume_group, part->wanted.name,
					       NEW, err);
	}
	return r;
}

static bool is_finished(const struct making *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (!m->parts[i].there || m->parts[i].is_new)
			return false;
	return true;
}

static int make_all(struct making *m, struct vdc_err *err)
{
	int r = create(m, err);

	r = r ?: activate_all(m, err);
	r = r ?: finish(m, false, err);
	return r ?: finish(m, true, err);
}

static int find_all(struct making *m, struct vdc_err *err)
{
	return !is_finished(m) ? 0 : activate_all(m, err) ?: 1;
}

static int in_group(const struct vdc_lockspace *space,
		    int (*work)(struct making *m, struct vdc_err *err), struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct making m = { .space = space, .arena = arena };
	int r = open_group(&m, err);

	r = r ?: look(&m, err);
	r = r ?: check(&m, err);
	r = r ?: work(&m, err);
	vdc_lvm_free(m.lvm);
	if (r < 0)
		vdc_err_prefix(err, "volume group %s: ", space->volume_group);
	return r;
}

int vdc_lockspace_make_volumes(const struct vdc_lockspace *space, struct vdc_err *err)
{
	return in_group(space, make_all, err);
}

int vdc_lockspace_find_volumes(const struct vdc_lockspace *space, struct vdc_err *err)
{
	return in_group(space, find_all, err);
}

int vdc_lockspace_activate(const struct vdc_lockspace *space, struct vdc_err *err)
{
	static const char *const names[] = { "ids", "leases", "inbox", "outbox", NULL };
	int r = space->volume_group ? vdc_lvm_activate(space->volume_group, names, NULL, LIMIT, err)
				    : 0;

	if (r)
		vdc_err_prefix(err, "volume group %s: ", space->volume_group);
	return r;
}
