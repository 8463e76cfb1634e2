/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/gate.h"

#include <errno.h>
#include <string.h>

#include "doc/catalogue.h"
#include "model/cluster.h"
#include "model/vm.h"
#include "plan/level_field.h"
#include "plan/level_vm.h"
#include "plan/upgrade_gate.h"

/* The cluster that OBJECT belongs to, at the level that counts for it; none: NULL. */
static int cluster_of(struct vdc_db *db, const struct vdc_kind *kind, const void *object,
		      struct vdc_arena *arena, struct vdc_cluster **ret, struct vdc_err *err)
{
	const struct vdc_vm *vm = object;
	void *found;
	int r;

	*ret = NULL;
	if (kind == &vdc_cluster_kind) {
		*ret = vdc_object_copy(kind, object, arena);
		return 0;
	}
	if (kind != &vdc_vm_kind || (!vm->cluster.id && !vm->cluster.name))
		return 0;
	r = vdc_store_get(db, &vdc_cluster_kind, vm->cluster.id ?: vm->cluster.name, 0, arena,
			  &found, err);
	if (r)
		return r;
	*ret = found;
	if (vm->custom_compatibility_version.major >= 0)
		(*ret)->version = vm->custom_compatibility_version;
	return 0;
}

int vdc_gate_field(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		   const void *object, struct vdc_arena *arena, struct vdc_err *err)
{
	const char *feature = vdc_plan_feature_of(kind, field, object);
	const struct vdc_catalogue *catalogue;
	struct vdc_cluster *cluster;
	struct vdc_err unknown = { 0 };
	int r;

	if (!feature)
		return 0;
	r = cluster_of(db, kind, object, arena, &cluster, err);
	if (r || !cluster || !cluster->level_family || cluster->version.major < 0)
		return r;
	r = vdc_catalogue_read(arena, &catalogue, err);
	if (r)
		return r;
	r = vdc_plan_level_allows(catalogue, cluster, feature, &unknown);
	if (r == -ENOENT) /* a family that does not speak of it has nothing against it */
		return 0;
	return r ? vdc_err_set(err, r, "%s", vdc_err_text(&unknown)) : 0;
}

int vdc_gate_change(struct vdc_db *db, const struct vdc_kind *kind, const void *before,
		    const void *after, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_cluster *cluster = NULL;
	struct vdc_err missing = { 0 };
	int r = kind == &vdc_vm_kind ? cluster_of(db, kind, after, arena, &cluster, &missing) : 0;

	if (r == -ENOENT) /* whoever writes it says so, and of what */
		return 0;
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&missing));
	return !cluster ? 0 : vdc_plan_may_change_vm(cluster, before, after, arena, err);
}

const char *vdc_gate_advice(const struct vdc_kind *kind, const struct vdc_field *field,
			    const void *object)
{
	const struct vdc_cluster *cluster = object;

	if (kind != &vdc_cluster_kind || strcmp(field->name, "update_approval") != 0 ||
	    cluster->update_approval != VDC_APPROVAL_MANUAL)
		return NULL;
	return "automatic is recommended: with manual approval updates wait for 'cluster-upgrade "
	       "approve', and a cluster whose hosts fall out of step meanwhile is not supported";
}
