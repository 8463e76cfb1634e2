/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What long work tells while it goes on: for the line, the stream or the view that a user reads. */
#pragma once

#include <stdarg.h>

#include "act/migrate.h"
#include "model/job.h"

enum vdc_work_kind {
	VDC_WORK_NOTE = 1, /* something worth a line */
	VDC_WORK_STEP,	   /* a step began or ended */
	VDC_WORK_MOVE,	   /* a migration: MOVE says what of it */
	VDC_WORK_WAITS, /* nothing happens: TEXT says what is waited for, and why; after ten seconds */
};

/* Valid during the call only. What does not apply is NULL, 0 or VDC_UNSET. */
struct vdc_work_news {
	enum vdc_work_kind kind;
	const char *host, *vm; /* names */
	const char *action;    /* VDC_WORK_STEP: "drain", "update", ...: as of the step */
	int64_t status;	       /* VDC_WORK_STEP: enum vdc_job_status; STARTED: it begins */
	const char *text;      /* one line, without a full stop */
	const struct vdc_move_report *move;
	int64_t time; /* when it happened, if not just now; else 0 */
};
typedef void vdc_work_told_fn(void *ctx, const struct vdc_work_news *news);

/* Of a host or another object, in words; TOLD may be NULL. */
void vdc_work_say(vdc_work_told_fn *told, void *ctx, enum vdc_work_kind kind, const char *host,
		  const char *fmt, va_list args) vdc_printf(5, 0);
