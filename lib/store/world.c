/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/world.h"

static int add(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	(void)err;
	vdc_world_add(ctx, kind, object);
	return 0;
}

int vdc_store_world(struct vdc_db *db, const struct vdc_kind *const *kinds,
		    const struct vdc_kind *with_long, struct vdc_world *world, struct vdc_err *err)
{
	int r = 0;

	for (; *kinds && r == 0; kinds++)
		r = vdc_store_each(db, *kinds, *kinds == with_long ? VDC_WITH_LONG : 0,
				   vdc_world_arena(world), add, world, err);
	return r;
}
