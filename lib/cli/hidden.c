/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* First words that no manual names: what completions, tests and the build ask a command. */
#include <stdio.h>
#include <string.h>

#include "cli/call.h"
#include "cli/complete.h"
#include "cli/dump.h"

bool vdc_command_hidden(const struct vdc_command *command, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (!strcmp(word, "--complete"))
		vdc_complete(command, (size_t)argc - 2, argv + 2);
	else if (!strcmp(word, "--dump-options"))
		vdc_dump(command);
	else
		return false;
	return true;
}
