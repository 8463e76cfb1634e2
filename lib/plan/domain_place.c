/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/domain_place.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

static int no_place(const struct vdc_storage_domain *domain, struct vdc_err *err)
{
	return vdc_err_set(err, -EINVAL,
			   "storage domain %s has no mount_point, so nobody knows where its leases "
			   "lie; inventory set storage-domain %s mount_point=DIRECTORY",
			   domain->name, domain->name);
}

/* Whether PATH ends with the directory NAME; trailing slashes count for nothing. */
static bool ends_with(const char *path, size_t len, const char *name)
{
	size_t tail = strlen(name);

	return len > tail && path[len - tail - 1] == '/' &&
	       strncmp(path + len - tail, name, tail) == 0;
}

static int file_place(const struct vdc_storage_domain *domain, const char *volume,
		      struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const char *mount = domain->mount_point;
	size_t len;

	if (!mount && domain->storage_type == VDC_STORAGE_LOCALFS)
		mount = domain->storage_path;
	if (!mount || !mount[0])
		return no_place(domain, err);
	if (mount[0] != '/')
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s: the mount_point %s does not begin with /",
				   domain->name, mount);
	len = strlen(mount);
	while (len > 1 && mount[len - 1] == '/')
		len--;
	*ret = ends_with(mount, len, domain->id)
		       ? vdc_arena_format(arena, "%.*s/dom_md/%s", (int)len, mount, volume)
		       : vdc_arena_format(arena, "%.*s/%s/dom_md/%s", len == 1 ? 0 : (int)len,
					  mount, domain->id, volume);
	return 0;
}

int vdc_storage_domain_place(const struct vdc_storage_domain *domain, const char *volume,
			     struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const char *group = domain->volume_group ?: domain->id;

	if (!vdc_storage_is_block(domain->storage_type))
		return file_place(domain, volume, arena, ret, err);
	if (strchr(group, '/') || group[0] == '.')
		return vdc_err_set(err, -EINVAL, "storage domain %s: %s is no volume group",
				   domain->name, group);
	*ret = vdc_arena_format(arena, "/dev/%s/%s", group, volume);
	return 0;
}

int vdc_storage_domain_geometry(const struct vdc_storage_domain *domain,
				struct vdc_lease_geometry *ret, struct vdc_err *err)
{
	const int64_t hosts = vdc_lease_hosts(domain->block_size, domain->alignment);
	/* Block storage with the newest format takes all that there is. */
	bool known = domain->storage_format > 0 && domain->storage_type > 0;
	int64_t format = known ? domain->storage_format : VDC_STORAGE_V5;
	int64_t type = known ? domain->storage_type : VDC_STORAGE_ISCSI;
	int r = 0;

	if (!hosts)
		r = vdc_err_set(err, -EINVAL,
				"no lease areas of %lld bytes with sectors of %lld bytes",
				(long long)domain->alignment, (long long)domain->block_size);
	if (!r)
		r = vdc_lease_geometry(format, type, domain->block_size, hosts, ret, err);
	if (r)
		vdc_err_prefix(err, "storage domain %s: ", domain->name);
	return r;
}

int64_t vdc_storage_domain_most_hosts(const struct vdc_storage_domain *domain,
				      const struct vdc_lease_geometry *geometry)
{
	/* Page 0 is not a host's, and vdsm's manager reads none behind the 250th. */
	const int64_t pages = VDC_MAILBOX_HOSTS - 1;
	bool mailbox = domain->extend_transport == VDC_EXTEND_MAILBOX;

	return mailbox && pages < geometry->hosts ? pages : geometry->hosts;
}

bool vdc_storage_domain_is_shared(const struct vdc_storage_domain *domain)
{
	if (domain->type != VDC_STORAGE_DOMAIN_DATA || !domain->data_center.id)
		return false;
	switch (domain->status) {
	case VDC_STORAGE_DOMAIN_UNINITIALIZED:
	case VDC_STORAGE_DOMAIN_UNATTACHED:
	case VDC_STORAGE_DOMAIN_MAINTENANCE:
	case VDC_STORAGE_DOMAIN_DETACHING:
		return false;
	default:
		return true;
	}
}

int vdc_storage_domain_lockspace(const struct vdc_storage_domain *domain, int64_t host_id,
				 const char *sanlock_name, struct vdc_arena *arena,
				 struct vdc_lockspace **ret, struct vdc_err *err)
{
	struct vdc_lockspace *space = vdc_object_new(&vdc_lockspace_kind, arena);
	struct vdc_lease_geometry geometry;
	int64_t most;
	int r = vdc_storage_domain_geometry(domain, &geometry, err);

	if (!r)
		r = vdc_storage_domain_place(domain, "ids", arena, &space->ids, err);
	if (!r)
		r = vdc_storage_domain_place(domain, "leases", arena, &space->leases, err);
	if (r)
		return r;
	most = vdc_storage_domain_most_hosts(domain, &geometry);
	if (host_id > most)
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s has no room for host id %lld: its highest is "
				   "%lld",
				   domain->name, (long long)host_id, (long long)most);
	space->id = vdc_arena_strdup(arena, domain->id);
	space->name = vdc_arena_strdup(arena, domain->name);
	space->host_id = host_id;
	space->sanlock_name = vdc_arena_strdup(arena, sanlock_name);
	if (vdc_storage_is_block(domain->storage_type))
		space->volume_group = vdc_arena_strdup(arena, domain->volume_group ?: domain->id);
	space->storage_format = domain->storage_format;
	space->warning_low_space_indicator = domain->warning_low_space_indicator;
	space->critical_space_action_blocker = domain->critical_space_action_blocker;
	space->extend_chunk = domain->extend_chunk;
	space->extend_percent = domain->extend_percent;
	space->block_size = geometry.sector;
	space->alignment = geometry.alignment;
	space->io_timeout = domain->io_timeout;
	space->master = vdc_is_true(domain->master);
	*ret = space;
	return 0;
}

struct vdc_storage_domain *vdc_lockspace_domain(const struct vdc_lockspace *space,
						struct vdc_arena *arena)
{
	struct vdc_storage_domain *domain = vdc_object_new(&vdc_storage_domain_kind, arena);

	domain->id = space->id;
	domain->name = space->name;
	domain->volume_group = space->volume_group;
	domain->warning_low_space_indicator = space->warning_low_space_indicator;
	domain->critical_space_action_blocker = space->critical_space_action_blocker;
	domain->extend_chunk = space->extend_chunk;
	domain->extend_percent = space->extend_percent;
	vdc_object_preset(&vdc_storage_domain_kind, domain, arena);
	return domain;
}

static bool lies_in(const char *path, const char *folder)
{
	size_t len = folder ? strlen(folder) : 0;

	return len > 1 && strncmp(path, folder, len) == 0 && path[len] == '/';
}

bool vdc_storage_domain_holds(const struct vdc_storage_domain *domain, const char *path)
{
	vdc_autofree char *volumes = vdc_format("/dev/%s", domain->volume_group ?: "");
	vdc_autofree char *part = vdc_format("/%s/", domain->id);
	bool here = domain->storage_type == VDC_STORAGE_LOCALFS ||
		    domain->storage_type == VDC_STORAGE_POSIXFS;

	return lies_in(path, domain->mount_point) ||
	       (here && lies_in(path, domain->storage_path)) ||
	       (domain->volume_group && lies_in(path, volumes)) || strstr(path, part);
}
