/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refuses what the compatibility level of a cluster does not have, and what its upgrade forbids; warns of
 * what is unwise. */
#pragma once

#include "store/store.h"

/*
 * 0, or -EPERM when OBJECT uses by its FIELD a feature that its cluster, or the VM's own level, does
 * not have: names feature and level. The catalogue is read only where there is such a feature.
 */
int vdc_gate_field(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		   const void *object, struct vdc_arena *arena, struct vdc_err *err);

/* 0, or -EPERM for a change of a VM that the policy of its cluster refuses (plan/upgrade_gate.h).
 * BEFORE NULL: it is new. Other kinds pass. */
int vdc_gate_change(struct vdc_db *db, const struct vdc_kind *kind, const void *before,
		    const void *after, struct vdc_arena *arena, struct vdc_err *err);

/* What speaks against giving FIELD the value that OBJECT has, though it may be; NULL: nothing. */
const char *vdc_gate_advice(const struct vdc_kind *kind, const struct vdc_field *field,
			    const void *object);
