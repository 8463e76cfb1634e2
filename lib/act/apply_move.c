/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VM that runs in another cluster than it was known in. */
#include "act/apply.h"

#include <errno.h>
#include <string.h>

#include "doc/catalogue.h"
#include "plan/vm_upgrade.h"

/* The level of TO, and the one that the VM's machine type belongs to; -1 for unknown. */
static void read_levels(struct vdc_apply *apply, const struct vdc_vm *vm, int *running, int *at)
{
	const struct vdc_cluster *to = apply->cluster;
	const struct vdc_catalogue *catalogue;
	const struct vdc_level_family *family;

	*running = *at = -1;
	/* What is wrong with the catalogue is not this host's fault: others will say it. */
	if (vdc_catalogue_read(apply->arena, &catalogue, NULL))
		return;
	family = vdc_catalogue_family(catalogue, to->level_family);
	if (!family)
		return;
	*at = vdc_family_level(family, to->version);
	*running = vdc_family_machine_level(family, apply->host->architecture,
					    vm->running_machine_type);
}

int vdc_apply_cluster(struct vdc_apply *apply, const struct vdc_vm *before, bool live,
		      struct vdc_vm *vm, struct vdc_err *err)
{
	struct vdc_cluster unknown = { .version.major = -1 };
	void *from = &unknown;
	int running, at;
	int r = vdc_store_get(apply->db, &vdc_cluster_kind, before->cluster.id, 0, apply->arena,
			      &from, NULL);

	if (r && r != -ENOENT)
		return vdc_err_set(err, r, "cluster %s cannot be read", before->cluster.id);
	read_levels(apply, vm, &running, &at);
	vdc_plan_vm_moved(vm, from, apply->cluster, live, running, at, apply->now, apply->arena);
	return 0;
}
