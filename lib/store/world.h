/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database as a world, for decisions. */
#pragma once

#include "model/world.h"
#include "store/store.h"

/*
 * Adds all objects of KINDS, a list that ends with NULL, to WORLD; those of the kind WITH_LONG (may
 * be NULL) with their long fields. Call it in a transaction or a snapshot, so that all is of one
 * moment.
 */
int vdc_store_world(struct vdc_db *db, const struct vdc_kind *const *kinds,
		    const struct vdc_kind *with_long, struct vdc_world *world, struct vdc_err *err);
