/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of a device, held against what its agent says that it takes. */
#pragma once

#include "model/fence_device.h"

/* By any of its names, '-' and '_' being the same; NULL. */
const struct vdc_fence_option *vdc_fence_option_find(const struct vdc_fence_metadata *metadata,
						     const char *name);

/*
 * 0, or -EINVAL: TYPE has no such option (names one that is near), it cannot have that value (names
 * those it can have), or it is given in another way: what a host's agent has a field for, what holds a
 * secret, and what would write one into a file or log.
 */
int vdc_fence_option_check(const struct vdc_fence_metadata *metadata, const char *type,
			   const char *name, const char *value, struct vdc_err *err);

/* The same for NAME alone, whatever the agent is: only what no option may be. */
int vdc_fence_option_allowed(const char *name, struct vdc_err *err);

/*
 * The same for what not even a raw line may be: an action, what has a host taken for off that nobody
 * found, a secret.
 */
int vdc_fence_option_harmless(const char *name, struct vdc_err *err);

/* The program that the agent calls by this option's path, NULL: it names none. */
const char *vdc_fence_option_helper(const struct vdc_fence_metadata *metadata,
				    const struct vdc_fence_option *option);

/* Whether an agent that is sent LINES calls it: telnet or ssh, and sudo only if it is told to. */
bool vdc_fence_option_calls(const struct vdc_fence_metadata *metadata,
			    const struct vdc_fence_option *option, const char *lines);
