/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types of power devices: the names that oVirt and this project's users know, the agent that drives
 * each, what secure, port and slot are called there, and its defaults (ovirt-engine's VdsFenceOptions
 * and FenceAgentMapping). A type that is no such name is the agent fence_TYPE of that name.
 */
#pragma once

#include "model/fence_agent.h"

struct vdc_fence_type {
	const char *name;    /* "drac7" */
	const char *program; /* "fence_idrac" */
	const char *help;
	const char *secure, *port, *slot; /* what the agent calls them; NULL: it has none */
	const char *defaults;		  /* NAME=VALUE lines; "" */
	const char *ppc_defaults;	  /* instead of them on a ppc64 host; NULL: the same */
	const char *note;		  /* for whoever chooses it; NULL: nothing to say */
};

extern const struct vdc_fence_type vdc_fence_types[]; /* by name, ended by a name of NULL */

/* NULL: none of these names. */
const struct vdc_fence_type *vdc_fence_type_find(const char *name);

/* The agent of a type, in ARENA; NULL for a text that is no name of letters, digits, '_' and '-'. */
const char *vdc_fence_program(const char *type, struct vdc_arena *arena);

/*
 * What the agent of that row is sent: the lines of edge/fence_call.h. A default gives way to an option
 * of the same name. ARCHITECTURE is the host's, may be NULL.
 */
const char *vdc_fence_lines(const struct vdc_fence_agent *agent, const char *architecture,
			    struct vdc_arena *arena);
