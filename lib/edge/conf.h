/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration file, vdc.conf(5): lines "name = value", comment lines with '#', blank lines.
 */
#pragma once

#include "base/err.h"

/*
 * Reads FILE, else $VDC_CONF, else /etc/vdc/vdc.conf, which alone may be missing, into
 * base/setting.h; then what the environment overrides. -EINVAL names file and line.
 */
int vdc_conf_load(const char *file, struct vdc_err *err);
