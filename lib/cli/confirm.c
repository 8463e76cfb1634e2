/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions go to the terminal itself, whatever the standard streams are. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/call.h"

static bool is_yes(const char *line)
{
	return !strcasecmp(line, "y") || !strcasecmp(line, "yes");
}

/* One line of the answer; what was typed ahead does not count. */
static bool ask(FILE *terminal, const char *question)
{
	char line[64];

	fprintf(terminal, "%s [y/N] ", question);
	fflush(terminal);
	if (!fgets(line, sizeof(line), terminal))
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return is_yes(line);
}

int vdc_confirm(struct vdc_call *call, struct vdc_err *err, const char *fmt, ...)
{
	char question[1024];
	FILE *terminal;
	va_list args;
	bool yes;

	if (vdc_given(call, "yes"))
		return 1;
	va_start(args, fmt);
	vsnprintf(question, sizeof(question), fmt, args);
	va_end(args);
	terminal = fopen("/dev/tty", "r+e");
	if (!terminal)
		return vdc_err_set(err, -EPERM, "%s There is no terminal to ask on: give --yes",
				   question);
	yes = ask(terminal, question);
	fclose(terminal);
	return yes;
}
