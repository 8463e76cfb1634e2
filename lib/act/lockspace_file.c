/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document in which a host keeps its lockspaces. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/lockspace.h"
#include "base/setting.h"
#include "doc/doc.h"
#include "edge/lvm_volume.h"
#include "plan/lease_geometry.h"

static int check(const void *object, struct vdc_err *err)
{
	const struct vdc_lockspace *space = object;
	const struct vdc_kind *kind = &vdc_lockspace_kind;
	const struct vdc_lease_geometry geometry = { space->block_size, space->alignment, 0 };

	for (size_t i = 0; i < kind->n_fields; i++)
		if ((kind->fields[i].flags & VDC_REQUIRED) &&
		    !vdc_value_is_set(&kind->fields[i], object))
			return vdc_err_set(err, -EINVAL, "a lockspace without %s",
					   kind->fields[i].name);
	if (space->ids[0] != '/' || space->leases[0] != '/')
		return vdc_err_set(err, -EINVAL, "lockspace %s: its paths must begin with /",
				   space->name);
	if (space->volume_group &&
	    (!vdc_lvm_name_valid(space->volume_group) || space->storage_format < VDC_STORAGE_V2))
		return vdc_err_set(err, -EINVAL,
				   "lockspace %s: a volume group wants a name of LVM and a "
				   "storage_format of v2 or later",
				   space->name);
	if (!vdc_lease_geometry_valid(&geometry))
		return vdc_err_set(err, -EINVAL,
				   "lockspace %s: no lease areas of %lld bytes with sectors of "
				   "%lld bytes",
				   space->name, (long long)space->alignment,
				   (long long)space->block_size);
	return 0;
}

int vdc_lockspaces_read(FILE *in, const char *name, struct vdc_arena *arena,
			struct vdc_lockspaces *ret, struct vdc_err *err)
{
	return vdc_doc_gather(in, name, &vdc_lockspace_kind, check, arena, &ret->all, &ret->n, err);
}

int vdc_lockspaces_load(struct vdc_arena *arena, struct vdc_lockspaces *ret, struct vdc_err *err)
{
	const char *path = vdc_setting_text(VDC_SETTING_LOCKSPACES);
	FILE *in = fopen(path, "re");
	int r;

	*ret = (struct vdc_lockspaces){ 0 };
	if (!in)
		return errno == ENOENT ? 0 : vdc_err_set(err, -errno, "%s: %m", path);
	r = vdc_lockspaces_read(in, path, arena, ret, err);
	fclose(in);
	return r;
}

/* What was observed a moment ago is no news tomorrow. */
static void *without_observed(const struct vdc_lockspace *space, struct vdc_arena *arena)
{
	void *copy = vdc_object_copy(&vdc_lockspace_kind, space, arena);

	for (size_t i = 0; i < vdc_lockspace_kind.n_fields; i++)
		if (vdc_lockspace_kind.fields[i].flags & VDC_OBSERVED)
			vdc_value_clear(&vdc_lockspace_kind.fields[i], copy);
	return copy;
}

int vdc_lockspaces_write(FILE *out, const struct vdc_lockspaces *spaces, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(out, VDC_DOC_JSON, &writer, err), closed;

	if (r)
		return r;
	for (size_t i = 0; i < spaces->n && !r; i++)
		r = vdc_doc_write(writer, &vdc_lockspace_kind,
				  without_observed(spaces->all[i], arena), err);
	closed = vdc_doc_writer_close(writer, r ? NULL : err);
	return r ? r : closed;
}

int vdc_lockspaces_save(const struct vdc_lockspaces *spaces, struct vdc_err *err)
{
	const char *path = vdc_setting_text(VDC_SETTING_LOCKSPACES);
	vdc_autofree char *new = vdc_format("%s.new", path);
	vdc_autofree char *folder = vdc_strdup(path);
	FILE *out;
	int r;

	if (strrchr(folder, '/') > folder) {
		*strrchr(folder, '/') = '\0';
		mkdir(folder, 0755);
	}
	out = fopen(new, "we");
	if (!out)
		return vdc_err_set(err, -errno, "%s: %m", new);
	r = vdc_lockspaces_write(out, spaces, err);
	if (!r && fsync(fileno(out)))
		r = vdc_err_set(err, -errno, "%s: %m", new);
	fclose(out);
	if (!r && rename(new, path))
		r = vdc_err_set(err, -errno, "%s: %m", path);
	if (r)
		unlink(new);
	return r;
}

static bool is_named(const struct vdc_lockspace *space, const char *name)
{
	return strcmp(space->name, name) == 0 || strcmp(space->id, name) == 0;
}

int vdc_lockspaces_master(const struct vdc_lockspaces *spaces, const char *name,
			  struct vdc_lockspace **ret, struct vdc_err *err)
{
	struct vdc_lockspace *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < spaces->n; i++) {
		struct vdc_lockspace *space = spaces->all[i];

		if (name ? is_named(space, name) : vdc_is_true(space->master)) {
			found = space;
			n++;
		}
	}
	if (!found)
		return vdc_err_set(
			err, -ENOENT,
			name ? "this host knows no storage domain %s; spm-elect status "
			       "--local lists those it knows"
			     : "this host knows no master domain; spm-elect join tells it",
			name);
	if (n > 1)
		return vdc_err_set(err, -EINVAL, "this host knows %zu master domains: name one", n);
	if (!vdc_is_true(found->master))
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s is no master: the lease of the manager is on "
				   "the master domain",
				   found->name);
	*ret = found;
	return 0;
}
