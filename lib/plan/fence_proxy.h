/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Through which machine a fence agent reaches its device: this one, or another host by the remote
 * shell. Hosts in status up or maintenance serve, and those that are non_operational for another
 * reason than the network (oVirt's FenceProxyLocator takes no host in maintenance, its manual does);
 * never the victim. Each victim has its own order of them, so that many victims spread over all.
 */
#pragma once

#include "base/err.h"
#include "model/host.h"
#include "model/world.h"

/*
 * Where nothing is said. oVirt's manager has "cluster dc" because it runs no agent itself; here the
 * machine on which the command runs is the one that certainly lives.
 */
#define VDC_FENCE_PROXIES "direct cluster dc"

struct vdc_fence_proxy_question {
	const struct vdc_world *world; /* with hosts and clusters */
	const struct vdc_host *victim;
	const char *sources; /* "cluster dc other_dc direct" in order, or a host's name or id */
	bool is_here;	     /* the victim is this machine: it does not shoot itself */
};

/*
 * *RET, in ARENA, gets the hosts in the order in which they are to be tried; NULL is this machine.
 * Returns how many. -EINVAL: SOURCES has a word that is none of these nor a host; names it.
 */
int vdc_fence_proxies(const struct vdc_fence_proxy_question *question, struct vdc_arena *arena,
		      const struct vdc_host *const **ret, struct vdc_err *err);

/* Whether a host could be a proxy; NULL, or why not: "it is non_responsive". */
const char *vdc_fence_proxy_unfit(const struct vdc_host *host, struct vdc_arena *arena);
