/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the names of packages say about an update, in Debian's and in Red Hat's family. Pure. */
#pragma once

#include <stdbool.h>

#include "base/mem.h"
#include "model/update.h"

enum vdc_component vdc_package_component(const char *name);

/* The kernel, the C library and what else only takes effect when the host boots anew. */
bool vdc_package_needs_reboot(const char *name);

/* Whether the version of a component is that of this package; the lower the number the better it
 * serves, 0: it does not. */
int vdc_package_rank(enum vdc_component component, const char *name);

/* Packages whose version is that of libvirt. */
bool vdc_package_is_libvirt(const char *name);

/* VERSION of such a package of the platform as os-release(5) counts: Debian's base-files
 * 12.4+deb12u6 is 12.6, redhat-release 9.5-0.6.el9 is 9.5. */
char *vdc_package_platform_version(const char *name, const char *version, struct vdc_arena *arena);
