/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that have no safe use here. The compiler is told to include this file before
 * every source; a call then fails to compile and the error names the replacement.
 */
#pragma once

/* Declared now, so that the macros below cannot change a declaration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VDC_BANNED(func, instead) func##_is_banned_use_##instead

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#define strcpy(d, s) VDC_BANNED(strcpy, snprintf)
#define strcat(d, s) VDC_BANNED(strcat, snprintf)
#define strncpy(d, s, n) VDC_BANNED(strncpy, snprintf)
#define strncat(d, s, n) VDC_BANNED(strncat, snprintf)
#define sprintf(...) VDC_BANNED(sprintf, snprintf)
#define vsprintf(...) VDC_BANNED(vsprintf, vsnprintf)
#define strtok(s, d) VDC_BANNED(strtok, strtok_r)

#undef gmtime
#undef localtime
#undef ctime
#undef asctime
#define gmtime(t) VDC_BANNED(gmtime, gmtime_r)
#define localtime(t) VDC_BANNED(localtime, localtime_r)
#define ctime(t) VDC_BANNED(ctime, strftime)
#define asctime(t) VDC_BANNED(asctime, strftime)

#undef mktemp
#undef tmpnam
#define mktemp(t) VDC_BANNED(mktemp, mkostemp)
#define tmpnam(s) VDC_BANNED(tmpnam, mkostemp)

/* Nothing goes through a shell. */
#undef system
#undef popen
#define system(c) VDC_BANNED(system, vdc_proc)
#define popen(c, m) VDC_BANNED(popen, vdc_proc)
