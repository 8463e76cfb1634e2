/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The three standard streams at the beginning and at the end of a command. */
#pragma once

/* A closed standard stream must not become the number of the next file that is opened. */
void vdc_stdio_open(void);

/*
 * Writes out what is buffered. CODE comes back, unless it is 0 and standard output could not be
 * written: that is said, and 1 returned. A reader that went away ends the program by SIGPIPE.
 */
int vdc_stdio_close(int code);

/* Something that was printed is lost. */
_Bool vdc_stdout_failed(void);

/* What could not be written has been said; vdc_stdio_close() says nothing more of it. */
void vdc_stdout_forget(void);

/* Nobody reads standard output any more (`| head`). */
_Bool vdc_stdout_broken(void);
