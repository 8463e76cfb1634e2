/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The migrations of lib/store/schema, embedded at build time (tools/embed-sql): numbered from 1
 * without a gap, in order, ended by an entry whose sql is NULL.
 */
#pragma once

#include <stddef.h>

struct vdc_migration {
	int version;
	const char *name; /* what stands between NNN_ and .sql */
	const char *sql;  /* several statements */
};

extern const struct vdc_migration vdc_migrations[];
