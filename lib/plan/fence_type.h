/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types of power devices: the names that oVirt and this project's users know, the agent that drives
 * each, what secure, port and slot are called there, and its defaults (ovirt-engine's VdsFenceOptions
 * and FenceAgentMapping). A type that is no such name is the agent fence_TYPE of that name.
 */
#pragma once

#include <stdbool.h>

#include "model/fence_agent.h"

struct vdc_fence_type {
	const char *name;    /* "drac7" */
	const char *program; /* "fence_idrac" */
	const char *help;
	const char *secure, *port, *slot; /* what the agent calls them; NULL: it has none */
	bool port_is_slot;		  /* what oVirt calls "port" in the options is the outlet */
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
 * of the same name, and an option to a raw line that gives that name a value. Raw lines go as they are,
 * all but one that names an action. Nothing else in the row can name an action, have the agent print its
 * help instead, or add a line of its own.
 * ARCHITECTURE is the host's, may be NULL.
 */
const char *vdc_fence_lines(const struct vdc_fence_agent *agent, const char *architecture,
			    struct vdc_arena *arena);

/*
 * The next line of *TEXT, may be NULL, that is not empty; in ARENA. *TEXT goes on behind it. NULL: there is
 * none any more.
 */
char *vdc_fence_next_line(const char **text, struct vdc_arena *arena);

/* How long these lines make an agent wait before and after it switches, in microseconds. */
int64_t vdc_fence_own_waits(const char *lines);

/*
 * NAME as agents compare names: '-' and '_' are the same, and new and old names (plug and port, ssh and
 * secure, ...) mean the same option. In ARENA; NULL: no name of an option.
 */
const char *vdc_fence_option_name(const char *name, size_t len, struct vdc_arena *arena);

/* What the agent of that type (NULL: not known) calls WORD, which may be oVirt's: secure, port, slot. */
const char *vdc_fence_word(const struct vdc_fence_type *type, const char *word);

/* The type that fits a host of that maker, "HPE", "Dell Inc.", "IBM"; NULL: not known. */
const char *vdc_fence_type_of_vendor(const char *vendor, const char *product);
