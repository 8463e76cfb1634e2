/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects for tests, from the field tables alone. */
#pragma once

#include "model/kind.h"

/* One with a value in every field, and characters in it that documents must escape. */
void *sample_object(const struct vdc_kind *kind, struct vdc_arena *arena);
