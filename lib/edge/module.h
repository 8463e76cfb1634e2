/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Modules: what is heavy to load (libpq, libvirt, libxml2) stands in a file of its own beside
 * libvdc and is opened at first use. A module exports one table of functions:
 *
 *	extern const struct vdc_db_ops vdc_postgres_ops;     in vdc-postgres.so
 */
#pragma once

#include "base/err.h"

/*
 * Opens vdc-NAME.so and finds TABLE in it. The module stays open as long as the process; asking
 * again is cheap, and safe from any thread. -ENOTSUP names the file and says why not.
 */
int vdc_module_table(const char *name, const char *table, const void **ret, struct vdc_err *err);
