/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An election of the storage pool manager, by spm-elect(8) in a process of its own, which this one does
 * not wait for; with the database and the configuration of this one.
 */
#pragma once

#include "edge/db.h"
#include "model/host.h"

/* PREFER: id of a host that gets it although another one is the manager and answers, or NULL. LEAVE: the
 * manager hands over. */
int vdc_spm_launch(const char *data_center, bool leave, const char *prefer, const char *reason,
		   struct vdc_err *err);

/* HOST was the manager of its data centre, and is down: the role is free for election, which starts. */
int vdc_spm_launch_after(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
			 struct vdc_err *err);
