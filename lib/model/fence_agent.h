/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fence agent: a device that can switch the power of a host, and how to reach it. */
#pragma once

#include "model/kind.h"

struct vdc_fence_agent {
	char *id;
	struct vdc_ref host;
	int64_t agent_order; /* agents with the same order are used together */
	char *type;
	char *address;
	int64_t port;
	char *username;
	char *password; /* a reference to the secret */
	char *plug;
	int64_t encrypt_options;
	char *options;
	char *raw_option; /* lines, which the agent gets as they are */
};

/* The name with which that line begins for an agent, behind what it trims; *LEN may be 0. */
const char *vdc_fence_line_name(const char *line, size_t *len);

/*
 * Whether an agent would take that line, which ends at its line feed, for its action: with what it trims
 * before it, and in any case. It would be heard last, and count.
 */
bool vdc_fence_line_names_action(const char *line);

extern const struct vdc_kind vdc_fence_agent_kind;
