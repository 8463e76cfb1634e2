/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Schema text is written once, with TEXT and BIGINT; each engine wants it a little different. */
#pragma once

#include "edge/db.h"

/*
 * SQLite: tables are STRICT, and its only whole number is INTEGER. PostgreSQL: TEXT columns compare
 * byte by byte, whatever the server's locale is. Strings and comments stay. The caller frees it.
 */
char *vdc_sql_translate(enum vdc_db_engine engine, const char *text);
