/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the end of a fence agent means. Its exit code is 0 or 1, and 2 for "off"; the reason of a
 * failure stands in its complaint only, among warnings of its interpreter that mean nothing.
 */
#pragma once

#include "base/secret.h"
#include "edge/fence_call.h"

struct vdc_fence_output {
	const char *action;
	int status;			 /* exit code */
	const char *out, *err;		 /* what it said */
	const struct vdc_secret *secret; /* not to be repeated; NULL: none */
};

/* Off is said by exit code 2 of a status without a word to the contrary; a 2 with a complaint is not. */
struct vdc_fence_end vdc_fence_verdict(const struct vdc_fence_output *output,
				       struct vdc_arena *arena);
