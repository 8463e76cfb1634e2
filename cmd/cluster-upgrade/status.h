/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a run is shown: what the status of a cluster's and of a data centre's have in common. */
#pragma once

#include "follow.h"

struct status_rows {
	const struct vdc_kind *kind;
	const void *const *rows;
	size_t n;
	const char *output; /* fields of the table; NULL: the usual ones */
};

/* What is upgraded, by which run, since when. */
void status_head(const struct vdc_upgrade_run *run, struct vdc_arena *arena);
/* Who carries it out, what it waits for, how it ended. */
void status_state(const struct vdc_upgrade_run *run);
int status_table(struct vdc_call *call, const struct status_rows *rows, struct vdc_err *err);
int status_document(struct vdc_call *call, const struct status_rows *tables, size_t n,
		    struct vdc_err *err);

/* Of a data centre: its clusters, and the one whose turn it is. */
int cluster_upgrade_print_data_center(struct vdc_call *call, const struct vdc_upgrade_seen *seen,
				      struct vdc_err *err);
