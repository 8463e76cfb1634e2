/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is in the lockspaces of a data centre, or of this machine: asked of sanlock, nothing is changed. */
#pragma once

#include "act/spm_member.h"
#include "base/buf.h"

/* Adds struct vdc_lockspace_host * to ROWS, in ARENA: of the master domain, or of ALL. Hosts that are up are
 * asked. -ENOENT: the data centre has no master domain, and ALL was not asked for. */
int vdc_spm_hosts_of(struct vdc_db *db, const char *data_center_id, bool all,
		     struct vdc_arena *arena, struct vdc_buf *rows, struct vdc_err *err);

/* The same of this machine, without a database; SPACES are those that it knows. -ECONNREFUSED: its sanlock
 * does not run. */
int vdc_spm_hosts_here(const struct vdc_lockspaces *spaces, bool all, struct vdc_arena *arena,
		       struct vdc_buf *rows, struct vdc_err *err);
