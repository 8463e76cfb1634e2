/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host that watches its thin disks has to know beforehand, and what is told and kept of it. */
#pragma once

#include "act/extend_watch.h"

/*
 * Of storage domains: those of the database, DB, and what this host knows of its lockspaces; NULL: the
 * latter alone. HOST: what the database calls this host; NULL: it has nothing to say about it. -ENOENT:
 * it knows no such host. All lives in ARENA.
 */
int vdc_extend_known(struct vdc_db *db, const char *host, struct vdc_arena *arena,
		     struct vdc_extend_known *ret, struct vdc_err *err);

/* One line for people, without what it is about. In ARENA. */
const char *vdc_extend_say(const struct vdc_thin_news *news, struct vdc_arena *arena);

/* As an event of the VM, if it is one: that it was paused or goes on, could not get more, or is odd. */
int vdc_extend_note(struct vdc_db *db, const struct vdc_thin_news *news, struct vdc_err *err);
