/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-sanlock: lockspaces, areas on storage, and what results mean. */
#include "edge/sanlock_error.h"

#include <errno.h>
#include <sanlock_admin.h>
#include <sanlock_rv.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

static int code_of(int result)
{
	switch (result) {
	case -ENOTCONN:
		return -ECONNREFUSED;
	case SANLK_ACQUIRE_IDLIVE:
	case SANLK_ACQUIRE_OWNED:
	case SANLK_ACQUIRE_OTHER:
	case SANLK_ACQUIRE_SHRETRY:
	case SANLK_ACQUIRE_OWNED_RETRY:
	case -EAGAIN:
		return -EAGAIN;
	case SANLK_ACQUIRE_LOCKSPACE:
	case -ENOSPC: /* not in the lockspace, in words of its own */
		return -ENOENT;
	case SANLK_AIO_TIMEOUT:
	case -ETIMEDOUT:
		return -ETIMEDOUT;
	case SANLK_LEADER_MAGIC:
	case SANLK_LEADER_VERSION:
	case SANLK_LEADER_SECTORSIZE:
	case SANLK_LEADER_LOCKSPACE:
	case SANLK_LEADER_RESOURCE:
	case SANLK_LEADER_NUMHOSTS:
	case SANLK_LEADER_CHECKSUM:
	case SANLK_DBLOCK_CHECKSUM:
		return -EBADMSG;
	case SANLK_HOSTID_BUSY:
	case SANLK_RENEW_OWNER:
		return -EEXIST;
	case -EBUSY:
	case -EINPROGRESS:
		return -EBUSY;
	default:
		return result < -200 ? -EIO : result;
	}
}

static bool daemon_runs(void)
{
	uint32_t version, protocol;

	return sanlock_version(0, &version, &protocol) >= 0;
}

int sanlock_failed(int result, struct vdc_err *err, const char *what, const char *name)
{
	int code = code_of(result);

	/* The same word for a daemon that is not there and for a file that it does not find. */
	if (result == -ENOENT && !daemon_runs())
		code = -ECONNREFUSED;
	if (code == -ECONNREFUSED)
		return vdc_err_set(err, code,
				   "%s %s: sanlock does not run; systemctl start sanlock", what,
				   name);
	if (result == -ENOSPC || result == SANLK_ACQUIRE_LOCKSPACE)
		return vdc_err_set(err, code,
				   "%s %s: this host is not in its lockspace; "
				   "spm-elect join",
				   what, name);
	if (result > -200)
		return vdc_err_set(err, code, "%s %s: sanlock: %s", what, name, strerror(-result));
	return vdc_err_set(err, code, "%s %s: sanlock: %s (%d)", what, name,
			   sanlock_strerror(result), result);
}

uint32_t sanlock_place_flags(const struct vdc_sanlock_place *place)
{
	uint32_t flags = place->sector == 4096	? SANLK_LSF_SECTOR4K
			 : place->sector == 512 ? SANLK_LSF_SECTOR512
						: 0;

	/* 1, 2, 4 and 8 MiB are the bits 4 to 7. */
	return flags | (uint32_t)(place->alignment >> 20 & 0xf) << 4;
}

int sanlock_fill_disk(struct sanlk_disk *disk, const struct vdc_sanlock_place *place,
		      struct vdc_err *err)
{
	if (strlen(place->path) >= sizeof(disk->path))
		return vdc_err_set(err, -EINVAL, "the path %s is too long for sanlock",
				   place->path);
	memcpy(disk->path, place->path, strlen(place->path) + 1);
	disk->offset = (uint64_t)place->offset;
	return 0;
}

/* Names take up their fields to the last byte, without a NUL. */
static int fill_name(char field[SANLK_NAME_LEN], const char *name, struct vdc_err *err)
{
	size_t len = strlen(name);

	if (!len || len > SANLK_NAME_LEN)
		return vdc_err_set(err, -EINVAL, "%s is no name for sanlock: 1 to %d bytes", name,
				   SANLK_NAME_LEN);
	memcpy(field, name, len);
	return 0;
}

