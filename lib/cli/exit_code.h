/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exit codes of all commands: one table for the code, vdc-utils(7) and the tests. */
#pragma once

#define VDC_EXIT_CODES(X)                                                              \
	X(OK, 0, "done, or nothing found")                                             \
	X(FINDINGS, 1, "findings, or an operation failed")                             \
	X(USAGE, 2, "wrong usage or bad input")                                        \
	X(NO_OBJECT, 3, "no such object")                                              \
	X(REFUSED, 4, "refused for safety")                                            \
	X(BUSY, 5, "busy: another run holds it; try again")                            \
	X(UNREACHABLE, 6, "database, host or device unreachable")                      \
	X(NOT_PERMITTED, 7, "not permitted")                                           \
	X(PARTLY, 8, "partly done")

enum vdc_exit {
#define X(name, code, text) VDC_EXIT_##name = code,
	VDC_EXIT_CODES(X)
#undef X
};

/* Negative errno (base/err.h) -> exit code. */
enum vdc_exit vdc_exit_of(int code);
