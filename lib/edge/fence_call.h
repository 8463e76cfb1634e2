/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One call of a fence agent (ClusterLabs): NAME=VALUE lines on its standard input, "action" first,
 * for an agent that reads nothing reboots its host. It runs here or, through the remote shell, on
 * another host; there too it is killed with all that it started when its time is over. The password
 * goes to that input and to nothing else. The agent has surroundings of its own: PATH, HOME and
 * LC_ALL. What agents really do: their FenceAgentAPI.md; exit code 2 of a status means off, unless it
 * complains, and every other one but 0 says nothing about the power.
 *
 * In a child of base/child.h what an agent leaves behind ends with that child: one call for each.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

struct vdc_fence_call {
	const char *program;	   /* "fence_ipmilan": a name, looked up in fence.agent-directory */
	const char *address;	   /* of the proxy, for the remote shell; NULL: this machine */
	const char *action;	   /* "status", "on", "off" */
	const char *lines;	   /* NAME=VALUE lines, without action and password; "": none */
	const char *password;	   /* reference to the secret; NULL: none */
	const char *password_name; /* what the agent calls it; NULL: "password" */
	int64_t limit_us;	   /* 0: the setting fence.agent-timeout */
};

enum vdc_fence_said {
	VDC_FENCE_SAID_DONE = 1, /* on, off: it did that, or found it done */
	VDC_FENCE_SAID_ON,	 /* status */
	VDC_FENCE_SAID_OFF,
	VDC_FENCE_SAID_NOTHING, /* it failed, or answered neither: never off */
};

/* Why it said nothing, as far as its complaint tells. */
enum vdc_fence_cause {
	VDC_FENCE_CAUSE_NONE,
	VDC_FENCE_CAUSE_DEVICE,	  /* does not answer */
	VDC_FENCE_CAUSE_LOGIN,	  /* denied */
	VDC_FENCE_CAUSE_POWER,	  /* the device answers and the power does not follow */
	VDC_FENCE_CAUSE_OPTIONS,  /* the agent does not like what it got */
	VDC_FENCE_CAUSE_HELPER,	  /* a program that it calls is not there */
	VDC_FENCE_CAUSE_NO_AGENT, /* it is not installed where it was to run */
	VDC_FENCE_CAUSE_SECRET,	  /* the password cannot be read */
	VDC_FENCE_CAUSE_PROXY,	  /* the proxy was not reached: another one may do */
	VDC_FENCE_CAUSE_TIME,	  /* killed at its limit */
	VDC_FENCE_CAUSE_BUSY,	  /* its turn at the device did not come: edge/fence_turn.h */
	VDC_FENCE_CAUSE_OTHER,
};

struct vdc_fence_end {
	enum vdc_fence_said said;
	enum vdc_fence_cause cause;
	const char *message; /* one line for people, never with a secret; "": nothing to say */
};

/* That the agent fails is no error. -EINVAL: a program, an action or lines that no agent is given. */
int vdc_fence_call(const struct vdc_fence_call *call, struct vdc_arena *arena,
		   struct vdc_fence_end *ret, struct vdc_err *err);
