/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of objects that ask for a feature which only some levels have. */
#pragma once

#include "model/kind.h"

/* The feature (vdc-levels(5)) that OBJECT uses by its FIELD as it is set; NULL for none. */
const char *vdc_plan_feature_of(const struct vdc_kind *kind, const struct vdc_field *field,
				const void *object);
