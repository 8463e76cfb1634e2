/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Channels and hosts with updates, from a few words, for tests of plans. */
#pragma once

#include "model/channel_release.h"
#include "model/cluster.h"
#include "model/host.h"
#include "model/world.h"

struct channel_world {
	struct vdc_arena *arena;
	struct vdc_world *world;
	struct vdc_cluster *cluster; /* c, of channel stable, approval automatic */
};

struct channel_world channel_world_new(struct vdc_arena *arena);

/* "9.0 10.0<9.0 10.2<10.0!10.1@12": releases of the channel stable; '<' what it replaces, '!' what it
 * skips, '@' the platform that it needs. */
void channel_add(struct channel_world *w, enum vdc_component component, const char *releases);

/* A Debian host of the cluster; versions may be NULL. */
struct vdc_host *channel_host(struct channel_world *w, const char *name, const char *os_version,
			      const char *qemu_version);

struct vdc_update *channel_update(struct channel_world *w, const struct vdc_host *host,
				  enum vdc_component component, const char *installed,
				  const char *version, enum vdc_update_status status);
