/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include <stddef.h>

/* Bytes of S, LEN long, before the first that is not valid UTF-8; LEN when all is. */
size_t vdc_utf8_span(const char *s, size_t len);

/* Bytes of the text S before the first character that XML 1.0 cannot hold: control characters but
 * tab, line feed and carriage return, U+FFFE, U+FFFF, and what is not UTF-8. */
size_t vdc_utf8_xml_span(const char *s, size_t len);
