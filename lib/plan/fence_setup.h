/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host's fence agent can be as it is described, before it is stored. */
#pragma once

#include "model/fence_agent.h"
#include "model/fence_device.h"

/*
 * -EINVAL names the first thing that is wrong: an address or user that would be more than one word or
 * line, an option that the agent does not have or a value that it cannot have, something it needs and
 * does not get. METADATA NULL: the agent is not known here, and only what no agent is given is refused.
 */
int vdc_fence_setup_check(const struct vdc_fence_agent *agent,
			  const struct vdc_fence_metadata *metadata, struct vdc_err *err);

/* Why the raw option LINE, which is sent all the same, would be refused among the others; NULL: it would
 * not be. Does not repeat its value. */
const char *vdc_fence_setup_doubt(const char *line, struct vdc_arena *arena);
