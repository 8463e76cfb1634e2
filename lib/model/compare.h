/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/kind.h"

/*
 * Order of two objects by one field, as `list --sort` and --select have it: no value comes first,
 * texts by their bytes but numbers in them as numbers (h2 before h10), enumerations in the order
 * of their words, references by name.
 */
int vdc_value_compare(const struct vdc_field *f, const void *a, const void *b);
