/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VM that runs in another cluster than it was known in. */
#include "act/apply.h"

#include <errno.h>
#include <string.h>

#include "doc/catalogue.h"
#include "plan/vm_upgrade.h"

int vdc_apply_cluster(struct vdc_apply *apply, const struct vdc_vm *before, bool live,
		      struct vdc_vm *vm, struct vdc_err *err)
{
	struct vdc_cluster unknown = { .version.major = -1 };
	void *from = &unknown;
	const struct vdc_catalogue *catalogue = NULL;
	int r = vdc_store_get(apply->db, &vdc_cluster_kind, before->cluster.id, 0, apply->arena,
			      &from, NULL);

	if (r && r != -ENOENT)
		return vdc_err_set(err, r, "cluster %s cannot be read", before->cluster.id);
	/* What is wrong with the catalogue is not this host's fault: others will say it. */
	if (vdc_catalogue_read(apply->arena, &catalogue, NULL))
		catalogue = NULL;
	vdc_plan_vm_entered(catalogue, vm, from, apply->cluster, apply->host->architecture, live,
			    apply->now, apply->arena);
	return 0;
}