int sanlock_fill_space(struct sanlk_lockspace *space, const struct vdc_sanlock_space *from,
		       struct vdc_err *err)
{
	*space = (struct sanlk_lockspace){
		.host_id = (uint64_t)from->host_id,
		.flags = sanlock_place_flags(&from->place),
	};
	return fill_name(space->name, from->name, err)
		       ?: sanlock_fill_disk(&space->host_id_disk, &from->place, err);
}

int sanlock_fill_resource(struct sanlock_resource *resource, const struct vdc_sanlock_lease *lease,
			  struct vdc_err *err)
{
	*resource = (struct sanlock_resource){
		.head = { .num_disks = 1, .flags = sanlock_place_flags(&lease->place) },
	};
	return fill_name(resource->head.lockspace_name, lease->space, err)
		       ?: fill_name(resource->head.name, lease->name, err)
		       ?: sanlock_fill_disk(&resource->disk, &lease->place, err);
}

static int spaces(struct vdc_arena *arena, struct vdc_sanlock_joined **ret, size_t *n,
		  struct vdc_err *err)
{
	struct sanlk_lockspace *found = NULL;
	struct vdc_sanlock_joined *all;
	int count = 0, r = sanlock_get_lockspaces(&found, &count, 0);

	if (r < 0)
		return sanlock_failed(r, err, "lockspaces of", "this host");
	all = vdc_arena_alloc(arena, ((size_t)count + 1) * sizeof(*all));
	for (int i = 0; i < count; i++) {
		const struct sanlk_lockspace *at = &found[i];
		const char *path = at->host_id_disk.path;

		all[i] = (struct vdc_sanlock_joined){
			.space = {
				.name = vdc_arena_strndup(arena, at->name,
							  strnlen(at->name, SANLK_NAME_LEN)),
				.host_id = (int64_t)at->host_id,
				.place = {
					.path = vdc_arena_strndup(arena, path,
								  strnlen(path, SANLK_PATH_LEN)),
					.offset = (int64_t)at->host_id_disk.offset,
				},
			},
			.joining = at->flags & SANLK_LSF_ADD,
			.leaving = at->flags & SANLK_LSF_REM,
		};
	}
	free(found);
	*ret = all;
	*n = (size_t)count;
	return 0;
}

static int join(const struct vdc_sanlock_space *space, unsigned io_timeout, struct vdc_err *err)
{
	struct sanlk_lockspace ls;
	int r = sanlock_fill_space(&ls, space, err);

	if (r)
		return r;
	r = sanlock_add_lockspace_timeout(&ls, SANLK_ADD_ASYNC, io_timeout);
	return r < 0 && r != -EEXIST && r != -EINPROGRESS
		       ? sanlock_failed(r, err, "lockspace", space->name)
		       : 0;
}

static int in(const struct vdc_sanlock_space *space, struct vdc_err *err)
{
	struct sanlk_lockspace ls;
	int r = sanlock_fill_space(&ls, space, err);

	if (r)
		return r;
	r = sanlock_inq_lockspace(&ls, 0);
	if (r >= 0)
		return 1;
	if (r == -EINPROGRESS || r == -EAGAIN)
		return 0;
	if (r == -ENOENT)
		return vdc_err_set(err, -ENOENT, "this machine is not in lockspace %s",
				   space->name);
	return sanlock_failed(r, err, "lockspace", space->name);
}

static int leave(const struct vdc_sanlock_space *space, struct vdc_err *err)
{
	struct sanlk_lockspace ls;
	int r = sanlock_fill_space(&ls, space, err);

	if (r)
		return r;
	/* Without that flag it kills who uses it. */
	r = sanlock_rem_lockspace(&ls, SANLK_REM_UNUSED);
	if (r == -EBUSY)
		return vdc_err_set(err, -EBUSY, "lockspace %s: leases of it are held here",
				   space->name);
	return r < 0 && r != -ENOENT ? sanlock_failed(r, err, "lockspace", space->name) : 0;
}

