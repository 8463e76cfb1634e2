/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to plan/upgrade_view*.c. */
#pragma once

#include "plan/upgrade_view.h"

/* What the steps of a host say. */
struct host_tale {
	const struct vdc_job_step *whole;	 /* all that is done to it; NULL: nothing yet */
	const struct vdc_job_step *first, *last; /* its phases, by the time that they began */
	const struct vdc_job_step *failed;	 /* the last of those that did */
};

struct viewing {
	const struct vdc_upgrade_seen *seen;
	struct vdc_upgrade_view *view;
	struct vdc_arena *arena;
	struct vdc_map *by_id;	 /* host -> its place in the view */
	struct vdc_map *by_slot; /* number of a step / stride -> the same */
	struct host_tale *tales; /* as the hosts of the view */
	bool open;		 /* it did not end */
	bool works;		 /* and somebody carries it out */
};

/* The step that spans all of a host: its first number. */
bool upgrade_view_is_whole(const struct viewing *v, const struct vdc_job_step *step);

/* The run itself: counts, estimate, what it waits for. After the hosts. */
void upgrade_view_run(struct viewing *v);
