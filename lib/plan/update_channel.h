/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Channels of updates. A channel is a graph of versions for each component: every version has exactly
 * one successor, the release that replaces it or skips it, up to the newest. A host goes that way one
 * step at a time and no other. A version that a release skips is offered to nobody any more, and who
 * has it goes on from there all the same. Pure.
 *
 * A release stands for all versions that begin with its numbers: 10.0 for 10.0.2 too, unless there is
 * a release 10.0.2. A channel without a release of a component accepts whatever is offered.
 */
#pragma once

#include "model/channel_release.h"
#include "model/finding.h"
#include "model/world.h"

/* The releases of one component in a channel. */
struct vdc_channel {
	const char *name;
	enum vdc_component component;
	const struct vdc_channel_release **releases;
	size_t n;
};

struct vdc_channel vdc_channel_of(const struct vdc_world *world, const char *name,
				  enum vdc_component component, struct vdc_arena *arena);

/* The release that stands for VERSION, the closest one; NULL: none. */
const struct vdc_channel_release *vdc_channel_find(const struct vdc_channel *channel,
						   const char *version);

/* Whether somebody who has VERSION is on the way: it has a release, or is skipped by one. */
bool vdc_channel_knows(const struct vdc_channel *channel, const char *version);

/* The release that follows VERSION; NULL: none does. */
const struct vdc_channel_release *vdc_channel_next(const struct vdc_channel *channel,
						   const char *version);

/* Whether two texts are the same version: 10.0 and 10.0.0 are. */
bool vdc_channel_same(const char *a, const char *b);

/* The next of the versions at *WORDS, which begins as what a release skips; the caller frees it. NULL
 * at the end. */
char *vdc_channel_skip(const char **words);

/* Those that lead on from exactly that version, two at most: one, if the channel is in order. */
size_t vdc_channel_successors(const struct vdc_channel *channel, const char *version,
			      const struct vdc_channel_release *ret[2]);

/* All that is wrong with it. */
void vdc_plan_channel_check(const struct vdc_channel *channel, struct vdc_findings *findings);
/* The same for every channel of WORLD. */
void vdc_plan_channels_check(const struct vdc_world *world, struct vdc_findings *findings);

/*
 * Whether a host may go from INSTALLED (NULL: nobody knows) to OFFERED. -EPERM says why it may not, and
 * what it may; -EINVAL: the channel is not in order.
 */
int vdc_plan_channel_allows(const struct vdc_channel *channel, const char *installed,
			    const char *offered, struct vdc_arena *arena, struct vdc_err *err);
