/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Room for a snapshot. From then on what the guest overwrites is kept: a tenth of what its disks hold
 * must be free where they lie. A block device has only its own room, for the tables of the snapshot;
 * whoever extends it under the running VM does so as before.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/errand.h"
#include "act/look.h"
#include "act/vm_upgrade_work.h"
#include "base/setting.h"
#include "doc/domain.h"
#include "edge/shell.h"

enum { SHARE = 10, TABLES = 1000, LEAST = 64 << 20 };

struct measured {
	struct vdc_vm_upgrade_work *up;
	const struct vdc_domain *domain;
	struct vdc_virt_block *blocks; /* of domain->disks */
	size_t n;
};

static bool is_written(const struct vdc_domain_disk *disk)
{
	return disk->n_chain && !disk->read_only && strcmp(disk->device, "disk") == 0;
}

static int measure(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err)
{
	const struct measured *m = ctx;
	int r = 0;

	for (size_t i = 0; !r && i < m->domain->n_disks; i++) {
		struct vdc_virt_block block = { 0 };

		if (is_written(&m->domain->disks[i]))
			r = vdc_virt_block(virt, m->up->vm->id, m->domain->disks[i].target, &block,
					   err);
		if (!r)
			r = vdc_errand_tell(errand, &block, sizeof(block), err);
	}
	return r;
}

static int take_block(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct measured *m = ctx;

	if (len != sizeof(*m->blocks) || m->n >= m->domain->n_disks)
		return vdc_err_set(err, -EBADMSG, "a measurement of a disk is garbled");
	memcpy(&m->blocks[m->n++], data, len);
	return 0;
}

/* Bytes that are free in the file system of PATH, as stat(1) of the host says. */
static int free_at(struct vdc_vm_upgrade_work *up, const char *path, int64_t *ret,
		   struct vdc_err *err)
{
	const char *const argv[] = { "stat", "-f", "-c", "%a %S", "--", path, NULL };
	const struct vdc_shell shell = {
		.address = up->target->shell,
		.argv = argv,
		.limit_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
	};
	vdc_autoend end = { 0 };
	long long blocks, size;
	char *rest;
	int r = vdc_shell_run(&shell, &end, err);

	if (r)
		return r;
	blocks = strtoll(vdc_buf_str(&end.out), &rest, 10);
	size = strtoll(rest, NULL, 10);
	if (end.status || blocks < 0 || size <= 0 || blocks > INT64_MAX / size)
		return vdc_err_set(err, -EIO, "host %s: stat %s: %s", up->host->name, path,
				   vdc_proc_complaint(&end));
	*ret = blocks * size;
	return 0;
}

static int no_room(struct vdc_vm_upgrade_work *up, const struct vdc_domain_disk *disk, int64_t need,
		   int64_t has, struct vdc_err *err)
{
	return vdc_err_set(err, -ENOSPC,
			   "VM %s: disk %s: a snapshot needs %lld MiB free for %s, and there are "
			   "%lld: make room, or make a backup and give --no-backup",
			   up->vm->name, disk->target, (long long)(need >> 20), disk->chain->path,
			   (long long)(has >> 20));
}

/* NEEDED: what all disks before this one need; they may lie in the same file system. */
static int check_disk(struct vdc_vm_upgrade_work *up, const struct vdc_domain_disk *disk,
		      const struct vdc_virt_block *block, int64_t *needed, struct vdc_err *err)
{
	int64_t tables = block->capacity / TABLES, has;
	int r;

	if (disk->chain->block) {
		has = block->physical - block->allocation;
		return has < tables ? no_room(up, disk, tables, has, err) : 0;
	}
	*needed += LEAST + block->allocation / SHARE;
	r = free_at(up, disk->chain->path, &has, err);
	if (!r && has < *needed)
		r = no_room(up, disk, *needed, has, err);
	return r;
}

int vdc_vm_upgrade_space(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	struct vdc_vm *unused = vdc_object_new(&vdc_vm_kind, up->arena);
	struct vdc_domain domain;
	struct measured m = { .up = up, .domain = &domain };
	const struct vdc_errand_call call = {
		.host = up->target->name,
		.uri = up->target->uri,
		.connect_us = up->target->limit_us,
		.limit_us = 6 * up->target->limit_us,
		.ctx = &m,
		.run = measure,
		.told = take_block,
	};
	int64_t needed = 0;
	int r = vdc_domain_read(up->definition, up->arena, unused, &domain, err);

	if (r)
		return r;
	m.blocks = vdc_arena_alloc(up->arena, (domain.n_disks + 1) * sizeof(*m.blocks));
	r = vdc_errand_run(&call, err);
	for (size_t i = 0; !r && i < m.n; i++)
		if (is_written(&domain.disks[i]))
			r = check_disk(up, &domain.disks[i], &m.blocks[i], &needed, err);
	return r;
}
