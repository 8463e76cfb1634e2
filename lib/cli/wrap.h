/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help on standard output, within 80 columns. */
#pragma once

/* Words of TEXT from column AT on, continued below column INDENT; ends the line. */
void vdc_print_wrapped(const char *text, int at, int indent);

/* LEFT, and HELP in a column of its own beside it. */
void vdc_print_entry(const char *left, const char *help);
