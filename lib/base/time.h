/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times are microseconds since 1970-01-01 UTC, durations are microseconds. In documents a time is
 * ISO 8601 in UTC with as many fraction digits as needed: 2026-01-31T12:00:00Z.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

#define VDC_SECOND INT64_C(1000000)

enum { VDC_TIME_LEN = 28 }; /* longest text */

int64_t vdc_time_now(void);	  /* wall clock */
int64_t vdc_time_monotonic(void); /* for measuring and for time-outs */

void vdc_sleep(int64_t us); /* shorter when a signal comes */

const char *vdc_time_format(int64_t us, char out[VDC_TIME_LEN + 1]); /* returns OUT */

/* ISO 8601 date or date and time, with Z or +hh:mm (none means UTC). -EINVAL names TEXT. */
int vdc_time_parse(const char *text, int64_t *ret, struct vdc_err *err);

/* "90", "90s", "5m", "1h", "2d", "500ms"; a bare number is seconds. -EINVAL names TEXT. */
int vdc_duration_parse(const char *text, int64_t *ret, struct vdc_err *err);

/* "now", a time, or a duration, which then lies that far before NOW ("1h" is an hour ago). */
int vdc_time_parse_since(const char *text, int64_t now, int64_t *ret, struct vdc_err *err);

/* "3 s ago"-like short text for tables: "12s", "5m", "3h", "8d". Returns OUT. */
const char *vdc_duration_format(int64_t us, char out[VDC_TIME_LEN + 1]);
