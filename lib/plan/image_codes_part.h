/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The codes by topic: each file has those that follow each other in enum vdc_image_code_id. */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "plan/image_codes.h"

struct image_topic {
	const struct vdc_image_code *codes;
	size_t n;
};

extern const struct image_topic image_codes_row, image_codes_chain, image_codes_volume,
	image_codes_lease, image_codes_domain;
