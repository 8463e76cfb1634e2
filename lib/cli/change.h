/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A change of the database by a verb: one transaction with its events, or nothing with --dry-run. */
#pragma once

#include "base/buf.h"
#include "cli/command.h"
#include "store/store.h"

struct vdc_change {
	struct vdc_call *call;
	const struct vdc_kind *kind;
	void *ctx;
	/* What is done; may run again. */
	int (*apply)(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err);
	struct vdc_buf report; /* what was done, a line each; printed after the commit */
};

int vdc_change_run(struct vdc_change *change, struct vdc_err *err);

/* A line for the report: DONE is "added", "changed", "removed", "imported". */
void vdc_change_say(struct vdc_change *change, const char *done, const char *fmt, ...)
	vdc_printf(3, 4);

/* An event in the transaction, and a line for the report: "added vm web1". */
int vdc_change_note(struct vdc_db *db, struct vdc_change *change, const struct vdc_kind *kind,
		    const void *object, const char *done, struct vdc_err *err);
