/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages for people and for the journal. The library says nothing above debug level; a command
 * reports its error once. Text goes to standard error with the program's name in front, or with a
 * syslog level where standard error is the journal (JOURNAL_STREAM is set).
 */
#pragma once

#include "base/attr.h"

enum vdc_log_level {
	VDC_LOG_ERROR,
	VDC_LOG_WARNING,
	VDC_LOG_NOTICE, /* what is said without --verbose: steps of long work */
	VDC_LOG_INFO,
	VDC_LOG_DEBUG,
};

void vdc_log_setup(const char *program, enum vdc_log_level most);
enum vdc_log_level vdc_log_most(void);
void vdc_log(enum vdc_log_level level, const char *fmt, ...) vdc_printf(2, 3);

/* Called before each message that is written; NULL: nothing. For whoever draws on the terminal. */
void vdc_log_before(void (*fn)(void));

#define vdc_debug(...) vdc_log(VDC_LOG_DEBUG, __VA_ARGS__)
