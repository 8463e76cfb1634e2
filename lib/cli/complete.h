/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a shell asks when somebody presses TAB: the words of the line behind the command's name, the
 * last of which is being typed. Answers lines "WORD<TAB>DESCRIPTION"; the line ":file" stands for
 * "names of files". Whatever goes wrong, the answer is shorter and nothing is said.
 */
#pragma once

#include "cli/command.h"

void vdc_complete(const struct vdc_command *command, size_t n, char **words);
