/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to act/upgrade_watch.c and act/upgrade_tell.c. */
#pragma once

#include "act/upgrade_watch.h"
#include "base/buf.h"
#include "model/event.h"

struct upgrade_look {
	struct vdc_arena *arena;
	struct vdc_upgrade_seen seen;
	struct vdc_buf steps, moves, events; /* pointers; events that were not there before */
};

struct vdc_upgrade_watch {
	struct vdc_db *db;
	char *job_id;
	struct vdc_arena *arena; /* of the plan */
	struct vdc_upgrade_rows rows;
	struct upgrade_look looks[2];
	struct upgrade_look *now, *before; /* BEFORE is NULL after the first look */
	struct vdc_map *told;		   /* ids of events */
	int64_t newest;			   /* time of the last one */
};
