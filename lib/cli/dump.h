/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"

/* The table of a command as JSON on standard output, for the tests that hold manuals to it. */
void vdc_dump(const struct vdc_command *command);
