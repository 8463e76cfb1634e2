/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
	const char *program;
	enum vdc_log_level most;
	bool journal;
	void (*before)(void);
} log_state = { .program = "vdc", .most = VDC_LOG_WARNING };

void vdc_log_setup(const char *program, enum vdc_log_level most)
{
	log_state.program = program;
	log_state.most = most;
	log_state.journal = secure_getenv("JOURNAL_STREAM") != NULL;
}

enum vdc_log_level vdc_log_most(void)
{
	return log_state.most;
}

void vdc_log_before(void (*fn)(void))
{
	log_state.before = fn;
}

/* One message is one line, whatever names and texts of others stand in it. */
static void make_printable(char *line)
{
	for (unsigned char *s = (unsigned char *)line; *s; s++) {
		if (*s < 0x20 || *s == 0x7f)
			*s = '?';
	}
}

void vdc_log(enum vdc_log_level level, const char *fmt, ...)
{
	static const int syslog_levels[] = { 3, 4, 5, 6, 7 };
	static const char *const words[] = { "", "warning: ", "", "", "debug: " };
	char line[2048];
	va_list args;

	if (level > log_state.most)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	make_printable(line);
	if (log_state.before)
		log_state.before();
	if (log_state.journal)
		fprintf(stderr, "<%d>%s\n", syslog_levels[level], line);
	else
		fprintf(stderr, "%s: %s%s\n", log_state.program, words[level], line);
}