static enum vdc_sanlock_state state_of(uint32_t flags)
{
	switch (flags & SANLK_HOST_MASK) {
	case SANLK_HOST_FREE:
		return VDC_SANLOCK_FREE;
	case SANLK_HOST_LIVE:
		return VDC_SANLOCK_LIVE;
	case SANLK_HOST_FAIL:
		return VDC_SANLOCK_FAIL;
	case SANLK_HOST_DEAD:
		return VDC_SANLOCK_DEAD;
	default:
		return VDC_SANLOCK_UNKNOWN;
	}
}

static int hosts(const char *space, int64_t host_id, struct vdc_arena *arena,
		 struct vdc_sanlock_host **ret, size_t *n, struct vdc_err *err)
{
	struct sanlk_host *found = NULL;
	struct vdc_sanlock_host *all;
	int count = 0, r = sanlock_get_hosts(space, (uint64_t)host_id, &found, &count, 0);

	if (r == -ENOENT)
		return vdc_err_set(err, -ENOENT,
				   "lockspace %s: this machine is not in it, or nobody ever had "
				   "host id %lld",
				   space, (long long)host_id);
	if (r < 0)
		return sanlock_failed(r, err, "lockspace", space);
	all = vdc_arena_alloc(arena, ((size_t)count + 1) * sizeof(*all));
	for (int i = 0; i < count; i++)
		all[i] = (struct vdc_sanlock_host){
			.host_id = (int64_t)found[i].host_id,
			.generation = (int64_t)found[i].generation,
			.timestamp = (int64_t)found[i].timestamp,
			.io_timeout = found[i].io_timeout,
			.state = state_of(found[i].flags),
		};
	free(found);
	*ret = all;
	*n = (size_t)count;
	return 0;
}

static int write_space(const struct vdc_sanlock_space *space, unsigned io_timeout,
		       struct vdc_err *err)
{
	struct sanlk_lockspace ls;
	int r = sanlock_fill_space(&ls, space, err);

	if (r)
		return r;
	r = sanlock_write_lockspace(&ls, 0, 0, io_timeout);
	return r < 0 ? sanlock_failed(r, err, "lockspace", space->name) : 0;
}

static int write_lease(const struct vdc_sanlock_lease *lease, struct vdc_err *err)
{
	struct sanlock_resource resource;
	int r = sanlock_fill_resource(&resource, lease, err);

	if (r)
		return r;
	r = sanlock_write_resource(&resource.head, 0, 0, 0);
	return r < 0 ? sanlock_failed(r, err, "lease", lease->name) : 0;
}

static int owner(const struct vdc_sanlock_lease *lease, struct vdc_sanlock_owner *ret,
		 struct vdc_err *err)
{
	struct sanlock_resource resource;
	struct sanlk_host *found = NULL;
	int count = 0, r = sanlock_fill_resource(&resource, lease, err);

	if (r)
		return r;
	r = sanlock_read_resource_owners(&resource.head, 0, &found, &count);
	if (r < 0)
		return sanlock_failed(r, err, "lease", lease->name);
	if (count > 1)
		r = vdc_err_set(err, -EBADMSG, "lease %s of %s is shared by %d hosts", lease->name,
				lease->space, count);
	else
		*ret = (struct vdc_sanlock_owner){
			.lver = (int64_t)resource.head.lver,
			.host_id = count ? (int64_t)found->host_id : 0,
			.generation = count ? (int64_t)found->generation : 0,
		};
	free(found);
	return r < 0 ? r : 0;
}

const struct vdc_sanlock_ops vdc_sanlock_ops = {
	.spaces = spaces,
	.join = join,
	.in = in,
	.leave = leave,
	.hosts = hosts,
	.write_space = write_space,
	.write_lease = write_lease,
	.owner = owner,
	.register_ = sanlock_register_holder,
	.killpath = sanlock_set_killpath,
	.acquire = sanlock_acquire_lease,
	.held = sanlock_lease_held,
	.release = sanlock_release_lease,
};
