/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by cmd/fence/monitor*.c. */
#pragma once

#include "base/buf.h"
#include "cli/command.h"
#include "store/job.h"

struct monitor {
	struct vdc_call *call;
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const char **clusters; /* ids; none: all of them */
	size_t n_clusters;
	int signals;
	int64_t looked_at_all;	 /* monotonic; 0: not yet */
	size_t n_treated;	 /* hosts, by now */
	struct vdc_buf treated;	 /* struct monitor_treatment: what was told of them */
	struct vdc_arena *names; /* of these */
};

/* Looks at the hosts once, and begins what is to be done about them. */
int monitor_pass(struct monitor *m, struct vdc_err *err);
/* Tells what became of it. */
int monitor_follow(struct monitor *m, struct vdc_err *err);

/* monitor_follow.c */
struct monitor_treatment {
	const char *job; /* NULL: it is about to be made */
	const char *host_id, *host;
	int64_t launched; /* monotonic */
	char said[320];
	bool open;
};
void monitor_say(const struct monitor *m, const char *host, const char *text);
/* Launched so lately that it may not have its job yet. */
bool monitor_is_launched(struct monitor *m, const char *host_id);
void monitor_note_launch(struct monitor *m, const char *host_id, const char *host);
